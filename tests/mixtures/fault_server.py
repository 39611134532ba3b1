"""A chat completion server on loopback that goes wrong in every way known, and keeps books.

Each request is about one module, whose name stands in the conversation. A module has steps, one a
request: an answer, or a fault. Which request gets which step depends on the module alone, however
many calls are in flight.
"""

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chat_server import (
    DONE,
    EVENTS,
    KEEP_ALIVE,
    Answer,
    Request,
    Server,
    delta,
    event,
    failing,
    good,
    pieces_of,
    usage_event,
)

Ending = Literal["answered", "refused", "lost", "too long", "final"]

_MODULE = re.compile(r"^# Module (\S+)$", re.MULTILINE)
_HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True)
class Step:
    """What one request gets: an answer, or a fault, for which that answer may be charged.

    `message` holds what the model says, by the field that it stands in. `gives` is the code that is
    to be read in it, "" where there is none; `form` names what it looks like. `thinks` says that
    it took all the tokens there were, most of them for thoughts that nobody sees.
    """

    message: Mapping[str, str | None]
    gives: str = ""
    finish_reason: str | None = "stop"
    tells_usage: bool = True
    fault: str = ""
    form: str = ""
    thinks: bool = False

    @property
    def texts(self) -> list[str]:
        """What may be taken for the answer: the text of a field, whole."""
        return [text or "" for text in self.message.values()]

    def usage(self, request: Request) -> dict[str, int]:
        """The tokens in and out, of three characters each; nobody makes more than `max_tokens`."""
        most = request.body["max_tokens"]
        sent = sum(len(message["content"]) for message in request.body["messages"]) // 3
        made = most if self.thinks else min(sum(map(len, self.texts)) // 3, most)
        return {"prompt_tokens": sent, "completion_tokens": made, "total_tokens": sent + made}


@dataclass(frozen=True)
class Asked:
    """A request and what is to be said to it. `ended` is set when the server is closed."""

    step: Step
    request: Request
    streams: bool
    ended: threading.Event

    def answer(self, *pieces: bytes | str) -> Answer:
        """An answer in pieces, with the head of a good one."""
        return Answer(headers=EVENTS if self.streams else {}, pieces=pieces)

    @property
    def pieces(self) -> tuple[bytes, ...]:
        """The good answer as it travels."""
        step, usage = self.step, None
        if step.tells_usage:
            usage = step.usage(self.request)
        message = {"content": None, **step.message}
        body = good(finish_reason=step.finish_reason, usage=usage, **message).body
        assert isinstance(body, dict)
        if self.streams:
            return tuple(pieces_of(body, with_usage=True))
        return (json.dumps(body).encode(),)

    @property
    def half(self) -> bytes:
        """The first half of it."""
        whole = b"".join(self.pieces)
        return whole[: len(whole) // 2]


def _after_keep_alives(asked: Asked) -> Answer:
    alive = KEEP_ALIVE if asked.streams else b"\n"
    return asked.answer(*[alive] * 3, *asked.pieces)


def _without_choices(asked: Asked) -> Answer:
    if asked.streams:
        return asked.answer(usage_event(asked.step.usage(asked.request)), DONE)
    return Answer(body={"id": "c1", "model": "served", "choices": []})


def _endless(asked: Asked) -> Answer:
    many = "So many words. " * 70_000
    return asked.answer(*[delta(content=many) if asked.streams else many.encode()] * 11)


def _without_end(asked: Asked) -> Answer:
    def drops() -> Iterator[bytes]:
        while not asked.ended.wait(0.1):
            yield delta(content="#") if asked.streams else b" "

    return Answer(headers=EVENTS if asked.streams else {}, pieces=drops())


def _error_in_the_middle(asked: Asked) -> Answer:
    if asked.streams:
        first = delta(content="Here you are:\n")
        return asked.answer(first, event({"error": {"message": "the engine died"}}))
    return asked.answer(asked.half, "cut")


def _always(answer: Answer) -> Callable[[Asked], Answer]:
    return lambda asked: answer


@dataclass(frozen=True)
class Fault:
    """What is sent, and how the request ends.

    It is "answered", "refused" for now, "lost" although it was worked on, refused since its prompt
    is "too long", or refused for good, "final". What is `charged` costs what the answer would have.
    """

    send: Callable[[Asked], Answer]
    ending: Ending
    charged: bool


def _refused(answer: Answer) -> Fault:
    return Fault(_always(answer), "refused", charged=False)


def _final(answer: Answer) -> Fault:
    return Fault(_always(answer), "final", charged=False)


def _lost(send: Callable[[Asked], Answer]) -> Fault:
    return Fault(send, "lost", charged=True)


FAULTS: Mapping[str, Fault] = {
    "": Fault(lambda asked: asked.answer(*asked.pieces), "answered", charged=True),
    "keep-alives first": Fault(_after_keep_alives, "answered", charged=True),
    "429": _refused(failing(429, "slow down")),
    "429 with Retry-After": _refused(failing(429, "slow down", Retry_After="9")),
    "500": _refused(failing(500, "boom")),
    "502 in HTML": _refused(Answer(502, "<html><h1>502 Bad Gateway</h1></html>", _HTML)),
    "503": _refused(failing(503, "busy")),
    "reset": _lost(_always(Answer(trick="reset"))),
    "cut in the middle": _lost(lambda asked: asked.answer(asked.half, "cut")),
    "ended too early": _lost(lambda asked: asked.answer(asked.half)),
    "an error in the middle": _lost(_error_in_the_middle),
    "not JSON": _lost(_always(Answer(body="It works!", headers=_HTML))),
    "no choices": _lost(_without_choices),
    "silence": _lost(_always(Answer(trick="hang"))),
    "silence in the middle": _lost(lambda asked: asked.answer(asked.half, "hang")),
    "without end": _lost(_without_end),
    "400, too long": Fault(
        _always(failing(400, "maximum context length is 4096 tokens")), "too long", charged=False
    ),
    "more than 10 MB": Fault(_endless, "final", charged=True),
    "400": _final(failing(400, "temperature must be below 1")),
    "401": _final(failing(401, "bad key sk-canary-0123456789")),
    "402": _final(failing(402, "Insufficient Balance")),
    "403": _final(failing(403, "not for you")),
    "404": _final(failing(404, "no such model")),
    "429, no quota": _final(failing(429, "insufficient_quota")),
}
# Each takes as long as whoever asks has patience.
SLOW = ("silence", "silence in the middle", "without end")


@dataclass(frozen=True)
class Entry:
    """One request in the books, with the tokens in and out that are charged for it."""

    module: str
    step: Step
    request: Request
    tokens: tuple[int, int]

    @property
    def ending(self) -> Ending:
        """How the request ended."""
        return FAULTS[self.step.fault].ending


class FaultServer(Server):
    """Plays `steps`, by module; `books` has an entry for each request.

    Where it does not stream, answers come in one piece, whatever was asked for. A request for which
    no step is left is refused for good, and noted in `surplus`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._writing = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.streams = True
        self.steps: dict[str, list[Step]] = {}
        self.books: list[Entry] = []
        self.surplus: list[Request] = []

    def handle_error(self, *whose: Any) -> None:
        """Tell what went wrong here, but not that whoever asked has given up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*whose)

    def next_answer(self, request: Request) -> Answer:
        step = self._next_step(request)
        streams = self.streams and bool(request.body.get("stream"))
        return FAULTS[step.fault].send(Asked(step, request, streams, self.ending))

    def _next_step(self, request: Request) -> Step:
        """Take the module's next step and write down what it costs."""
        first = next(m for m in request.body["messages"] if m["role"] == "user")
        found = _MODULE.search(first["content"])
        module = found[1] if found else ""
        with self._writing:
            if not self.steps.get(module):
                self.surplus.append(request)
                return Step({}, fault="404")
            step = self.steps[module].pop(0)
            usage = step.usage(request) if FAULTS[step.fault].charged else {}
            tokens = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
            self.books.append(Entry(module, step, request, tokens))
        return step

    def bill(self, usd_in: float, usd_out: float) -> float:
        """What all requests so far cost, at prices per million tokens."""
        sent = sum(entry.tokens[0] for entry in self.books)
        made = sum(entry.tokens[1] for entry in self.books)
        return (sent * usd_in + made * usd_out) / 1_000_000

    def asked(self, module: str) -> list[Entry]:
        """The requests about one module, in order."""
        return [entry for entry in self.books if entry.module == module]
