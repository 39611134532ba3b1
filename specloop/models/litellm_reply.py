"""Reading what LiteLLM returns; nothing in it is taken for granted."""

from dataclasses import dataclass

from specloop.attempt.completion import Usage
from specloop.models.failure import unreadable, whole


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a model; `usage` is None where the server reports none.

    `thoughts` are those that stand beside the answer.
    """

    text: str
    finish_reason: str
    usage: Usage | None
    thoughts: str = ""


def read_reply(response: object, counted: bool) -> Reply:
    """The answer in `response`; RequestFailed where there is none.

    Where the server has not `counted`, LiteLLM may have: its guess is no usage.
    """
    choices = getattr(response, "choices", None)
    if not choices:
        raise unreadable("it holds no choices")
    finish_reason = str(getattr(choices[0], "finish_reason", None) or "stop")
    message = getattr(choices[0], "message", None)
    text, thoughts = str(getattr(message, "content", None) or ""), _thoughts(message)
    # Some servers take the whole answer for thoughts. Thoughts that were cut off hold no answer.
    if not text.strip() and thoughts and finish_reason != "length":
        text, thoughts = thoughts, ""
    usage = _usage(getattr(response, "usage", None)) if counted else None
    return Reply(whole(text), whole(finish_reason), usage, whole(thoughts))


def _thoughts(message: object) -> str:
    for field in ("reasoning_content", "reasoning"):
        thoughts = getattr(message, field, None)
        if isinstance(thoughts, str) and thoughts.strip():
            return thoughts
    return ""


def _usage(usage: object) -> Usage | None:
    sent, received = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not sent and not received:
        return None
    details = getattr(usage, "prompt_tokens_details", None)
    cached = _count(details, "cached_tokens") or _count(usage, "prompt_cache_hit_tokens")
    details = getattr(usage, "completion_tokens_details", None)
    thoughts = _count(details, "reasoning_tokens")
    # Some count thoughts apart from the completion; only the total tells, or that they are more.
    apart = _count(usage, "total_tokens") - sent - received
    if 0 < thoughts <= apart or thoughts > received:
        received += thoughts
    return Usage(1, sent, min(cached, sent), received, min(thoughts, received))


def _count(value: object, field: str) -> int:
    number = getattr(value, field, None)
    return max(0, int(number)) if isinstance(number, int | float) else 0
