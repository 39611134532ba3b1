"""What an expression is made of."""

import ast
import copy
from collections.abc import Callable

from specloop.verify.opinion import calls
from specloop.verify.opinion.names import Names

Change = Callable[[ast.expr], ast.expr]
LOOPS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def compares(node: ast.AST) -> bool:
    """Whether there is a comparison, or a question to builtins, anywhere in it."""
    return any(
        isinstance(each, ast.Compare)
        or (
            isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in _ASKS
        )
        or (isinstance(each, ast.Attribute) and each.attr in calls.QUESTIONS)
        for each in ast.walk(node)
    )


_ASKS = {"all", "any", "isinstance", "bool", "isclose"}


def made_in(loop: ast.expr) -> list[ast.expr]:
    """What a loop makes of each turn."""
    if isinstance(loop, ast.DictComp):
        return [loop.key, loop.value]
    return [loop.elt] if isinstance(loop, ast.ListComp | ast.SetComp | ast.GeneratorExp) else []


def parts_of(node: ast.expr, names: Names) -> list[ast.expr]:
    """The parts whose values the expression is made of."""
    found: list[ast.expr] = []

    def note(part: ast.expr) -> ast.expr:
        found.append(part)
        return part

    mapped(node, note, names)
    return found


def mapped(node: ast.expr, change: Change, names: Names) -> ast.expr:
    """A copy of the expression in which each of its parts is changed."""
    match node:
        case ast.Name() | ast.Constant() | ast.JoinedStr() | ast.Attribute():
            return node
        case ast.Call(func=func):
            if isinstance(func, ast.Attribute) and names.function(func) is None:
                func = ast.Attribute(change(func.value), func.attr, ast.Load())
            arguments = [change(each) for each in node.args]
            words = [ast.keyword(word.arg, change(word.value)) for word in node.keywords]
            return ast.Call(func, arguments, words)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            changed = copy.copy(node)
            first = copy.copy(node.generators[0])
            first.iter = change(first.iter)
            changed.generators = [first, *node.generators[1:]]
            return changed
    changed_node = copy.copy(node)
    for field, value in ast.iter_fields(node):
        setattr(changed_node, field, _changed(value, change))
    return changed_node


def _changed(value: object, change: Change) -> object:
    if isinstance(value, ast.Slice):
        return ast.Slice(
            *(each and change(each) for each in (value.lower, value.upper, value.step))
        )
    if isinstance(value, ast.expr):
        return change(value)
    if isinstance(value, list):
        return [change(each) if isinstance(each, ast.expr) else each for each in value]
    return value
