"""What the worker tells of a value is that value again, or nothing."""

import json
import math
from collections import Counter, OrderedDict, defaultdict, namedtuple
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from specloop.verify.inside.plain import tell
from specloop.verify.opinion.opaque import Opaque, Unclear
from specloop.verify.opinion.values import Malformed, read, shown


def through(value):
    """A value on its way from the worker."""
    return read(json.loads(json.dumps(tell(value))))


PLAIN = [
    *(
        None,
        True,
        False,
        ...,
        0,
        -1,
        2**53,
        -(2**53),
        10**5000,
        0.1,
        -0.0,
        math.inf,
        1e-320,
        2 - 3j,
    ),
    *("", "é\n\0", "\udc80", "\ud83d\ude00", "\U0001f600", b"", b"\xff\0", bytearray(b"ab")),
    *([], [1, [2.0, ["x"]]], (), (1, (2,)), {1, "a", None, (1, b"x")}, set(), frozenset({1})),
    *({}, {"b": 1, "a": {(1, 2): None}}, range(1, 10, 3), range(-(10**30), 0)),
    *(Decimal("1.10"), Decimal("-0"), Decimal("Infinity"), Fraction(1, 3), date(2024, 2, 29)),
    *(datetime(2024, 2, 29, 1, 2, 3, 4, fold=1), datetime(1, 1, 1, tzinfo=UTC), time(23, 59)),
    datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=-5, seconds=7))),
    *(timedelta(-1, 5, 6), UUID(int=7), PurePosixPath("a/b"), PureWindowsPath("C:/a")),
    *(int, dict, [type, None]),
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_data_come_through_as_they_are(value):
    found = through(value)
    assert found.data == value
    assert type(found.data) is type(value)
    assert found.exact
    assert not found.opaque


def test_details_that_comparing_does_not_show_come_through():
    assert math.isnan(through(math.nan).data)
    assert math.copysign(1, through(-0.0).data) == -1
    assert list(through({"b": 1, "a": 2}).data) == ["b", "a"]
    assert through([True, 1, 1.0]).data[0] is True
    assert str(through(Decimal("1.10")).data) == "1.10"
    assert len(through({math.nan, float("nan")}).data) == 2
    assert through(datetime(2024, 7, 1, tzinfo=ZoneInfo("UTC"))).data.utcoffset() == timedelta(0)


class Colour(IntEnum):
    RED = 1


class Size(StrEnum):
    BIG = "big"


class Shout(str):
    __slots__ = ()

    def __len__(self):
        return 60

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Loud(str):
    __slots__ = ()

    def __str__(self):
        return "LOUD"

    def __repr__(self):
        return "LOUD"

    def upper(self):
        return "LOUD"


class Money:
    def __init__(self, pence):
        self.pence = pence

    def __eq__(self, other):
        return self.pence == other

    __hash__ = None


Point = namedtuple("Point", "x y")
BUILT_ON = [
    (Colour.RED, 1),
    (Size.BIG, "big"),
    (Point(1, 2), (1, 2)),
    (OrderedDict(a=1), {"a": 1}),
    (Counter("aab"), {"a": 2, "b": 1}),
    (defaultdict(list, {1: [2]}), {1: [2]}),
    (Loud("x"), "x"),
]


@pytest.mark.parametrize(("value", "data"), BUILT_ON, ids=lambda each: type(each).__name__)
def test_a_subclass_is_told_as_the_data_that_it_is_built_on(value, data):
    found = through(value)
    assert found.data == data
    assert type(found.data) is type(data)
    assert not found.exact


def test_a_subclass_with_an_equality_of_its_own_is_an_object():
    found = through(Shout("x")).data
    assert isinstance(found, Opaque)
    assert found.equals_anything
    assert found == "x"
    with pytest.raises(Unclear, match="Shout"):
        assert found == "y"


def test_an_object_is_told_by_its_class_alone():
    found = through([Money(3)]).data
    assert len(found) == 1
    assert shown(found[0]) == "an object (Money)"
    assert not found[0].equals_anything
    for work in (bool, len, str, repr, abs, iter, lambda each: each == 3, lambda each: each + 1):
        with pytest.raises(Unclear, match="Money"):
            work(found[0])


def test_the_number_in_a_scalar_of_numpy_is_told():
    scalar = type("int64", (), {"__module__": "numpy", "item": lambda self: 3})()
    found = through(scalar).data
    assert found == 3
    with pytest.raises(Unclear, match="int64"):
        assert found == 4


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def cyclic():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [nested(60), cyclic(), [0] * 30_000, "x" * 1_100_000, Decimal("1e999999"), 1 << 9_000_000],
    ids=["deep", "cyclic", "many", "long", "exponent", "number"],
)
def test_what_is_too_large_is_no_plain_data(value):
    found = through(value).data
    assert shown(found).startswith("a value that is")
    assert not found.is_object


MALFORMED = [
    [],
    [1],
    {},
    1.5,
    2**70,
    ["x"],
    ["l"],
    ["l", 1],
    ["l", [1], 2],
    ["i", "zz"],
    ["i", 5],
    ["f", "nothing"],
    ["s", "00"],
    ["b", "0"],
    ["S", [1, 1]],
    ["S", [1, True]],
    ["S", [["l", []]]],
    ["d", [[1, 2], [1, 3]]],
    ["d", [[["l", []], 2]]],
    ["d", [[1]]],
    ["D", "1e99999999"],
    ["D", "x"],
    ["Fr", 1, 0],
    ["r", 0, 1, 0],
    ["da", 2024, 13, 1],
    ["dt", 2024],
    ["td", 10**12, 0, 0],
    ["u", "-0x1"],
    ["p", True, 3],
    ["T", "print"],
    ["T", "nothing"],
    ["o", "x", "yes", None],
    ["o", 1, False, None],
    ["o", "x", False, ["l", []]],
    ["l", [0] * 30_000],
    "x" * 5_000_000,
]


@pytest.mark.parametrize("told", MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_value_is_refused(told):
    with pytest.raises(Malformed):
        read(told)


def test_depth_is_refused_without_running_out_of_stack():
    told = None
    for _ in range(500):
        told = ["l", [told]]
    with pytest.raises(Malformed):
        read(told)


def test_a_value_is_shown_on_one_line_and_cut():
    assert shown("a\nb") == "'a\\nb'"
    assert shown("x" * 500).endswith("x…")
    assert "digits" in shown(10**9000)
    assert shown([10**9000]) == "a value of class list"


def test_what_is_too_large_does_not_equal_what_is_small():
    untold = read(["x", "a value that is too large"]).data
    for small in (2, "two", [1, {"a": (2,)}], None, 1.5):
        assert untold != small
    deep = []
    for _ in range(40):
        deep = [deep]
    for large in (deep, "x" * 2_000_000, 1 << 100_000, list(range(30_000)), untold):
        with pytest.raises(Unclear):
            assert untold == large
