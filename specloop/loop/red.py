"""What the red check tells: tests that need no code, and tests that no code could pass.

The red check runs a suite on a stub of the module, which has the declared exports and in which
nothing works.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from specloop.attempt.report import TestFailure, TestReport
from specloop.spec.module import ModuleSpec
from specloop.spec.row import Row
from specloop.spec.row_tests import row_node_id

PASSES_WITHOUT_CODE = "R107"

_IMPORTED_FROM = re.compile(r"cannot import name .* from '([\w.]+)'")
_NO_FIXTURE = re.compile(r"fixture '.*' not found")
# The stub raises none of these: what does is the test, whatever the module holds.
_SURE = ("ModuleNotFoundError", "NameError", "SyntaxError", "IndentationError", "TabError")


@dataclass(frozen=True, slots=True)
class Broken:
    """A test, or a file of tests, that cannot run whatever the module does; `text` says why."""

    node_id: str
    text: str


def idle_rows(spec: ModuleSpec, report: TestReport) -> tuple[Row, ...]:
    """The example rows that pass without any code."""
    passed = set(report.passed)
    return tuple(r for r in (*spec.rows, *spec.held_out) if row_node_id(spec, r) in passed)


def idle_tests(spec: ModuleSpec, report: TestReport) -> tuple[str, ...]:
    """The node ids of a person's tests that pass without any code; of parametrised ones, one."""
    own = (node for node in report.passed if not node.startswith(f"{spec.row_tests_file}::"))
    return tuple(dict.fromkeys(node.partition("[")[0] for node in own))


def broken_tests(report: TestReport, stubs: Collection[str]) -> tuple[Broken, ...]:
    """What is wrong with the tests themselves; `stubs` are import paths of modules without code.

    A name that a stub lacks is nobody's fault: the code may have more than what is exported.
    """
    found = (Broken(f.node_id, _set_up_error(f, stubs)) for f in report.failures)
    return tuple(broken for broken in found if broken.text)


def _set_up_error(failure: TestFailure, stubs: Collection[str]) -> str:
    """Why the test cannot pass whatever the module does, or ""."""
    name, message = failure.exception, failure.message
    if name == "ModuleNotFoundError":
        return (
            f"{message}; add what has it to [project] test_packages, or to the dependencies of "
            "the spec"
        )
    if name == "ImportError":
        source = _IMPORTED_FROM.search(message)
        if source is None or source[1] in stubs:
            return ""
        return f"{message}; mend the import"
    if name in _SURE:
        return f"{name}: {message}; mend the test, or `setup`"
    fixture = _NO_FIXTURE.search(f"{message}\n{failure.longrepr}")
    return f"{fixture[0]}; define it in the test file or in a conftest.py" if fixture else ""


def why_not_asked(spec: ModuleSpec, report: TestReport, stub: str) -> str | None:
    """Why no model is to be asked about a module whose suite ran on the stub at `stub`, or None."""
    if report.ok:
        return "its tests pass without any code, so they prove nothing"
    if broken := broken_tests(report, {stub}):
        return f"its tests cannot run, whatever the code: {broken[0].node_id}: {broken[0].text}"
    ignored = any(ignored.code == PASSES_WITHOUT_CODE for ignored in spec.ignored)
    if not ignored and (rows := idle_rows(spec, report)):
        lines = ", ".join(str(row.line) for row in rows)
        return (
            f"example rows pass without any code, so they prove nothing ({spec.path}, line "
            f"{lines}); compare what the module returns with something"
        )
    return None
