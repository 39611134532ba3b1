"""Whether a model's server can be reached: a connection, and the list of what it serves.

No model is asked for an answer.
"""

import http.client
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from specloop.report.doctor_text import Check, State

_SECONDS = 3.0
_MOST_BYTES = 1_000_000
_SHOWN = 5
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


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


def served(url: str, key: str | None, name: str) -> Check:
    """Whether a server lists `name` among its models at `url`; the key goes there and no further.

    A server that does not tell is taken for one that answers.
    """
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key or 'none'}"})
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            body = response.read(_MOST_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _REFUSED:
            text = f"{url} refuses {'the key' if key else 'to answer without a key'}"
            return Check("server", State.WRONG, text, "see api_key_env in project.toml")
        if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            text = f"{url} fails with HTTP {error.code}"
            return Check("server", State.WRONG, text, "see what it logs; is it still loading?")
        return Check("server", State.OK, f"answers, but lists no models (HTTP {error.code})")
    except (OSError, ValueError, http.client.HTTPException) as error:
        text = f"no answer from {url}: {_reason(error)}"
        return Check("server", State.WRONG, text, "start the server, or mend api_base")
    return _listed(body, name)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Else the key would follow to wherever the server sends us."""

    def redirect_request(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as it is inherited
        """Go nowhere."""


def _listed(body: bytes, name: str) -> Check:
    try:
        entries = json.loads(body)["data"]
        known = [str(entry["id"]) for entry in entries]
        anything = {entry.get("owned_by") for entry in entries} == {"llamacpp"}
    except (ValueError, LookupError, TypeError, AttributeError):
        return Check("server", State.OK, "answers, but lists no models")
    if name in known or f"{name}:latest" in known:
        return Check("server", State.OK, f"answers, and serves {name!r}")
    if anything:  # llama.cpp has one model, and gives it any name
        return Check("server", State.OK, f"answers to any name, with {_some(known)}")
    text = f"answers, but does not serve {name!r}; it serves {_some(known)}"
    return Check("server", State.WRONG, text, "mend the name in project.toml, or load the model")


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
