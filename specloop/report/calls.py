"""The calls of the last run, out of the journal, and how much of them was said before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CompletionReceived,
    Event,
    ModuleEvent,
    ModuleStarted,
    RunEvent,
    RunResumed,
    RunStarted,
)
from specloop.loop.history import History
from specloop.prompt.fit import estimate_tokens
from specloop.prompt.reply import Malformed
from specloop.spec.module import ModuleSpec

Fate = Literal["open", "answered", "failed", "lost"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    It is "open" while the reply may still come, "failed" where none came and nothing was charged,
    "lost" where none came and all that it may take stays reserved. `readable` says whether code
    could be taken from the answer.
    """

    started: CallStarted
    fate: Fate = "open"
    completion: Completion | None = None
    readable: bool = True

    @property
    def is_later(self) -> bool:
        """Whether a part of it was sent before: it is not the first one about its module."""
        return self.started.number > 1


def calls_of(
    events: Iterable[Event], specs: Mapping[str, ModuleSpec], *, live: bool
) -> tuple[Call, ...]:
    """The calls of the last run, in the order in which they ended; those that did not come last.

    Answers about a module that has no spec any more count as readable. Unless the run is `live`,
    nobody waits for an open call: it is lost.
    """
    reading = _Reading(specs)
    for event in events:
        reading.take(event)
    if not live:
        reading.lose()
    return (*reading.ended, *reading.open.values())


class _Reading:
    """What is known of calls from the events so far."""

    def __init__(self, specs: Mapping[str, ModuleSpec]) -> None:
        self.ended: list[Call] = []
        self.open: dict[tuple[str, int], Call] = {}
        self._specs = specs
        self._events: dict[str, list[ModuleEvent]] = {}

    def take(self, event: Event) -> None:
        """Know one more event."""
        if not isinstance(event, RunEvent):
            if isinstance(event, ModuleStarted):
                self._events.pop(event.module, None)
            self._events.setdefault(event.module, []).append(event)
        match event:
            case RunStarted():
                self.ended.clear()
                self.open.clear()
            case RunResumed():
                self.lose()
            case CallStarted():
                self.open[event.module, event.number] = Call(event)
            case CompletionReceived(completion=completion):
                readable = self._is_readable(event.module)
                self._end(event, "answered", completion, readable=readable)
            case CallFailed(may_be_charged=charged):
                self._end(event, "lost" if charged else "failed")

    def lose(self) -> None:
        """Give up the open calls: whoever waited for them is gone."""
        self.ended.extend(replace(call, fate="lost") for call in self.open.values())
        self.open.clear()

    def _end(
        self,
        event: CompletionReceived | CallFailed,
        fate: Fate,
        completion: Completion | None = None,
        *,
        readable: bool = True,
    ) -> None:
        call = self.open.pop((event.module, event.number))
        self.ended.append(replace(call, fate=fate, completion=completion, readable=readable))

    def _is_readable(self, module: str) -> bool:
        """Whether the newest answer about a module holds code."""
        if module not in self._specs:
            return True
        attempts = History(self._specs[module], tuple(self._events[module])).attempts
        return not isinstance(attempts[-1].result, Malformed)


def prefix_share(histories: Iterable[History]) -> float | None:
    """The share of what was sent that is the unchanged beginning of an earlier request.

    It is counted in estimated tokens, over all requests of a module after its first; an earlier one
    must have gone to the same model. None where there is no such request. The journal holds what is
    new in each call, so that turns which were cut to fit a window count as sent.
    """
    tokens = [both for history in histories for both in _repeated(history)]
    total = sum(sent for _, sent in tokens)
    return sum(unchanged for unchanged, _ in tokens) / total if total else None


def _repeated(history: History) -> Iterator[tuple[int, int]]:
    """Of each request after the first: the tokens that were sent before, and all of them."""
    earlier: list[tuple[str, tuple[Message, ...]]] = []
    for (started, _), turns in zip(history.calls, history.requests, strict=True):
        if earlier:
            same = [_common(turns, other) for name, other in earlier if name == started.model]
            unchanged = turns[: max(same, default=0)]
            yield estimate_tokens(unchanged) if unchanged else 0, estimate_tokens(turns)
        earlier.append((started.model, turns))


def _common(turns: tuple[Message, ...], other: tuple[Message, ...]) -> int:
    """How many turns are the same in both, from the first on."""
    pairs = zip(turns, other, strict=False)
    return next(
        (n for n, (one, two) in enumerate(pairs) if one != two), min(len(turns), len(other))
    )
