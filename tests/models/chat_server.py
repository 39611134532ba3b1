"""A chat completion server on loopback that answers from a script.

An answer is sent whole (`body`) or piece by piece (`pieces`). A piece is bytes, or the name of one
of the handler's tricks, which end the answer in their way. Chat completions made by `good` stream
where the request asks for that; `plain` ones come from a server that knows no streams.
"""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 500,
    "total_tokens": 1500,
    "prompt_tokens_details": {"cached_tokens": 400},
}
KEEP_ALIVE = b": keep-alive\n\n"
DONE = b"data: [DONE]\n\n"
EVENTS = {"Content-Type": "text/event-stream; charset=utf-8"}


@dataclass
class Answer:
    """One scripted answer; `trick` plays a fault instead of it."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    trick: str = ""
    pieces: Iterable[bytes | str] | None = None
    streams: bool = False


def good(content="```python\nX = 1\n```", finish_reason="stop", usage=USAGE, **message) -> Answer:
    body = {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "served",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
        "usage": usage,
    }
    return Answer(body={k: v for k, v in body.items() if v is not None}, streams=True)


def plain(*args, **message) -> Answer:
    return replace(good(*args, **message), streams=False)


def failing(status: int, text: str = "no", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": {"message": text}}, named)


def streamed(*pieces: bytes | str) -> Answer:
    return Answer(headers=EVENTS, pieces=pieces)


def event(data: object, name: str = "") -> bytes:
    named = f"event: {name}\n" if name else ""
    return f"{named}data: {json.dumps(data)}\n\n".encode()


def delta(finish_reason: str | None = None, usage=None, **fields) -> bytes:
    """A piece of a chat completion: `content`, `reasoning_content` or other fields of a message."""
    choice = {"index": 0, "delta": fields, "finish_reason": finish_reason}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "model": "served", "choices": [choice]}
    return event(chunk if usage is None else {**chunk, "usage": usage})


def usage_event(usage=USAGE) -> bytes:
    return event({"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": usage})


def pieces_of(body: dict[str, Any], with_usage: bool) -> Iterator[bytes]:
    """The pieces of a whole chat completion, with its texts cut in three."""
    yield KEEP_ALIVE
    for choice in body["choices"]:
        texts = {k: v for k, v in choice["message"].items() if k != "role" and v}
        yield delta(role="assistant", content="")
        for name, text in sorted(texts.items(), reverse=True):  # thoughts come first
            size = len(text) // 3 + 1
            for start in range(0, len(text), size):
                yield delta(**{name: text[start : start + size]})
        yield delta(choice["finish_reason"])
    if with_usage and "usage" in body:
        yield usage_event(body["usage"])
    yield DONE


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Handler(BaseHTTPRequestHandler):
    """Plays the next answer of the server's script."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.casefold(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, json.loads(text))
        answer = self.server.next_answer(request)
        if answer.streams and request.body.get("stream"):
            options = request.body.get("stream_options") or {}
            pieces = pieces_of(answer.body, options.get("include_usage", False))
            answer = replace(answer, headers={**EVENTS, **answer.headers}, pieces=pieces)
        if answer.trick:
            self.play(answer.trick)
        elif answer.pieces is not None:
            self.send_pieces(answer)
        else:
            self.send(answer)

    def send(self, answer: Answer) -> None:
        raw = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.start(
            answer, {"Content-Type": "application/json", "Content-Length": str(len(raw.encode()))}
        )
        self.wfile.write(raw.encode())

    def send_pieces(self, answer: Answer) -> None:
        # With "Connection: close" the end of the connection is that of the answer.
        chunked = "Connection" not in answer.headers
        self.start(answer, {"Transfer-Encoding": "chunked"} if chunked else {})
        for piece in answer.pieces or ():
            if isinstance(piece, str):
                if self.play(piece):
                    continue
                return
            try:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            except OSError:  # nobody listens any more
                self.close_connection = True
                return
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def start(self, answer: Answer, headers: dict[str, str]) -> None:
        self.send_response(answer.status)
        for name, value in {**headers, **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def play(self, trick: str) -> bool:
        """Play a trick; True where the answer goes on after it."""
        self.close_connection = trick != "wait"
        getattr(self, trick)()
        return trick == "wait"

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def cut(self) -> None:
        """End the connection, as a proxy does in the middle of an answer."""

    def wait(self) -> None:
        """Go on when the test says so."""
        self.server.go.wait(30)

    def half(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "500")
        self.end_headers()
        self.wfile.write(b'{"choices": [')

    def hang(self) -> None:
        self.server.ending.wait(30)

    def drip(self) -> None:
        self.half()
        with contextlib.suppress(OSError):
            while not self.server.ending.wait(0.1):
                self.wfile.write(b" ")


class Server(ThreadingHTTPServer):
    """Answers `script` in order, its last answer for ever; `requests` are those that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server_port}/v1"
        self.script: list[Answer] = [good()]
        self.requests: list[Request] = []
        self.arrived = threading.Event()
        self.go = threading.Event()
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()

    def next_answer(self, request: Request) -> Answer:
        self.requests.append(request)
        self.arrived.set()
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: clients of this server are cut off, and cut it off."""

    def close(self) -> None:
        self.ending.set()
        self.go.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
