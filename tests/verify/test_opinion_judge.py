"""Answers judged, without a worker: what is forged or malformed disagrees and breaks nothing."""

import copy
import math
import random
from decimal import Decimal

import pytest

from specloop.spec.parse_row import parse_row
from specloop.verify.inside.plain import tell
from specloop.verify.opinion.judge import judge
from specloop.verify.opinion.plan import plan


def plan_of(*rows, setup="", names=("f", "E")):
    parsed = [(f"row{at}", parse_row(f"V1: {row}", at, at)) for at, row in enumerate(rows)]
    return plan("shop", names, setup, parsed)


def record(*values, row=0, **fields):
    told = [[at, tell(value)] for at, value in enumerate(values)]
    plain = {"values": told, "errors": [], "begun": True, "error": None, "logs": []}
    return {"kind": "row", "row": row, **plain, **fields}


def judged(row, *values, setup=""):
    (found,) = judge(plan_of(row, setup=setup), [record(*values)], True).rows
    return found.outcome


AGREED = [
    ("f(1) == 2", 2),
    ("f(1) != 2", 3),
    ("not f(1)", 0),
    ("f(1) is not None and f(1) is False", False, False),
    ("f(1) in {1, 2} and f(2) not in 'abc'", 1, "x"),
    ("-f(1) == 2 and ~f(2) == -1 and +f(3)", -2, 2, 0, -1, 1, 1),
    ("f(1) ** 2 == 9", 3, 9),
    (
        "f(1) // 2 == 1 and f(2) % 2 == 1 and f(3) << 1 == 2 and f(4) | 1 == 3",
        3,
        1,
        5,
        1,
        1,
        2,
        2,
        3,
    ),
    ("f(1)[::2] == 'ac'", "abc", "ac"),
    ("f(1)[-1] == 3", [1, 3], 3),
    ("dict(f(1), b=2) == {'a': 1, 'b': 2}", {"a": 1}, {"a": 1, "b": 2}),
    ("{**f(1), 'b': 2} == {'a': 1, 'b': 2}", {"a": 1}, {"a": 1, "b": 2}),
    ("{n * 2 for n in f(1) if n} == {2, 4}", [0, 1, 2], {2, 4}),
    ("{a: b for a, b in f(1)} == {1: 2}", [(1, 2)], {1: 2}),
    ("[a + b for a in f(1) for b in (1, 2)] == [2, 3]", [1], [2, 3]),
    ("max(f(1)) == 3 and min(f(2), default=0) == 0", [1, 3], 3, [], 0),
    ("list(zip(f(1), range(2))) == [('a', 0)]", ["a"], object(), [("a", 0)]),
    ("list(enumerate(f(1), 1)) == [(1, 'a')]", "a", object(), [(1, "a")]),
    ("list(reversed(f(1))) == [2, 1]", [1, 2], object(), [2, 1]),
    ("round(f(1), 1) == 1.2 and abs(f(2)) == 1", 1.23, 1.2, -1, 1),
    ("int(f(1), 16) == 255 and float(f(2)) == 1.5", "ff", 255, "1.5", 1.5),
    ("f(1).replace('a', 'b').upper() == 'B'", "a", "b", "B"),
    ("f(1).encode('utf-8') == b'a'", "a", b"a"),
    ("','.join(f(1)) == 'a,b'", ["a", "b"], "a,b"),
    ("f(1).get('x', 3) == 3", {}, 3),
    ("set(f(1).items()) == {('a', 1)}", {"a": 1}, [], set()),
    ("f(1) == f'{1 + 1}-{\"a\":>3}'", "2-  a"),
    ("f(1) == [pytest.approx(0.3), 2]", [0.1 + 0.2, 2]),
    ("f(1) == pytest.approx({'a': 1.0})", {"a": 1.0000001}),
    ("f(1) == pytest.approx(10, abs=1) and f(2) != pytest.approx(10, rel=1e-3)", 10.5, 10.5),
    ("f(1) == pytest.approx([1, 2])", [1.0000001, 2]),
    ("math.isnan(f(1)) and f(2) == math.inf", math.nan, math.inf),
    ("f(1) == dt.date(2024, 1, 2) - dt.timedelta(days=1)", __import__("datetime").date(2024, 1, 1)),
    ("f(1) == D('1.10') and str(D('1.10')) == '1.10'", Decimal("1.1")),
    ("1 if f(1) else 0", True),
    ("type(f(1)) is str", str),
    ("f(1) == 1 or f(2) == 2", 3, 2),
    ("(f(1) == 1) is True", 1),
]
IMPORTS = "import math, pytest\nimport datetime as dt\nfrom decimal import Decimal as D"


@pytest.mark.parametrize("case", AGREED, ids=lambda case: case[0])
def test_a_row_that_holds_agrees(case):
    row, *values = case
    assert judged(row, *values, setup=IMPORTS) == "agreed"


DISAGREED = [
    ("f(1) == 2", 3),
    ("f(1) == True", 0),
    ("f(1) is True", 1),
    ("f(1) == [1, 2]", (1, 2)),
    ("f(1) == 'a'", b"a"),
    ("f(1)['x'] == 2", {}, 2),
    ("len(f(1)) == 60", 3, 60),
    ("f(1).upper() == 'A'", 3, "A"),
    ("f(1) < 2", "a"),
    ("f(1) == pytest.approx(0.3)", 0.31),
    ("f(1) == pytest.approx([1])", [1, 2]),
    ("f(1) == pytest.approx({'a': 1})", {"b": 1}),
]


@pytest.mark.parametrize("case", DISAGREED, ids=lambda case: case[0])
def test_a_row_that_does_not_hold_disagrees(case):
    row, *values = case
    assert judged(row, *values, setup=IMPORTS) == "disagreed"


HUGE = [
    ("f(1) ** f(2) == 3", 10**6, 10**6, 3),
    ("f(1) << f(2) == 3", 1, 10**12, 3),
    ("f(1) * f(2) == ''", "x" * 1000, 10**9, ""),
    ("f(1) * f(2) == 1", 1 << 300_000, 1 << 300_000, 1),
    ("list(f(1)) == []", range(10**12), []),
    ("sum(f(1)) == 3", range(10**18), 3),
    ("round(f(1), f(2)) == 3", 5, -(10**9), 3),
    ("f(1).replace('', f(2)) == ''", "x" * 10_000, "y" * 10_000, ""),
    ("f(1).join(f(2)) == ''", "x" * 100_000, ["y"] * 1000, ""),
    ("f(1) % f(2) == 3", "%999999999d", 1, 3),
]


@pytest.mark.parametrize("case", HUGE, ids=lambda case: case[0])
def test_a_value_cannot_make_us_work_without_end(case):
    """Where a part is too large to be worked out, what the worker told of the whole is compared."""
    row, *values = case
    assert judged(row, *values) == "agreed"


def test_a_row_that_takes_too_many_steps_has_one_opinion():
    row = "[a for a in f(1) for b in range(999) for c in range(999)] == []"
    assert judged(row, list(range(999)), []) == "one opinion only"


def error(*classes, message=""):
    return {"classes": [list(each) for each in classes], "message": message}


VALUE = ("builtins", "ValueError")
RAISES = [
    ("f(1) raises ValueError 'x'", error(VALUE, message="an x"), "agreed"),
    ("f(1) raises ValueError 'x'", error(VALUE, message="a y"), "disagreed"),
    ("f(1) raises Exception", error(VALUE, ("builtins", "Exception")), "agreed"),
    ("f(1) raises ValueError", error(("shop", "ValueError")), "disagreed"),
    ("f(1) raises OSError", error(VALUE), "disagreed"),
    ("f(1) raises IOError", error(("builtins", "OSError")), "agreed"),
    ("f(1) raises E", error(("elsewhere", "Outer.E"), VALUE), "agreed"),
    ("f(1) raises E", error(VALUE), "disagreed"),
    ("f(1) raises lib.Timeout", error(("builtins", "TimeoutError")), "one opinion only"),
    ("f(1) raises lib.Timeout", error(("lib.core", "Timeout")), "agreed"),
    ("f(1) raises E", error(), "disagreed"),
]


@pytest.mark.parametrize(("row", "told", "outcome"), RAISES)
def test_an_exception_is_of_the_class_that_the_row_names(row, told, outcome):
    (found,) = judge(plan_of(row, setup="import lib"), [record(errors=[[0, told]])], True).rows
    assert found.outcome == outcome


def test_an_exception_in_a_part_that_is_not_needed_is_none():
    answer = record(1, errors=[[1, error(VALUE)]])
    (found,) = judge(plan_of("f(1) == 1 or f(2) == 2"), [answer], True).rows
    assert found.outcome == "agreed"
    (found,) = judge(plan_of("f(1) == 2 or f(2) == 2"), [answer], True).rows
    assert found.outcome == "disagreed"


def test_log_records_are_compared_by_level_and_text():
    rows = plan_of("f(1) logs INFO 'saved'")
    for logs, outcome in (
        ([[20, "it is saved"]], "agreed"),
        ([[30, "it is saved"]], "disagreed"),
        ([[None, "it is saved"], [20, None]], "disagreed"),
        ([["20", "it is saved"]], "disagreed"),
        ([[20, ["saved"]]], "disagreed"),
        ("saved", "disagreed"),
    ):
        (found,) = judge(rows, [record(1, logs=logs)], True).rows
        assert found.outcome == outcome, logs


GOOD = record(2)
ANSWERS = {
    "none": [],
    "twice": [GOOD, GOOD],
    "of no row": [GOOD, {**GOOD, "row": 9}],
    "of no number": [{**GOOD, "row": True}],
    "no value": [record()],
    "a value twice": [{**GOOD, "values": [[0, 2], [0, 2]]}],
    "a value of nothing": [{**GOOD, "values": [[0, 2], [7, 2]]}],
    "a value and no number": [{**GOOD, "values": [[True, 2]]}],
    "values that are none": [{**GOOD, "values": {"0": 2}}],
    "errors that are none": [{**GOOD, "errors": None}],
    "an error of nothing": [{**GOOD, "errors": [[3, error(VALUE)]]}],
    "an error without classes": [{**GOOD, "errors": [[0, {"message": ""}]]}],
    "not begun": [{**GOOD, "begun": 1}],
    "logs that are none": [{**GOOD, "logs": [1]}],
    "a malformed value": [{**GOOD, "values": [[0, ["i", "x"]]]}],
    "an error in the setup": [{**GOOD, "error": error(VALUE)}],
    "an import that failed": [GOOD, {"kind": "import", "error": None}],
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_not_in_order_disagrees(name):
    (found,) = judge(plan_of("f(1) == 2"), ANSWERS[name], True).rows
    assert found.outcome == "disagreed"
    assert "outside of pytest" in found.why
    assert "\n" not in found.why


def test_records_of_other_kinds_are_passed_over():
    records = [{"kind": "ready"}, GOOD, {"kind": "end", "status": 0}]
    assert judge(plan_of("f(1) == 2"), records, True).rows[0].outcome == "agreed"


def test_whatever_is_put_into_an_answer_is_judged():
    """Parts of an answer exchanged at random: never an exception."""
    chance = random.Random(7)
    rows = plan_of("f(1)[0] == {'a': (1, 2.0)}", "f(1) raises E 'x'", "f(1) logs INFO 'x'")
    odd = [None, True, -1, 2**70, 1.5, "", "o", [], [[]], {}, ["o", "x", False, None], ["l", 3]]
    good = [
        record([{"a": (1, 2.0)}], {"a": (1, 2.0)}),
        record(row=1, errors=[[0, error(("s", "E"), message="x")]]),
        record(1, row=2, logs=[[20, "x"]]),
    ]
    assert not judge(rows, good, True).disagreed
    for _ in range(3000):
        answer = copy.deepcopy(good)
        spots = []
        waiting = [*answer]
        while waiting:
            part = waiting.pop()
            keys = list(part) if isinstance(part, dict) else range(len(part))
            spots += [(part, key) for key in keys]
            waiting += [part[key] for key in keys if isinstance(part[key], dict | list)]
        for part, key in chance.sample(spots, 2):
            part[key] = chance.choice(odd)
        assert len(judge(rows, answer, True).rows) == 3


def test_the_opinion_lists_what_disagreed_and_what_has_one_opinion():
    rows = plan_of("f(1) == 2", "f(1) == 3", "f(1) == 4")
    answer = [record(2), record(2, row=1), record(object(), row=2)]
    found = judge(rows, answer, False)
    assert [each.node for each in found.disagreed] == ["row1"]
    assert [each.node for each in found.single] == ["row2"]
