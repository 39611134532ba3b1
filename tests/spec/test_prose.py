"""Marks of open points, and words that only look like one."""

import pytest
from small_project import SLUG, Make, found_in

from specloop.spec.read import read_project

ITEM = 7


def _with_item(text: str) -> dict[str, str | bytes]:
    quoted = text.replace("'", "''")
    return {"specs/slug.yaml": SLUG.replace("V1: no hyphen at either end", f"'V1: {quoted}'")}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("TBD", "TBD"),
        ("the length is TBD, at most 60", "TBD"),
        ("TODO", "TODO"),
        ("TODO: how long may it be", "TODO"),
        ("no hyphen, TODO(shop): which one", "TODO"),
        ("TODO ask the shop", "TODO"),
        ("the length is TODO", "TODO"),
        ("at most 60 characters (TODO)", "TODO"),
        ("at most 60 characters. TODO", "TODO"),
        ("FIXME at most 60", "FIXME"),
        ("XXX", "XXX"),
        ("XXX: at most 60", "XXX"),
        ("at most 60, XXX", "XXX"),
        ("at most ??? characters", "???"),
        ("???", "???"),
        ("to be defined", "to be defined"),
        ("the length is to be decided", "to be decided"),
        ("at most 60 characters (to be clarified)", "to be clarified"),
        ("the length is still to be determined.", "to be determined"),
        ("the length, to be decided", "to be decided"),
        ("at most [NEEDS CLARIFICATION: how many] characters", "NEEDS CLARIFICATION"),
    ],
)
def test_open_point(make: Make, text: str, mark: str) -> None:
    (found,) = found_in(make(_with_item(text)))
    assert (found.path, found.line, found.code) == ("specs/slug.yaml", ITEM, "S109")
    assert f"a point is open ({mark})" in found.text


@pytest.mark.parametrize(
    "text",
    [
        "TODO items are kept",
        "TODO lists are empty at first",
        "a TODO has a title",
        "it returns the TODO",
        "todo",
        "a title such as XXX-123",
        "XXXL is a size",
        "what is it? why?? no",
        "the text `TBD` is kept",
        'the text "TODO: buy milk" is kept',
        "TBDs are no word",
        "the points that are to be decided",
        "what is to be decided",
        "a term to be defined",
        "the name is to be defined by the caller",
        "it has to be defined",
    ],
)
def test_no_open_point(make: Make, text: str) -> None:
    read_project(make(_with_item(text)))


def test_open_point_in_a_block_has_its_own_line(make: Make) -> None:
    text = SLUG.replace("task: Turn a title into a slug", "task: |\n  Slugs\n\n  TODO: how long?")
    (found,) = found_in(make({"specs/slug.yaml": text}))
    assert (found.line, found.code) == (4, "S109")


def test_open_point_under_any_key_of_prose(make: Make) -> None:
    text = SLUG.replace("Follow PEP 8", "TBD").replace("nothing is left of the title", "TODO")
    found = found_in(make({"specs/slug.yaml": text}))
    assert [(each.line, each.code) for each in found] == [(10, "S109"), (13, "S109")]


def test_python_may_hold_marks(make: Make) -> None:
    text = SLUG.replace('TITLE = "a"', 'TITLE = "a"  # TODO: more of them')
    project = read_project(make({"specs/slug.yaml": text}))
    assert "TODO" in project.module("slug").setup
