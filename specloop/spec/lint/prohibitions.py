"""Requirements that forbid something, and rows that hold for an empty result, too."""

import ast
import re
from collections.abc import Iterator

from specloop.spec.lint.subject import Subject
from specloop.spec.python_text import parse
from specloop.spec.row import Row

# "Nothing" is no such word: it is given, taken and left, as a result of its own.
_FORBIDS = re.compile(r"\b(?:no|not|never|neither|nor|cannot|without|\w+n't)\b", re.IGNORECASE)
# Where nothing is what is asked for, a row has nothing else to say.
_ASKS_FOR_NOTHING = re.compile(r"\b(?:None|False|empty|zero|0)\b|\[\]|\{\}|\"\"|''")
_EMPTY = ("None", "''", "b''", "[]", "()", "{}", "0", "set()", "list()", "dict()", "tuple()")


def only_absence(subject: Subject) -> Iterator[tuple[int, str]]:
    """A prohibition all rows of which hold for code that gives nothing at all.

    That is so of `x not in f()`, `not f()`, `f() is None`, `f() != x`, `f() == []` and of `len(f())
    <= 9`, and of several of them together. A test that cites the requirement may say more.
    """
    spec = subject.spec
    tested = {citation.id for citation in subject.citations}
    rows = (*spec.rows, *spec.held_out)
    for requirement in spec.requirements:
        text = requirement.text
        if not _FORBIDS.search(text) or _ASKS_FOR_NOTHING.search(text) or requirement.id in tested:
            continue
        own = [row for row in rows if requirement.id in row.ids]
        if own and not any(_says_what_is_there(row) for row in own):
            example = f"`… and {own[0].expression}`" if own[0].kind == "true" else "one"
            text = f"the rows of {requirement.id} hold for an empty result, too; say in one of them"
            yield requirement.line, f"{text} what is there as well: {example}"


def _says_what_is_there(row: Row) -> bool:
    if row.kind != "true":
        return True
    checks = [node for source in row.setup for node in ast.walk(parse(source))]
    tests = [node.test for node in checks if isinstance(node, ast.Assert)]
    expression = parse(row.expression).body[0]
    if isinstance(expression, ast.Expr):
        tests.append(expression.value)
    return any(_fails_for_nothing(test) for test in tests)


def _fails_for_nothing(node: ast.expr) -> bool:
    """Whether the check fails for an empty result; of what cannot be told, yes."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_fails_for_nothing(value) for value in values)
        case ast.BoolOp(values=values):
            return all(_fails_for_nothing(value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _fails_for_nothing(operand)
        case ast.Compare(left=left, ops=operations, comparators=comparators):
            operands = [left, *comparators]
            pairs = zip(operands, operations, operands[1:], strict=False)
            return any(_pair_fails_for_nothing(*pair) for pair in pairs)
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp() | ast.ListComp() as each]):
            source = each.generators[0].iter
            empty = any(isinstance(part, ast.Call) for part in ast.walk(source))
            return not empty and _fails_for_nothing(each.elt)
        case ast.Call(func=ast.Attribute(attr="isdisjoint")):
            return False
    return True


def _pair_fails_for_nothing(left: ast.expr, operation: ast.cmpop, right: ast.expr) -> bool:
    nothing = ast.unparse(left) in _EMPTY or ast.unparse(right) in _EMPTY
    match operation:
        case ast.NotIn():
            return False
        case ast.NotEq() | ast.IsNot():
            return nothing
        case ast.Eq() | ast.Is():
            return not nothing
        case ast.Lt() | ast.LtE():
            return not _is_length(left)
        case ast.Gt() | ast.GtE():
            return not _is_length(right)
    return True


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "len"
