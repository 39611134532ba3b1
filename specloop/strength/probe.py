"""Rows that are not in the spec: what the code does with variations of the rows' calls.

They are learned, not guessed: a first run tells what each variation gives, a second that it gives
the same again. A mutant that fails one of them is one that the row would kill.
"""

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from specloop.attempt.report import TestFailure, TestReport
from specloop.spec.module import ModuleSpec
from specloop.spec.parse_row import RowError, parse_row
from specloop.spec.python_text import parse
from specloop.spec.row import Row
from specloop.spec.row_tests import row_node_id
from specloop.strength.vary import literal, variations

VARIANTS = 60  # of one module
_LONGEST_VALUE = 80  # characters
_LONGEST_TEXT = 80
# Of these a row says nothing of the code, only that it was called wrongly; unless a row does.
_CALLED_WRONGLY = {
    *("TypeError", "AttributeError", "NameError", "AssertionError", "NotImplementedError"),
    *("RecursionError", "MemoryError", "SystemExit", "KeyboardInterrupt", "Failed"),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A variation of what a row evaluates; `number` is its place among all, from 1."""

    row: Row
    expression: str
    number: int


def variants(spec: ModuleSpec) -> tuple[Variant, ...]:
    """At most VARIANTS variations of the calls in all rows, in turns, the most natural first."""
    rows = (*spec.rows, *spec.held_out)
    seen = {(row.setup, _asked(row)) for row in rows if not _leaves_open(row)}
    found: list[Variant] = []
    for turn in zip_longest(*map(_varied, rows)):
        for row, expression in zip(rows, turn, strict=True):
            if expression is not None and (row.setup, expression) not in seen:
                seen.add((row.setup, expression))
                found.append(Variant(row, expression, len(found) + 1))
    return tuple(found[:VARIANTS])


def with_rows(spec: ModuleSpec, rows: Iterable[Row]) -> ModuleSpec:
    """The spec with other rows, and no other tests."""
    return replace(spec, rows=tuple(rows), held_out=(), tests=())


def asking(variants: Iterable[Variant]) -> tuple[Row, ...]:
    """Rows that fail, each with what the variation gives in the message."""
    checks = ((one, f"pytest.fail(repr({one.expression}))") for one in variants)
    return tuple(_rows((one.row.ids, one.row.setup, text, one.number) for one, text in checks))


def learned(
    spec: ModuleSpec, variants: Iterable[Variant], asked: Iterable[Row], report: TestReport
) -> tuple[Row, ...]:
    """Rows that hold for the code, from the report on what was asked of it."""
    failures = {failure.node_id: failure for failure in report.failures}
    by_number = {row.number: failures.get(row_node_id(spec, row)) for row in asked}
    told = ((one, by_number.get(one.number)) for one in variants)
    return tuple(_rows(_told(spec, one, failure) for one, failure in told if failure is not None))


def confirmed(spec: ModuleSpec, rows: Iterable[Row], report: TestReport) -> tuple[Row, ...]:
    """The rows that passed."""
    return tuple(row for row in rows if row_node_id(spec, row) in report.passed)


def killer(spec: ModuleSpec, rows: Iterable[Row], report: TestReport) -> Row | None:
    """The first row that failed."""
    failed = {failure.node_id for failure in report.failures}
    return next((row for row in rows if row_node_id(spec, row) in failed), None)


def row_text(row: Row) -> str:
    """The row as it may be written into the spec."""
    return f"{', '.join(row.ids)}: {row.source}"


_Parts = tuple[tuple[str, ...], tuple[str, ...], str, int]  # ids, setup, check, number


def _rows(parts: Iterable[_Parts | None]) -> Iterator[Row]:
    for part in parts:
        if part is None:
            continue
        ids, setup, check, number = part
        try:
            yield parse_row(f"{', '.join(ids)}: {'; '.join((*setup, check))}", 0, number)
        except RowError:  # a variation need not be one that a row can say
            continue


def _asked(row: Row) -> str:
    """What of a row is worth knowing: what it compares with a value, or all of its expression."""
    if row.kind != "true":
        return row.expression
    match _tree(row.expression):
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            if _has_call(left) and not _has_call(right):
                return _segment(row.expression, left)
            if _has_call(right) and not _has_call(left):
                return _segment(row.expression, right)
        case ast.Compare(left=left, ops=[_], comparators=[ast.Constant()]) if _has_call(left):
            return _segment(row.expression, left)
    return row.expression


def _varied(row: Row) -> Iterator[str]:
    if _leaves_open(row):
        yield _asked(row)
    yield from variations(_asked(row))


def _leaves_open(row: Row) -> bool:
    """Whether the row can be made to say more, for many values or any text will do."""
    if row.kind == "raises":
        return row.text is None
    return row.kind == "true" and _asked(row) != row.expression and not _is_exact(row)


def _is_exact(row: Row) -> bool:
    match _tree(row.expression):
        case ast.Compare(ops=[ast.Eq() | ast.Is()]):
            return True
    return False


def _told(spec: ModuleSpec, variant: Variant, failure: TestFailure) -> _Parts | None:
    if failure.exception == "Failed":
        check = _equals(variant.expression, failure.message)
        end = check.removeprefix(variant.expression)
        ids = _ids(spec, variant.row, lambda row: _gives(row, end))
    else:
        check = _raises(spec, variant.expression, failure)
        ids = _ids(spec, variant.row, lambda row: _lets_raise(row, failure))
    return (ids, variant.row.setup, check, variant.number) if check else None


def _equals(expression: str, shown: str) -> str:
    """A check that the expression has the value whose repr is shown; "" where that is no literal.

    Nor is one made that a condition does not hold: there are too many reasons for that.
    """
    try:
        value = ast.literal_eval(shown)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if len(shown) > _LONGEST_VALUE or repr(value) != shown:
        return ""
    plain = isinstance(_tree(expression), (ast.Call, ast.Attribute, ast.Subscript, ast.Await))
    if isinstance(value, bool) and not plain:
        return expression if value else ""
    operator = "is" if value is None or isinstance(value, bool) else "=="
    return f"{expression if plain else f'({expression})'} {operator} {literal(value)}"


def _raises(spec: ModuleSpec, expression: str, failure: TestFailure) -> str:
    """A check that the exception is raised; "" where a row cannot name it, or had better not."""
    name, text = failure.exception, failure.message
    said = {row.name for row in (*spec.rows, *spec.held_out) if row.kind == "raises"}
    if name not in said and (name in _CALLED_WRONGLY or name not in _exceptions(spec)):
        return ""
    lines = [line.strip() for line in text.splitlines() if len(line) <= _LONGEST_TEXT]
    line = max((line for line in lines if line.isprintable()), key=len, default="")
    return f"{expression} raises {name} {literal(line)}" if line else f"{expression} raises {name}"


def _exceptions(spec: ModuleSpec) -> set[str]:
    """Names that rows may use for exceptions: Python's, the module's and those of `setup`."""
    nodes = list(ast.walk(parse(spec.setup)))
    imported = {(n.asname or n.name) for n in nodes if isinstance(n, ast.alias)}
    defined = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    return {*dir(builtins), *imported, *defined, *(export.name for export in spec.exports)}


def _ids(spec: ModuleSpec, row: Row, says: Callable[[Row], bool]) -> tuple[str, ...]:
    """The ids of the first row that says the same outcome, of `row` itself before the others.

    Where none does, those of `row`.
    """
    rows = (row, *spec.rows, *spec.held_out)
    return next((other.ids for other in rows if says(other)), row.ids)


def _gives(row: Row, end: str) -> bool:
    """Whether a row compares with the value that `end`, such as " == 3", does."""
    return row.kind == "true" and bool(end) and row.expression.endswith(end)


def _lets_raise(row: Row, failure: TestFailure) -> bool:
    """Whether a row wants the exception of a failure."""
    return (
        row.kind == "raises"
        and row.name == failure.exception
        and (row.text or "") in failure.message
    )


def _tree(expression: str) -> ast.expr | None:
    try:
        return ast.parse(expression, mode="eval").body
    except SyntaxError:
        return None


def _has_call(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _segment(expression: str, node: ast.expr) -> str:
    return ast.get_source_segment(expression, node) or expression
