"""What a verdict rests on, in lines for people: how tests were confined, and who has judged."""

from collections.abc import Iterable
from dataclasses import replace

from specloop.attempt.report import OneOpinion, TestReport
from specloop.report.describe import count, name_of
from specloop.report.printable import printable


def grounds(report: TestReport) -> tuple[str, ...]:
    """How the run was confined, and its rows that pytest alone has judged; none where none ran."""
    if report.static or not (report.collected or report.layers):
        return ()
    layers = f" ({', '.join(report.layers)})" if report.layers else ""
    return (f"sandbox: {report.sandbox}{layers}", *_single(report.one_opinion))


def _single(rows: Iterable[OneOpinion]) -> Iterable[str]:
    for why, names in _by_reason(rows).items():
        yield f"by pytest alone: {', '.join(names)}; {why}"


def unconfirmed(rows: tuple[OneOpinion, ...], total: int) -> str:
    """How many of a module's rows pytest alone has judged, and in short why, in a line."""
    short = (replace(row, why=row.why.partition("; ")[0]) for row in rows)
    reasons = [f"{len(names)}: {why}" for why, names in _by_reason(short).items()]
    return printable(f"{len(rows)} of {count(total, 'example row')} ({'; '.join(reasons)})")


def _by_reason(rows: Iterable[OneOpinion]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.why, []).append(name_of(row.node_id))
    return found
