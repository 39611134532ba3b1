"""A chat completion server on loopback that answers from a script."""

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 500,
    "total_tokens": 1500,
    "prompt_tokens_details": {"cached_tokens": 400},
}


@dataclass
class Answer:
    """One scripted answer; `trick` plays a fault instead of sending it."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    trick: str = ""


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
    return Answer(body={name: value for name, value in body.items() if value is not None})


def failing(status: int, text: str = "no", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": {"message": text}}, named)


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
        answer = self.server.next_answer(Request(self.path, headers, json.loads(text)))
        if answer.trick:
            self.close_connection = True
            getattr(self, answer.trick)()
        else:
            self.send(answer)

    def send(self, answer: Answer) -> None:
        raw = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw.encode())))
        self.end_headers()
        self.wfile.write(raw.encode())

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

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
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()

    def next_answer(self, request: Request) -> Answer:
        self.requests.append(request)
        self.arrived.set()
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def close(self) -> None:
        self.ending.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
