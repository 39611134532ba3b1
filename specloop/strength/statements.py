"""Operators on what is done: statements, exceptions, decorators, defaults of fields."""

import ast
from collections.abc import Iterator

from specloop.strength.conditions import is_removable
from specloop.strength.place import Place
from specloop.strength.source import Edit, Source

# Without these nothing changes that a test could see, or nothing works at all.
_KEPT_DECORATORS = {
    *("classmethod", "staticmethod", "override", "final", "overload", "wraps"),
    *("cache", "lru_cache"),
}


def raising(place: Place, source: Source) -> Iterator[Edit]:
    """An exception is not raised, or is one of the widest class."""
    if not isinstance(place.node, ast.Raise):
        return
    yield source.replaced(place.node, "pass")
    raised = place.node.exc
    kind = raised.func if isinstance(raised, ast.Call) else raised
    match kind:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name[:1].isupper():
            if name not in ("Exception", "BaseException"):
                yield source.replaced(kind, "Exception")


def statement(place: Place, source: Source) -> Iterator[Edit]:
    """A statement is not executed.

    Not the first assignment to a name of a function or a module: what uses it would break, which
    any row notices that comes there.
    """
    match place.node:
        case ast.AnnAssign(annotation=annotation, value=ast.expr() as value):
            if isinstance(place.scope, ast.ClassDef):
                yield Edit(source.end(annotation), source.end(value), "")
        case ast.Raise():
            pass  # raising() does that
        case ast.stmt() as node if _can_go(node, place.scope):
            yield source.replaced(node, "pass")


def decorator(place: Place, source: Source) -> Iterator[Edit]:
    """A decorator is not applied."""
    if place.field != "decorator_list" or not isinstance(place.node, ast.expr):
        return
    called = place.node.func if isinstance(place.node, ast.Call) else place.node
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name not in _KEPT_DECORATORS:
        start = source.code.rindex("@", 0, source.start(place.node))
        yield Edit(start, source.end(place.node), "")


def _can_go(node: ast.stmt, scope: ast.AST) -> bool:
    """Whether all that a statement assigns to had a value before, or is seen from outside."""
    if not isinstance(node, ast.Assign):
        return isinstance(node, ast.Assert) or is_removable(node)
    if isinstance(scope, ast.ClassDef):
        return True
    before = {arg.arg for arg in ast.walk(scope) if isinstance(arg, ast.arg)}
    before.update(name for name, line in _stored(scope) if line < node.lineno)
    return all(name in before for name, _ in _stored(node))


def _stored(node: ast.AST) -> list[tuple[str, int]]:
    """The names that are assigned to in a node, with their lines."""
    names = [name for name in ast.walk(node) if isinstance(name, ast.Name)]
    return [(name.id, name.lineno) for name in names if isinstance(name.ctx, ast.Store)]
