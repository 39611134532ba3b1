"""What the red check tells of rows and tests, from reports alone."""

from dataclasses import replace

import pytest
from happened import ROW, SPEC

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.loop.red import broken_tests, idle_rows, idle_tests, why_not_asked
from specloop.spec.module import Ignored

STUB = "app.double"


def report(*failures: TestFailure, passed: tuple[str, ...] = ()) -> TestReport:
    return TestReport(Verdict.FAILED, passed=passed, failures=failures)


def failure(exception: str, message: str, when: str = "call", node: str = "tests/t.py::test_a"):
    return TestFailure(node, when, exception, message, f"E   {message}")


@pytest.mark.parametrize(
    ("exception", "message", "when"),
    [
        ("ModuleNotFoundError", "No module named 'nowhere'", "collect"),
        ("ModuleNotFoundError", "No module named 'nowhere'", "call"),
        ("ImportError", "cannot import name 'x' from 'json' (json.py)", "collect"),
        ("ImportError", "cannot import name 'x' from 'app.other' (app/other.py)", "collect"),
        ("NameError", "name 'foo' is not defined", "call"),
        ("SyntaxError", "invalid syntax", "collect"),
        ("", "fixture 'absent' not found", "setup"),
    ],
)
def test_what_no_code_could_pass(exception, message, when):
    (broken,) = broken_tests(report(failure(exception, message, when)), {STUB})
    assert broken.node_id == "tests/t.py::test_a"
    assert message in broken.text
    assert "; " in broken.text


@pytest.mark.parametrize(
    ("exception", "message", "when"),
    [
        ("_NoCode", "no code yet", "call"),
        ("_NoCode", "no code yet", "collect"),
        ("AttributeError", "type object 'Color' has no attribute 'RED'", "collect"),
        ("TypeError", "'_Missing' object is not iterable", "collect"),
        ("ImportError", "cannot import name 'x' from 'app.double' (app/double.py)", "collect"),
        ("AssertionError", "assert 1 == 2", "call"),
    ],
)
def test_what_only_code_is_lacking_for(exception, message, when):
    assert broken_tests(report(failure(exception, message, when)), {STUB}) == ()
    assert why_not_asked(SPEC, report(failure(exception, message, when)), STUB) is None


def test_a_row_that_passes_without_code_keeps_the_model_from_being_asked():
    told = report(passed=(ROW,))
    assert [row.source for row in idle_rows(SPEC, told)] == ["double(2) == 4"]
    assert "specs/double.yaml, line 1" in str(why_not_asked(SPEC, told, STUB))


def test_a_spec_may_answer_for_a_row_that_passes_without_code():
    spec = replace(SPEC, ignored=(Ignored("R107", "it documents the constant", 1),))
    assert why_not_asked(spec, report(passed=(ROW,)), STUB) is None


def test_a_persons_test_that_passes_without_code_is_told_once_for_all_parameters():
    told = report(passed=("tests/t.py::test_d[1]", "tests/t.py::test_d[2]", ROW))
    assert idle_tests(SPEC, told) == ("tests/t.py::test_d",)
    assert why_not_asked(SPEC, replace(told, passed=told.passed[:2]), STUB) is None
