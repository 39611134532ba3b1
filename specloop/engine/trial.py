"""One building of a module that is measured: as in a run, but nothing is committed."""

from collections.abc import Iterable
from math import inf

from specloop import __version__
from specloop.engine.inputs import Inputs
from specloop.engine.record import Observer, Record
from specloop.engine.suites import Suites
from specloop.loop.action import AskModel, CommitModule, FailModule, RunTests
from specloop.loop.event import (
    Event,
    ModuleFailed,
    ModuleStarted,
    RunEnded,
    RunResumed,
    RunStarted,
)
from specloop.loop.history import History
from specloop.loop.next_action import Context, next_action
from specloop.ports import Clock, Journal
from specloop.prompt.write import first_prompt
from specloop.spec.fingerprint import digest
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project

Span = tuple[float, float]


class Trial:
    """One of several buildings of the same module, in a journal of its own.

    `key` is that of its series. `spans` are the times in which earlier processes worked on it.
    """

    def __init__(
        self,
        number: int,
        spec: ModuleSpec,
        key: str,
        *,
        journal: Journal,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self.number = number
        self.name = f"trial {number}"
        self.spec = spec
        self.spans = working_spans(journal.events())
        self.record = Record(journal, clock, observer, __version__)
        self._key = key

    @property
    def history(self) -> History:
        """What happened in it."""
        return self.record.history(self.spec)

    @property
    def ended(self) -> RunEnded | None:
        """How it ended; None while it has not."""
        last = self.record.past.last
        return last if isinstance(last, RunEnded) else None

    def next(self, context: Context) -> RunTests | AskModel | None:
        """What has to be done next; None when that was the end of it, which is recorded then."""
        if not self.history.events:
            self.record.append(ModuleStarted(self.record.now(), self.spec.name, self._key))
        history = self.history
        match next_action(self.spec, history, context):
            case CommitModule():
                self.record.end(passed=True, reason="")
            case FailModule(reason=reason):
                self.record.append(ModuleFailed(self.record.now(), self.spec.name, reason))
                self.record.end(passed=False, reason=reason)
            case None:
                self.record.end(passed=False, reason=history.failed or "")
            case action:
                return action
        return None


def series_key(project: Project, spec: ModuleSpec, inputs: Inputs, suites: Suites) -> str:
    """The digest of all that trials of a module depend on: with another one they differ.

    Prices and the time that a call may take decide nothing.
    """
    settings = project.settings
    tables = [
        table.model_dump(mode="json", exclude={"price", "timeout_seconds"})
        for table in settings.models
    ]
    prompt = first_prompt(spec, suites.context(spec).prompt)
    limits = [project.limit(spec, key) for key in ("attempts", "module_lines", "function_lines")]
    rules = [limits, settings.style.ruff, settings.sandbox.model_dump(mode="json")]
    said = [[turn.role, turn.content] for turn in prompt]
    suite = suites.suite(spec, suites.stub(spec))
    return digest([inputs.fingerprint(spec), suite, said, rules, tables])


def series_of(events: Iterable[Event]) -> str | None:
    """The key of the series that a trial's events belong to; None before it was begun."""
    return next((event.inputs for event in events if isinstance(event, ModuleStarted)), None)


def working_spans(events: Iterable[Event]) -> tuple[Span, ...]:
    """From when to when each process worked on a trial."""
    found: list[Span] = []
    for event in events:
        if isinstance(event, (RunStarted, RunResumed)) or not found:
            found.append((event.at, event.at))
        else:
            found[-1] = (found[-1][0], max(found[-1][1], event.at))
    return tuple(found)


def seconds_in(spans: Iterable[Span]) -> float:
    """The time that is in any of the spans, once where they overlap."""
    total, until = 0.0, -inf
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total
