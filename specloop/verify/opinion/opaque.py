"""Values that came back from the worker without their data."""

from typing import Any, Never

SHALLOW = 20  # levels of a value: the worker tells more
LITTLE = 1_000  # parts of a value, or characters, or bits: far less than what can be told


class Unclear(Exception):
    """The value takes more than plain data to know; the text says what is in the way."""


class Opaque:
    """A value that is no plain data.

    `is_object` is False where it was too much to be told, which it may be of any value.
    `equals_anything`: it claimed to equal what it cannot. `data` is what it is built on, where it
    is a builtin's subclass that means something else by comparing: equal data are enough then.
    """

    __slots__ = ("data", "equals_anything", "is_object", "name")

    def __init__(
        self, name: str, is_object: bool, equals_anything: bool = False, data: tuple[Any, ...] = ()
    ) -> None:
        self.name, self.is_object = name, is_object
        self.equals_anything, self.data = equals_anything, data

    @property
    def described(self) -> str:
        """What it is, for a person."""
        name = printable(self.name)
        return f"an object ({name})" if self.is_object else name

    def __eq__(self, other: object) -> bool:
        if self.data and not isinstance(other, Opaque) and self.data[0] == other:
            return True
        if not self.is_object and _is_small(other):
            return False  # what is too much to be told is not what is little
        return self.unclear()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return self.unclear()  # what equals what else is the object's own to say

    def unclear(self, *_: object) -> Never:
        """Say that the object stands in the way."""
        raise Unclear(f"the value is {self.described}, no plain data")

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = __contains__ = unclear
    __getitem__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = unclear
    __truediv__ = __rtruediv__ = __neg__ = __abs__ = __round__ = __int__ = __float__ = unclear
    __str__ = __repr__ = __format__ = __index__ = unclear


def _is_small(value: object) -> bool:
    """Whether plain data are far from being too much to be told."""
    left = LITTLE
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting and left > 0:
        each, depth = waiting.pop()
        left -= 1
        if isinstance(each, Opaque) or depth > SHALLOW:
            return False
        if isinstance(each, int):
            left -= each.bit_length() // 64
        elif isinstance(each, str | bytes | bytearray):
            left -= len(each)
        elif isinstance(each, dict):
            waiting += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += [(part, depth + 1) for part in each]
    return left > 0


def printable(text: str) -> str:
    """A text out of the worker, without what does things to a terminal."""
    return text[:200] if text.isprintable() else repr(text[:200])[1:-1]
