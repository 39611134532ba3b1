"""The events of one module, and what follows from them."""

from dataclasses import dataclass, replace
from functools import cached_property

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Usage, total
from specloop.attempt.message import Message
from specloop.attempt.report import TestReport
from specloop.loop.alike import seen_by_tests
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CommitPrepared,
    CompletionReceived,
    ModuleCommitted,
    ModuleEvent,
    ModuleFailed,
    ModuleReopened,
    ModuleRetried,
    ModuleStarted,
    TestsFinished,
)
from specloop.prompt.join import joined
from specloop.prompt.reply import Malformed, read_reply
from specloop.spec.module import ModuleSpec


@dataclass(frozen=True, slots=True)
class Attempt:
    """One completion and what became of it; `report` is None until tests ran on it."""

    model: str
    number: int
    result: Candidate | Malformed
    report: TestReport | None = None


@dataclass(frozen=True)
class History:
    """What happened to `spec` since its last `ModuleStarted`, that event included."""

    spec: ModuleSpec
    events: tuple[ModuleEvent, ...] = ()

    @cached_property
    def last(self) -> ModuleEvent | None:
        """The event that decides what is next: a failure that was lifted does not."""
        if self.events and isinstance(self.events[-1], ModuleRetried):
            return self.before_failure.last
        return self.events[-1] if self.events else None

    @cached_property
    def before_failure(self) -> "History":
        """The history without failures and retries."""
        kept = (e for e in self.events if not isinstance(e, (ModuleFailed, ModuleRetried)))
        return History(self.spec, tuple(kept))

    @property
    def inputs(self) -> str:
        """The fingerprint of what the module is being built from, "" before it was started."""
        match self.events[:1]:
            case (ModuleStarted(inputs=inputs),):
                return inputs
            case _:
                return ""

    @cached_property
    def standing(self) -> frozenset[str]:
        """Digests of what may stand in the module's file if nobody else has touched it."""
        found: set[str] = set()
        for place, event in enumerate(self.events):
            if isinstance(event, ModuleStarted):
                found = {event.standing}
            elif isinstance(event, (CommitPrepared, ModuleCommitted)):
                candidate = History(self.spec, self.events[:place]).candidate
                earlier = found if isinstance(event, CommitPrepared) else set()
                found = earlier | ({candidate.digest} if candidate else set())
        return frozenset(found)

    @cached_property
    def tested(self) -> str:
        """The digest of the suite that ran last; "" before any has."""
        for event in reversed(self.events):
            if isinstance(event, TestsFinished):
                return event.suite
        return ""

    @cached_property
    def tested_code(self) -> Candidate | None:
        """What the suite ran on last; None before any run, and where that was the stub."""
        runs = [event for event in self.events if isinstance(event, TestsFinished)]
        codes = [each.result for each in self.attempts if isinstance(each.result, Candidate)]
        for event in self.events:
            if isinstance(event, ModuleReopened):
                codes.append(Candidate(self.spec.file, event.code))
        return next((code for code in codes if runs and code.digest == runs[-1].code), None)

    @cached_property
    def passed(self) -> frozenset[str]:
        """The digests of suites that passed, with whatever code."""
        return frozenset(
            event.suite
            for event in self.events
            if isinstance(event, TestsFinished) and event.purpose != "red" and event.report.ok
        )

    @property
    def failed(self) -> str | None:
        """Why the module was given up, or None."""
        return self.last.reason if isinstance(self.last, ModuleFailed) else None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return isinstance(self.last, (ModuleCommitted, ModuleFailed))

    @cached_property
    def reopened(self) -> ModuleReopened | None:
        """Why the module is being worked on again; None in its first building."""
        found = [event for event in self.events if isinstance(event, ModuleReopened)]
        return found[-1] if found else None

    @cached_property
    def since_reopened(self) -> "History":
        """The part after the last reopening: what attempts and stop rules are counted in."""
        places = [n for n, event in enumerate(self.events) if isinstance(event, ModuleReopened)]
        return History(self.spec, self.events[places[-1] + 1 :]) if places else self

    @cached_property
    def calls(self) -> tuple[tuple[CallStarted, CompletionReceived], ...]:
        """The calls that were answered, in order."""
        asked: dict[int, CallStarted] = {}
        found = []
        for event in self.events:
            if isinstance(event, CallStarted):
                asked[event.number] = event
            elif isinstance(event, CompletionReceived):
                found.append((asked[event.number], event))
        return tuple(found)

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """The completions read, each with the report on it.

        Code that differs from an earlier one in layout alone is taken for that, with its report.
        """
        found: list[Attempt] = []
        known: dict[object, Attempt] = {}  # by what a test can see of the code
        texts = self._texts
        for event in self.events:
            if isinstance(event, CompletionReceived):
                completion = replace(event.completion, text=texts[event.number])
                result = read_reply(completion, self.spec)
                found.append(Attempt(completion.model, event.number, result))
                if isinstance(result, Candidate) and seen_by_tests(result) in known:
                    # The report has lines of that code in it.
                    same = known[seen_by_tests(result)]
                    found[-1] = replace(found[-1], result=same.result, report=same.report)
            elif isinstance(event, TestsFinished) and event.purpose == "candidate" and found:
                last = found[-1] = replace(found[-1], report=event.report)
                if isinstance(last.result, Candidate) and not event.report.static:
                    known[seen_by_tests(last.result)] = last
            elif isinstance(event, ModuleReopened):
                known.clear()
        return tuple(found)

    @cached_property
    def _texts(self) -> dict[int, str]:
        """The answers, by the number of the call; one that was cut off and what goes on from it."""
        texts: dict[int, str] = {}
        last = ""
        for started, received in self.calls:
            text = received.completion.text
            last = joined(last, text) if started.purpose == "continue" else text
            texts[started.number] = last
        return texts

    @cached_property
    def candidate(self) -> Candidate | None:
        """The newest code that could be read: of a reply, or of the reopened module."""
        for attempt in reversed(self.since_reopened.attempts):
            if isinstance(attempt.result, Candidate):
                return attempt.result
        return Candidate(self.spec.file, self.reopened.code) if self.reopened else None

    @cached_property
    def unchanged(self) -> bool:
        """Whether the newest answer is the code that there is evidence against, but for layout."""
        reopened, made = self.reopened, self.since_reopened.attempts
        if reopened is None or reopened.report is None or not made:
            return False
        newest, against = made[-1].result, Candidate(self.spec.file, reopened.code)
        return isinstance(newest, Candidate) and seen_by_tests(newest) == seen_by_tests(against)

    @cached_property
    def report(self) -> TestReport | None:
        """What is known of the newest code that was tested, or the evidence for the reopening."""
        for attempt in reversed(self.since_reopened.attempts):
            if attempt.report is not None:
                return attempt.report
        for event in reversed(self.events):
            if isinstance(event, TestsFinished) and event.purpose != "red":
                return event.report
            if isinstance(event, ModuleReopened):
                return event.report
        return None

    @cached_property
    def expected(self) -> tuple[str, ...]:
        """Node ids that the red check collected: each must pass before anything is committed."""
        for event in reversed(self.events):
            if isinstance(event, TestsFinished) and event.purpose == "red":
                aside = set(event.report.set_aside)
                return tuple(node for node in event.report.collected if node not in aside)
        return ()

    @cached_property
    def requests(self) -> tuple[tuple[Message, ...], ...]:
        """The whole conversation up to each call that was answered, as it was before any cut."""
        found: list[tuple[Message, ...]] = []
        before: tuple[Message, ...] = ()
        for started, received in self.calls:
            found.append((() if started.opens else before) + started.messages)
            before = (*found[-1], Message("assistant", received.completion.text))
        return tuple(found)

    @cached_property
    def conversation(self) -> tuple[Message, ...]:
        """The turns so far, since the last opening of a conversation."""
        if not self.requests:
            return ()
        _, received = self.calls[-1]
        return (*self.requests[-1], Message("assistant", received.completion.text))

    def times_too_long(self, model: str) -> int:
        """How often the model refused the call that is to be made next for its length."""
        times, asked = 0, ""
        for event in self.events:
            if isinstance(event, CallStarted):
                asked = event.model
            elif isinstance(event, CompletionReceived):
                times = 0
            elif isinstance(event, CallFailed):
                times += event.too_long and asked == model
        return times

    @cached_property
    def prepared(self) -> CommitPrepared | None:
        """The commit that was intended last."""
        found = [event for event in self.events if isinstance(event, CommitPrepared)]
        return found[-1] if found else None

    @cached_property
    def commit(self) -> ModuleCommitted | None:
        """The last commit of the module."""
        found = [event for event in self.events if isinstance(event, ModuleCommitted)]
        return found[-1] if found else None

    @cached_property
    def since_commit(self) -> "History":
        """The part that the next commit will stand for."""
        places = [n for n, event in enumerate(self.events) if isinstance(event, ModuleCommitted)]
        return History(self.spec, self.events[places[-1] + 1 :]) if places else self

    @cached_property
    def usage(self) -> Usage:
        """The tokens of all calls."""
        return sum((received.completion.usage for received in self._received), Usage())

    @cached_property
    def cost_usd(self) -> float | None:
        """The price of all calls, or None where one of them has none."""
        return total(received.completion.cost_usd for received in self._received)

    @cached_property
    def _received(self) -> tuple[CompletionReceived, ...]:
        return tuple(event for event in self.events if isinstance(event, CompletionReceived))
