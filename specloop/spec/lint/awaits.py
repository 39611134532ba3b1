"""Calls of `async def` exports that a row does not await."""

import ast
from collections import ChainMap
from collections.abc import Iterable, Iterator

from specloop.spec.lint.row_tree import RowTree, row_tree
from specloop.spec.lint.subject import Subject
from specloop.spec.module import Export
from specloop.spec.python_text import parse

_GENERATORS = ("AsyncIterator", "AsyncIterable", "AsyncGenerator")
# What each name stands for, as far as it is an export or an object of an exported class.
_Given = ChainMap[str, str]


def missing_await(subject: Subject) -> Iterator[tuple[int, str]]:
    """A row that compares, indexes or judges a coroutine, which is never what its result is.

    Coroutines that are given to a call, put into a name or stand in a lambda may be awaited there.
    """
    spec = subject.spec
    awaited = set(_awaited(spec.exports))
    if not awaited:
        return
    exported: _Given = ChainMap({export.name: export.name for export in spec.exports})
    _bind(parse(spec.setup).body, exported)
    for row in (*spec.rows, *spec.held_out):
        tree = row_tree(row)
        given = exported.new_child()
        _bind((*tree.statements, ast.Expr(tree.check)), given)
        for node in _taken_as_values(tree):
            if isinstance(node, ast.Call) and _meaning(node.func, given) in awaited:
                call = ast.unparse(node)[:60]
                text = f"{call!r} gives a coroutine, and nothing awaits it"
                yield row.line, f"{text}; write `(await {call})`"
                break


def _awaited(exports: Iterable[Export]) -> Iterator[str]:
    """The functions and methods ("Class.method") that give a coroutine when called."""
    for export in exports:
        for node in parse(export.source).body:
            if _gives_coroutine(node):
                yield export.name
            elif isinstance(node, ast.ClassDef):
                methods = (child for child in node.body if _gives_coroutine(child))
                yield from (f"{node.name}.{name}" for method in methods for name in _bound(method))


def _gives_coroutine(node: ast.stmt) -> bool:
    """Whether it is `async def`, and neither a generator nor changed by a decorator."""
    if not isinstance(node, ast.AsyncFunctionDef):
        return False
    returned = ast.unparse(node.returns) if node.returns else ""
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    return decorators <= {"staticmethod", "classmethod"} and not any(
        name in returned.partition("[")[0] for name in _GENERATORS
    )


def _bind(statements: Iterable[ast.stmt], given: _Given) -> None:
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given[name] = _meaning(value, given)
            case _:
                given.update(dict.fromkeys(_bound(statement), ""))


def _bound(statement: ast.AST) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]


def _meaning(node: ast.expr, given: _Given) -> str:
    """The export or the method that an expression is, or the class of which it is an object."""
    match node:
        case ast.Name(id=name):
            return given.get(name, "")
        case ast.Call(func=ast.Name(id=name)) if name[:1].isupper():
            return given.get(name, "")
        case ast.Attribute(value=ast.Name() | ast.Call() as value, attr=attr):
            owner = _meaning(value, given)
            return f"{owner}.{attr}" if owner else ""
    return ""


def _taken_as_values(tree: RowTree) -> Iterator[ast.expr]:
    """What is compared, indexed, or true or false, outside of lambdas."""
    yield from _judged(tree.check)
    waiting: list[ast.AST] = [tree.check, *tree.statements]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Lambda():
                continue
            case ast.Compare(left=left, comparators=others):
                yield from (left, *others)
            case ast.Subscript(value=value):
                yield value
            case ast.Assert(test=test):
                yield from _judged(test)
        waiting += ast.iter_child_nodes(node)


def _judged(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of a condition of which each is taken as true or false."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _judged(operand)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _judged(value)
        case _:
            yield node
