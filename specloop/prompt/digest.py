"""Failures of a test run, condensed to what a model needs to mend the code.

Held-out rows leave no trace but their number and the classes of their exceptions.
"""

import ast
from dataclasses import dataclass

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import StaticFinding, TestFailure, TestReport, Verdict
from specloop.spec.module import ModuleSpec
from specloop.spec.row import Row
from specloop.spec.row_tests import is_held_out, row_node_id

_DETAILED = 12  # failures told in full; the others are named
_TEXT = 1200  # characters of one free text
_AROUND = 2  # lines shown before and after the failing one


@dataclass(frozen=True, slots=True)
class FailureDigest:
    """One failing test: what was called, what had to come out, what did, and where."""

    node_id: str
    requirements: tuple[str, ...]
    call: str
    expected: str
    got: str
    excerpt: str
    output: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that failed. `held_out` are the classes of exceptions; `unseen` are bare node ids."""

    failures: tuple[FailureDigest, ...]
    unseen: tuple[str, ...]
    failing: int
    total: int
    held_out: tuple[str, ...]
    held_out_failing: int
    static: tuple[StaticFinding, ...]
    note: str


def digest(spec: ModuleSpec, candidate: Candidate, report: TestReport) -> Digest:
    """Condense `report`, which is about `candidate`."""
    seen = [f for f in report.failures if not is_held_out(f.node_id)]
    hidden = [f for f in report.failures if is_held_out(f.node_id)]
    rows = {row_node_id(spec, row): row for row in spec.rows}
    texts = {r.full_id: f"{r.id}: {r.text}" for r in spec.requirements}
    return Digest(
        failures=tuple(
            _failure(failure, rows.get(failure.node_id), texts, candidate)
            for failure in seen[:_DETAILED]
        ),
        unseen=tuple(failure.node_id for failure in seen[_DETAILED:]),
        failing=len({failure.node_id for failure in seen}),
        total=max(len(report.collected) - len(hidden), len(seen)),
        held_out=tuple(sorted({f.exception or "AssertionError" for f in hidden})),
        held_out_failing=len(hidden),
        static=report.static,
        note=_note(report),
    )


def _note(report: TestReport) -> str:
    match report.verdict:
        case Verdict.TIMEOUT:
            return f"The tests did not end in time: {report.note}"
        case Verdict.RESOURCE:
            return f"The tests ran into a limit: {report.note}"
        case _:
            return report.note


def _failure(
    failure: TestFailure, row: Row | None, texts: dict[str, str], candidate: Candidate
) -> FailureDigest:
    call, expected, got = _told_by_row(failure, row) if row else _told_by_pytest(failure)
    return FailureDigest(
        node_id=failure.node_id,
        requirements=tuple(texts.get(id_, id_) for id_ in failure.requirements),
        call=call,
        expected=expected,
        got=_cut(got),
        excerpt=_excerpt(failure, candidate),
        output=_cut(failure.captured),
    )


def _told_by_row(failure: TestFailure, row: Row) -> tuple[str, str, str]:
    """Call, expected and got, where the row itself says what was meant."""
    statements = "; ".join((*row.setup, row.expression))
    message = _message(failure)
    if row.kind != "true":
        text = f" {row.text!r}" if row.text is not None else ""
        return statements, f"{row.kind} {row.name}{text}", message
    left, right = _sides(row.expression)
    if not right:
        return statements, "true", message
    return "; ".join((*row.setup, left)), right, _left_value(message) or message


def _sides(expression: str) -> tuple[str, str]:
    """The two sides of an `==`; the second is "" where the expression is something else."""
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq):
        return ast.unparse(tree.left), ast.unparse(tree.comparators[0])
    return expression, ""


def _left_value(message: str) -> str:
    """The value that pytest shows on the left of `assert LEFT == RIGHT`, or ""."""
    first = message.splitlines()[0] if message else ""
    _, found, rest = first.partition("assert ")
    if not found or rest.count(" == ") != 1:
        return ""
    return rest.partition(" == ")[0]


def _told_by_pytest(failure: TestFailure) -> tuple[str, str, str]:
    """Call and got, from the marked lines of pytest's own text."""
    lines = failure.longrepr.splitlines()
    marked = [line[1:].strip() for line in lines if line.startswith(">")]
    return (marked[0] if marked else ""), "", _message(failure)


def _message(failure: TestFailure) -> str:
    """The exception as pytest tells it: the E lines, without what points out of them."""
    lines = [line[1:].strip() for line in failure.longrepr.splitlines() if line.startswith("E ")]
    return "\n".join(lines) or f"{failure.exception}: {failure.message}".strip(": ")


def _excerpt(failure: TestFailure, candidate: Candidate) -> str:
    """The lines of the module around the innermost frame in it, the failing one marked."""
    inside = [frame.line for frame in failure.frames if frame.file == candidate.file]
    if not inside:
        return ""
    lines = candidate.code.splitlines()
    at = inside[-1]
    shown = range(max(1, at - _AROUND), min(len(lines), at + _AROUND) + 1)
    return "\n".join(f"{'>' if n == at else ' '} {n:4} {lines[n - 1]}" for n in shown)


def _cut(text: str) -> str:
    """The text, with its middle left out where it is long."""
    text = text.strip()
    if len(text) <= _TEXT:
        return text
    half = _TEXT // 2
    return f"{text[:half]}\n[{len(text) - _TEXT} characters left out]\n{text[-half:]}"
