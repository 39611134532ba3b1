"""Which functions promise plain data: what they give must then be told, whatever else it claims."""

import ast
from collections.abc import Iterable

_PLAIN = {
    *("str", "int", "float", "bool", "bytes", "complex", "None", "Decimal", "Fraction"),
    *("date", "datetime", "time", "timedelta", "UUID", "Path", "PurePath"),
}
_HOLDING = {"list", "tuple", "set", "frozenset", "dict", "List", "Tuple", "Set", "Dict"}
_HOLDING |= {"Optional", "Union"}


def plain_returns(exports: Iterable[str]) -> frozenset[str]:
    """The names of the functions whose signatures say that they return nothing but plain data.

    `exports` are sources, as of `Export`.
    """
    return frozenset(name for source in exports for name in _promising(source))


def _promising(source: str) -> list[str]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
    functions = [each for each in body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [each.name for each in functions if each.returns and _is_plain(each.returns)]


def _is_plain(annotation: ast.expr) -> bool:
    match annotation:
        case ast.Constant(value=str() as text):
            return _is_plain_text(text)
        case ast.Constant(value=value):
            return value is None or value is ...
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _PLAIN
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_plain(left) and _is_plain(right)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return name in _HOLDING and all(map(_is_plain, parts))
    return False


def _is_plain_text(text: str) -> bool:
    try:
        return _is_plain(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError):
        return False
