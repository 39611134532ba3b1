"""What is wrong with a whole reply, by its own account; and what of its usage can be true."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from specloop.models.failure import BROKEN, RequestFailed, broken_off, unreadable

# Reasons to finish by which a provider says that it, not the model, came to an end.
_FAULTS = frozenset({"error", "insufficient_system_resource"})
_MOST_TOKENS = 100_000_000  # of one request; a count above that is none


def parsed(content: bytes) -> dict[str, Any]:
    """The JSON object that is the whole content; RequestFailed for anything else."""
    try:
        reply = json.loads(content)
    except (ValueError, RecursionError):
        raise unreadable(f"it is no JSON: {content.decode(errors='replace')}") from None
    if not isinstance(reply, dict):
        raise unreadable("it is no JSON object")
    return reply


def require_sound(reply: Mapping[str, Any]) -> None:
    """RequestFailed for a whole reply that says itself that it is none."""
    choices = reply.get("choices")
    error = reply.get("error")
    if error and not choices:
        raise broken_off(error, begun=False)
    for reason in _reasons(choices):
        if reason in _FAULTS:
            raise RequestFailed(BROKEN, f"the provider broke off: {reason}", billed=True)


def with_true_counts(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The reply, its usage without what is no number of tokens.

    LiteLLM reads no answer beside a usage that it cannot read, which would be paid for in vain.
    """
    kept = {name: value for name, value in reply.items() if name != "usage"}
    usage = _counts(reply.get("usage"))
    return {**kept, "usage": usage} if usage else kept


def _counts(usage: object) -> dict[str, Any]:
    fields = usage.items() if isinstance(usage, dict) else ()
    read = {name: _read(name, value) for name, value in fields}
    return {name: value for name, value in read.items() if value is not None}


def _read(name: str, value: object) -> object:
    if name.endswith("_details"):
        return _counts(value) or None
    if not name.endswith("_tokens"):
        return value
    try:
        number = float(value) if isinstance(value, int | float | str) else -1.0
    except (ValueError, OverflowError):
        return None
    return int(number) if 0 <= number <= _MOST_TOKENS else None


def _reasons(choices: object) -> Iterator[object]:
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict):
            yield choice.get("finish_reason")
