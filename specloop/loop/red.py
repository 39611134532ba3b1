"""What the red check tells: tests that need no code, and tests that no code could pass.

The red check runs a suite on a stub of the module, which has the declared exports and in which
nothing works.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.spec.module import ROW_TESTS, ModuleSpec
from specloop.spec.path_rules import is_below
from specloop.spec.row import Row
from specloop.spec.row_tests import row_node_id

PASSES_WITHOUT_CODE = "R107"

_MISSING = re.compile(r"No module named '([\w.]+)'")
_IMPORTED_FROM = re.compile(r"cannot import name .* from '([\w.]+)'")
_DOES_NOT_FIT = re.compile(r"[\w.<>]+\(\) (takes|missing|got (an unexpected|multiple|some)) ")
_TAKES_ALL = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.MULTILINE)
_NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")
# Nothing that is made of stubs raises these, so that a row's own statements do.
_OF_THE_ROW = ("KeyError", "IndexError", "ZeroDivisionError", "FileNotFoundError")


@dataclass(frozen=True, slots=True)
class Broken:
    """A test, or a file of tests, that cannot run whatever the module does; `text` says why."""

    node_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Stubs:
    """What has no code in a red check.

    `modules` are import paths. `takers` are test files that take all names of a module: what is
    undefined there may be in the code, whose exports need not name everything.
    """

    modules: frozenset[str]
    takers: frozenset[str]


def stubs_of(
    modules: Collection[str], specs: Collection[ModuleSpec], tests: Mapping[str, str]
) -> Stubs:
    """From import paths, the specs that are tried, and the texts of a person's test files."""
    takers = {path for path, text in tests.items() if _TAKES_ALL.search(text)}
    takers |= {spec.row_tests_file for spec in specs if not spec.exports}
    return Stubs(frozenset(modules), frozenset(takers))


def idle_rows(spec: ModuleSpec, report: TestReport) -> tuple[Row, ...]:
    """The example rows that pass without any code."""
    passed = set(report.passed)
    return tuple(r for r in (*spec.rows, *spec.held_out) if row_node_id(spec, r) in passed)


def idle_tests(spec: ModuleSpec, report: TestReport) -> tuple[str, ...]:
    """The node ids of a person's tests that pass without any code; of parametrised ones, one."""
    own = (node for node in report.passed if _is_named(node, spec))
    return tuple(dict.fromkeys(node.partition("[")[0] for node in own))


def all_idle(spec: ModuleSpec, report: TestReport) -> bool:
    """Whether everything that would judge the module passes without any code."""
    rows = {row_node_id(spec, row) for row in (*spec.rows, *spec.held_out)}
    named = {node for node in report.collected if _is_named(node, spec)}
    failed = any(_is_named(f.node_id, spec) or f.node_id in rows for f in report.failures)
    return bool(rows or named) and not failed and rows | named <= set(report.passed)


def broken_tests(report: TestReport, stubs: Stubs) -> Iterator[Broken]:
    """What is wrong with the tests themselves."""
    for failure in report.failures:
        if text := _set_up_error(failure, stubs):
            yield Broken(failure.node_id, text)


def empty_tests(spec: ModuleSpec, report: TestReport) -> Iterator[Broken]:
    """What the spec names as tests, and holds none."""
    if report.verdict not in (Verdict.PASSED, Verdict.FAILED):
        return  # it may not have come to collecting them
    known = (*report.collected, *(failure.node_id for failure in report.failures))
    for target in spec.tests:
        if not any(is_below(node, target) for node in known):
            yield Broken(target, "there is no test in it; write one, or remove it from `tests`")


def _set_up_error(failure: TestFailure, stubs: Stubs) -> str:
    """Why the test cannot pass whatever the module does, or ""."""
    return _not_found(failure, stubs) or _wrong(failure)


def _not_found(failure: TestFailure, stubs: Stubs) -> str:
    message = failure.message
    match failure.exception:
        case "ModuleNotFoundError":
            missing = _MISSING.match(message)
            if missing and not _is_of_stub(missing[1], stubs):
                place = "[project] test_packages, or to the dependencies of the spec"
                return f"{message}; add what has it to {place}"
        case "ImportError":
            source = _IMPORTED_FROM.match(message)
            if source and source[1] not in stubs.modules:
                return f"{message}; mend the import"
        case "NameError":
            file = failure.frames[-1].file if failure.frames else _file(failure.node_id)
            if file not in stubs.takers:
                return f"{message}; mend the test, or `setup`"
        case "FixtureLookupError" if failure.when == "setup":
            name = message.strip("(").partition(",")[0]
            return f"there is no fixture {name}; define it in the test file or in a conftest.py"
    return ""


def _wrong(failure: TestFailure) -> str:
    message = failure.message
    match failure.exception, failure.when:
        case "TypeError", _ if _DOES_NOT_FIT.match(message):
            return f"{message}; mend the call, or the signature in `exports`"
        case error, _ if error in _OF_THE_ROW and failure.node_id.startswith(ROW_TESTS):
            return f"{error}: {message}, before the module is called; mend the row, or `setup`"
        case error, "collect" if error in _NO_PYTHON:
            return f"it is not Python: {message}; mend the file"
        case "Skipped", "collect":
            return f"{message}; install what it asks for, or remove it from `tests`"
    return ""


def why_not_asked(spec: ModuleSpec, report: TestReport, stubs: Stubs) -> str | None:
    """Why no model is to be asked about a module whose suite ran on its stub, or None."""
    for broken in (*broken_tests(report, stubs), *empty_tests(spec, report)):
        return f"its tests cannot run, whatever the code: {broken.node_id}: {broken.text}"
    if any(ignored.code == PASSES_WITHOUT_CODE for ignored in spec.ignored):
        return None
    if rows := idle_rows(spec, report):
        lines = ", ".join(str(row.line) for row in rows)
        return (
            f"example rows pass without any code, so they prove nothing ({spec.path}, line "
            f"{lines}); compare what the module returns with something"
        )
    if report.ok:
        return "its tests pass without any code, so they prove nothing"
    return None


def _is_named(node: str, spec: ModuleSpec) -> bool:
    return any(is_below(node, target) for target in spec.tests)


def _is_of_stub(name: str, stubs: Stubs) -> bool:
    """Whether a module is a stub, or below one: code may have what a stub has not."""
    return any(name == stub or name.startswith(f"{stub}.") for stub in stubs.modules)


def _file(node: str) -> str:
    return node.partition("::")[0]
