"""Values as the worker tells them, read back: it is the enemy, so nothing is taken on trust.

inside/plain.py is the other end.
"""

import builtins
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from uuid import UUID

from specloop.verify.opinion.opaque import Opaque, Unclear

DEPTH = 60
NODES = 25_000
CHARACTERS = 4_000_000
EXPONENT = 10_000
BITS = 20_000  # of the parts of a fraction


class Malformed(Exception):
    """What the worker told is no value."""


def read(told: Any, promised: bool = False) -> "Value":  # noqa: ANN401
    """The value that was told; Malformed where none was.

    What is promised to be plain data is taken for the data that it is built on.
    """
    reader = _Reader(promised)
    try:
        value = reader.read(told, 0)
    except Malformed:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, Unclear) as error:
        raise Malformed(f"it told no value ({type(error).__name__})") from error
    return Value(value, reader.exact, tuple(reader.opaque))


class Value:
    """A value out of the worker; `exact` unless some of it was built on a builtin's subclass."""

    __slots__ = ("data", "exact", "opaque")

    def __init__(self, data: Any, exact: bool, opaque: tuple[Opaque, ...]) -> None:  # noqa: ANN401
        self.data, self.exact, self.opaque = data, exact, opaque


class _Reader:
    def __init__(self, promised: bool) -> None:
        self.exact = True
        self._promised = promised
        self.opaque: list[Opaque] = []
        self._nodes = 0
        self._characters = 0

    def read(self, told: Any, depth: int) -> Any:  # noqa: ANN401
        self._nodes += 1
        if self._nodes > NODES or depth > DEPTH:
            raise Malformed("it told a value that is too large")
        if told is None or isinstance(told, bool):
            return told
        if isinstance(told, int):
            return self._integer(told, 64)
        if isinstance(told, str):
            return self._text(told)
        if not isinstance(told, list) or not told or not isinstance(told[0], str):
            raise Malformed("it told no value")
        if told[0] not in _READERS:
            raise Malformed("it told a value of no known kind")
        return _READERS[told[0]](self, told[1:], depth + 1)

    def _text(self, told: Any) -> str:  # noqa: ANN401
        if not isinstance(told, str):
            raise Malformed("it told no text where one was due")
        self._characters += len(told)
        if self._characters > CHARACTERS:
            raise Malformed("it told a value that is too large")
        return told

    def _integer(self, told: Any, bits: int = 4 * CHARACTERS) -> int:  # noqa: ANN401
        if not isinstance(told, int) or isinstance(told, bool) or told.bit_length() > bits:
            raise Malformed("it told no number where one was due")
        return told

    def _items(self, told: Any, depth: int) -> list[Any]:  # noqa: ANN401
        if not isinstance(told, list):
            raise Malformed("it told no list where one was due")
        return [self.read(each, depth) for each in told]

    def _list(self, told: Any, depth: int) -> list[Any]:  # noqa: ANN401
        (items,) = told
        return self._items(items, depth)

    def _set(self, told: Any, depth: int) -> Any:  # noqa: ANN401
        return self._hashed(set, self._list(told, depth), "a set of objects")

    def _frozenset(self, told: Any, depth: int) -> Any:  # noqa: ANN401
        return self._hashed(frozenset, self._list(told, depth), "a set of objects")

    def _dict(self, told: Any, depth: int) -> Any:  # noqa: ANN401
        (pairs,) = told
        items = [(self.read(key, depth), self.read(value, depth)) for key, value in pairs]
        return self._hashed(dict, items, "a dictionary of objects")

    def _hashed(self, made: Callable[[Any], Any], items: list[Any], name: str) -> Any:  # noqa: ANN401
        try:
            found = made(items)
        except Unclear:
            self.exact = False
            return Opaque(name, True)
        if len(found) != len(items):
            raise Malformed("it told a set or a dictionary with one item twice")
        return found

    def _big(self, told: Any, depth: int) -> int:  # noqa: ANN401
        (digits,) = told
        return int(self._text(digits), 16)

    def _float(self, told: Any, depth: int) -> float:  # noqa: ANN401
        (digits,) = told
        return float.fromhex(self._text(digits))

    def _complex(self, told: Any, depth: int) -> complex:  # noqa: ANN401
        real, imaginary = told
        return complex(self._float([real], depth), self._float([imaginary], depth))

    def _surrogates(self, told: Any, depth: int) -> str:  # noqa: ANN401
        return self._bytes(told, depth).decode("utf-32-le", "surrogatepass")

    def _bytes(self, told: Any, depth: int) -> bytes:  # noqa: ANN401
        (digits,) = told
        return bytes.fromhex(self._text(digits))

    def _range(self, told: Any, depth: int) -> range:  # noqa: ANN401
        start, stop, step = self._items(told, depth)
        return range(self._integer(start), self._integer(stop), self._integer(step))

    def _decimal(self, told: Any, depth: int) -> Decimal:  # noqa: ANN401
        (digits,) = told
        value = Decimal(self._text(digits))
        _, figures, exponent = value.as_tuple()
        if isinstance(exponent, int) and (abs(exponent) > EXPONENT or len(figures) > EXPONENT):
            raise Malformed("it told a value that is too large")
        return value

    def _fraction(self, told: Any, depth: int) -> Fraction:  # noqa: ANN401
        above, below = self._items(told, depth)
        return Fraction(self._integer(above, BITS), self._integer(below, BITS))

    def _date(self, told: Any, depth: int) -> date:  # noqa: ANN401
        return date(*map(self._integer, told))

    def _datetime(self, told: Any, depth: int) -> datetime:  # noqa: ANN401
        *clock, fold, offset = told
        numbers = [self._integer(each) for each in clock]
        return datetime(*numbers, fold=self._integer(fold), tzinfo=self._zone(offset))  # type: ignore[arg-type,misc]

    def _time(self, told: Any, depth: int) -> time:  # noqa: ANN401
        *clock, fold, offset = told
        numbers = [self._integer(each) for each in clock]
        return time(*numbers, fold=self._integer(fold), tzinfo=self._zone(offset))  # type: ignore[arg-type,misc]

    def _zone(self, offset: Any) -> timezone | None:  # noqa: ANN401
        if offset is None:
            return None
        return timezone(timedelta(microseconds=self._integer(offset, 64)))

    def _timedelta(self, told: Any, depth: int) -> timedelta:  # noqa: ANN401
        days, seconds, microseconds = (self._integer(each, 64) for each in told)
        return timedelta(days, seconds, microseconds)

    def _uuid(self, told: Any, depth: int) -> UUID:  # noqa: ANN401
        return UUID(int=self._big(told, depth))

    def _path(self, told: Any, depth: int) -> PurePosixPath | PureWindowsPath:  # noqa: ANN401
        windows, text = told
        text = self._text(self.read(text, depth))
        return PureWindowsPath(text) if windows is True else PurePosixPath(text)

    def _type(self, told: Any, depth: int) -> type:  # noqa: ANN401
        (name,) = told
        found = vars(builtins).get(self._text(name))
        if type(found) is not type:
            raise Malformed("it told a class that Python has not")
        return found

    def _subclass(self, told: Any, depth: int) -> Any:  # noqa: ANN401
        (inner,) = told
        self.exact = False
        return self.read(inner, depth)

    def _object(self, told: Any, depth: int) -> Any:  # noqa: ANN401
        name, equals_anything, data = told
        if not isinstance(equals_anything, bool):
            raise Malformed("it told no value")
        self.exact = False
        inner = () if data is None else tuple(self._items(data, depth))
        if inner and self._promised and not equals_anything:
            return inner[0]
        found = Opaque(self._text(name)[:200], True, equals_anything, inner)
        self.opaque.append(found)
        return found

    def _untold(self, told: Any, depth: int) -> Opaque:  # noqa: ANN401
        (why,) = told
        self.exact = False
        return Opaque(self._text(why)[:200], False)


_READERS: dict[str, Callable[[_Reader, Any, int], Any]] = {
    "i": _Reader._big,
    "f": _Reader._float,
    "c": _Reader._complex,
    "s": _Reader._surrogates,
    "b": _Reader._bytes,
    "B": lambda reader, told, depth: bytearray(reader._bytes(told, depth)),
    "e": lambda reader, told, depth: ...,
    "r": _Reader._range,
    "l": _Reader._list,
    "t": lambda reader, told, depth: tuple(reader._list(told, depth)),
    "S": _Reader._set,
    "F": _Reader._frozenset,
    "d": _Reader._dict,
    "D": _Reader._decimal,
    "Fr": _Reader._fraction,
    "da": _Reader._date,
    "dt": _Reader._datetime,
    "tm": _Reader._time,
    "td": _Reader._timedelta,
    "u": _Reader._uuid,
    "p": _Reader._path,
    "T": _Reader._type,
    "sub": _Reader._subclass,
    "o": _Reader._object,
    "x": _Reader._untold,
}


def shown(value: Any, limit: int = 200) -> str:  # noqa: ANN401
    """The value for a person: one line, cut where it is long."""
    if isinstance(value, Opaque):
        return value.described
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 1_000:
        return f"a number of some {math.ceil(value.bit_length() * 0.30103)} digits"
    try:
        text = repr(value)
    except (Unclear, ValueError):  # ValueError: a long number inside
        text = f"a value of class {type(value).__name__}"
    return text if len(text) <= limit else f"{text[:limit]}…"
