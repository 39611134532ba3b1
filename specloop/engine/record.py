"""The journal, and what is known from it, in one place: the only writer of events."""

from typing import Protocol

from specloop.loop.budget import Ledger
from specloop.loop.event import (
    Event,
    IntegrationFinished,
    ModuleEvent,
    ModuleStarted,
    RunEnded,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
)
from specloop.loop.history import History
from specloop.ports import Clock, Journal
from specloop.spec.module import ModuleSpec


class Observer(Protocol):
    """Whoever shows people what goes on; called in the coordinator's thread."""

    def notice(self, text: str) -> None:
        """Something a person should know once."""
        ...

    def doing(self, module: str, text: str) -> None:
        """What is being done for a module right now ("" for the run itself)."""
        ...

    def happened(self, event: Event) -> None:
        """An event that is durable."""
        ...


class Record:
    """Appends events and keeps the histories that follow from them."""

    def __init__(self, journal: Journal, clock: Clock, observer: Observer, version: str) -> None:
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._version = version
        self._histories: dict[str, list[ModuleEvent]] = {}
        self._last_at = 0.0
        self._run_open = False
        self.ledger = Ledger()
        self.integration: IntegrationFinished | None = None  # the newest, of whatever run
        self.failed_integrations = 0  # in this run
        for event in journal.events():
            self._take(event)
        self._resuming = self._run_open

    @property
    def run_open(self) -> bool:
        """Whether a run was started and has not ended."""
        return self._run_open

    def now(self) -> float:
        """The clock, made monotone over the whole journal."""
        return max(self._clock(), self._last_at)

    def history(self, spec: ModuleSpec) -> History:
        """What happened to a module since it was last started."""
        return History(spec, tuple(self._histories.get(spec.name, ())))

    def append(self, event: Event) -> None:
        """Make an event durable; the first one of a process opens or resumes the run."""
        if self._resuming:
            self._resuming = False
            self._write(RunResumed(event.at))
        elif not self._run_open and not isinstance(event, RunStarted):
            self._write(RunStarted(event.at, self._version))
        self._write(event)

    def pause(self, reason: str, exit_code: int) -> None:
        """Note why the run stops before its end, if it had begun."""
        if self._run_open:
            self.append(RunPaused(self.now(), reason, exit_code))

    def end(self, *, passed: bool, reason: str) -> None:
        """Note that nothing is left to do, if anything was done."""
        if self._run_open:
            self.append(RunEnded(self.now(), passed, reason))

    def _write(self, event: Event) -> None:
        self._journal.append(event)
        self._take(event)
        self._observer.happened(event)

    def _take(self, event: Event) -> None:
        self._last_at = max(self._last_at, event.at)
        self.ledger = self.ledger.then(event)
        if isinstance(event, RunStarted):
            self._run_open = True
            self.failed_integrations = 0
        elif isinstance(event, RunEnded):
            self._run_open = False
        elif isinstance(event, IntegrationFinished):
            self.integration = event
            self.failed_integrations += not event.report.ok
        elif not isinstance(event, RunEvent):
            events = self._histories.setdefault(event.module, [])
            if isinstance(event, ModuleStarted):
                events.clear()
            events.append(event)
