"""An observer that no secret is told."""

from specloop.attempt.redaction import Redactor
from specloop.engine.record import Observer
from specloop.loop.event import Event


class GuardedObserver:
    """Passes on to `observer` what holds no secret any more."""

    def __init__(self, observer: Observer, redactor: Redactor) -> None:
        self._observer = observer
        self._redactor = redactor

    def notice(self, text: str) -> None:
        """Pass on a notice."""
        self._observer.notice(self._redactor(text))

    def doing(self, module: str, text: str) -> None:
        """Pass on a step."""
        self._observer.doing(module, self._redactor(text))

    def stands(self, module: str, *, passed: bool) -> None:
        """Pass on where a module stands."""
        self._observer.stands(module, passed=passed)

    def happened(self, event: Event) -> None:
        """Pass on an event."""
        self._observer.happened(self._redactor.clean(event))
