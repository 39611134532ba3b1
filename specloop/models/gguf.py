"""What the head of a GGUF file tells of the model in it."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"GGUF"
_HEAD_BYTES = 1_000_000  # the sizes of a model stand before its tokenizer, which is the long part
_NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
_TEXT, _LIST = 8, 9
_HALF = 2  # bytes of a number in the cache of keys and values


@dataclass(frozen=True, slots=True)
class Gguf:
    """A file of weights.

    `context_tokens` is the window that the model was made for, `token_bytes` the memory that one
    token in it takes; 0 where the file does not tell.
    """

    path: Path
    size: int
    context_tokens: int = 0
    token_bytes: int = 0

    def bytes_needed(self, context_tokens: int) -> int:
        """The least memory in which the model answers with such a window."""
        return self.size + context_tokens * self.token_bytes


def read_gguf(path: Path) -> Gguf:
    """What is known of the file; ValueError where it is no GGUF, OSError where it is unreadable."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.startswith(_MAGIC):
        raise ValueError("it does not begin as a GGUF file does")
    known = _Head(head).sizes()
    return Gguf(path, path.stat().st_size, known.get("context_length", 0), _token_bytes(known))


def _token_bytes(known: Mapping[str, int]) -> int:
    heads = known.get("attention.head_count", 0)
    width = known.get("embedding_length", 0) // max(1, heads)
    widths = known.get("attention.key_length", width) + known.get("attention.value_length", width)
    layers = known.get("block_count", 0)
    return layers * known.get("attention.head_count_kv", heads) * widths * _HALF


class _Head:
    """The keys and values of a head, read from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(_MAGIC)

    def sizes(self) -> dict[str, int]:
        """The model's whole numbers, by their keys without the name of its architecture."""
        found: dict[str, int] = {}
        try:
            self._number("I")  # the version, of which all have this form
            self._number("Q")  # how many tensors there are
            for _ in range(int(self._number("Q"))):
                key = self._text()
                if key.startswith("tokenizer."):
                    break
                value = self._value(int(self._number("I")))
                if isinstance(value, int):
                    found[key.partition(".")[2]] = value
        except (struct.error, KeyError):
            pass  # cut off, or of a later form: what has been read is true all the same
        return found

    def _value(self, kind: int) -> float | str | None:
        if kind != _LIST:
            return self._one(kind)
        kind, length = int(self._number("I")), int(self._number("Q"))
        each = [self._one(kind) for _ in range(length)]
        # Some models give a number for each layer; the largest is on the safe side.
        return max((number for number in each if isinstance(number, int)), default=None)

    def _one(self, kind: int) -> float | str:
        return self._text() if kind == _TEXT else self._number(_NUMBERS[kind])

    def _number(self, code: str) -> float:
        (number,) = struct.unpack_from(f"<{code}", self._data, self._at)
        self._at += struct.calcsize(f"<{code}")
        return number  # type: ignore[no-any-return]

    def _text(self) -> str:
        length = int(self._number("Q"))
        text = self._data[self._at : self._at + length]
        self._at += length
        return text.decode(errors="replace")
