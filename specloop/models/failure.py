"""What a failed request means: tried again or not, billed or not, and what the user can do."""

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

REFUSED = "no connection"
TIMED_OUT = "timed out"
OUT_OF_TIME = "out of time"
BROKEN = "connection lost"
UNREADABLE = "unreadable reply"
ENDLESS = "too long a reply"
QUOTA = "insufficient_quota"
CONTEXT = "context_length_exceeded"
CLOSED = "closed"

ELSEWHERE = "set api_base in project.toml to that address, if you trust it"

# Never asked again, and what to do instead. A status of 4xx that is in neither table is not asked
# again either, one of 5xx is.
_FINAL: dict[int | str, str] = {
    400: "check the model's settings in project.toml (extra, temperature, max_output_tokens)",
    401: "{key}",
    402: "top up the account, then run again to resume",
    403: "the key may not use this model: ask for access, or name another model",
    404: "check the model's name and api_base in project.toml",
    **dict.fromkeys((301, 302, 303, 307, 308), ELSEWHERE),
    413: "set context_tokens in project.toml to what the model takes",
    422: "check the model's settings in project.toml (extra, temperature, max_output_tokens)",
    CONTEXT: "set context_tokens in project.toml to what the model takes",
    # OpenAI says 429 for an empty account, too; no waiting helps there.
    QUOTA: "top up the account, then run again to resume",
    ENDLESS: "check that api_base in project.toml is the address of a model server, or lower "
    "max_output_tokens",
    OUT_OF_TIME: "run again to resume",
    CLOSED: "run again to resume",
}
_PASSING: dict[int | str, str] = {
    408: "raise timeout_seconds in project.toml, or run again to resume",
    409: "run again to resume",
    425: "run again to resume",
    429: "wait{after}, or lower models_in_flight in project.toml, then run again to resume",
    REFUSED: "is {server}?",
    TIMED_OUT: "raise timeout_seconds in project.toml, or run again to resume",
    UNREADABLE: "check that api_base in project.toml is the address of a model server",
}
# Somebody gave up waiting for a model that may have worked.
_MAYBE_BILLED = frozenset({408, 504, 524})

# What servers write where a status, often another one, says too little.
_SAID = (
    (QUOTA, re.compile(r"insufficient_quota|exceeded your current quota", re.IGNORECASE)),
    (
        CONTEXT,
        re.compile(
            r"context[ _-]?(length|window|size)|prompt (is )?too long|input token count",
            re.IGNORECASE,
        ),
    ),
)
_IN_STREAM = {
    "authentication_error": 401,
    "billing_error": 402,
    "invalid_request_error": 400,
    "not_found_error": 404,
    "permission_error": 403,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
}
_SEARCHED_TEXT = 10_000
_LONGEST_TEXT = 300


class RequestFailed(Exception):
    """One request without a usable reply.

    `kind` is the HTTP status, or one of this file's words where there is none or it says less.
    `billed` says that the provider may charge for this request, `after` how many seconds the
    server asked to wait.
    """

    def __init__(
        self, kind: int | str, text: str, *, billed: bool = False, after: float | None = None
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.billed = billed
        self.after = after

    @property
    def again(self) -> bool:
        """Whether another try may help."""
        if self.kind in _FINAL:
            return False
        return isinstance(self.kind, str) or self.kind in _PASSING or self.kind >= 500

    @property
    def too_long(self) -> bool:
        """Whether the prompt is longer than the model takes."""
        return self.kind in (CONTEXT, 413)

    @property
    def short(self) -> str:
        """The kind, for a person who waits."""
        return self.kind if isinstance(self.kind, str) else f"HTTP {self.kind}"

    def without(self, redact: Callable[[str], str]) -> "RequestFailed":
        """The same on one line, cut, with what `redact` takes out."""
        # Redacted before it is cut: half a key is still a piece of a key.
        text = " ".join(redact(whole(str(self))).split())[:_LONGEST_TEXT]
        return RequestFailed(self.kind, text, billed=self.billed, after=self.after)


def timed_out(seconds: float) -> RequestFailed:
    """Nothing came for `seconds`."""
    return RequestFailed(TIMED_OUT, f"no reply: silent for {seconds:g} s", billed=True)


def unreadable(text: str) -> RequestFailed:
    """A reply came, and has no answer in it."""
    return RequestFailed(UNREADABLE, f"{UNREADABLE}: {text}", billed=True)


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> RequestFailed:
    """An answer with a status that is an error."""
    text = body.decode(errors="replace")
    elsewhere = headers.get("location") if status < 400 else None
    said = f"the server points to {elsewhere}" if elsewhere else _message(text)
    return RequestFailed(
        _kind(status, text),
        f"HTTP {status}: {said}",
        billed=status in _MAYBE_BILLED,
        after=_retry_after(headers),
    )


def broken_off(error: object, begun: bool) -> RequestFailed:
    """An `error` object in a reply that began well; `begun` says that words of it came before."""
    text = json.dumps({"error": error})
    fields = error if isinstance(error, dict) else {}
    codes = [str(fields[name]) for name in ("code", "type", "status") if fields.get(name)]
    status = next((int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)), 0)
    status = status or next((_IN_STREAM[code] for code in codes if code in _IN_STREAM), 0)
    kind = _kind(status or 400, text)  # 400: so that its words are searched
    return RequestFailed(
        kind if status or kind != 400 else BROKEN,
        f"the reply broke off: {f'{status}: ' if status else ''}{_message(text)}",
        billed=begun or status in _MAYBE_BILLED,
    )


def failure_of(error: BaseException, answered: bool) -> RequestFailed:
    """What an exception of LiteLLM means; `answered` says that there was a reply to read."""
    text = str(error).partition("Traceback (most")[0]
    text = text.partition("Exception - ")[2] or text or type(error).__name__
    status = getattr(error, "status_code", None)
    # LiteLLM says 500 for everything it cannot name.
    if not answered and isinstance(status, int) and 400 <= status < 500:
        return RequestFailed(_kind(status, text), f"HTTP {status}: {text}", billed=status == 408)
    return unreadable(text)


def advice(failed: RequestFailed, key_name: str, address: str) -> str:
    """What the user can do about it; `key_name` is the variable of the key, "" where none is."""
    known = _FINAL.get(failed.kind) or _PASSING.get(failed.kind)
    if known is None:
        return "run again to resume; the provider's status page may say more"
    if key_name:
        key = f"check the value of {key_name}"
    elif address:
        key = "set api_key_env in project.toml to the variable that holds the server's key"
    else:
        key = "check the value of the provider's key variable"
    after = f" {failed.after:.0f} s" if failed.after else ""
    server = "the server running" if address else "this machine online"
    return known.format(key=key, server=server, after=after)


def whole(text: str) -> str:
    r"""The text with a question mark for each half of a character.

    JSON can name one ("\ud83d"), and no file, journal or later prompt could hold it.
    """
    return text.encode(errors="replace").decode()


def _kind(status: int, text: str) -> int | str:
    said = (kind for kind, words in _SAID if words.search(text[:_SEARCHED_TEXT]))
    kind = next(said, None)
    if kind is None or (kind == CONTEXT and status not in (400, 413, 422)):
        return status
    return kind


def _message(text: str) -> str:
    """The provider's words out of a JSON object, else the text as it is."""
    try:
        found: Any = json.loads(text)
    except ValueError:
        return text
    error = found.get("error") or found if isinstance(found, dict) else found
    if not isinstance(error, dict):
        return error if isinstance(error, str) else text
    said = error.get("message") or error.get("detail") or error
    message = said if isinstance(said, str) else json.dumps(said)
    code = error.get("code")
    # A number says what the status has said.
    worded = isinstance(code, str) and not code.isdigit() and code not in message
    return f"{code}: {message}" if worded else message


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        seconds = date.replace(tzinfo=date.tzinfo or UTC).timestamp() - time.time()
    return max(0.0, seconds) if math.isfinite(seconds) else None
