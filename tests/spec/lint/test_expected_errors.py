"""Rows that wait for an exception, held against what their requirements say is raised."""

from pathlib import Path

import pytest
from subjects import SPEC, texts

STOCK = """\
task: Keep the stock of a shop
file: shop/stock.py
exports:
  - "def take(name: str, count: int = 1) -> int"
  - "class Unknown(LookupError): ..."
  - "class Gone(Unknown): ..."
  - "class Bare: ..."
error_handling:
  - E1: '{}'
  - E2: a count of 0 is too little
setup: |
  from elsewhere import Foreign
  class Own(ValueError): pass
examples: |
  {}
"""
LINE = 15


def doubts(root: Path, requirement: str, row: str) -> list[tuple[int, str]]:
    everything = texts(root, STOCK.format(requirement, row))
    assert {path for path, *_ in everything} <= {SPEC}
    return [(line, text) for _, line, code, text in everything if code == "W122"]


OTHER = [
    ("no such name, raise KeyError", "E1: take('x') raises ValueError", "KeyError", "ValueError"),
    ("no such name: Unknown is raised", "E1: take('x') raises OSError", "Unknown", "OSError"),
    ("no such name, raise Gone", "E1, E2: take('x') raises ValueError", "Gone", "ValueError"),
    ("no name, raise KeyError", "E1: take('') raises Unknown", "KeyError", "Unknown"),
    ("no such name, raise Own", "E1: take('x') raises Unknown", "Own", "Unknown"),
    ("no name, raise OSError", "E1: take('') raises Own 'text'", "OSError", "Own"),
]


@pytest.mark.parametrize(("requirement", "row", "named", "raised"), OTHER)
def test_another_exception(
    tmp_path: Path, requirement: str, row: str, named: str, raised: str
) -> None:
    ids = row.partition(":")[0]
    text = f"{ids} names {named!r}, and the row expects {raised!r}; mend one"
    assert doubts(tmp_path, requirement, row) == [(LINE, text)]


def test_another_message(tmp_path: Path) -> None:
    row = "E1: take('') raises ValueError 'no name'"
    text = "E1 has the message 'empty name', and the row expects 'no name'; take words out of the"
    found = doubts(tmp_path, 'no name, raise ValueError("empty name")', row)
    assert found == [(LINE, f"{text} message")]


@pytest.mark.parametrize("name", ["Exception", "BaseException"])
def test_any_exception(tmp_path: Path, name: str) -> None:
    text = f"any fault of the code raises {name!r}; name the exception that is meant"
    found = doubts(tmp_path, "no name, raise ValueError", f"E1: take('') raises {name}")
    assert found == [(LINE, text)]


FITTING = [
    ("no name, raise ValueError", "E1: take('') raises ValueError"),
    ("no name, raise ValueError", "E1: take('') raises UnicodeError"),  # a subclass of it
    ("no name, raise KeyError", "E1: take('x') raises LookupError"),
    ("no name, raise Gone", "E1: take('x') raises LookupError"),
    ("no name, raise OSError", "E1: take('x') raises IOError"),
    ("no name, raise KeyError or ValueError", "E1: take('x') raises TypeError"),
    ("no name, raise ValueError", "E1: take('') raises Foreign"),  # may be a ValueError
    ("no name, raise ValueError", "E1: take('') raises Bare"),
    ("no name, raise Foreign", "E1: take('') raises ValueError"),
    ("on OSError the row is tried again, then it fails", "E1: take('') raises TimeoutError"),
    ("never a KeyError", "E1: take('x') raises ValueError"),
    ("no name is an error", "E1: take('') raises ValueError"),
    ("Warning: no name is an error", "E1: take('') raises ValueError"),
    ("ValueErrors are grouped", "E1: take('') raises TypeError"),
    ("each fault, a ValueError, is in a group", "E1: take('') raises ExceptionGroup"),
    ("whatever Exception a hook raises goes on", "E1: take('') raises Exception"),
    ("no name is an error", "E1: take('') raises Exception 'name'"),
    ('no name, raise ValueError("empty name")', "E1: take('') raises ValueError 'empty'"),
    ('no name, raise ValueError("empty name")', "E1: take('') raises ValueError"),
    ('no such name, raise KeyError("x y")', '''E1: take('x y') raises KeyError "'x y'"'''),
    ('no such name, raise ValueError("no {name}")', "E1: take('x') raises ValueError 'no x'"),
    ("no name, raise ValueError(name)", "E1: take('x') raises ValueError 'x'"),
    ("no name, raise ValueError", "E1: take('x') == 1"),
]


@pytest.mark.parametrize(("requirement", "row"), FITTING)
def test_nothing_is_said(tmp_path: Path, requirement: str, row: str) -> None:
    assert doubts(tmp_path, requirement, row) == []
