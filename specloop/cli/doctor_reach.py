"""Whether a model's server can be reached: a connection, and the list of what it serves.

No model is asked for an answer.
"""

import http.client
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from specloop.report.doctor_text import Check, State

_SECONDS = 3.0
_MOST_BYTES = 1_000_000
_SHOWN = 5
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# What vLLM, OpenRouter and LM Studio call a model's window in their lists.
_WINDOWS = ("max_model_len", "context_length", "max_context_length")


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of reaching for a server, and the window it says that the model has."""

    check: Check
    window: int | None = None


def connection(address: str) -> Check:
    """Whether something listens at the address, or at the proxy on the way to it."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    via = _proxy(parts.scheme, host)
    target = urlsplit(via or address)
    try:
        port = target.port or (80 if target.scheme == "http" else 443)
        with socket.create_connection((target.hostname or "", port), _SECONDS):
            pass
    except (OSError, ValueError) as error:
        text = f"no connection to {via or address}: {_reason(error)}"
        return Check("server", State.WRONG, text, "is this machine online?")
    return Check("server", State.OK, f"{host} takes connections{' by proxy' if via else ''}")


def served(url: str, key: str | None, name: str, advice: str) -> Reached:
    """Whether a server lists `name` among its models at `url`; the key goes there and no further.

    Of one that lists none, no more can be said than that it answers, and `advice` if there is any.
    """
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key or 'none'}"})
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            return _listed(response.read(_MOST_BYTES), name, advice)
    except urllib.error.HTTPError as error:
        error.close()
        return Reached(_refused(url, error.code, advice, has_key=bool(key)))
    except (OSError, ValueError, http.client.HTTPException) as error:
        text = f"no answer from {url}: {_reason(error)}"
        return Reached(Check("server", State.WRONG, text, "start the server, or mend api_base"))


def _refused(url: str, code: int, advice: str, *, has_key: bool) -> Check:
    if code in _REFUSED:
        text = f"{url} refuses {'the key' if has_key else 'to answer without a key'}"
        return Check("server", State.WRONG, text, "see api_key_env in project.toml")
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        text = f"{url} fails with HTTP {code}"
        return Check("server", State.WRONG, text, "see what it logs; is it still loading?")
    return _unlisted(f" (HTTP {code})", advice)


def _unlisted(why: str, advice: str) -> Check:
    state = State.TOLD if advice else State.OK
    return Check("server", state, f"answers, but lists no models{why}", advice)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Else the key would follow to wherever the server sends us."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as it is inherited
        """Go nowhere."""


def _listed(body: bytes, name: str, advice: str) -> Reached:
    try:
        entries = {str(entry["id"]): entry for entry in json.loads(body)["data"]}
        anything = {entry.get("owned_by") for entry in entries.values()} == {"llamacpp"}
    except (ValueError, LookupError, TypeError, AttributeError):
        return Reached(_unlisted("", advice))
    found = entries.get(name) or entries.get(f"{name}:latest")
    if found is not None:
        text = f"answers, and serves {name!r}"
        return Reached(Check("server", State.OK, text), _window_in(found))
    if anything:  # llama.cpp has one model, and gives it any name
        text = f"answers to any name, with {_some(entries)}"
        return Reached(Check("server", State.OK, text), _window_in(next(iter(entries.values()))))
    text = f"answers, but does not serve {name!r}; it serves {_some(entries)}"
    remedy = "mend the name in project.toml, or load the model"
    return Reached(Check("server", State.WRONG, text, remedy))


def _window_in(entry: Mapping[str, Any]) -> int | None:
    meta = entry.get("meta")  # llama.cpp's
    stated = [entry.get(key) for key in _WINDOWS]
    stated.append(meta.get("n_ctx") if isinstance(meta, dict) else None)
    return next((tokens for tokens in stated if type(tokens) is int and tokens > 0), None)


def _some(names: Iterable[str]) -> str:
    first = [repr(name) for name in names]
    more = [f"and {len(first) - _SHOWN} more"] if len(first) > _SHOWN else []
    return ", ".join([*first[:_SHOWN], *more]) or "nothing"


def _proxy(scheme: str, host: str) -> str:
    """The proxy that requests to the host go through, "" where none does."""
    if urllib.request.proxy_bypass(host):
        return ""
    return urllib.request.getproxies().get(scheme, "")


def _reason(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, TimeoutError):
        return f"nothing within {_SECONDS:.0f} s"
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
