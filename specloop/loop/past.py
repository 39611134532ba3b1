"""A journal, sorted by what its events are about."""

from collections.abc import Iterable

from specloop.loop.budget import Ledger
from specloop.loop.event import (
    Event,
    IntegrationFinished,
    ModuleCommitted,
    ModuleEvent,
    ModuleStarted,
    RunEnded,
    RunEvent,
    RunStarted,
)
from specloop.loop.history import History
from specloop.spec.module import ModuleSpec


class Past:
    """What is known from the events so far; `take` adds one.

    `integration` is the newest integration result of whatever run, None once a module was
    committed after it; `integrations` and `failed_integrations` count those of the last run.
    `run_open` says that a run has begun and not ended. `last_at` is the latest time in any event.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._modules: dict[str, list[ModuleEvent]] = {}
        self.ledger = Ledger()
        self.integration: IntegrationFinished | None = None
        self.integrations = 0
        self.failed_integrations = 0
        self.run_open = False
        self.last: Event | None = None
        self.last_at = 0.0
        for event in events:
            self.take(event)

    def history(self, spec: ModuleSpec) -> History:
        """What happened to a module since it was last started."""
        return History(spec, tuple(self._modules.get(spec.name, ())))

    def take(self, event: Event) -> None:
        """Know one more event."""
        self.last = event
        self.last_at = max(self.last_at, event.at)
        self.ledger = self.ledger.then(event)
        match event:
            case RunStarted():
                self.run_open = True
                self.integrations = self.failed_integrations = 0
            case RunEnded():
                self.run_open = False
            case IntegrationFinished():
                self.integration = event
                self.integrations += 1
                self.failed_integrations += not event.report.ok
            case _ if not isinstance(event, RunEvent):
                events = self._modules.setdefault(event.module, [])
                if isinstance(event, ModuleStarted):
                    events.clear()
                elif isinstance(event, ModuleCommitted):
                    # Even where the commit was there already, the round after it is a new one:
                    # a model that answers with the same code would be asked for ever.
                    self.integration = None
                events.append(event)
