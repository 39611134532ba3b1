"""Values told as bounded plain data, in JSON; what is no plain data is told by its class alone.

The code under test runs in this process: nothing that it may have put in the place of a builtin or
into a class of its own is asked. See verify/opinion/values.py for the other end.
"""

import builtins
import datetime
import decimal
import fractions
import pathlib
import uuid
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

# Functions keep the builtins that their module had when they were made: these here are no one's.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

DEPTH = 50
NODES = 20_000
BYTES = 1_000_000
CHALLENGED = 20  # objects of one value that are asked what they equal
EXPONENT = 10_000  # of a Decimal; its digits, too
SMALL = 2**53
_LARGE = "a value that is too large"

Told = Any

_mro = type.__dict__["__mro__"].__get__
_members = type.__dict__["__dict__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_module = type.__dict__["__module__"].__get__
_BUILTIN_CLASSES = {
    id(value): name for name, value in vars(builtins).items() if type(value) is type
}
# A class that has one of these of its own means something else than the data that it is built on.
_OWN = (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__len__", "__iter__"),
    *("__getitem__", "__contains__", "__missing__", "__bool__", "__hash__"),
)
# No honest object equals two of these.
_DECOYS: tuple[object, ...] = (
    *(7_919_231, -48_611, 0.731_593, -2.5e17, "quince 7919", "plover", b"quince", b"plover"),
    *((7_919, "quince"), ("plover",), [7_919, "quince"], ["plover"], {"quince": 7_919}),
    *({"plover": []}, {7_919, "quince"}, {"plover"}, True, False, object(), object()),
)


class TooMuch(Exception):
    """The value is too deep or too large to be told."""


def tell(value: object) -> Told:
    """The value as JSON; where it is too deep or too large, its class."""
    try:
        return Teller().tell(value, 0)
    except TooMuch as error:
        return ["x", str(error)]


def class_name(cls: type) -> str:
    """The name of a class, as its metaclass cannot change it."""
    return str.__str__(_qualname(cls))[:200]


def classes(error: BaseException) -> list[list[str]]:
    """Module and name of each class that an exception is of; "builtins" for Python's own alone."""
    return [[_home(cls), class_name(cls)] for cls in _mro(type(error))]


def _home(cls: type) -> str:
    if id(cls) in _BUILTIN_CLASSES:
        return "builtins"
    home = _module(cls)
    return home[:200] if type(home) is str and home != "builtins" else ""


class Teller:
    """Tells one value."""

    def __init__(self) -> None:
        self._nodes = 0
        self._bytes = 0
        self._challenged = 0

    def tell(self, value: object, depth: int) -> Told:
        """The value as JSON; TooMuch where that would pass a limit."""
        self._nodes += 1
        if self._nodes > NODES or depth > DEPTH:
            raise TooMuch(_LARGE if self._nodes > NODES else "a value that is nested too deep")
        if value is None or value is True or value is False:
            return value
        if value is ...:
            return ["e"]
        kind = type(value)
        for cls in _mro(kind):
            how = _HOW.get(id(cls))
            if how is not None and (cls is kind or id(kind) in _SAME or not _is_own(kind, cls)):
                told = how(self, value, depth)
                return told if cls is kind or id(cls) in _LOOSE else ["sub", told]
            if how is not None:
                return self._object(value, self._base(how, value, depth))
        if kind is type and id(value) in _BUILTIN_CLASSES:
            return ["T", _BUILTIN_CLASSES[id(value)]]
        return self._object(value, self._converted(value, depth))

    def _object(self, value: object, data: Told) -> Told:
        """What is no plain data: its class, whether it equals anything, and what it is built on."""
        kind = type(value)
        return [
            "o",
            class_name(kind),
            self._equals_anything(value),
            None if data is None else [data],
        ]

    def _base(self, how: Callable[..., Told], value: object, depth: int) -> Told:
        try:
            return how(self, value, depth)
        except TooMuch:
            return None

    def _equals_anything(self, value: object) -> bool:
        self._challenged += 1
        if self._challenged > CHALLENGED:
            return False
        found = 0
        for decoy in _DECOYS:
            try:
                if value == decoy:
                    found += 1
            except BaseException:  # whatever it is, it does not say that they are equal
                continue
        return found >= 2

    def _converted(self, value: Any, depth: int) -> Told:  # noqa: ANN401
        """The number in a scalar of NumPy, which is no number of Python's."""
        home = _home(type(value))
        if home != "numpy" and not home.startswith("numpy."):
            return None
        try:
            data = value.item()
        except BaseException:
            return None
        return self.tell(data, depth + 1) if type(data) in (bool, int, float, complex) else None

    def size(self, number: int) -> None:
        """Count bytes; TooMuch where they are too many."""
        self._bytes += number
        if self._bytes > BYTES:
            raise TooMuch(_LARGE)

    def items(self, values: list[Any], depth: int) -> list[Told]:
        """Each of the values."""
        if len(values) > NODES:
            raise TooMuch(_LARGE)
        return [self.tell(value, depth + 1) for value in values]


def _is_own(kind: type, base: type) -> bool:
    """Whether a class changes what its base class means by comparing, counting or looking up."""
    for cls in _mro(kind):
        if cls is base:
            return False
        if id(cls) not in _SAME and any(name in _members(cls) for name in _OWN):
            return True
    return True


def _int(teller: Teller, value: int, depth: int) -> Told:
    value = int.__int__(value)
    teller.size(value.bit_length() // 4)
    return value if -SMALL < value < SMALL else ["i", hex(value)]


def _float(teller: Teller, value: float, depth: int) -> Told:
    return ["f", float.hex(value)]


def _complex(teller: Teller, value: complex, depth: int) -> Told:
    parts = complex.__add__(value, -0.0 - 0j) if type(value) is not complex else value
    return ["c", float.hex(parts.real), float.hex(parts.imag)]


def _str(teller: Teller, value: str, depth: int) -> Told:
    text = str.__str__(value) if type(value) is str else str.__getitem__(value, slice(None))
    teller.size(str.__len__(text))
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return ["s", text.encode("utf-32-le", "surrogatepass").hex()]
    return text


def _bytes(teller: Teller, value: bytes, depth: int) -> Told:
    teller.size(2 * bytes.__len__(value))
    return ["b", bytes.hex(value)]


def _bytearray(teller: Teller, value: bytearray, depth: int) -> Told:
    teller.size(2 * bytearray.__len__(value))
    return ["B", bytearray.hex(value)]


def _items_of(tag: str, cls: Any) -> Callable[..., Told]:  # noqa: ANN401
    def told(teller: Teller, value: Any, depth: int) -> Told:  # noqa: ANN401
        return [tag, teller.items([*cls.__iter__(value)], depth)]

    return told


def _dict(teller: Teller, value: dict[Any, Any], depth: int) -> Told:
    pairs = [*dict.items(value)]
    keys = teller.items([key for key, _ in pairs], depth)
    values = teller.items([each for _, each in pairs], depth)
    return ["d", [[key, each] for key, each in zip(keys, values, strict=True)]]


def _range(teller: Teller, value: range, depth: int) -> Told:
    return ["r", *teller.items([value.start, value.stop, value.step], depth)]


def _decimal(teller: Teller, value: decimal.Decimal, depth: int) -> Told:
    _, digits, exponent = decimal.Decimal.as_tuple(value)
    large = isinstance(exponent, int) and not -EXPONENT < exponent < EXPONENT
    if large or len(digits) > EXPONENT:
        raise TooMuch(_LARGE)
    return ["D", decimal.Decimal.__str__(value)]


def _fraction(teller: Teller, value: fractions.Fraction, depth: int) -> Told:
    return ["Fr", *teller.items([value.numerator, value.denominator], depth)]


def _date(teller: Teller, value: datetime.date, depth: int) -> Told:
    return ["da", value.year, value.month, value.day]


def _datetime(teller: Teller, value: datetime.datetime, depth: int) -> Told:
    offset = _offset(datetime.datetime.utcoffset(value))
    clock = [value.hour, value.minute, value.second, value.microsecond]
    return ["dt", value.year, value.month, value.day, *clock, value.fold, offset]


def _time(teller: Teller, value: datetime.time, depth: int) -> Told:
    offset = _offset(datetime.time.utcoffset(value))
    return ["tm", value.hour, value.minute, value.second, value.microsecond, value.fold, offset]


def _offset(offset: datetime.timedelta | None) -> int | None:
    if offset is None:
        return None
    return (offset.days * 86_400 + offset.seconds) * 1_000_000 + offset.microseconds


def _timedelta(teller: Teller, value: datetime.timedelta, depth: int) -> Told:
    return ["td", value.days, value.seconds, value.microseconds]


def _uuid(teller: Teller, value: uuid.UUID, depth: int) -> Told:
    return ["u", hex(value.int)]


def _path(teller: Teller, value: pathlib.PurePath, depth: int) -> Told:
    windows = pathlib.PureWindowsPath in _mro(type(value))
    return ["p", windows, teller.tell(pathlib.PurePath.__str__(value), depth + 1)]


_HOW: dict[int, Callable[..., Told]] = {
    id(int): _int,
    id(float): _float,
    id(complex): _complex,
    id(str): _str,
    id(bytes): _bytes,
    id(bytearray): _bytearray,
    id(list): _items_of("l", list),
    id(tuple): _items_of("t", tuple),
    id(set): _items_of("S", set),
    id(frozenset): _items_of("F", frozenset),
    id(dict): _dict,
    id(range): _range,
    id(decimal.Decimal): _decimal,
    id(fractions.Fraction): _fraction,
    id(datetime.datetime): _datetime,
    id(datetime.date): _date,
    id(datetime.time): _time,
    id(datetime.timedelta): _timedelta,
    id(uuid.UUID): _uuid,
    id(pathlib.PurePosixPath): _path,
    id(pathlib.PureWindowsPath): _path,
}
# Classes of the standard library whose own methods mean the same, compared with plain data.
_SAME = {id(cls) for cls in (OrderedDict, defaultdict, Counter, pathlib.PosixPath)}
# Whose subclasses are no other thing: a path is of a class for each system.
_LOOSE = {id(pathlib.PurePosixPath), id(pathlib.PureWindowsPath)}
