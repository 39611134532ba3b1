"""Operators on what is asked: comparisons, `and`, `or`, `not`, and conditions as a whole."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from specloop.strength.place import Place
from specloop.strength.source import Edit, Source

BOUNDARIES: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
}
_OPPOSITES: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}


def boundary(place: Place, source: Source) -> Iterator[Edit]:
    """`<` becomes `<=`, and so on."""
    yield from _compared(place, source, BOUNDARIES)


def comparison(place: Place, source: Source) -> Iterator[Edit]:
    """`==` becomes `!=`, `in` `not in`, `is` `is not`; not in conditions, which are forced."""
    if not _is_asked(place):
        yield from _compared(place, source, _OPPOSITES)


def boolean(place: Place, source: Source) -> Iterator[Edit]:
    """An operand of `and` or `or` no longer counts; a `not` is gone.

    What notices that an operand is lost notices `and` in the place of `or` as well.
    """
    match place.node:
        case ast.BoolOp(op=op, values=values):
            neutral = "True" if isinstance(op, ast.And) else "False"
            yield from (source.replaced(value, neutral) for value in values)
        case ast.UnaryOp(op=ast.Not()) if not _is_asked(place):
            start = source.start(place.node)
            yield Edit(start, start + len("not"), "")


def condition(place: Place, source: Source) -> Iterator[Edit]:
    """A condition is always true, or always false.

    Not where that is no more than a lost operand of it, or than the loss of the only statement
    below it; nor a `while` that never ends.
    """
    for test, value in _forced(place.node):
        if not _is_covered(place.node, test, value):
            yield source.replaced(test, value)


def is_removable(statement: ast.stmt) -> bool:
    """Whether a mutant is made in which the statement is gone, wherever it stands."""
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, (ast.Constant, ast.Yield, ast.YieldFrom))
    kinds = (ast.Raise, ast.Break, ast.Continue, ast.Delete, ast.AugAssign)
    return isinstance(statement, kinds)


def _forced(node: ast.AST) -> list[tuple[ast.expr, str]]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test):
            return [(test, "True"), (test, "False")]
        case ast.While(test=test):
            return [(test, "False")]
        case ast.comprehension(ifs=ifs):
            return [(test, "True") for test in ifs]
        case ast.match_case(guard=ast.expr() as test):
            return [(test, "True")]
        case _:
            return []


def _is_covered(node: ast.AST, test: ast.expr, value: str) -> bool:
    if isinstance(test, ast.BoolOp) and value == str(isinstance(test.op, ast.And)):
        return True
    if not isinstance(node, ast.If) or value == "True" or node.orelse:
        return False
    return len(node.body) == 1 and is_removable(node.body[0])


def _is_asked(place: Place) -> bool:
    """Whether the value decides a branch, or is an operand of what does; others mutate it then."""
    if place.field in ("ifs", "guard"):
        return True
    if isinstance(place.parent, ast.BoolOp):
        return True
    return place.field == "test" and not isinstance(place.parent, ast.Assert)


def _compared(
    place: Place, source: Source, table: dict[type[ast.cmpop], tuple[str, str]]
) -> Iterator[Edit]:
    if not isinstance(place.node, ast.Compare):
        return
    operands = pairwise((place.node.left, *place.node.comparators))
    for operator, (left, right) in zip(place.node.ops, operands, strict=True):
        if type(operator) in table:
            edit = source.between(left, right, *table[type(operator)])
            if edit is not None:
                yield edit
