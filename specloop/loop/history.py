"""The events of one module, and what follows from them."""

from dataclasses import dataclass
from functools import cached_property

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Usage, total
from specloop.attempt.message import Message
from specloop.attempt.report import TestReport
from specloop.loop.alike import seen_by_tests
from specloop.loop.attempts import Attempt, Call, attempts_of
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
from specloop.spec.module import ModuleSpec


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
        codes = [attempt.code for attempt in self.attempts if attempt.code]
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
    def calls(self) -> tuple[Call, ...]:
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
        """The completions read, each with the report on it."""
        return attempts_of(self.spec, self.events, self.calls)

    @cached_property
    def candidate(self) -> Candidate | None:
        """The newest honest code: of a reply, as it was tested, or of the reopened module."""
        for attempt in reversed(self.since_reopened.attempts):
            if attempt.code and not attempt.forged:
                return attempt.code
        return self._standing_code

    @cached_property
    def _standing_code(self) -> Candidate | None:
        """The code that was reopened, unless it tried to decide its own verdict."""
        runs = [event for event in self.since_reopened.events if isinstance(event, TestsFinished)]
        if self.reopened is None or any(e.report.forged for e in runs if e.purpose == "standing"):
            return None
        return Candidate(self.spec.file, self.reopened.code)

    @cached_property
    def discarded(self) -> bool:
        """Whether the newest answer, or the code that stands, tried to decide its own verdict.

        It is not gone on from, nor is the conversation that it is a part of.
        """
        if self.attempts and self.attempts[-1].forged:
            return True
        untouched = self.reopened is not None and not self.since_reopened.attempts
        return untouched and self._standing_code is None

    @cached_property
    def kept(self) -> Candidate | None:
        """What is kept of a module that is given up: the newest honest code, if any is."""
        made = [attempt.code for attempt in self.since_reopened.attempts if attempt.code]
        return self.candidate or (made[-1] if made else None)

    @cached_property
    def unchanged(self) -> bool:
        """Whether the newest answer is the code that there is evidence against, but for layout."""
        reopened, made = self.reopened, self.since_reopened.attempts
        if reopened is None or reopened.report is None or not made:
            return False
        against = seen_by_tests(Candidate(self.spec.file, reopened.code))
        newest = (made[-1].result, made[-1].code)  # that code has its layout from a test run, too
        return any(isinstance(c, Candidate) and seen_by_tests(c) == against for c in newest)

    @cached_property
    def report(self) -> TestReport | None:
        """What is known of the newest honest code tested, or the evidence for the reopening."""
        if self.unchanged and self.reopened:
            return self.reopened.report
        for attempt in reversed(self.since_reopened.attempts):
            if attempt.report is not None and not attempt.forged:
                return attempt.report
        for event in reversed(self.events):
            if isinstance(event, TestsFinished) and event.purpose != "red":
                if not event.report.forged:
                    return event.report
            elif isinstance(event, ModuleReopened):
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
