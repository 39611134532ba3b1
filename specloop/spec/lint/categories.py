"""Advice on what a spec passes over in silence: a whole list, or the type of a parameter."""

import ast
from collections.abc import Iterator

from specloop.spec.lint.subject import Subject
from specloop.spec.module import Export
from specloop.spec.yaml_node import Mapping, Node, Sequence

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def no_input(subject: Subject) -> Iterator[tuple[int, str]]:
    """Nothing on what the module takes, unless its exports take nothing."""
    exports = [_node(export) for export in subject.spec.exports]
    if not exports or any(_takes(node) for node in exports):
        yield from _missing(subject, "input", "which values each parameter may have")


def no_output(subject: Subject) -> Iterator[tuple[int, str]]:
    """Nothing on what the module gives, unless it exports classes without members alone."""
    exports = [_node(export) for export in subject.spec.exports]
    if not exports or not all(_is_bare_class(node) for node in exports):
        yield from _missing(subject, "output", "what comes back, and in which form")


def no_error_handling(subject: Subject) -> Iterator[tuple[int, str]]:
    """Nothing on what is refused."""
    yield from _missing(subject, "error_handling", "what is refused, and what is raised then")


def no_edge_cases(subject: Subject) -> Iterator[tuple[int, str]]:
    """Nothing on the rare cases."""
    text = "what happens to the empty, the largest and the repeated"
    yield from _missing(subject, "edge_cases", text)


def no_logging(subject: Subject) -> Iterator[tuple[int, str]]:
    """Nothing on what is logged."""
    yield from _missing(subject, "logging", "what is logged at which level")


def no_dependencies(subject: Subject) -> Iterator[tuple[int, str]]:
    """Nothing on what the module may import."""
    if subject.file.tree.get("dependencies") is None:
        text = "`dependencies` is not mentioned; list the modules and packages that this one may"
        yield subject.file.tree.line, f"{text} import, or write `dependencies: []`"


def untyped_export(subject: Subject) -> Iterator[tuple[int, str]]:
    """A signature that leaves out types."""
    for export in subject.spec.exports:
        node = _node(export)
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for function in (child for child in inner if isinstance(child, _Function)):
            lacking = _untyped(function)
            if lacking:
                name = f"{export.name}.{function.name}" if function is not node else export.name
                text = f"{name!r} has no type for {', '.join(lacking)}; write it in the signature"
                yield export.line, f"{text}, as in `def area(side: float) -> float`"


def _missing(subject: Subject, category: str, wanted: str) -> Iterator[tuple[int, str]]:
    tree = subject.file.tree
    below = tree.get("requirements")
    if not _has(tree, category) and not _has(below, category):
        line = tree.line if below is None else subject.file.line("requirements")
        text = f"`{category}` is not mentioned; say {wanted}"
        yield line, f"{text}, or write `{category}: none`"


def _has(node: Node | None, key: str) -> bool:
    """Whether a key stands in a mapping, or in one of a list of mappings."""
    match node:
        case Mapping():
            return node.get(key) is not None
        case Sequence(items=items):
            return any(_has(item, key) for item in items)
    return False


def _node(export: Export) -> ast.stmt:
    return ast.parse(export.source).body[0]


def _takes(node: ast.stmt) -> bool:
    """Whether a caller hands something over: an argument, or the value of a field."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return bool(_parameters(node) or node.args.vararg or node.args.kwarg)
        case ast.ClassDef(body=body):
            return any(isinstance(child, ast.AnnAssign) or _takes(child) for child in body)
    return False


def _is_bare_class(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and not any(
        isinstance(child, ast.AnnAssign | ast.Assign | _Function) for child in node.body
    )


def _parameters(function: _Function) -> list[ast.arg]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument for argument in named if argument.arg not in ("self", "cls")]


def _untyped(function: _Function) -> list[str]:
    """The parameters without a type, and the return value; that of `__init__` goes unsaid."""
    lacking = [repr(each.arg) for each in _parameters(function) if each.annotation is None]
    if function.returns is None and function.name != "__init__":
        lacking.append("what it returns")
    return lacking
