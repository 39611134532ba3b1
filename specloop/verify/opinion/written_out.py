"""Loops over known values, written out, so that each turn is a part of the check."""

import ast
import copy
from collections.abc import Callable, Iterator

from specloop.verify.opinion import calls
from specloop.verify.opinion.evaluate import Evaluator
from specloop.verify.opinion.names import Names, bind
from specloop.verify.opinion.opaque import Unclear
from specloop.verify.opinion.parts import LOOPS, made_in

TURNS = 100
_SCOPES = (ast.Lambda, *LOOPS, ast.NamedExpr)
_ERRORS = (Unclear, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def written_out(check: ast.expr, has_leaf: Callable[[ast.expr], bool], names: Names) -> ast.expr:
    """A copy of the check with each loop that the worker is needed for, where that can be done.

    `has_leaf` says whether the worker is needed for an expression.
    """
    found: ast.expr = _WriteOut(has_leaf, names).visit(copy.deepcopy(check))
    return found


class _WriteOut(ast.NodeTransformer):
    def __init__(self, has_leaf: Callable[[ast.expr], bool], names: Names) -> None:
        self._has_leaf = has_leaf
        self._names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Lambda):
            return node
        if isinstance(node, LOOPS) and self._has_leaf(node):
            try:
                return super().generic_visit(self._written_out(node))
            except _ERRORS:
                return node
        return super().generic_visit(node)

    def _written_out(self, node: ast.expr) -> ast.expr:
        assert isinstance(node, LOOPS)
        turns = [*self._turns(node)]
        if isinstance(node, ast.DictComp):
            keys: list[ast.expr | None] = [_with(node.key, turn) for turn in turns]
            return ast.Dict(keys, [_with(node.value, turn) for turn in turns])
        elements = [_with(node.elt, turn) for turn in turns]
        return (
            ast.Set(elements) if isinstance(node, ast.SetComp) else ast.List(elements, ast.Load())
        )

    def _turns(self, node: ast.expr) -> Iterator[dict[str, ast.expr]]:
        """What the loop's names stand for, turn by turn; Unclear where that is not known."""
        assert isinstance(node, LOOPS)
        only, *others = node.generators
        made = made_in(node)
        inner = any(isinstance(each, _SCOPES) for part in made for each in ast.walk(part))
        if others or only.is_async or inner or self._has_leaf(only.iter):
            raise Unclear("the loop is not over known values")
        found = calls.items(Evaluator(self._names).value(only.iter))
        if len(found) > TURNS:
            raise Unclear("the loop is too long")
        for item in found:
            turn = {name: _display(value) for name, value in bind(only.target, item).items()}
            tests = [_with(test, turn) for test in only.ifs]
            if all(Evaluator(self._names).truth(test) for test in tests):
                yield turn


def _with(node: ast.expr, turn: dict[str, ast.expr]) -> ast.expr:
    class Put(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return copy.deepcopy(turn[name.id]) if name.id in turn else name

    return Put().visit(copy.deepcopy(node))  # type: ignore[no-any-return]


def _display(value: object) -> ast.expr:
    """The value as an expression; Unclear where it has none."""
    if (
        value is None
        or value is ...
        or isinstance(value, bool | int | float | complex | str | bytes)
    ):
        return ast.Constant(value)
    if isinstance(value, tuple):
        return ast.Tuple([_display(each) for each in value], ast.Load())
    if isinstance(value, list):
        return ast.List([_display(each) for each in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict(
            [_display(key) for key in value], [_display(each) for each in value.values()]
        )
    raise Unclear("the value has no literal")
