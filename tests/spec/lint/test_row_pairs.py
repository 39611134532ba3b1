"""Pairs of rows that contradict each other, or are the same."""

from pathlib import Path

import pytest
from subjects import SPEC, texts

PRICE = """\
task: Tell what a parcel costs
file: shop/cost.py
exports:
  - "def cost(grams: int) -> int"
output:
  - O1: the price in cents
  - O2: heavy parcels cost more
examples: |
  {}
held_out: |
  {}
"""
LINE = 9


def found(root: Path, code: str, *rows: str, held_out: str = "") -> list[tuple[int, str]]:
    spec = PRICE.format("\n  ".join(rows), held_out)
    if not held_out:
        spec = spec.replace("held_out: |\n", "")
    everything = texts(root, spec)
    assert {path for path, *_ in everything} <= {SPEC}
    return [(line, text) for _, line, each, text in everything if each == code]


CONTRADICTIONS = [
    ("O1: cost(1) == 2", "O1: cost(1) == 3", "expects 2 of the same expression, and this row 3"),
    ("O1: cost(1) == 2", "O2: 3 == cost( 1 )", "row 3"),
    ("O1: cost(1) is None", "O1: cost(1) == 0", "expects None"),
    ("O1: cost(1) == -1", "O1: cost(1) == [1]", "row [1]"),
    ("O1: a = 1; cost(a) == 1", "O1: a=1; cost(a) == 2", "row 2"),
    ("O1: cost(1) == 2", "O1: cost(1) raises ValueError", "row ValueError"),
    ("O1: cost(1) raises ValueError", "O1: cost(1) == 2", "expects ValueError"),
    ("O1: cost(1)", "O1: cost(1) raises ValueError", "expects no exception"),
    ("O1: cost('1') == 2", 'O1: cost("1") == 3', "row 3"),
]


@pytest.mark.parametrize(("one", "other", "piece"), CONTRADICTIONS)
def test_rows_that_no_code_passes(tmp_path: Path, one: str, other: str, piece: str) -> None:
    ((line, text),) = found(tmp_path, "R109", one, other)
    assert line == LINE + 1
    assert f"line {LINE} " in text
    assert piece in text


def test_a_held_out_row_may_contradict_a_shown_one(tmp_path: Path) -> None:
    ((line, text),) = found(tmp_path, "R109", "O1: cost(1) == 2", held_out="O1: cost(1) == 3")
    assert line == LINE + 2
    assert text.startswith(f"line {LINE} expects 2")


AGREEING = [
    ("O1: cost(1) == 2", "O1: cost(2) == 3"),
    ("O1: cost(1) == 1", "O1: cost(1) == 1.0"),
    ("O1: cost(1) == True", "O1: cost(1) is True"),
    ("O1: a = 1; cost(a) == 1", "O1: a = 2; cost(a) == 2"),
    ("O1: cost(1) == cost(2)", "O1: cost(1) == 3"),
    ("O1: cost(1) != 2", "O1: cost(1) == 3"),
    ("O1: cost(1) >= 2", "O1: cost(1) == 3"),
    ("O1: cost(1) raises ValueError", "O1: cost(2) == 2"),
    ("O1: cost(0) raises ValueError", "O1: cost(0) raises LookupError"),
    ("O1: 0 < cost(1) < 3", "O1: cost(1) == 2"),
    ('O1: cost(1) logs INFO "a"', 'O1: cost(1) logs INFO "b"'),
]


@pytest.mark.parametrize(("one", "other"), AGREEING)
def test_rows_that_agree(tmp_path: Path, one: str, other: str) -> None:
    assert found(tmp_path, "R109", one, other) == []


def test_each_later_row_is_held_against_the_first(tmp_path: Path) -> None:
    rows = ["O1: cost(1) == 2", "O1: cost(1) == 3", "O1: cost(1) == 2", "O1: cost(1) == 4"]
    assert [line for line, _ in found(tmp_path, "R109", *rows)] == [LINE + 1, LINE + 3]


TWICE = [
    ("O1: cost(1) == 2", "O1: cost(1)==2  # again"),
    ("O1: cost(1) == 2", "O1, O2: cost(1) == 2"),
    ("O1: cost(0) raises ValueError 'a'", 'O1: cost(0) raises ValueError "a"'),
    ('O1: cost(1) logs INFO "a"', 'O1: cost(1) logs INFO "a"'),
    ("O1: a = 1; cost(a) == 1", "O1: a = 1 ; cost(a) == 1"),
]


@pytest.mark.parametrize(("one", "other"), TWICE)
def test_row_twice(tmp_path: Path, one: str, other: str) -> None:
    expected = f"line {LINE} is the same row; remove one of them, or give one the ids of both"
    assert found(tmp_path, "W121", one, other) == [(LINE + 1, expected)]


@pytest.mark.parametrize("row", ["O1: cost(1) == 2", "O2: cost(1)== 2"])
def test_a_held_out_row_that_is_shown(tmp_path: Path, row: str) -> None:
    ((line, text),) = found(tmp_path, "W121", "O1: cost(1) == 2", held_out=row)
    assert line == LINE + 2
    assert (
        text == f"line {LINE} shows the same row, so that it is not held out; hold out another one"
    )


ONCE = [
    ("O1: cost(1) == 2", "O2: cost(1) == 2"),  # another requirement
    ("O1: cost(0) raises ValueError", 'O1: cost(0) raises ValueError "a"'),
    ('O1: cost(0) raises ValueError "None"', "O1: cost(0) raises ValueError"),
    ('O1: cost(1) logs INFO "a"', 'O1: cost(1) logs ERROR "a"'),
    ("O1: a = 1; cost(a) == 1", "O1: a = 2; cost(a) == 1"),
    ("O1: cost(1) == 1", "O1: cost(1) == 1.0"),
]


@pytest.mark.parametrize(("one", "other"), ONCE)
def test_rows_that_differ(tmp_path: Path, one: str, other: str) -> None:
    assert found(tmp_path, "W121", one, other) == []
