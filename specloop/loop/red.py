"""What the red check tells: tests that need no code, and tests that no code could pass.

The red check runs a suite on a stub of the module, which has the declared exports and in which
nothing works.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.spec.module import ModuleSpec
from specloop.spec.path_rules import is_below
from specloop.spec.row import Row
from specloop.spec.row_tests import row_node_id

PASSES_WITHOUT_CODE = "R107"
BROKEN_TESTS = "S122"

_MISSING = re.compile(r"No module named '([\w.]+)'")
_IMPORTED_FROM = re.compile(r"cannot import name .* from '([\w.]+)'")
_DOES_NOT_FIT = re.compile(
    r"(\w+)(?:\.\w+)*(?:\.__init__\(\) (?:takes|got)|(?<!__init__)\(\) (?:takes|missing|got)) "
)
_TAKES_ALL = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.MULTILINE)
_NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")


@dataclass(frozen=True, slots=True)
class Broken:
    """A test, or a file of tests, that cannot run whatever the module does; `text` says why."""

    node_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Stubs:
    """What has no code in a red check.

    `modules` are import paths, `exports` the names that the specs declare. `plain` are test files
    that take no module's names all at once: what is undefined elsewhere may be in the code, whose
    exports need not name everything.
    """

    modules: frozenset[str]
    exports: frozenset[str]
    plain: frozenset[str]

    @property
    def packages(self) -> frozenset[str]:
        """The top-level packages of the modules."""
        return frozenset(module.partition(".")[0] for module in self.modules)


def stubs_of(
    modules: Collection[str], specs: Collection[ModuleSpec], tests: Mapping[str, str]
) -> Stubs:
    """From import paths, the specs that are tried, and the texts of a person's test files."""
    plain = {path for path, text in tests.items() if not _TAKES_ALL.search(text)}
    plain |= {spec.row_tests_file for spec in specs if spec.exports}
    exports = {export.name for spec in specs for export in spec.exports}
    return Stubs(frozenset(modules), frozenset(exports), frozenset(plain))


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
    collecting = [failure.node_id for failure in report.failures if failure.when == "collect"]
    failed = (failure.node_id for failure in report.failures)
    known = (*report.collected, *report.set_aside, *failed)
    if any(_file(node).endswith("conftest.py") for node in collecting):
        return
    for target in spec.tests:
        unread = any(is_below(target, node) for node in collecting)  # its folder was not read
        if not unread and not any(is_below(node, target) for node in known):
            yield Broken(target, "there is no test in it; write one, or remove it from `tests`")


def _set_up_error(failure: TestFailure, stubs: Stubs) -> str:
    """Why the test cannot pass whatever the module does, or ""."""
    return _not_found(failure, stubs) or _wrong(failure, stubs)


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
            if source and source[1].partition(".")[0] not in stubs.packages:
                return f"{message}; mend the import"
        case "NameError":
            file = failure.frames[-1].file if failure.frames else _file(failure.node_id)
            if file in stubs.plain:
                return f"{message}; mend the test, or `setup`"
        case "FixtureLookupError" if failure.when == "setup":
            name = message.strip("('").partition("'")[0]
            if name not in stubs.exports:
                text = f"there is no fixture {name!r}; define it in the test file or in a"
                return f"{text} conftest.py"
    return ""


def _wrong(failure: TestFailure, stubs: Stubs) -> str:
    message = failure.message
    match failure.exception, failure.when:
        case "TypeError", _:
            # A class of a test's own, made of an export, is called as it likes.
            called = _DOES_NOT_FIT.match(message)
            if called and called[1] in stubs.exports:
                return f"{message}; mend the call, or the signature in `exports`"
        case error, "collect" if error in _NO_PYTHON:
            return f"it is not Python: {message}; mend the file"
        case "Skipped", "collect":
            return f"{message}; install what it asks for, or remove it from `tests`"
    return ""


def why_not_asked(spec: ModuleSpec, report: TestReport, stubs: Stubs) -> str | None:
    """Why no model is to be asked about a module whose suite ran on its stub, or None."""
    ignored = {one.code for one in spec.ignored}
    broken = [*broken_tests(report, stubs), *empty_tests(spec, report)]
    if broken and BROKEN_TESTS not in ignored:
        first = broken[0]
        return f"its tests cannot run, whatever the code: {first.node_id}: {first.text}"
    if PASSES_WITHOUT_CODE in ignored:
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
