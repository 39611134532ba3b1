"""Variations of an expression: each has one literal changed.

No argument is left out: it may be what keeps a row from asking for the time.
"""

import ast
import json
from collections.abc import Iterator

from specloop.strength.source import Edit, Source


def literal(value: object) -> str:
    """A value as it is written in a spec."""
    if isinstance(value, str) and value.isprintable():
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def variations(expression: str) -> Iterator[str]:
    """The expression with one change, the most natural ones first; only inside of calls."""
    source = Source(expression)
    edits = [edit for node in _arguments(expression) for edit in _edits(node, source)]
    for _, edit in sorted(edits, key=lambda found: found[0]):
        changed = edit.apply(expression)
        if changed != expression:
            yield changed


def _arguments(expression: str) -> list[ast.AST]:
    """The literals, lists and tuples among what the calls in an expression are given."""
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    opaque = {id(n) for f in ast.walk(tree) if isinstance(f, ast.JoinedStr) for n in ast.walk(f)}
    given = [arg for call in calls for arg in (*call.args, *(k.value for k in call.keywords))]
    inside = [node for arg in given for node in ast.walk(arg)]
    found = {id(node): node for node in inside if id(node) not in opaque}
    return list(found.values())


def _edits(node: ast.AST, source: Source) -> Iterator[tuple[int, Edit]]:
    """Changes of one node, each with its rank: the lower, the more natural."""
    match node:
        case ast.Constant(value=value):
            for rank, other in enumerate(_others(value)):
                yield rank, source.replaced(node, literal(other))
        case ast.List(elts=[*_, last] as items) | ast.Tuple(elts=[*_, last] as items):
            yield 0, Edit(source.end(last), source.end(last), f", {source.text(last)}")
            if len(items) > 1:
                yield 1, Edit(source.end(items[-2]), source.end(last), "," * _needs_comma(node))
            if isinstance(node, ast.List):
                yield 2, source.replaced(node, "[]")


def _needs_comma(node: ast.expr) -> bool:
    """Whether what is left of a tuple of two would be no tuple without one."""
    return isinstance(node, ast.Tuple) and len(node.elts) == 2


def _others(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1, 0, value * 2, -value]
        case float():
            return [value + 1, value / 2, 0.0, -value]
        case str():
            return _texts(value)
        case _:
            return []


def _texts(value: str) -> list[object]:
    """Other texts: longer, shorter, of other letters, with blanks, without anything."""
    if not value:
        return ["a", " ", "é"]
    first, last = value[0], value[-1]
    middle = len(value) // 2
    return [
        *(value[:-1], value + last, value.swapcase(), "", value[1:], first + value),
        *(f"{value[:middle]} {value[middle:]}", f"{value[:middle]}-{value[middle:]}"),
        *(
            f" {value} ",
            f"-{value}-",
            f"{value}é",
            f"{value}1",
            f"1{value}",
            value * 2,
            f"{value}ß",
        ),
    ]
