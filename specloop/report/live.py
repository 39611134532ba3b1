"""Progress on a terminal: one table that is redrawn in place."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from specloop.attempt.completion import Usage, total
from specloop.loop.event import (
    CallStarted,
    CompletionReceived,
    Event,
    IntegrationFinished,
    ModuleCommitted,
    ModuleFailed,
    ModuleReopened,
    ModuleStarted,
    RunEvent,
    TestsFinished,
)
from specloop.report.describe import cost, describe, duration, tokens
from specloop.report.printable import printable

_MARKS = {"works": "▶", "failed": "✗", "blocked": "-", "waits": "·", "passed": "✓"}
_STYLES = {"waits": "dim", "works": "cyan", "passed": "green", "failed": "red", "blocked": "yellow"}

_OTHER_LINES = 5  # heading, totals, and what the shell shows around them


@dataclass(slots=True)
class _Row:
    state: str = "waits"
    calls: int = 0
    doing: str = ""
    tests: str = ""
    usage: Usage = Usage()  # noqa: RUF009  # frozen
    costs: tuple[float | None, ...] = ()  # of its answers


class LiveBoard:
    """An observer that shows every module, what is going on, tokens, cost and time."""

    def __init__(self, modules: Iterable[str], console: Console) -> None:
        self._rows = {name: _Row() for name in modules}
        self._run = _Row()
        self._console = console
        self._started = time.monotonic()
        self._live = Live(get_renderable=self._draw, console=console, refresh_per_second=4)

    def __enter__(self) -> "LiveBoard":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def notice(self, text: str) -> None:
        """Print a notice above the table."""
        self._console.print(Text(f"note: {printable(text)}", style="yellow"))

    def doing(self, module: str, text: str) -> None:
        """Show a step."""
        row = self._rows.get(module, self._run)
        row.doing = printable(text)
        row.state = "works"

    def stands(self, module: str, *, passed: bool) -> None:
        """Show where a module stands."""
        row = self._rows[module]
        row.state = "passed" if passed else "blocked"
        row.doing = row.doing or ("up to date" if passed else "one that it needs did not pass")

    def happened(self, event: Event) -> None:
        """Show what an event changes."""
        if isinstance(event, RunEvent):
            self._run.doing = describe(event)
            if isinstance(event, IntegrationFinished):
                self._run.tests = f"{len(event.report.passed)}/{len(event.report.collected)}"
            return
        row = self._rows.setdefault(event.module, _Row())
        row.state = "works"
        row.doing = describe(event) or row.doing
        match event:
            case ModuleStarted():
                row.doing = "starts"
            case CallStarted():
                row.calls = event.number
            case CompletionReceived(completion=completion):
                row.usage += completion.usage
                row.costs += (completion.cost_usd,)
            case TestsFinished(report=report) if not report.not_run:
                row.tests = f"{len(report.passed)}/{len(report.collected)}"
            case ModuleCommitted():
                row.state = "passed"
            case ModuleFailed():
                row.state = "failed"
            case ModuleReopened():
                row.doing = "reopened"

    def _draw(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, expand=True)
        table.add_column("")
        table.add_column("module", no_wrap=True)
        table.add_column("calls", justify="right")
        table.add_column("tests", justify="right")
        table.add_column("now", ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("cost", justify="right", no_wrap=True)
        shown, hidden = self._shown()
        for name, row in shown:
            style = _STYLES[row.state]
            table.add_row(
                Text(_MARKS[row.state], style=style),
                Text(name, style=style),
                str(row.calls or ""),
                row.tests,
                Text(row.doing),
                _cost(row.costs),
            )
        more = [Text(f"and {hidden} more modules", style="dim")] if hidden else []
        return Group(table, *more, Text(self._foot(), style="bold"))

    def _shown(self) -> tuple[list[tuple[str, _Row]], int]:
        """The rows that fit on the terminal, and how many do not: those at work come first."""
        rows = list(self._rows.items())
        room = max(1, self._console.height - _OTHER_LINES)
        if len(rows) <= room:
            return rows, 0
        urgency = list(_MARKS)
        rows.sort(key=lambda row: urgency.index(row[1].state))
        return rows[:room], len(rows) - room

    def _foot(self) -> str:
        rows = self._rows.values()
        passed = sum(row.state == "passed" for row in rows)
        usage = sum((row.usage for row in rows), Usage())
        parts = [
            f"{passed} of {len(self._rows)} modules",
            tokens(usage),
            _cost([usd for row in rows for usd in row.costs]),
            duration(time.monotonic() - self._started),
            self._run.doing,
        ]
        return " · ".join(part for part in parts if part)


def _cost(costs: Sequence[float | None]) -> str:
    """What answers cost; "" before there is one: nothing is known of their price."""
    return cost(total(costs)) if costs else ""
