"""Below LiteLLM: requests leave it for whole replies, travel as streams, and come back whole.

So the bytes, statuses and reasons are seen as the server sent them, whatever the provider, and
LiteLLM's own decoding of streams, which guesses usage and hides errors, is not needed.
"""

import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx

from specloop.models.asking import Exchange, current
from specloop.models.failure import (
    BROKEN,
    REFUSED,
    TIMED_OUT,
    RequestFailed,
    refusal,
    timed_out,
    unreadable,
)
from specloop.models.streamed import WIRES, Stream, Wire

_REFUSING = frozenset({400, 422})
# They describe the body as it travelled.
_OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
# What some send unasked. Of these, what came in one piece cannot stand for endless bytes.
_PACKINGS = frozenset({"", "identity", "gzip", "deflate"})
_MOST_REDIRECTS = 5
_AFTERWARDS = 5.0  # seconds that a server may take for what comes after the answer
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_JSON = ("content-type", "application/json")


class Severed(BaseException):
    """Ends a request of LiteLLM's, whose exchange says why.

    No Exception: LiteLLM would catch that, format its traceback and log it in other threads.
    """


class StreamingTransport(httpx.BaseTransport):
    """Sends requests by the client `below`, and watches those that have an `Exchange`.

    To this machine itself they go past all proxies: a proxy has a loopback of its own.
    """

    def __init__(self, below: httpx.Client) -> None:
        self._below = below
        self._direct = httpx.Client(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The whole response; what is wrong with it otherwise stands in the exchange."""
        exchange = current.get()
        if exchange is None:
            return self._client(request).send(request, stream=True)
        exchange.failure, exchange.answered = None, False
        wire = next((WIRES[end] for end in WIRES if request.url.path.endswith(end)), None)
        try:
            if wire is None:
                response = _good(self._sent(request, request.content, None, exchange))
            else:
                response = _good(self._streamed(request, wire, exchange))
        except RequestFailed as failed:
            exchange.failure = failed
            if wire is None:  # LiteLLM may do without
                raise
            raise Severed from failed
        exchange.answered = True
        return response

    def _client(self, request: httpx.Request) -> httpx.Client:
        return self._direct if request.url.host in _LOOPBACK else self._below

    def _streamed(
        self, request: httpx.Request, wire: type[Wire], exchange: Exchange
    ) -> httpx.Response:
        """The response to a request that asks for a stream, or for none where that is refused."""
        body: dict[str, Any] = json.loads(request.content)
        refused: set[str] = set()
        while True:
            asks = {k: v for k, v in wire.asks.items() if k not in exchange.without | refused}
            content = json.dumps({**body, **asks}).encode()
            response = self._sent(request, content, Stream(wire()), exchange)
            named = _refused(response, asks)
            if not named:
                break
            refused |= named
        # Only now: a server that says no to anything may name what it does not mind.
        if response.is_success:
            exchange.without.update(refused)
        return response

    def _sent(
        self, request: httpx.Request, content: bytes, stream: Stream | None, exchange: Exchange
    ) -> httpx.Response:
        """One response, read to its end."""
        headers = httpx.Headers(request.headers)
        headers["accept-encoding"] = "identity"  # else a few bytes may stand for endless ones
        headers["content-length"] = str(len(content))
        asked = httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=content,
            extensions=request.extensions,
        )
        with _named(asked, exchange):
            response = self._answered(asked)
        with closing(response):
            _require_known_packing(response)
            received = _read(response, stream if response.is_success else None, exchange)
        kept = [(k, v) for k, v in response.headers.multi_items() if k not in _OF_THE_WAY]
        if stream is not None:
            exchange.counted = stream.counted
            kept = [*((k, v) for k, v in kept if k != "content-type"), _JSON]
        return httpx.Response(response.status_code, headers=kept, content=received)

    def _answered(self, request: httpx.Request) -> httpx.Response:
        """The response of the server that is asked, or of one that is the same server.

        No other is asked where it says so: keys and prompts are for this one.
        """
        client = self._client(request)
        response = client.send(request, stream=True, follow_redirects=False)
        for _ in range(_MOST_REDIRECTS):
            onward = response.next_request
            if onward is None or not _goes_on(request, onward):
                break
            response.close()
            request = onward
            response = client.send(request, stream=True, follow_redirects=False)
        return response


def _goes_on(request: httpx.Request, onward: httpx.Request) -> bool:
    """Whether a redirect asks the same thing of the same server, or of it by TLS."""
    before, after = request.url, onward.url
    moved = (before.scheme, before.port, after.scheme, after.port)
    alike = (before.scheme, before.port) == (after.scheme, after.port)
    by_tls = moved == ("http", None, "https", None)
    return request.method == onward.method and before.host == after.host and (alike or by_tls)


def _require_known_packing(response: httpx.Response) -> None:
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in _PACKINGS:
        raise unreadable(f"it is packed ({packing}), which was not asked for")


def _good(response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise refusal(response.status_code, response.headers, response.content)
    return response


def _read(response: httpx.Response, stream: Stream | None, exchange: Exchange) -> bytes:
    received: list[bytes] = []
    until = math.inf
    try:
        with _named(response.request, exchange):
            for chunk in response.iter_bytes():
                exchange.receive(len(chunk))
                if stream is None:
                    received.append(chunk)
                    continue
                if stream.feed(chunk) or time.monotonic() > until:
                    break
                exchange.characters = stream.characters
                if stream.complete:  # its usage may follow, or keep-alives for ever
                    until = min(until, time.monotonic() + _AFTERWARDS)
    except RequestFailed as failed:
        # What was lost after the answer was whole is no part of it.
        if stream is None or not stream.complete or failed.kind not in (BROKEN, TIMED_OUT):
            raise
    return b"".join(received) if stream is None else stream.end()


@contextmanager
def _named(request: httpx.Request, exchange: Exchange) -> Iterator[None]:
    """What httpx raises, as RequestFailed."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        where = request.url.netloc.decode()  # without a user's name and password
        text = f"{REFUSED} to {where}: {str(error) or type(error).__name__}"
        raise RequestFailed(REFUSED, text) from error
    except httpx.TimeoutException as error:
        raise timed_out(exchange.timeout_seconds) from error
    except httpx.HTTPError as error:
        text = f"{BROKEN}: {str(error) or type(error).__name__}"
        raise RequestFailed(BROKEN, text, billed=True) from error


def _refused(response: httpx.Response, asks: dict[str, Any]) -> set[str]:
    """Those of the keys that the server says it does not take."""
    if response.status_code not in _REFUSING:
        return set()
    if "stream_options" in asks and "stream_options" in response.text:
        return {"stream_options"}
    return set(asks) if re.search(r"\bstream", response.text) else set()
