"""What the red check tells of rows and tests, from reports alone."""

from dataclasses import replace

import pytest
from happened import ROW, SPEC

from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict
from specloop.loop.red import (
    all_idle,
    broken_tests,
    empty_tests,
    idle_rows,
    idle_tests,
    stubs_of,
    why_not_asked,
)
from specloop.spec.module import Ignored

STUBS = stubs_of(
    ["app.double"], [SPEC], {"tests/t.py": "", "tests/star.py": "from app.double import *\n"}
)
TESTED = replace(SPEC, tests=("tests/t.py",))


def report(*failures: TestFailure, passed: tuple[str, ...] = ()) -> TestReport:
    return TestReport(Verdict.FAILED, passed=passed, failures=failures)


def failure(
    exception: str,
    message: str,
    when: str = "call",
    node: str = "tests/t.py::test_a",
    file: str = "",
):
    shown = f">   the line that failed: fixture 'shown' not found\nE   {message}"
    frames = (Frame(file, 3),) if file else ()
    return TestFailure(node, when, exception, message, shown, frames)


@pytest.mark.parametrize(
    ("exception", "message", "when"),
    [
        ("ModuleNotFoundError", "No module named 'nowhere'", "collect"),
        ("ModuleNotFoundError", "No module named 'nowhere'", "call"),
        ("ImportError", "cannot import name 'x' from 'json' (json.py)", "collect"),
        ("ImportError", "cannot import name 'x' from 'other.app' (other/app.py)", "collect"),
        ("NameError", "name 'foo' is not defined", "call"),
        ("SyntaxError", "invalid syntax", "collect"),
        ("IndentationError", "unexpected indent", "collect"),
        ("FixtureLookupError", "('absent', <FixtureRequest>)", "setup"),
        ("Skipped", "the test set itself aside instead of passing: no nowhere", "collect"),
        ("TypeError", "double() takes 1 positional argument but 2 were given", "call"),
        ("TypeError", "double() got an unexpected keyword argument 'm'", "call"),
    ],
)
def test_what_no_code_could_pass(exception, message, when):
    told = report(failure(exception, message, when))
    (broken,) = broken_tests(told, STUBS)
    assert broken.node_id == "tests/t.py::test_a"
    assert "; " in broken.text
    assert str(why_not_asked(TESTED, told, STUBS)).endswith(broken.text)


@pytest.mark.parametrize(
    ("exception", "message", "when"),
    [
        ("_NoCode", "no code yet", "call"),
        ("_NoCode", "no code yet", "collect"),
        ("AttributeError", "type object 'Color' has no attribute 'RED'", "collect"),
        ("TypeError", "'_Missing' object is not iterable", "collect"),
        ("ImportError", "cannot import name 'x' from 'app.double' (app/double.py)", "collect"),
        ("AssertionError", "assert 1 == 2", "call"),
        ("AssertionError", "fixture 'z' not found", "call"),
        ("SyntaxError", "invalid syntax", "call"),
        ("ModuleNotFoundError", "the person's own words", "call"),
        ("ModuleNotFoundError", "No module named 'app.double.more'", "collect"),
        ("Skipped", "the test set itself aside instead of passing: later", "call"),
        ("TypeError", "unsupported operand type(s)", "call"),
        ("TypeError", "Big.__init__() takes from 1 to 2 positional arguments", "call"),
        ("TypeError", "double.__init__() missing 1 required positional argument", "call"),
        ("FixtureLookupError", "('double', <FixtureRequest>)", "setup"),
        ("ImportError", "cannot import name 'x' from 'app' (app/__init__.py)", "collect"),
        ("KeyError", "'a'", "call"),
        ("ValueError", "Expected a BaseException type, but got 'AlreadyTaken'", "call"),
    ],
)
def test_what_only_code_is_lacking_for(exception, message, when):
    told = report(failure(exception, message, when))
    assert list(broken_tests(told, STUBS)) == []
    assert why_not_asked(TESTED, told, STUBS) is None


def test_a_name_may_come_from_a_module_of_which_all_names_are_taken():
    open_spec = replace(SPEC, exports=())
    stubs = stubs_of(["app.double"], [open_spec], {})
    undefined = failure(
        "NameError", "name 'more' is not defined", node=ROW, file=ROW.split("::")[0]
    )
    assert list(broken_tests(report(undefined), stubs)) == []
    assert len(list(broken_tests(report(undefined), STUBS))) == 1
    starred = failure("NameError", "name 'more' is not defined", file="tests/star.py")
    assert list(broken_tests(report(starred), STUBS)) == []


@pytest.mark.parametrize("node", ["tests/conftest.py", "tests"])
def test_a_folder_that_could_not_be_read_is_not_empty(node):
    told = report(failure("_NoCode", "no code yet", "collect", node=node))
    assert list(empty_tests(TESTED, told)) == []


def test_a_spec_may_answer_for_tests_that_cannot_run():
    spec = replace(TESTED, ignored=(Ignored("S122", "it is installed there", 1),))
    told = report(failure("ModuleNotFoundError", "No module named 'nowhere'"))
    assert why_not_asked(spec, told, STUBS) is None


def test_a_file_without_a_test_is_the_persons_fault():
    told = report(failure("_NoCode", "no code yet", node=ROW))
    (broken,) = empty_tests(TESTED, told)
    assert broken.node_id == "tests/t.py"
    assert "no test" in str(why_not_asked(TESTED, told, STUBS))


def test_a_row_that_passes_without_code_keeps_the_model_from_being_asked():
    told = report(passed=(ROW,))
    assert [row.source for row in idle_rows(SPEC, told)] == ["double(2) == 4"]
    assert "specs/double.yaml, line 1" in str(why_not_asked(SPEC, told, STUBS))


def test_a_spec_may_answer_for_a_row_that_passes_without_code():
    spec = replace(SPEC, ignored=(Ignored("R107", "it documents the constant", 1),))
    assert why_not_asked(spec, report(passed=(ROW,)), STUBS) is None


def test_a_persons_test_that_passes_without_code_is_told_once_for_all_parameters():
    nodes = ("tests/t.py::test_d[1]", "tests/t.py::test_d[2]")
    told = replace(report(passed=nodes), collected=(*nodes, ROW))
    assert idle_tests(TESTED, told) == ("tests/t.py::test_d",)
    assert why_not_asked(TESTED, told, STUBS) is None
    assert not all_idle(TESTED, told)
    assert all_idle(replace(TESTED, rows=()), told)
