"""Statements before a check, each looked through once."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from specloop.verify.opinion.calls import IMPORTED_MODULES
from specloop.verify.opinion.parts import compares

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A statement: the names that it gives a meaning and those that it needs.

    `imported` are the full names of what it imports of the modules that are known here; `compares`
    says whether a comparison is anywhere in it, `waits` whether it waits itself.
    """

    node: ast.stmt
    bound: tuple[str, ...]
    loaded: frozenset[str]
    imported: Mapping[str, str]
    compares: bool
    waits: bool


def looked_through(nodes: list[ast.stmt]) -> list[Statement]:
    """The statements; an import of several names as several, for some may be needed here alone."""
    return [
        Statement(
            each,
            tuple(bound(each)),
            frozenset(loaded(each)),
            _imported(each),
            compares(each),
            waits(each),
        )
        for node in nodes
        for each in _apart(node)
    ]


def _apart(statement: ast.stmt) -> list[ast.stmt]:
    match statement:
        case ast.Import(names=aliases):
            return [ast.Import([each]) for each in aliases]
        case ast.ImportFrom(module=home, names=aliases, level=level):
            return [ast.ImportFrom(home, [each], level) for each in aliases]
    return [statement]


def _imported(statement: ast.stmt) -> dict[str, str]:
    """The full name of each name that a statement imports, where we know the modules."""
    match statement:
        case ast.Import(names=aliases):
            found = {each.asname or each.name: each.name for each in aliases}
        case ast.ImportFrom(module=str() as home, names=aliases, level=0):
            found = {each.asname or each.name: f"{home}.{each.name}" for each in aliases}
        case _:
            return {}
    known = all(name.partition(".")[0] in IMPORTED_MODULES for name in found.values())
    return found if known and "*" not in found and not any("." in name for name in found) else {}


def bound(node: ast.AST) -> list[str]:
    """The names that are given a meaning in a scope: by assignment, definition or import.

    Those that an inner function changes from within are among them, twice.
    """
    found: list[str] = []
    for each in _in_scope(node):
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.append(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.append(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str() as name):
                found.append(name)
            case ast.alias():
                found.append((each.asname or each.name).partition(".")[0])
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                found.append(name)
            case ast.MatchMapping(rest=str() as name):
                found.append(name)
    for each in ast.walk(node):
        if isinstance(each, ast.Nonlocal | ast.Global):
            found += 2 * each.names
    return found


def _in_scope(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it, but not in functions and classes."""
    yield node
    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        for child in ast.iter_child_nodes(node):
            yield from _in_scope(child)


def loaded(node: ast.AST) -> set[str]:
    """The names that are used, not only given a meaning."""
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return {name.id for name in names if not isinstance(name.ctx, ast.Store)}


def waits(node: ast.AST) -> bool:
    """Whether a statement waits itself, and not in a function that it defines."""
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    return not isinstance(node, _FUNCTIONS) and any(map(waits, ast.iter_child_nodes(node)))
