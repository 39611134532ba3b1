"""Prohibitions, and rows that hold where there is nothing at all."""

from pathlib import Path

import pytest
from subjects import SPEC, texts

LABEL = """\
task: Print the label of a parcel
file: shop/label.py
exports:
  - "def label(order: dict[str, str]) -> str"
validation:
  - V1: {}
setup: |
  ORDER = {{"name": "Tea", "card": "4711"}}
examples: |
{}
"""
LINE = 6
NEVER = "the label never shows the number of a card"


def only_absence(root: Path, *rows: str, v1: str = NEVER) -> list[tuple[int, str]]:
    found = texts(root, LABEL.format(v1, "\n".join(f"  V1: {row}" for row in rows)))
    assert {path for path, *_ in found} <= {SPEC}
    return [(line, text) for _, line, code, text in found if code == "W112"]


HOLD_FOR_NOTHING = [
    '"4711" not in label(ORDER)',
    'text = label(ORDER); "4711" not in text',
    "not label(ORDER)",
    "not label(ORDER).isdigit()",
    "not ('4711' in label(ORDER))",
    "label(ORDER) is None",
    "label(ORDER) == None",
    "label(ORDER) == ''",
    "[] == label(ORDER)",
    "len(label(ORDER)) == 0",
    "len(label(ORDER)) <= 20",
    "20 > len(label(ORDER))",
    "label(ORDER) != ORDER['card']",
    "label(ORDER) is not ORDER",
    "label(ORDER) != 'a' and '4711' not in label(ORDER)",
    "'Tea' in label(ORDER) or '4711' not in label(ORDER)",
    "all(word != '4711' for word in label(ORDER).split())",
    "all([word == 'Tea' for word in label(ORDER).split()])",
    "set(label(ORDER)).isdisjoint('4711')",
    "text = label(ORDER); assert '4711' not in text; '47' not in text",
]


@pytest.mark.parametrize("row", HOLD_FOR_NOTHING)
def test_row_that_holds_for_nothing(tmp_path: Path, row: str) -> None:
    ((line, text),) = only_absence(tmp_path, row)
    assert line == LINE
    assert "say in one of them what is there as well" in text
    assert text.endswith(", as in `label(ORDER) == …`")


SAY_WHAT_IS_THERE = [
    '"Tea" in label(ORDER) and "4711" not in label(ORDER)',
    'label(ORDER) == "Tea"',
    "label(ORDER) is False",
    "label(ORDER)",
    "label(ORDER) is not None",
    "label(ORDER) != ''",
    "not label(ORDER) == ''",
    "not ('4711' not in label(ORDER))",
    "not set(label(ORDER)).isdisjoint('Tea')",
    "len(label(ORDER)) == 3",
    "0 < len(label(ORDER)) <= 20",
    "len(label(ORDER)) >= 3",
    "label(ORDER) < 'U'",
    "'Tea' in label(ORDER) or label(ORDER) == 'tea'",
    "all('Tea' in text for text in ORDER)",
    "any(word != '4711' for word in label(ORDER).split())",
    "text = label(ORDER); assert 'Tea' in text; '4711' not in text",
    "label(ORDER) raises ValueError",
    'label(ORDER) logs INFO "Tea"',
]


@pytest.mark.parametrize("row", SAY_WHAT_IS_THERE)
def test_row_that_says_what_is_there(tmp_path: Path, row: str) -> None:
    assert only_absence(tmp_path, row) == []


def test_one_row_that_says_it_is_enough(tmp_path: Path) -> None:
    rows = ['"4711" not in label(ORDER)', '"471" not in label(ORDER)']
    assert len(only_absence(tmp_path, *rows)) == 1
    assert only_absence(tmp_path, *rows, 'label(ORDER) == "Tea"') == []


@pytest.mark.parametrize(
    "text",
    [
        "no card is shown",
        "a card must not be shown",
        "a card isn't shown",
        "a card cannot be seen",
        "it comes without the card",
        "neither card nor code are shown",
        "the card never stands for a line that is empty",
        "no empty line is shown",
        "the label is not empty",
    ],
)
def test_words_that_forbid(tmp_path: Path, text: str) -> None:
    assert only_absence(tmp_path, '"4711" not in label(ORDER)', v1=text)


@pytest.mark.parametrize(
    "text",
    [
        "the label shows the name alone",
        "no such order, None is returned",
        "for an order with no name the label is empty",
        "an order without lines gives []",
        "a note is shown in each line",
        "label gives nothing back",
        "no name gives an empty label",
        "no order gives no label",
    ],
)
def test_no_prohibition_or_nothing_is_asked_for(tmp_path: Path, text: str) -> None:
    assert only_absence(tmp_path, "not label(ORDER)", v1=text) == []


# (a row of V1, a row of V2, whether both look at the same result)
SAME_RESULT = [
    ('"4711" not in label(ORDER)', 'label(ORDER) == "Tea"', True),
    ('text = label(ORDER); "4711" not in text.lower()', "'Tea' in label(ORDER).split()", True),
    ('"4711" not in label(ORDER)', 'label({}) == ""', False),
    ('"4711" not in label(ORDER)', 'label({"name": "Cup"}) == "Cup"', False),
    ('"4711" not in label(ORDER)', "label(ORDER) raises ValueError", False),
    ('"4711" not in label(ORDER)', "len(label(ORDER)) < 9", False),
    ('"DK" not in ORDER', 'ORDER["name"] == "Tea"', True),
    ('"DK" not in ORDER', 'label(ORDER) == "Tea"', False),
    ("'DK' not in Order().lines()", "Order().total == 3", False),
    ("o = Order(); 'DK' not in o.lines()", "o = Order(); o.total == 3", False),
    ("'DK' not in ORDER.lines()", "ORDER.total() == 3", False),
    ("all(word != '4711' for word in label(ORDER))", "any(word for word in label({}))", False),
]


@pytest.mark.parametrize(("forbidden", "shown", "same"), SAME_RESULT)
def test_another_row_may_say_what_is_there(
    tmp_path: Path, forbidden: str, shown: str, same: bool
) -> None:
    spec = LABEL.format(NEVER, f"  V1: {forbidden}\n  V2: {shown}")
    found = texts(tmp_path, spec.replace("setup:", "  - V2: the name\nsetup:"))
    assert ("W112" not in [code for _, _, code, _ in found]) is same


def test_requirements_without_rows_are_not_judged(tmp_path: Path) -> None:
    spec = LABEL.format(NEVER, '  V2: label(ORDER) == "Tea"')
    found = texts(tmp_path, spec.replace("setup:", "  - V2: the name\nsetup:"))
    assert "W112" not in [code for _, _, code, _ in found]


def test_a_test_may_say_more(tmp_path: Path) -> None:
    spec = LABEL.format(NEVER, "  V1: not label(ORDER)") + "tests: tests/test_label.py\n"
    test = 'import pytest\n\n\n@pytest.mark.spec("slug/{}")\ndef test_it(): ...\n'
    for id_, expected in (("V1", False), ("V9", True)):
        found = texts(tmp_path, spec, {"tests/test_label.py": test.format(id_)})
        assert ("W112" in [code for _, _, code, _ in found]) is expected


def test_held_out_rows_count(tmp_path: Path) -> None:
    spec = LABEL.format(NEVER, "  V1: not label(ORDER)")
    assert "W112" in [code for _, _, code, _ in texts(tmp_path, spec)]
    spec += "held_out: 'V1: label(ORDER) == \"Tea\"'\n"
    assert "W112" not in [code for _, _, code, _ in texts(tmp_path, spec)]


ADDRESS = """\
task: Check an address
file: shop/address.py
exports:
  - |
    class Address:
        valid: bool
        def is_home(self) -> bool
  - "def is_address(text: str) -> {}"
validation:
  - V1: {}
  - V2: a street and a number
examples: |
  V1: {}
  V2: {}
"""


@pytest.mark.parametrize(
    ("gives", "forbidden", "shown", "found"),
    [
        ("bool", 'not is_address("Mill Lane")', 'is_address("Mill Lane 3")', False),
        ("bool", 'not is_address("Mill Lane")', "not is_address('3')", True),
        ("bool", 'not is_address("Mill Lane")', 'is_address("a") raises ValueError', True),
        ("str", 'not is_address("Mill Lane")', 'is_address("Mill Lane 3")', True),
        ("str", 'not Address("a").is_home()', 'Address("b").is_home()', False),
        ("str", 'not Address("a").valid', 'Address("b").valid', False),
    ],
)
def test_a_predicate_says_no_as_well_as_yes(
    tmp_path: Path, gives: str, forbidden: str, shown: str, found: bool
) -> None:
    spec = ADDRESS.format(gives, "never without a number", forbidden, shown)
    assert ("W112" in [code for _, _, code, _ in texts(tmp_path, spec)]) is found


@pytest.mark.parametrize(("shown", "found"), [('is_address("b") == "b"', False), ("valid", True)])
def test_where_nothing_else_is_asked_for_any_result_is_enough(
    tmp_path: Path, shown: str, found: bool
) -> None:
    spec = ADDRESS.format("str", "nothing else is shown", 'out = is_address("a"); not out', shown)
    assert ("W112" in [code for _, _, code, _ in texts(tmp_path, spec)]) is found
