"""Two rows of a spec that contradict each other, or say the same."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from specloop.spec.lint.row_tree import row_tree
from specloop.spec.lint.subject import Subject
from specloop.spec.row import Row


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a row says of an expression: which exception it raises, or which value it has.

    `shown` is that in words. `value` is a tuple, empty where no single value is named.
    """

    about: tuple[str, str]
    raises: bool
    value: tuple[object, ...]
    shown: str


def contradicting_rows(subject: Subject) -> Iterator[tuple[int, str]]:
    """A row that expects another value than one above it, or a value instead of an exception.

    Both have the same statements and look at the same expression, so no code can pass both. A row
    of the kind `logs` expects that no exception leaves the call.
    """
    firsts: dict[tuple[tuple[str, str], bool], tuple[Row, _Claim]] = {}
    values: dict[tuple[str, str], tuple[Row, _Claim]] = {}
    exports = subject.spec.exports
    classes = {one.name for one in exports if one.source.lstrip("@").startswith("class ")}
    for row in (*subject.spec.rows, *subject.spec.held_out):
        if _makes_object(row, classes):
            continue
        claim = _claim(row)
        firsts.setdefault((claim.about, claim.raises), (row, claim))
        other = firsts.get((claim.about, not claim.raises))
        if other is None and claim.value:
            first = values.setdefault(claim.about, (row, claim))
            other = first if first[1].value != claim.value else None
        if other is not None:
            text = f"line {other[0].line} expects {other[1].shown} of the same expression, and this"
            yield row.line, f"{text} row {claim.shown}; no code passes both: mend one of them"


def row_twice(subject: Subject) -> Iterator[tuple[int, str]]:
    """A row with the statements and the check of one above it.

    A shown one may say the same of another requirement: bounds are tried like that.
    """
    seen: dict[tuple[str, ...], Row] = {}
    for row in (*subject.spec.rows, *subject.spec.held_out):
        tree = row_tree(row)
        check = (row.kind, ast.dump(tree.check), row.name, repr(row.text))
        first = seen.setdefault((tree.before, *check), row)
        if first is row:
            continue
        if row.held_out and not first.held_out:
            text = "shows the same row, so that it is not held out; hold out another one"
        elif set(row.ids) & set(first.ids):
            text = "is the same row; remove one of them, or give one the ids of both"
        else:
            continue
        yield row.line, f"line {first.line} {text}"


def _makes_object(row: Row, classes: Collection[str]) -> bool:
    """Whether a new object is compared, which may be equal to several things."""
    match _compared(row_tree(row).check)[0]:
        case ast.Call(func=ast.Name(id=name)):
            return row.kind == "true" and name in classes
    return False


def _claim(row: Row) -> _Claim:
    tree = row_tree(row)
    if row.kind == "raises":
        return _Claim((tree.before, ast.dump(tree.check)), True, (), row.name)
    expression, value = _compared(tree.check)
    shown = repr(value[0])[:60] if value else "no exception"
    return _Claim((tree.before, ast.dump(expression)), False, value, shown)


def _compared(check: ast.expr) -> tuple[ast.expr, tuple[object, ...]]:
    """What is compared with a literal by `==` or `is`, and the literal."""
    match check:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            for expression, other in ((left, right), (right, left)):
                try:
                    return expression, (ast.literal_eval(other),)
                except (ValueError, TypeError):
                    continue
    return check, ()
