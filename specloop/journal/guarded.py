"""A journal that no secret is written to."""

from specloop.attempt.redaction import Redactor
from specloop.loop.event import Event
from specloop.ports import Journal


class GuardedJournal:
    """Appends to `journal`; events are redacted before they are written.

    Replies and reports come in without secrets already. What is left are a person's own files, as
    prompts quote them, and the words of git.
    """

    def __init__(self, journal: Journal, redactor: Redactor) -> None:
        self._journal = journal
        self._redactor = redactor

    def append(self, event: Event) -> None:
        """Write the event without secrets."""
        self._journal.append(self._redactor.clean(event))

    def events(self) -> tuple[Event, ...]:
        """Those of the journal."""
        return self._journal.events()

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()
