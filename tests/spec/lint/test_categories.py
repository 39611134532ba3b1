"""What a spec does not mention at all, and signatures without types."""

from pathlib import Path

import pytest
from subjects import texts

from specloop.spec.lint.rules import RULES

CODES = ("A101", "A102", "A103", "A104", "A105", "A106", "A107")
PRICE = """\
task: Show a price in a shop
file: shop/price.py
exports:
  - "def shown(cents: int) -> str"
requirements:
  input:
    - I1: cents is any whole number
  output:
    - O1: the price in euros
  error_handling: none
  edge_cases: []
  logging: none
dependencies: []
examples: |
  I1, O1: shown(1) == "0.01"
"""
LISTS = {
    "A101": "  input:\n    - I1: cents is any whole number\n",
    "A102": "  output:\n    - O1: the price in euros\n",
    "A103": "  error_handling: none\n",
    "A104": "  edge_cases: []\n",
    "A105": "  logging: none\n",
}
ROW = "I1, O1: shown(1)"


def _advice(root: Path, spec: str) -> list[tuple[int, str, str]]:
    """Line, code and text of the advice that is given."""
    return [found[1:] for found in texts(root, spec) if found[2] in CODES]


def _codes(root: Path, spec: str) -> list[tuple[int, str]]:
    return [(line, code) for line, code, _ in _advice(root, spec)]


def _without(code: str) -> str:
    """The spec without one of its lists, and with rows for the others only."""
    assert LISTS[code] in PRICE
    ids = {"A101": "O1: shown(1)", "A102": "I1: shown(1)"}.get(code, ROW)
    return PRICE.replace(LISTS[code], "").replace(ROW, ids)


def _exporting(export: str) -> str:
    """The spec with another export, that says nothing of what it takes and gives."""
    text = PRICE.replace(LISTS["A101"], "").replace(LISTS["A102"], "  validation: [V1: it holds]\n")
    return text.replace('"def shown(cents: int) -> str"', export).replace(ROW, "V1: shown(1)")


def test_nothing_to_say(tmp_path: Path) -> None:
    assert _codes(tmp_path, PRICE) == []
    assert {RULES[code].level for code in CODES} == {"advice"}


@pytest.mark.parametrize("code", LISTS)
def test_list_that_is_not_mentioned(tmp_path: Path, code: str) -> None:
    key = LISTS[code].split(":")[0].strip()
    ((line, found, text),) = _advice(tmp_path, _without(code))
    assert (line, found) == (5, code)
    assert text.startswith(f"`{key}` is not mentioned")
    assert text.endswith(f"write `{key}: none`")


def test_dependencies_that_are_not_mentioned(tmp_path: Path) -> None:
    ((line, code, text),) = _advice(tmp_path, PRICE.replace("dependencies: []\n", ""))
    assert (line, code) == (1, "A106")
    assert "`dependencies: []`" in text


def test_requirements_that_are_not_there_at_all(tmp_path: Path) -> None:
    text = 'task: Show a price\nfile: shop/price.py\nexamples: "I1: shown(1)"\n'
    assert _codes(tmp_path, text + "validation: none\ninput: a whole number\n") == [
        (1, "A102"),
        (1, "A103"),
        (1, "A104"),
        (1, "A105"),
        (1, "A106"),
    ]


def test_lists_at_the_top_level(tmp_path: Path) -> None:
    lists = "".join(LISTS.values())
    top = "".join(line.removeprefix("  ") for line in lists.splitlines(keepends=True))
    assert _codes(tmp_path, PRICE.replace(f"requirements:\n{lists}", top)) == []


def test_requirements_as_a_list_of_mappings(tmp_path: Path) -> None:
    text = PRICE
    for part in LISTS.values():
        text = text.replace(part, f"  - {part.strip()}\n".replace("\n    - I", "\n      - I"))
    text = text.replace("\n    - O1", "\n      - O1")
    assert "\n  - input:\n      - I1" in text
    assert _codes(tmp_path, text) == []
    assert _codes(tmp_path, text.replace("  - logging: none\n", "")) == [(5, "A105")]


def test_lists_in_both_places(tmp_path: Path) -> None:
    text = _without("A105") + "logging: none\n"
    assert _codes(tmp_path, text) == []


BOTH, OUTPUT, NEITHER = ["A101", "A102"], ["A102"], []


@pytest.mark.parametrize(
    ("export", "codes"),
    [
        ("none", BOTH),
        ("'def shown(cents: int) -> str'", BOTH),
        ("'def shown(*, cents: int) -> str'", BOTH),
        ("'def shown(*cents: int) -> str'", BOTH),
        ("'class Price: cents: int'", BOTH),
        ("'def today() -> str'", OUTPUT),
        ("'RATES: dict[str, int]'", OUTPUT),
        ("class PriceError(Exception)", NEITHER),
        ("|\n    class PriceError(Exception):\n        pass", NEITHER),
        ("|\n    class Clock:\n        def now(self) -> str", OUTPUT),
        ("|\n    class Clock:\n        def at(self, hour: int) -> str", BOTH),
        ("|\n    class Colour(Enum):\n        RED = 1", OUTPUT),
        ("class PriceError(Exception)\n  - 'def today() -> str'", OUTPUT),
    ],
)
def test_input_and_output_of_what_is_exported(
    tmp_path: Path, export: str, codes: list[str]
) -> None:
    assert _codes(tmp_path, _exporting(export)) == [
        (5 + export.count("\n"), code) for code in codes
    ]


# (an export, the names in the message)
UNTYPED = [
    ("'def shown(cents) -> str'", "'shown' has no type for 'cents'; "),
    ("'def shown(cents: int)'", "'shown' has no type for what it returns; "),
    ("'async def shown(cents, *, rate)'", "for 'cents', 'rate', what it returns; "),
    ("'def shown(cents, /, rate: int) -> str'", "for 'cents'; "),
    ("|\n    class Shop:\n        def add(self, cents: int)", "'Shop.add' has no type for what"),
    ("|\n    class Shop:\n        def __init__(self, name)", "'Shop.__init__' has no type for 'n"),
    ("|\n    class Shop:\n        @classmethod\n        def of(cls, name) -> Shop", "for 'name'; "),
]


@pytest.mark.parametrize(("export", "piece"), UNTYPED)
def test_export_without_types(tmp_path: Path, export: str, piece: str) -> None:
    spec = PRICE.replace('"def shown(cents: int) -> str"', export)
    ((line, code, text),) = _advice(tmp_path, spec)
    assert (line, code) == (4 + export.startswith("|"), "A107")
    assert piece in text


@pytest.mark.parametrize(
    "export",
    [
        "'RATE: int'",
        "'def shown(*args, **kwargs) -> str'",
        "'def shown(cents: int = 0, *, rate: \"int | None\" = None) -> str'",
        "class Price",
        "|\n    class Price:\n        cents: int\n        currency = 'EUR'",
        "|\n    class Shop:\n        def __init__(self, name: str)",
        "|\n    class Shop:\n        def __init__(self)",
        "|\n    class Shop:\n        @classmethod\n        def of(cls, name: str) -> Shop",
        "|\n    class Shop:\n        async def add(self, *args, cents: int) -> None",
    ],
)
def test_export_with_types(tmp_path: Path, export: str) -> None:
    assert _codes(tmp_path, PRICE.replace('"def shown(cents: int) -> str"', export)) == []
