"""What a failed request means: tried again or not, billed or not, and what the user can do."""

import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

_AGAIN = frozenset({408, 409, 425, 429})
_MAYBE_BILLED = frozenset({408, 504})  # somebody gave up waiting for a model that may have worked
_LONGEST_TEXT = 300

REFUSED = "refused"
TIMED_OUT = "timed out"
BROKEN = "broken"
UNREADABLE = "unreadable"
CLOSED = "closed"


class RequestFailed(Exception):
    """One request without a usable reply.

    `kind` is the HTTP status, or one of this file's words where there is none. `again` says that
    another try may help, `billed` that the provider may charge for this one, `after` how many
    seconds the server asked to wait.
    """

    def __init__(
        self,
        kind: int | str,
        text: str,
        *,
        again: bool,
        billed: bool = False,
        after: float | None = None,
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.again = again
        self.billed = billed
        self.after = after


def timed_out(seconds: int) -> RequestFailed:
    """No whole reply within `seconds`."""
    return RequestFailed(TIMED_OUT, f"no reply within {seconds} s", again=True, billed=True)


def unreadable(text: str) -> RequestFailed:
    """A reply came, and has no answer in it."""
    return RequestFailed(UNREADABLE, f"unreadable reply: {text}", again=True, billed=True)


def failure_of(error: BaseException, seconds: int, redact: Callable[[str], str]) -> RequestFailed:
    """What an exception of LiteLLM means.

    LiteLLM says 500 for everything it cannot name, a refused connection included, so that the
    exceptions it was raised from are looked at first.
    """
    text = _words(error, redact)
    status = _http_status(error)
    if status is not None:
        return _from_status(status, text, error)
    causes = list(_chain(error))
    if getattr(error, "status_code", None) == 408 or any(
        isinstance(cause, TimeoutError) for cause in causes
    ):
        return timed_out(seconds)
    if any(type(cause).__name__ == "ConnectError" for cause in causes):
        return RequestFailed(REFUSED, f"no connection: {_words(causes[-1], redact)}", again=True)
    if any(type(cause).__name__ in ("ReadError", "RemoteProtocolError") for cause in causes):
        text = f"connection lost: {_words(causes[-1], redact)}"
        return RequestFailed(BROKEN, text, again=True, billed=True)
    own_status = getattr(error, "status_code", None)
    if isinstance(own_status, int) and 400 <= own_status < 500:
        return _from_status(own_status, text, error)
    return unreadable(text)


def advice(failed: RequestFailed, key_name: str, address: str) -> str:
    """What the user can do about it."""
    if failed.kind == 400 and "context" in str(failed):
        return "set context_tokens in project.toml to what the model takes"
    known: dict[int | str, str] = {
        400: "check the model's settings in project.toml (extra, temperature, max_output_tokens)",
        401: f"check the value of {key_name}",
        402: "top up the account, then run again to resume",
        403: f"the key in {key_name} may not use this model: ask for access, or name another model",
        404: "check the model's name and api_base in project.toml",
        429: "wait, or lower models_in_flight in project.toml, then run again to resume",
        REFUSED: f"is the server running at {address}?" if address else "is this machine online?",
        TIMED_OUT: "raise timeout_seconds in project.toml, or run again to resume",
        UNREADABLE: "check that api_base in project.toml is the address of a model server",
        CLOSED: "run again to resume",
    }
    return known.get(failed.kind, "run again to resume; the provider's status page may say more")


def whole(text: str) -> str:
    r"""The text with a question mark for each half of a character.

    JSON can name one ("\ud83d"), and no file, journal or later prompt could hold it.
    """
    return text.encode(errors="replace").decode()


def _from_status(status: int, text: str, error: BaseException) -> RequestFailed:
    # OpenAI says 429 for an empty account, too; no waiting helps there.
    again = (status in _AGAIN or status >= 500) and "insufficient_quota" not in text
    return RequestFailed(
        status,
        f"HTTP {status}: {text}",
        again=again,
        billed=status in _MAYBE_BILLED,
        after=_retry_after(error),
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _http_status(error: BaseException) -> int | None:
    """The status that the server really sent, None where it sent none."""
    for cause in _chain(error):
        if type(cause).__name__.endswith("HTTPStatusError"):
            status: Any = getattr(getattr(cause, "response", None), "status_code", None)
            return status if isinstance(status, int) else None
    return None


def _retry_after(error: BaseException) -> float | None:
    headers: Any = getattr(error, "litellm_response_headers", None)
    value = headers.get("retry-after") if isinstance(headers, Mapping) else None
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, seconds)


def _words(error: BaseException, redact: Callable[[str], str]) -> str:
    """The provider's words, on one line, without the names LiteLLM puts before them."""
    text = whole(str(error))
    text = text.partition("Exception - ")[2] or text
    # Redacted before it is cut: half a key is still a piece of a key.
    text = " ".join(redact(text.partition("Traceback (most")[0]).split())
    return text[:_LONGEST_TEXT] or type(error).__name__
