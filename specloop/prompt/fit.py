"""Cutting a conversation to a model's context window."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from specloop.attempt.message import Message

_BYTES_A_TOKEN = 2.5  # low on purpose: code has shorter tokens than prose
_TOKENS_A_TURN = 8


def estimate_tokens(messages: Sequence[Message]) -> int:
    """An upper estimate of the tokens of a conversation, whatever the tokenizer."""
    size = sum(len(message.content.encode(errors="replace")) for message in messages)
    return int(size / _BYTES_A_TOKEN) + _TOKENS_A_TURN * len(messages) + 1


@dataclass(frozen=True, slots=True)
class Cut:
    """A text that may be left out of the opening, and what stands there then."""

    text: str
    instead: str


def fit(
    messages: tuple[Message, ...],
    tokens: int,
    *,
    count: Callable[[Sequence[Message]], int] = estimate_tokens,
    alone: Message | None = None,
    cuts: Iterable[Cut] = (),
) -> tuple[Message, ...] | None:
    """The conversation, shortened until it takes at most `tokens`.

    The oldest repairs go first, then the `cuts` in their order. The opening turns (the spec) and
    the last one (the code and the evidence) stay, the last as it is in `alone` where the answer
    before it has gone; None where they are still too long.
    """
    opening = 2 if messages and messages[0].role == "system" else 1
    left = list(cuts)
    kept = messages
    while count(kept) > tokens:
        if len(kept) > opening:
            kept = _without_oldest(kept, opening, alone or kept[-1])
        elif left:
            kept = tuple(_without(turn, left[0]) for turn in kept)
            del left[0]
        else:
            return None
    return kept


def _without_oldest(kept: tuple[Message, ...], opening: int, last: Message) -> tuple[Message, ...]:
    """Without the oldest answer and the request after it: some servers want roles in turns."""
    if len(kept) > opening + 2:
        return kept[:opening] + kept[opening + 2 :]
    spec = kept[opening - 1]
    return (*kept[: opening - 1], Message("user", f"{spec.content}\n{last.content}"))


def _without(turn: Message, cut: Cut) -> Message:
    return Message(turn.role, turn.content.replace(cut.text, cut.instead))
