"""The answers of models, and what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import TestReport
from specloop.loop.alike import seen_by_tests
from specloop.loop.event import (
    CallStarted,
    CompletionReceived,
    ModuleEvent,
    ModuleReopened,
    TestsFinished,
)
from specloop.prompt.join import joined
from specloop.prompt.reply import Malformed, read_reply
from specloop.spec.module import ModuleSpec

Call = tuple[CallStarted, CompletionReceived]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One completion and what became of it; `report` is None until tests ran on it.

    `result` is as the model wrote it. `formatted` is the text that was tested in its place, "" if
    that was the same.
    """

    model: str
    number: int
    result: Candidate | Malformed
    report: TestReport | None = None
    formatted: str = ""

    @property
    def code(self) -> Candidate | None:
        """The code as it was tested, or is to be; None where there is none."""
        if isinstance(self.result, Malformed):
            return None
        return replace(self.result, code=self.formatted) if self.formatted else self.result

    @property
    def forged(self) -> bool:
        """Whether the code tried to decide its own verdict."""
        return self.report is not None and bool(self.report.forged)


def attempts_of(
    spec: ModuleSpec, events: Iterable[ModuleEvent], calls: Sequence[Call]
) -> tuple[Attempt, ...]:
    """The completions read, each with the report on it; `calls` are those among the events.

    Code that differs from an earlier one in layout alone is taken for that, with its report.
    """
    found: list[Attempt] = []
    known: dict[object, Attempt] = {}  # by what a test can see of the code
    texts = _texts(calls)
    for event in events:
        if isinstance(event, CompletionReceived):
            completion = replace(event.completion, text=texts[event.number])
            result = read_reply(completion, spec)
            made = Attempt(completion.model, event.number, result)
            if isinstance(result, Candidate) and seen_by_tests(result) in known:
                # The report has lines of that code in it.
                same = known[seen_by_tests(result)]
                made = replace(same, model=made.model, number=made.number)
            found.append(made)
        elif isinstance(event, TestsFinished) and event.purpose == "candidate" and found:
            last = found[-1] = replace(found[-1], report=event.report, formatted=event.formatted)
            if isinstance(last.result, Candidate) and not event.report.static:
                known[seen_by_tests(last.result)] = last
        elif isinstance(event, ModuleReopened):
            known.clear()
    return tuple(found)


def _texts(calls: Iterable[Call]) -> dict[int, str]:
    """The answers, by the number of the call; one that was cut off and what goes on from it."""
    texts: dict[int, str] = {}
    last = ""
    for started, received in calls:
        text = received.completion.text
        last = joined(last, text) if started.purpose == "continue" else text
        texts[started.number] = last
    return texts
