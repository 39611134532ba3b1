"""Keys that are missing because they were misspelt, and tabs: one finding that says so."""

import pytest
from small_project import SLUG, TOML, Make, found_in


@pytest.mark.parametrize(
    ("old", "new", "line", "piece"),
    [
        ("task:", "tasks:", 1, "unknown key 'tasks'; did you mean 'task'?"),
        ("task:", "Task:", 1, "did you mean 'task'?"),
        ("file:", "files:", 2, "unknown key 'files'; did you mean 'file'?"),
        ("style:", "form: x\nstyle:", 12, "did you mean 'from'?"),
    ],
)
def test_misspelt_key_of_a_spec(make: Make, old: str, new: str, line: int, piece: str) -> None:
    (found,) = found_in(make({"specs/slug.yaml": SLUG.replace(old, new, 1)}))
    assert (found.path, found.line, found.code) == ("specs/slug.yaml", line, "S106")
    assert piece in found.text


def test_misspelt_key_of_a_project(make: Make) -> None:
    (found,) = found_in(make({"project.toml": TOML.replace("name = ", "nane = ", 1)}))
    assert (found.line, found.code) == (2, "P102")
    assert "did you mean 'name'?" in found.text


def test_key_that_is_missing_and_another_that_is_unknown(make: Make) -> None:
    text = SLUG.replace("task: Turn a title into a slug", "purpose: Slugs").replace("file:", "fil:")
    found = found_in(make({"specs/slug.yaml": text}))
    assert [(each.line, each.code) for each in found] == [(1, "S106"), (1, "S107"), (2, "S106")]
    assert "the key 'task' is missing" in found[1].text


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("  validation:", "\tvalidation:", 6), ("task: ", "task:\t", 1), ("    - at", "\t\t- at", 8)],
)
def test_tab(make: Make, old: str, new: str, line: int) -> None:
    (found,) = found_in(make({"specs/slug.yaml": SLUG.replace(old, new, 1)}))
    assert (found.line, found.code) == (line, "S101")
    assert "indent with blanks, not tabs" in found.text
