"""Python's operators on plain data, each within bounds."""

import ast
import operator
from collections.abc import Callable
from typing import Any

from specloop.verify.opinion.calls import BITS, ITEMS, bounded
from specloop.verify.opinion.opaque import Opaque, Unclear


def check_size(sign: ast.operator, left: Any, right: Any) -> None:  # noqa: ANN401
    """Unclear where an operator might take too long."""
    if isinstance(sign, ast.Mod) and isinstance(left, str | bytes):
        raise Unclear("a text is formatted")
    numbers = [each for each in (left, right) if isinstance(each, int)]
    for each in numbers:
        bounded(each)
    if isinstance(sign, ast.Pow):
        if not all(isinstance(each, int | float | complex) for each in (left, right)):
            raise Unclear("the value may be too large")
        if len(numbers) == 2 and left.bit_length() * max(1, right) > BITS:
            raise Unclear("the value is too large")
    if isinstance(sign, ast.LShift) and len(numbers) == 2 and right > BITS:
        raise Unclear("the value is too large")
    if isinstance(sign, ast.Mult) and numbers:
        for each in (left, right):
            size = len(each) if isinstance(each, str | bytes | list | tuple) else 0
            if size * max(1, abs(numbers[0])) > ITEMS:
                raise Unclear("the value is too large")


def compared(sign: ast.cmpop, left: Any, right: Any) -> Any:  # noqa: ANN401
    """The result of a comparison; Unclear where plain data do not suffice."""
    if isinstance(sign, ast.Is | ast.IsNot):
        if not any(_is_one_of_a_kind(each) for each in (left, right)):
            raise Unclear("whether two values are one object cannot be seen outside of the worker")
        if isinstance(left, Opaque) or isinstance(right, Opaque):
            # An object is neither None nor True, whatever it says of itself.
            return isinstance(sign, ast.IsNot)
    if isinstance(sign, ast.In | ast.NotIn) and isinstance(right, Opaque):
        right.unclear()
    return _COMPARED[type(sign)](left, right)


def _is_one_of_a_kind(value: Any) -> bool:  # noqa: ANN401
    return value is None or value is ... or isinstance(value, bool | type)


_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
