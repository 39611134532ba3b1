"""What rows may call that is worked out here: pure functions of plain data, each within bounds."""

import math
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any
from uuid import UUID

from specloop.verify.opinion.approx import Approx
from specloop.verify.opinion.opaque import Opaque, Unclear

ITEMS = 100_000
CHARACTERS = 4_000_000
BITS = 200_000
EXPONENT = 10_000
DIGITS = 1_000  # that round() is asked for
_CODECS = {"utf-8", "utf8", "ascii", "latin-1", "utf-16", "utf-32", "cp1252"}


def bounded(value: Any) -> Any:  # noqa: ANN401
    """The value; Unclear where it is too large to go on with."""
    size = 0
    if isinstance(value, str | bytes | bytearray):
        size = len(value) * ITEMS // CHARACTERS
    elif isinstance(value, list | tuple | set | frozenset | dict):
        size = len(value)
    elif isinstance(value, int):
        size = value.bit_length() * ITEMS // BITS
    elif isinstance(value, Fraction):
        size = max(value.numerator.bit_length(), value.denominator.bit_length()) * ITEMS // BITS
    elif isinstance(value, Decimal) and value.is_finite():
        size = max(abs(value.adjusted()), len(value.as_tuple().digits)) * ITEMS // EXPONENT
    if size > ITEMS:
        raise Unclear("the value is too large")
    return value


def items(value: Any) -> list[Any]:  # noqa: ANN401
    """What a collection holds; Unclear where it is too much."""
    if isinstance(value, Opaque):
        value.unclear()
    if isinstance(value, range) and abs((value.stop - value.start) // value.step) > ITEMS:
        raise Unclear("the value is too large")
    bounded(value)
    return list(value)


def _range(*bounds: int) -> range:
    return range(*bounds)


def _over(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a collection, which is looked at first."""

    def called(values: Any, *others: Any, **named: Any) -> Any:  # noqa: ANN401
        return function(items(values), *others, **named)

    return called


def _list_of(function: Callable[..., Iterable[Any]]) -> Callable[..., list[Any]]:
    def called(*values: Any, **named: Any) -> list[Any]:  # noqa: ANN401
        return list(function(*map(items, values), **named))

    return called


def _made(cls: Callable[..., Any]) -> Callable[..., Any]:
    """The class, called with nothing or with a collection."""

    def called(*values: Any) -> Any:  # noqa: ANN401
        return cls(*map(items, values))

    return called


def _dict(*values: Any, **named: Any) -> dict[Any, Any]:  # noqa: ANN401
    given = [value if isinstance(value, dict) else items(value) for value in values]
    return dict(*given, **named)


def _enumerate(values: Any, start: int = 0) -> list[tuple[int, Any]]:  # noqa: ANN401
    return list(enumerate(items(values), start))


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*values: Any, **named: Any) -> Any:  # noqa: ANN401
        return function(items(values[0]), **named) if len(values) == 1 else function(*values)

    return called


def _sum(values: Any, start: Any = 0) -> Any:  # noqa: ANN401
    numbers = items(values)
    if not all(isinstance(each, Number | timedelta) for each in (*numbers, start)):
        raise Unclear("sum() adds up what are no numbers")
    return sum(numbers, start)


def _round(number: Any, digits: int | None = None) -> Any:  # noqa: ANN401
    if digits is not None and abs(digits) > DIGITS:
        raise Unclear("the value is too large")
    return round(number, digits)


def _int(*values: Any, **named: Any) -> int:  # noqa: ANN401
    for value in values:
        bounded(value)
    return int(*values, **named)


def _isinstance(value: Any, classes: Any) -> bool:  # noqa: ANN401
    if isinstance(value, Opaque):
        value.unclear()
    return isinstance(value, classes)


def _len(value: Any) -> int:  # noqa: ANN401
    return value.unclear() if isinstance(value, Opaque) else len(value)


# Their values are no evidence where code of the module compares: the row's own part is done here.
PREDICATES = {"all", "any", "bool", "isinstance", "callable", "issubclass", "hasattr"}
PREDICATES |= {"math.isclose", "math.isnan", "math.isinf", "math.isfinite"}
BUILTINS: dict[str, Any] = {
    "len": _len,
    "sorted": _over(sorted),
    "reversed": _list_of(reversed),
    "enumerate": _enumerate,
    "zip": _list_of(zip),
    "list": _made(list),
    "tuple": _made(tuple),
    "set": _made(set),
    "frozenset": _made(frozenset),
    "dict": _dict,
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "any": _over(any),
    "all": _over(all),
    "abs": abs,
    "round": _round,
    "divmod": divmod,
    "int": _int,
    "float": float,
    "complex": complex,
    "bool": bool,
    "chr": chr,
    "ord": ord,
    "range": _range,
    "isinstance": _isinstance,
    "str": lambda *values, **named: str(*map(bounded, values), **named),
    "repr": lambda value: repr(bounded(value)),
}
# What they say of a subclass is the subclass's own affair, so they are for values of the row alone.
WORDS = {"str", "repr"}
CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        *(int, float, complex, bool, str, bytes, bytearray),
        *(list, tuple, set, frozenset, dict, range, type, object),
    )
}
# By the full name under which `setup` imports them.
IMPORTED: dict[str, Any] = {
    "pytest.approx": Approx,
    "decimal.Decimal": Decimal,
    "fractions.Fraction": Fraction,
    "datetime.date": date,
    "datetime.date.fromisoformat": date.fromisoformat,
    "datetime.datetime": datetime,
    "datetime.datetime.fromisoformat": datetime.fromisoformat,
    "datetime.time": time,
    "datetime.timedelta": timedelta,
    "datetime.timezone": timezone,
    "datetime.timezone.utc": UTC,
    "datetime.UTC": UTC,
    "uuid.UUID": UUID,
    "pathlib.PurePath": PurePath,
    "pathlib.PurePosixPath": PurePosixPath,
    "pathlib.PureWindowsPath": PureWindowsPath,
    "pathlib.Path": PureWindowsPath if isinstance(Path(), PureWindowsPath) else PurePosixPath,
    **{
        f"math.{name}": getattr(math, name)
        for name in (
            *("isclose", "isnan", "isinf", "isfinite", "sqrt", "pi", "e", "inf", "nan", "tau"),
            *(
                "floor",
                "ceil",
                "trunc",
                "hypot",
                "sin",
                "cos",
                "tan",
                "log",
                "log2",
                "log10",
                "exp",
            ),
        )
    },
}
IMPORTED_MODULES = {name.partition(".")[0] for name in IMPORTED}
_QUESTIONS = "startswith endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower"
QUESTIONS = {*_QUESTIONS.split(), "isnumeric", "isprintable", "isspace", "istitle", "isupper"}
QUESTIONS |= {"issubset", "issuperset", "isdisjoint"}
_TEXT = (
    "lower upper casefold capitalize title swapcase strip lstrip rstrip removeprefix removesuffix"
)
METHODS: dict[type, set[str]] = {
    str: {*_TEXT.split(), "split", "rsplit", "splitlines", "partition", "rpartition", "count"}
    | {"find", "rfind", "index", "rindex", "encode", "replace", "join"}
    | QUESTIONS,
    bytes: {
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "count",
        "find",
        "hex",
        "decode",
    }
    | {"startswith", "endswith"},
    list: {"count", "index", "copy"},
    tuple: {"count", "index"},
    dict: {"get", "keys", "values", "items", "copy"},
    set: {"union", "intersection", "difference", "symmetric_difference"} | QUESTIONS,
    frozenset: {"union", "intersection", "difference", "symmetric_difference"} | QUESTIONS,
    datetime: {"isoformat", "utcoffset", "date", "time", "timestamp", "weekday", "isoweekday"},
    date: {"isoformat", "weekday", "isoweekday"},
    timedelta: {"total_seconds"},
}
PURE = {name for names in METHODS.values() for name in names}


def call_method(value: Any, name: str, given: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """The result of a method of plain data; Unclear where it is none, or may become too large."""
    if isinstance(value, Opaque):
        value.unclear()
    if not hasattr(value, name):
        raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")
    if name not in METHODS.get(type(value), set()):
        raise Unclear(f".{name}() is no method of plain data that is known here")
    for each in given:
        bounded(each)
    if name in ("encode", "decode") and not all(each in _CODECS for each in given[:1]):
        raise Unclear("the codec is not known here")
    if name == "join":
        parts = items(given[0])
        if sum(len(part) for part in parts) + len(value) * len(parts) > CHARACTERS:
            raise Unclear("the value is too large")
    if name == "replace" and len(given) > 1:
        times = len(value) // max(1, len(given[0])) + 1
        if times * len(given[1]) > CHARACTERS:
            raise Unclear("the value is too large")
    return getattr(value, name)(*given, **named)
