"""Replies that come in pieces, put together as the whole replies they would have been.

Three protocols stream: OpenAI's chat completions, which most servers speak, Anthropic's messages
and Ollama's chat. Each has a class that takes the events of one reply.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from specloop.models.failure import BROKEN, RequestFailed, broken_off, unreadable
from specloop.models.sound import parsed, require_sound, with_true_counts


class Wire(Protocol):
    """The pieces of one reply.

    `asks` is what a request has to say for its reply to stream, `counts` the keys of a whole
    reply that hold its usage, `mark` what stands in place of a last event. Events of a `bare` wire
    have nothing before their JSON. `ended` says that the model has finished, whatever may come.
    """

    mark: ClassVar[bytes]
    bare: ClassVar[bool]
    asks: ClassVar[Mapping[str, Any]]
    counts: ClassVar[tuple[str, ...]]
    ended: bool
    characters: int

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event; an unknown one adds nothing."""
        ...

    def whole(self) -> dict[str, Any]:
        """The reply as the server would send it in one piece."""
        ...


class _Texts:
    """Texts that grow by pieces."""

    mark: ClassVar[bytes] = b""
    bare: ClassVar[bool] = False

    def __init__(self) -> None:
        self.ended = False
        self.characters = 0
        self._pieces: dict[str, list[str]] = {}

    def _add(self, name: str, piece: object) -> None:
        if isinstance(piece, str) and piece:
            self._pieces.setdefault(name, []).append(piece)
            self.characters += len(piece)

    def _text(self, name: str) -> str:
        return "".join(self._pieces.get(name, ()))


class ChatCompletion(_Texts):
    """OpenAI's protocol, and what servers make of it."""

    mark: ClassVar[bytes] = b"[DONE]"
    asks: ClassVar[Mapping[str, Any]] = {
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    counts: ClassVar[tuple[str, ...]] = ("usage",)

    def __init__(self) -> None:
        super().__init__()
        # LiteLLM fails over a reply of Groq's without a tier.
        self._head: dict[str, Any] = {"id": "", "created": 0, "model": "", "service_tier": None}
        self._choice: dict[str, Any] | None = None
        self._usage: object = None

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event; an unknown one adds nothing."""
        self._head.update({name: event[name] for name in self._head if event.get(name)})
        choices = event.get("choices") or ()
        choice = next((each for each in choices if not each.get("index")), None)
        # Some put the usage into the choice, some count on in every event.
        self._usage = event.get("usage") or (choice or {}).get("usage") or self._usage
        if choice is None:
            return
        self._choice = self._choice or {"index": 0, "finish_reason": None}
        delta = choice.get("delta") or choice.get("message") or {}
        self._content(delta.get("content"))
        self._add("thoughts", delta.get("reasoning_content") or delta.get("reasoning"))
        if choice.get("finish_reason"):
            self._choice["finish_reason"] = choice["finish_reason"]
            self.ended = True

    def whole(self) -> dict[str, Any]:
        """The reply as the server would send it in one piece."""
        message = {"role": "assistant", "content": self._text("content")}
        if "thoughts" in self._pieces:
            message["reasoning_content"] = self._text("thoughts")
        choices = [{**self._choice, "message": message}] if self._choice else []
        usage = {"usage": self._usage} if self._usage else {}
        return {**self._head, "object": "chat.completion", "choices": choices, **usage}

    def _content(self, content: object) -> None:
        if not isinstance(content, list):
            return self._add("content", content)
        for part in content:  # texts and thoughts, in parts of their own
            if isinstance(part, dict):
                self._add("content", part.get("text"))
        return None


class Messages(_Texts):
    """Anthropic's protocol."""

    asks: ClassVar[Mapping[str, Any]] = {"stream": True}
    counts: ClassVar[tuple[str, ...]] = ("usage",)

    def __init__(self) -> None:
        super().__init__()
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event; an unknown one adds nothing."""
        kind, number = event.get("type"), event.get("index", 0)
        if kind == "message_start":
            self._message = dict(event["message"])
        elif kind == "content_block_start":
            self._blocks[number] = dict(event["content_block"])
        elif kind == "content_block_delta":
            for name in ("text", "thinking", "signature"):
                self._add(f"{name} {number}", event["delta"].get(name))
        elif kind == "message_delta":
            usage = {**(self._message.get("usage") or {}), **(event.get("usage") or {})}
            self._message.update(event["delta"], usage=usage)
            self.ended = self._message.get("stop_reason") is not None

    def whole(self) -> dict[str, Any]:
        """The reply as the server would send it in one piece."""
        for number, block in self._blocks.items():
            for name in ("text", "thinking", "signature"):
                if f"{name} {number}" in self._pieces:
                    block[name] = block.get(name, "") + self._text(f"{name} {number}")
        return {**self._message, "content": [self._blocks[n] for n in sorted(self._blocks)]}


class OllamaChat(_Texts):
    """Ollama's protocol: a line of JSON for each event."""

    bare: ClassVar[bool] = True
    asks: ClassVar[Mapping[str, Any]] = {"stream": True}
    counts: ClassVar[tuple[str, ...]] = ("prompt_eval_count", "eval_count")

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, Any] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event; an unknown one adds nothing."""
        self._last = dict(event)
        message = event.get("message") or {}
        self._add("content", message.get("content"))
        self._add("thinking", message.get("thinking"))
        self.ended = bool(event.get("done"))

    def whole(self) -> dict[str, Any]:
        """The reply as the server would send it in one piece."""
        message = {"role": "assistant", "content": self._text("content")}
        if "thinking" in self._pieces:
            message["thinking"] = self._text("thinking")
        return {**self._last, "message": message}


# By the end of the address that a request goes to.
WIRES: dict[str, type[Wire]] = {
    "/chat/completions": ChatCompletion,
    "/v1/messages": Messages,
    "/api/chat": OllamaChat,
}


class Stream:
    """Cuts the bytes of a reply into events, and knows whether the reply is whole.

    A server that does not stream sends one JSON object instead. `counted` says, at the end, that
    the usage is the server's own.
    """

    def __init__(self, wire: Wire) -> None:
        self.counted = False
        self._wire = wire
        self._line: list[bytes] = []  # a line that has not ended yet
        self._named = ""
        self._received: list[bytes] = []
        self._streams = False
        self._done = False

    @property
    def characters(self) -> int:
        """The length of all texts so far."""
        return self._wire.characters

    @property
    def complete(self) -> bool:
        """Whether nothing of the answer can be missing."""
        return self._done or self._wire.ended

    def feed(self, chunk: bytes) -> bool:
        """Take what came; True when nothing else will."""
        self._received.append(chunk)
        *lines, rest = chunk.split(b"\n")
        for line in lines:
            self._read(b"".join((*self._line, line)))
            self._line.clear()
        self._line.append(rest)
        return self._done

    def end(self) -> bytes:
        """The whole reply, once the connection has ended well; RequestFailed where it is none."""
        if not self._done:
            self._read(b"".join(self._line), last=True)
        if self._streams and not self.complete:
            raise RequestFailed(BROKEN, f"{BROKEN}: the reply stopped before its end", billed=True)
        reply = self._wire.whole() if self._streams else parsed(b"".join(self._received))
        require_sound(reply)
        reply = with_true_counts(reply)
        self.counted = all(reply.get(name) is not None for name in self._wire.counts)
        return json.dumps(reply).encode()

    def _read(self, line: bytes, last: bool = False) -> None:
        line = line.strip()
        if line.startswith(b"event:"):
            self._named = line[6:].strip().decode(errors="replace")
        elif line.startswith(b"data:"):
            self._streams = True
            self._event(line[5:].strip(), last)
        elif line.startswith(b"{") and (self._streams or self._wire.bare):
            self._streams = True
            self._event(line, last)

    def _event(self, text: bytes, last: bool) -> None:
        if not text:
            return
        if text == self._wire.mark:
            self._done = True
            return
        try:
            event = json.loads(text)
        except (ValueError, RecursionError):
            if last:
                return
            raise unreadable("an event of the stream is no JSON") from None
        if isinstance(event, dict):
            named, self._named = self._named, ""
            error = event.get("error") or (event if named == "error" else None)
            if error:
                raise broken_off(error, begun=self._wire.characters > 0)
            self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        try:
            self._wire.take(event)
        except (AttributeError, KeyError, TypeError):
            raise unreadable("an event of the stream has a shape of its own") from None
