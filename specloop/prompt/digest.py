"""Failures of a test run, condensed to what a model needs to mend the code.

Held-out rows leave no trace but their number and the classes of their exceptions.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import StaticFinding, TestFailure, TestReport, Verdict
from specloop.spec.module import ModuleSpec
from specloop.spec.row import Row
from specloop.spec.row_tests import is_held_out, row_node_id, tells_of_held_out

_DETAILED = 12  # failures told in full; the others are named
_TEXT = 1200  # characters of one free text
_LEFT_OUT = "[left out: it tells of a check that you cannot see]"
_AROUND = 2  # lines shown before and after the failing one
# What pytest.raises says of another text than was meant: the pattern, escaped, then the text.
_OTHER_TEXT = re.compile(
    r"\A(?:AssertionError: )?Regex pattern did not match\.\n"
    r".*?^ *(?:Actual message|Input): ([^\n]+)",
    re.DOTALL | re.MULTILINE,
)


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
    seen = [_public(f) for f in report.failures if not is_held_out(f.node_id)]
    hidden = [f for f in report.failures if is_held_out(f.node_id)]
    rows = {row_node_id(spec, row): row for row in spec.rows}
    texts = {r.full_id: f"{r.id}: {r.text}" for r in spec.requirements}
    return Digest(
        failures=_without_repetition(
            _failure(failure, rows.get(failure.node_id), texts, candidate)
            for failure in seen[:_DETAILED]
        ),
        unseen=tuple(failure.node_id for failure in seen[_DETAILED:]),
        failing=len({failure.node_id for failure in seen}),
        total=len(
            {*(n for n in report.collected if not is_held_out(n)), *(f.node_id for f in seen)}
        ),
        held_out=tuple(sorted({f.exception or "AssertionError" for f in hidden})),
        held_out_failing=len(hidden),
        static=report.static,
        note=_note(report),
    )


def _without_repetition(failures: Iterable[FailureDigest]) -> tuple[FailureDigest, ...]:
    """The same, with each excerpt of the module shown once."""
    shown: set[str] = set()
    found = []
    for failure in failures:
        found.append(replace(failure, excerpt="") if failure.excerpt in shown else failure)
        shown.add(failure.excerpt)
    return tuple(found)


def _public(failure: TestFailure) -> TestFailure:
    """The failure without texts that tell of held-out rows.

    Where code ends the test process, all that pytest printed is laid to what ran at that time.
    """
    return replace(
        failure,
        message=_public_text(failure.message),
        longrepr=_public_text(failure.longrepr),
        captured=_public_text(failure.captured),
    )


def _public_text(text: str) -> str:
    return _LEFT_OUT if tells_of_held_out(text) else text


def _note(report: TestReport) -> str:
    said = _public_text(report.note)
    match report.verdict:
        case Verdict.TIMEOUT:
            return f"The tests did not end in time: {said}"
        case Verdict.RESOURCE:
            return f"The tests ran into a limit: {said}"
        case _:
            return said


def _failure(
    failure: TestFailure,
    row: Row | None,
    texts: dict[str, str],
    candidate: Candidate,
) -> FailureDigest:
    call, expected, got = _told_by_row(failure, row) if row else _told_by_pytest(failure)
    return FailureDigest(
        node_id=failure.node_id,
        requirements=tuple(texts.get(id_, id_) for id_ in failure.requirements),
        call=call,
        expected=expected,
        got=_cut(got),
        excerpt=_excerpt(_line(failure, candidate), candidate),
        output=_cut(failure.captured),
    )


def _told_by_row(failure: TestFailure, row: Row) -> tuple[str, str, str]:
    """Call, expected and got, where the row itself says what was meant."""
    statements = "; ".join((*row.setup, row.expression))
    message = _message(failure)
    if row.kind != "true":
        text = f" {row.text!r}" if row.text is not None else ""
        other = _OTHER_TEXT.match(message) if row.kind == "raises" else None
        got = f"{row.name} {other[1]}" if other else message
        return statements, f"{row.kind} {row.name}{text}", got
    left, right = _sides(row.expression)
    if not right:
        return statements, "true", message
    return "; ".join((*row.setup, left)), right, _left_value(message) or message


def _sides(expression: str) -> tuple[str, str]:
    """The two sides of an `==`; the second is "" where the expression is something else."""
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq):
        left, right = tree.left, tree.comparators[0]
        return _source(expression, left), _source(expression, right)
    return expression, ""


def _source(expression: str, node: ast.expr) -> str:
    return ast.get_source_segment(expression, node) or ast.unparse(node)


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


def _line(failure: TestFailure, candidate: Candidate) -> int:
    """The line of the innermost frame in the module; 0 where there is none: a value was wrong."""
    return next((f.line for f in reversed(failure.frames) if f.file == candidate.file), 0)


def _excerpt(line: int, candidate: Candidate) -> str:
    """The lines of the module around one of them, which is marked."""
    if not line:
        return ""
    lines = candidate.code.splitlines()
    shown = range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1)
    told = [f"{'>' if n == line else ' '} {n:4} {lines[n - 1]}" for n in shown]
    return "\n".join(line.rstrip() for line in told)


def _cut(text: str) -> str:
    """The text, with its middle left out where it is long."""
    text = text.strip()
    if len(text) <= _TEXT:
        return text
    half = _TEXT // 2
    return f"{text[:half]}\n[{len(text) - _TEXT} characters left out]\n{text[-half:]}"
