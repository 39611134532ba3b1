"""Operators on values: literals, arithmetic, slices, calls, and what a function returns."""

import ast
from collections.abc import Iterator

from specloop.strength.conditions import BOUNDARIES
from specloop.strength.place import Place
from specloop.strength.source import Edit, Source

_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "|"),
}
# What does less, or the other thing; None: the call is left out and what it is called on stays.
_CALLS: dict[str, tuple[str | None, ...]] = {
    "strip": ("lstrip", "rstrip"),
    **dict.fromkeys(("lstrip", "rstrip", "lower", "upper", "casefold", "title"), (None,)),
    **dict.fromkeys(("capitalize", "replace", "removeprefix", "removesuffix"), (None,)),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
}
# Texts given to these: an empty one does what leaving out the call does, or only breaks (no codec).
_TEXTS_KEPT = {"strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "encode", "decode"}
# Which neighbour of a compared number the boundary operator does not stand for already.
_BEYOND: dict[type[ast.cmpop], int] = {ast.Lt: -1, ast.LtE: 1, ast.Gt: 1, ast.GtE: -1}


def constant(place: Place, source: Source) -> Iterator[Edit]:
    """A number becomes its neighbours, a text empty (or no longer empty), True False."""
    match place.node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            yield from (source.replaced(place.node, text) for text in _numbers(-value, place))
        case ast.Constant(value=value) if not (_has_sign(place) or _is_kept(place)):
            yield from (source.replaced(place.node, text) for text in _other(value, place))
        case ast.JoinedStr():
            yield source.replaced(place.node, '""')


def arithmetic(place: Place, source: Source) -> Iterator[Edit]:
    """`+` becomes `-`, and so on; a sign is lost. Texts are joined, not added."""
    edit = None
    match place.node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            if not (_is_text(left) or _is_text(right)):
                edit = source.between(left, right, *_ARITHMETIC[type(op)])
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in _ARITHMETIC:
            if not _is_text(value):
                old, new = _ARITHMETIC[type(op)]
                edit = source.between(target, value, f"{old}=", f"{new}=")
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            start = source.start(place.node)
            edit = Edit(start, start + 1, "")
    if edit is not None:
        yield edit


def slicing(place: Place, source: Source) -> Iterator[Edit]:
    """A bound of a slice that is no number is lost."""
    if isinstance(place.node, ast.Slice):
        for bound in (place.node.lower, place.node.upper, place.node.step):
            if bound is not None and not isinstance(bound, (ast.Constant, ast.UnaryOp)):
                yield source.replaced(bound, "None")


def call(place: Place, source: Source) -> Iterator[Edit]:
    """A method of texts is not called, or does half; `min` becomes `max`, `any` `all`."""
    match place.node:
        case ast.Call(func=ast.Attribute(attr=name)):
            end = source.end(place.node.func)
            for other in _CALLS.get(name, ()):
                if other is None:
                    dot = source.code.rindex(".", 0, end - len(name))
                    yield Edit(dot, source.end(place.node), "")
                else:
                    yield Edit(end - len(name), end, other)
        case ast.Call(func=ast.Name(id=name)):
            others = [other for other in _CALLS.get(name, ()) if other]
            yield from (source.replaced(place.node.func, other) for other in others)


def result(place: Place, source: Source) -> Iterator[Edit]:
    """A function returns or yields None; not where the value itself is mutated."""
    match place.node:
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            if not isinstance(value, (ast.Constant, ast.Compare, ast.BoolOp, ast.JoinedStr)):
                yield source.replaced(value, "None")


def _other(value: object, place: Place) -> Iterator[str]:
    match value:
        case bool():
            yield str(not value)
        case int() | float():
            yield from _numbers(value, place)
        case str():
            yield '""' if value else '"x"'
        case bytes():
            yield 'b""' if value else 'b"x"'


def _numbers(value: float, place: Place) -> Iterator[str]:
    if isinstance(value, float):
        yield repr(value + 1)
        return
    beyond = _beyond(place)
    yield from (str(value + step) for step in (1, -1) if beyond in (0, step))


def _beyond(place: Place) -> int:
    """In which direction alone a number is mutated; 0: in both.

    Next to `<` and the like the boundary is the other one. One of several in a row is rather a
    name, such as a status code, than an amount.
    """
    if isinstance(place.parent, (ast.Tuple, ast.List, ast.Set)):
        return 1
    if not isinstance(place.parent, ast.Compare) or len(place.parent.ops) != 1:
        return 0
    operator = type(place.parent.ops[0])
    if operator not in BOUNDARIES:
        return 0
    return _BEYOND[operator] if place.field == "comparators" else -_BEYOND[operator]


def _has_sign(place: Place) -> bool:
    return isinstance(place.parent, ast.UnaryOp) and isinstance(place.parent.op, ast.USub)


def _is_kept(place: Place) -> bool:
    func = place.parent.func if isinstance(place.parent, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in _TEXTS_KEPT


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (str, bytes))
    return isinstance(node, (ast.JoinedStr, ast.List, ast.Tuple))
