from datetime import date
from pathlib import Path

from small_project import SLUG, TEXT, Make

from specloop.errors import Finding
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.read import read_sources

TODAY = date(2027, 1, 31)
CODES = {"W101", "W102", "W103", "W104", "W105"}


def _warnings(make: Make, changes: dict[str, str | bytes]) -> list[tuple[str, int, str]]:
    return [(finding.path, finding.line, finding.code) for finding in found(make(changes))]


def found(root: Path) -> tuple[Finding, ...]:
    """What the rules on shape and coverage find; the small project is no model for the others."""
    sources = read_sources(root)
    findings = without_ignored(lint(sources, TODAY), sources.project)
    return tuple(finding for finding in findings if finding.code in CODES)


def test_nothing_to_say(make: Make) -> None:
    assert _warnings(make, {}) == []


def test_no_exports(make: Make) -> None:
    text = TEXT.replace('exports: "def clean(text: str) -> str"\n', "exports: none\n")
    assert _warnings(make, {"specs/text.yaml": text}) == [("specs/text.yaml", 1, "W101")]


def test_no_requirements(make: Make) -> None:
    text = TEXT.replace("output: no blank at either end", "output: none")
    tests = {"tests/test_text.py": "def test_it(): ...\n"}
    assert _warnings(make, {"specs/text.yaml": text, **tests}) == [("specs/text.yaml", 1, "W102")]


def test_requirement_that_nothing_checks(make: Make) -> None:
    text = SLUG.replace("V1, V2:", "V1:")
    assert _warnings(make, {"specs/slug.yaml": text}) == [("specs/slug.yaml", 8, "W103")]
    test = "@pytest.mark.spec('slug/V2')\ndef test_all(): ...\n"
    integration = {"tests/integration/test_all.py": test}
    assert _warnings(make, {"specs/slug.yaml": text, **integration}) == []


def test_test_that_cites_what_is_not_there(make: Make) -> None:
    mark = "import pytest\n\n\n@pytest.mark.spec({})\ndef test_it(): ...\n"
    tests = mark.format('"text/O1", "text/O2"')
    root = make({"tests/test_text.py": tests})
    (warning,) = found(root)
    assert (warning.path, warning.line, warning.code) == ("tests/test_text.py", 4, "W104")
    assert "did you mean 'text/O1'?" in warning.text


def test_requirement_of_which_a_model_sees_no_row(make: Make) -> None:
    text = SLUG.replace("V1, V2:", "V1:") + "held_out: |\n  V2: len(slugify('a' * 99)) == 60\n"
    assert _warnings(make, {"specs/slug.yaml": text}) == [("specs/slug.yaml", 8, "W105")]
