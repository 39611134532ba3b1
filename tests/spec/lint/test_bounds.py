"""Bounds in requirements, and rows on one side of them or on both."""

from pathlib import Path

import pytest
from subjects import SPEC, texts

from specloop.spec.lint.bounds import bounds_in

BOUNDS = [
    ("at most 60 characters", [(60, 61)]),
    ("no more than 60", [(60, 61)]),
    ("not longer than 60.", [(60, 61)]),
    ("more than 72 bytes, raise", [(72, 73)]),
    ("up to 1,000 rows", [(1000, 1001)]),
    ("a maximum of 5 items", [(5, 6)]),
    ("maximum length is 30", [(30, 31)]),
    ("max. 12 items", [(12, 13)]),
    ("`size` <= 9", [(9, 10)]),
    ("a size > 9 is refused", [(9, 10)]),
    ("≤ 9", [(9, 10)]),
    ("10 or fewer", [(10, 11)]),
    ("it exceeds 10", [(10, 11)]),
    ("at least 8", [(7, 8)]),
    ("no fewer than 8", [(7, 8)]),
    ("less than 10", [(9, 10)]),
    ("a minimum of 3", [(2, 3)]),
    ("`size` >= 3", [(2, 3)]),
    ("18 or older or 18 or more", [(17, 18), (17, 18)]),
    ("below 0", [(-1, 0)]),
    ("3 to 20 letters", [(2, 3), (20, 21)]),
    ("between 1 and 12", [(0, 1), (12, 13)]),
    ("from -90 to 90 degrees", [(-91, -90), (90, 91)]),
    ("a number in 1..9", [(0, 1), (9, 10)]),
    ("from 0 to 23", [(23, 24)]),
    ("at least $5 and at most $9", [(4, 5), (9, 10)]),
    ("1-64 characters", [(0, 1), (64, 65)]),
    ("no more than three words", [(3, 4)]),
    ("100 entries at most", [(100, 101)]),
    ("8 letters at least", [(7, 8)]),
]


@pytest.mark.parametrize(("text", "borders"), BOUNDS)
def test_bounds(text: str, borders: list[tuple[int, int]]) -> None:
    assert sorted((bound.low, bound.high) for bound in bounds_in(text)) == borders


def test_bounds_of_texts() -> None:
    told = ["at most 9 letters", "at least 9 small letters", "9 bytes or more", "3 to 9 digits"]
    assert all(bound.of_texts for text in told for bound in bounds_in(text))
    untold = ["at most 9 words", "at most 9", "at most 9 lines of letters"]
    assert not any(bound.of_texts for text in untold for bound in bounds_in(text))


def test_the_last_digit_that_is_written_counts() -> None:
    (bound,) = bounds_in("at most 9.90 euros")
    assert (str(bound.low), str(bound.high)) == ("9.90", "9.91")


NO_BOUNDS = [
    "at most max_length characters",
    "at least one digit",
    "60 characters",
    "letters of UTF-8 at most",
    "no id later than 2027-01-01",
    "open from 9:00 to 17:00",
    "from 20 to 3",
    "2 and 3 are prime",
    'raise ValueError("longer than 72 bytes")',
    "a -> 3",
    "a <b>3</b>",
    "Python 3.11.2 to V2",
    "Python 3.11 or later",
    "RFC 7231 or later",
    "Django 4 or later",
    "version 1.2 to 1.4",
    "at most 2 decimals",
    "at most 2 digits after the point",
    "ISO 1-3",
    "at least one letter",
    "a status >= 400",
]


@pytest.mark.parametrize("text", NO_BOUNDS)
def test_no_bounds(text: str) -> None:
    assert list(bounds_in(text)) == []


NAME = """\
task: Check the name of a product
file: shop/name.py
exports:
  - "def checked(name: str) -> str"
validation:
  - V1: {}
  - V2: no blank at either end
error_handling:
  - E1: {}
edge_cases:
  - X1: {}
setup: |
  LONG = "a" * 61
  TEXTS = list("abc")

  def full_cart():
      return checked("many things")

  def refused(name):
      return checked(name)
examples: |
  V2: checked(" a" * 20) == "a"
{}
"""
V1, E1 = 6, 9
MOST = "the name has at most 60 letters"


def one_sided(
    root: Path, *rows: str, v1: str = MOST, e1: str = "no name", x1: str = "a name", more: str = ""
) -> list[tuple[int, str]]:
    lines = "\n".join(f"  {row}" for row in rows)
    found = texts(root, NAME.format(v1, e1, x1, lines) + more)
    assert {path for path, *_ in found} <= {SPEC}
    return [(line, text) for _, line, code, text in found if code == "W111"]


ONE_SIDE = [
    ['V1: checked("tea") == "tea"'],
    ['V1: checked("a" * 60) == "a" * 60'],
    ['V1: checked("a" * 61) raises ValueError', 'V1: checked("a" * 99) raises ValueError'],
    ['V1: refused("tea")', 'V1: refused("coffee")'],
    ['V1: checked("version=1.61.2 99 at=2027-01-01 9:61") == "tea"'],
    ['V1: checked("61 horses and a cat") == "tea"'],
    ['V1: checked("tea")[99] == "tea"'],
    ['V1: checked("a" * 60) is True', 'V1: checked("b" * 60) is True'],
    ["V1: full_cart() is not None"],
    ['V1: name = "tea"; checked(name) == "tea"', 'V1: name = "cup"; checked(name) == "cup"'],
]


@pytest.mark.parametrize("rows", ONE_SIDE)
def test_rows_on_one_side(tmp_path: Path, rows: list[str]) -> None:
    ((line, text),) = one_sided(tmp_path, *rows)
    assert line == V1
    assert "one side of 'at most 60'; write `V1: …` at 60 and at 61" in text


BOTH_SIDES = [
    ['V1: checked("a" * 60) == "a" * 60', 'V1: checked("a" * 61) raises ValueError'],
    ['V1: len(checked("a" * 200)) == 60'],
    ['V1: checked("ab" * 30 + "c") == "tea"'],
    ['V1: checked(2 * "a" * (30 + 1)) == "tea"'],
    ['V1: checked(LONG) == "tea"'],
    ['V1: checked("a" * 2**6) == "tea"'],
    [f'V1: checked("{"é" * 31}") == "tea"'],
    ['V1: checked([0] * 61) == "tea"'],
    ['V1: checked("61") == "tea"'],
    ['V1: checked("size=61&page=2") == "tea"'],
    ['V1: checked("{\'size\': 61}") == "tea"'],
    ['V1: checked("$61.50") == "tea"'],
    ['V1: checked("61 kg") == "tea"'],
    ['V1: checked("61%") == "tea"'],
    ["V1: checked(-1) and checked(61)"],
    ['V1: full_cart() == "tea"', "V1: checked(full_cart()) raises ValueError"],
    ['V1: checked(TEXTS[0]) == "tea"', "V1: checked(TEXTS) raises ValueError"],
    ['V1: a = checked("a"); b = checked(a); a == b', 'V1: checked("a") == "a"'],
    ["V1: checked(abs)", "V1: checked(max) raises ValueError"],
]


@pytest.mark.parametrize("rows", BOTH_SIDES)
def test_rows_on_both_sides(tmp_path: Path, rows: list[str]) -> None:
    assert one_sided(tmp_path, *rows) == []


def test_each_end_of_a_range_is_a_bound(tmp_path: Path) -> None:
    three_to_20 = "3 to 20 letters"
    rows = ['V1: checked("tea") == "tea"', 'V1: checked("te") raises ValueError']
    ((_, text),) = one_sided(tmp_path, *rows, v1=three_to_20)
    assert text.endswith("write `V1: …` at 20 and at 21")
    ((_, text),) = one_sided(tmp_path, 'V1: checked("tea") == "tea"', v1=three_to_20)
    assert text.endswith("write `V1: …` at 20 and at 21, and at 2 and at 3")
    rows.append('V1: checked("a" * 21) raises ValueError')
    assert one_sided(tmp_path, *rows, v1=three_to_20) == []


def test_requirements_that_name_one_number_share_their_rows(tmp_path: Path) -> None:
    rows = ['V1: checked("a" * 60) == "a" * 60', 'X1: checked("a" * 61) == "tea"']
    assert one_sided(tmp_path, *rows, x1="a name of more than 60 letters is cut") == []
    assert one_sided(tmp_path, *rows, x1="a name of 61 letters is cut") != []


def test_the_other_side_of_an_error_is_any_row_without_it(tmp_path: Path) -> None:
    longer = "longer than 60, raise ValueError"
    row = 'E1: checked("a" * 61) raises ValueError'
    assert one_sided(tmp_path, row, v1="any", e1=longer) == []
    ((line, text),) = one_sided(tmp_path, 'E1: checked("a") raises ValueError', v1="any", e1=longer)
    assert (line, text.rpartition(" write ")[2]) == (E1, "`E1: …` at 60 and at 61")


def test_a_row_of_another_requirement_may_show_the_other_side(tmp_path: Path) -> None:
    rows = ['V1: checked("a") == "a"', 'X1: checked("a" * 61) == "tea"']
    ((_, text),) = one_sided(tmp_path, *rows)
    assert text.endswith("; let the row on line 24 cite V1, too")
    ((_, text),) = one_sided(tmp_path, *rows, v1="the name has 3 to 60 letters")
    assert text.endswith("; write `V1: …` at 2 and at 3, and let the row on line 24 cite V1, too")
    rows[1] = 'X1: checked("a" * 62) == "tea"'
    ((_, text),) = one_sided(tmp_path, *rows)
    assert text.endswith("; write `V1: …` at 60 and at 61")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("answer(checked).status_code == 422", True),
        ('answer(checked)["status"] == 422', True),
        ('(answer.status, checked("tea")) == (422, "tea")', True),
        ("checked.size == 422", False),
    ],
)
def test_the_code_of_an_answer_measures_nothing(tmp_path: Path, row: str, found: bool) -> None:
    assert bool(one_sided(tmp_path, f"V1: {row}", 'V1: checked("tea") == "tea"')) is found


def test_time_passes_in_no_row(tmp_path: Path) -> None:
    row = 'V1: checked("tea") == "tea"'
    assert one_sided(tmp_path, row, v1="the reserve is there within at most 60 seconds") == []
    given = 'V1: checked("tea", reserve=9) == "tea"'
    assert one_sided(tmp_path, given, v1="the reserve lasts at most 60 seconds") != []


def test_held_out_rows_count(tmp_path: Path) -> None:
    more = 'held_out: |\n  V1: checked("a" * 61) raises ValueError\n'
    assert one_sided(tmp_path, 'V1: checked("a") == "a"', more=more) == []


def test_requirements_without_rows_are_not_judged(tmp_path: Path) -> None:
    assert one_sided(tmp_path) == []


FAULTS = """\
task: Say what is wrong with a password
file: shop/faults.py
exports:
  - "def faults(password: str, name: str, *, size: int = 9) -> list[str]"
validation:
  - V1: {}
  - V2: the name is not part of it
setup: |
  GIVEN = ("correct hors", "ada")
examples: |
{}
"""
TWELVE = "a password has at least 12 letters"
SIZE = "size is at least 1"
LONG_ENOUGH = 'V1: faults("correct hors", "ada") == []'


@pytest.mark.parametrize(
    ("text", "rows", "found"),
    [
        (TWELVE, [LONG_ENOUGH], True),
        ("at least 12 letters", [LONG_ENOUGH], False),
        ("the name has at least 12 letters", [LONG_ENOUGH], True),
        (TWELVE, ['V1: faults(name="ada", password="correct hors") == []'], True),
        (TWELVE, [LONG_ENOUGH, 'V1: faults("correct hor", "ada") == ["short"]'], False),
        (TWELVE, [LONG_ENOUGH, 'V2: faults("ada", "ada") == ["name"]'], False),
        (TWELVE, ["V1: faults(*GIVEN) == []", "V1: faults(GIVEN[0], 'ada') == []"], False),
        (TWELVE, ["V1: faults(name='ada') == []", "V1: faults(name='bob') == []"], False),
        (SIZE, ["V1: faults('ada', 'bob')", "V1: faults('bob', 'ada', size=9)"], True),
        (SIZE, ["V1: faults('ada', 'bob', size=0)", "V1: faults('bob', 'ada', size=9)"], False),
    ],
)
def test_where_there_are_several_arguments_the_one_that_is_meant_counts(
    tmp_path: Path, text: str, rows: list[str], found: bool
) -> None:
    spec = FAULTS.format(text, "\n".join(f"  {row}" for row in rows))
    assert ("W111" in [code for _, _, code, _ in texts(tmp_path, spec)]) is found


@pytest.mark.parametrize(("noun", "found"), [("letters", True), ("words", False)])
def test_lists_have_no_letters(tmp_path: Path, noun: str, found: bool) -> None:
    items = "[" + ", ".join(["''"] * 61) + "]"
    spec = NAME.format(f"the name has at most 60 {noun}", "no name", "a name", "")
    spec += f'  V1: checked("tea") == {items}\n'
    assert ("W111" in [code for _, _, code, _ in texts(tmp_path, spec)]) is found


def test_a_test_may_be_on_the_other_side(tmp_path: Path) -> None:
    spec = NAME.format(MOST, "no name", "a name", '  V1: checked("a") == "a"')
    assert "W111" in [code for _, _, code, _ in texts(tmp_path, spec)]
    test = 'import pytest\n\n\n@pytest.mark.spec("slug/V1")\ndef test_it(): ...\n'
    spec += "tests: tests/test_name.py\n"
    found = texts(tmp_path, spec, {"tests/test_name.py": test})
    assert "W111" not in [code for _, _, code, _ in found]


def test_what_input_may_be_relied_on_needs_no_row_beyond(tmp_path: Path) -> None:
    spec = NAME.format(MOST, "no name", "a name", '  V1: checked("a" * 61) == "a"')
    spec += "input: the name has at least 2 letters\n"
    spec = spec.replace("V2: checked", "I1, V2: checked")
    assert "W111" not in [code for _, _, code, _ in texts(tmp_path, spec)]
