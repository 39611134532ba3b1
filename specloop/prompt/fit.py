"""Cutting a conversation to a model's context window."""

from collections.abc import Sequence

from specloop.attempt.message import Message

_BYTES_A_TOKEN = 2.5  # low on purpose: code has shorter tokens than prose
_TOKENS_A_TURN = 8


def estimate_tokens(messages: Sequence[Message]) -> int:
    """An upper estimate of the tokens of a conversation, whatever the tokenizer."""
    size = sum(len(message.content.encode(errors="replace")) for message in messages)
    return int(size / _BYTES_A_TOKEN) + _TOKENS_A_TURN * len(messages) + 1


def fit(messages: tuple[Message, ...], tokens: int) -> tuple[Message, ...] | None:
    """The conversation without its oldest repairs, so that it takes at most `tokens`.

    The opening turns (the spec) and the last one (the code and the evidence) always stay; None
    where they alone are too long.
    """
    opening = 2 if messages and messages[0].role == "system" else 1
    kept = messages
    while estimate_tokens(kept) > tokens:
        if len(kept) <= opening:
            return None
        # An answer and a request go together: some servers insist on roles that alternate.
        if len(kept) > opening + 2:
            kept = kept[:opening] + kept[opening + 2 :]
        else:
            spec, last = kept[opening - 1], kept[-1]
            joined = Message("user", f"{spec.content}\n{last.content}")
            kept = (*kept[: opening - 1], joined)
    return kept
