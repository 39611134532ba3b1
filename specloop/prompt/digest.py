"""Failures of a test run, condensed to what a model needs to mend the code.

Held-out rows leave no trace but their number and the classes of their exceptions. All that code or
a test has written is bounded, and plain text.
"""

import ast
import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import StaticFinding, TestFailure, TestReport, Verdict
from specloop.prompt.plain import cut, one_line, plain
from specloop.spec.module import ModuleSpec
from specloop.spec.row import Row
from specloop.spec.row_tests import is_held_out, row_node_id, tells_of_held_out

_DETAILED = 12  # failures told in full; the others are named
_NAMED = 40  # of these, and of what was found without running; the others are counted
_TEXT = 1200  # characters of one free text
_LINE = 300  # characters of what is told in one line
_LEFT_OUT = "[left out: it tells of a check that you cannot see]"
_HIDDEN_TEST = re.compile(r"\S+::test_held_out_\w+")
_SECRET = 4  # characters: shorter texts occur anywhere
# Classes that pytest has, and what the runner calls the end of a process.
_OURS = re.compile("Failed|Skipped|Exit|Timeout|ResourceLimit|SIG[A-Z]{3,4}")
_HIDDEN = "a check that you cannot see"
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
    """All that failed. `held_out` are the classes of exceptions; `unseen` are bare node ids.

    `not_run` counts tests. `more_unseen` and `more_static` count what is not told at all.
    """

    failures: tuple[FailureDigest, ...]
    unseen: tuple[str, ...]
    more_unseen: int
    failing: int
    total: int
    not_run: int
    held_out: tuple[str, ...]
    held_out_failing: int
    static: tuple[StaticFinding, ...]
    more_static: int
    note: str


def digest(
    spec: ModuleSpec, candidate: Candidate, report: TestReport, tests: Iterable[str] = ()
) -> Digest:
    """Condense `report`, which is about `candidate`; `tests` are texts that a model has seen."""
    quoted = _quoted_alone(spec, [candidate.code, *tests])
    seen = [_public(f, quoted) for f in report.failures if not is_held_out(f.node_id)]
    hidden = [f for f in report.failures if is_held_out(f.node_id)]
    rows = {row_node_id(spec, row): row for row in spec.rows}
    texts = {r.full_id: f"{r.id}: {r.text}" for r in spec.requirements}
    failing = {failure.node_id for failure in seen}
    not_run = {node for node in report.not_run if not is_held_out(node)}
    known = {*failing, *not_run, *(n for n in report.collected if not is_held_out(n))}
    unseen = [one_line(failure.node_id, _LINE) for failure in seen[_DETAILED:]]
    return Digest(
        failures=_without_repetition(
            _failure(failure, rows.get(failure.node_id), texts, candidate)
            for failure in seen[:_DETAILED]
        ),
        unseen=tuple(unseen[:_NAMED]),
        more_unseen=len(unseen[_NAMED:]),
        failing=len(failing),
        total=len(known),
        not_run=len(not_run),
        held_out=tuple(sorted({_class_name(f.exception, candidate) for f in hidden})),
        held_out_failing=len(hidden),
        static=tuple(replace(f, text=one_line(f.text, _LINE)) for f in report.static[:_NAMED]),
        more_static=len(report.static[_NAMED:]),
        note=_note(report, quoted),
    )


def _without_repetition(failures: Iterable[FailureDigest]) -> tuple[FailureDigest, ...]:
    """The same, with each excerpt of the module shown once."""
    shown: set[str] = set()
    found = []
    for failure in failures:
        found.append(replace(failure, excerpt="") if failure.excerpt in shown else failure)
        shown.add(failure.excerpt)
    return tuple(found)


def _quoted_alone(spec: ModuleSpec, seen: Iterable[str]) -> tuple[str, ...]:
    """The texts that stand in held-out rows and nowhere else: what has one of them tells of it.

    Code may keep what it was called with, and say it when it is called again.
    """
    public = (spec.task, spec.setup, *(r.text for r in spec.requirements))
    told = "\n".join((*seen, *public, *(row.source for row in spec.rows)))
    texts = {
        node.value
        for row in spec.held_out
        for statement in (*row.setup, row.expression, repr(row.text))
        for node in ast.walk(ast.parse(statement))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return tuple(text for text in texts if len(text) >= _SECRET and text not in told)


def _public(failure: TestFailure, quoted: Iterable[str]) -> TestFailure:
    """The failure without texts that tell of held-out rows.

    Where code ends the test process, all that was printed is laid to what ran at that time.
    """
    return replace(
        failure,
        message=_public_text(failure.message, quoted),
        longrepr=_public_text(failure.longrepr, quoted),
        captured=_public_text(failure.captured, quoted),
    )


def _public_text(text: str, quoted: Iterable[str]) -> str:
    tells = tells_of_held_out(text) or any(secret in text for secret in quoted)
    return _LEFT_OUT if tells else text


def _class_name(name: str, candidate: Candidate) -> str:
    """The class of an exception, unless code may have made it up of what it was called with."""
    if not name:
        return "AssertionError"
    written = re.search(rf"\b{re.escape(name)}\b", candidate.code)
    known = written or _OURS.fullmatch(name) or hasattr(builtins, name)
    return name if known else "another exception"


def _note(report: TestReport, quoted: Iterable[str]) -> str:
    """What ended the run, in a line, with the limit that it ran into."""
    said = _public_text(_HIDDEN_TEST.sub(_HIDDEN, report.note), quoted)
    said = one_line(said, _TEXT).rstrip(".")
    match report.verdict:
        case Verdict.TIMEOUT:
            return f"The tests did not end in time: {said or 'it took too long'}."
        case Verdict.RESOURCE:
            # The runner says it so; what is left is the limit.
            said = re.sub(r"^the run reached (?:a|its) limit: ", "", said)
            return f"The run reached a limit: {said or 'it is not known which'}."
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
        node_id=one_line(failure.node_id, _LINE),
        requirements=tuple(texts.get(id_, id_) for id_ in failure.requirements),
        call=call if row else one_line(call, _LINE),
        expected=expected,
        got=cut(plain(got), _TEXT),
        excerpt=_excerpt(_line(failure, candidate), candidate),
        output=cut(plain(failure.captured), _TEXT),
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


def _excerpt(marked: int, candidate: Candidate) -> str:
    """The lines of the module around one of them, which is marked."""
    if not marked:
        return ""
    lines = candidate.code.splitlines()
    shown = range(max(1, marked - _AROUND), min(len(lines), marked + _AROUND) + 1)
    told = [f"{'>' if n == marked else ' '} {n:4} {lines[n - 1][:_LINE]}" for n in shown]
    return "\n".join(plain(each).rstrip() for each in told)
