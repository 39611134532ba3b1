"""The journal, and what is known from it, in one place: the only writer of events."""

from typing import Protocol

from specloop.loop.event import (
    CompletionReceived,
    Event,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from specloop.loop.history import History
from specloop.loop.past import Past
from specloop.ports import Clock, Journal
from specloop.spec.module import ModuleSpec
from specloop.spec.settings import LimitsTable


class Observer(Protocol):
    """Whoever shows people what goes on; called in the coordinator's thread."""

    def notice(self, text: str) -> None:
        """Something a person should know once."""
        ...

    def doing(self, module: str, text: str) -> None:
        """What is being done for a module right now ("" for the run itself)."""
        ...

    def stands(self, module: str, *, passed: bool) -> None:
        """A module needs no work: it is up to date, or blocked by one that did not pass."""
        ...

    def happened(self, event: Event) -> None:
        """An event that is durable."""
        ...


class Record:
    """Appends events and keeps the past that follows from them.

    `clock` is the clock as it is, which may have been set back since the last event.
    """

    def __init__(self, journal: Journal, clock: Clock, observer: Observer, version: str) -> None:
        self._journal = journal
        self.clock = clock
        self._observer = observer
        self._version = version
        self.past = Past(journal.events())
        self.written = 0  # events of this process

    def now(self) -> float:
        """The clock, made monotone over the whole journal."""
        return max(self.clock(), self.past.last_at)

    def history(self, spec: ModuleSpec) -> History:
        """What happened to a module since it was last started."""
        return self.past.history(spec)

    def out_of_time(self, limits: LimitsTable) -> str | None:
        """Why nothing new may be started now, or None; a run that has not begun took no time."""
        return self.past.ledger.out_of_time(limits, self.now()) if self.past.run_open else None

    def resume(self) -> None:
        """Go on with a run that was left open: the time since its last event does not count."""
        if self.past.run_open:
            self._write(RunResumed(self.now()))

    def append(self, event: Event) -> None:
        """Make an event durable; where no run is open, the event opens one."""
        if not self.past.run_open:
            self._write(RunStarted(event.at, self._version))
        self._write(event)

    def pause(self, reason: str, exit_code: int) -> None:
        """Note why the run stops before its end, if it had begun."""
        if self.past.run_open:
            self.append(RunPaused(self.now(), reason, exit_code))

    def end(self, *, passed: bool, reason: str) -> None:
        """Note that nothing is left to do, if anything was done."""
        if self.past.run_open:
            self.append(RunEnded(self.now(), passed, reason))

    def _write(self, event: Event) -> None:
        self._journal.append(event)
        self.past.take(event)
        self.written += 1
        self._observer.happened(event)
        if isinstance(event, CompletionReceived) and event.completion.warning:
            self._observer.notice(f"{event.module}: {event.completion.warning}")
