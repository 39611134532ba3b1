"""A module's interface: what dependants are shown."""

import ast
from collections.abc import Iterable

from specloop.spec.python_text import parse

_ELLIPSIS = ast.Expr(ast.Constant(...))


def import_path(file: str, pythonpath: Iterable[str]) -> str:
    """The dotted name under which `file` is imported: "src/shop/slug.py" is "shop.slug" on src."""
    best = ""
    for folder in pythonpath:
        prefix = "" if folder in ("", ".") else folder.strip("/") + "/"
        if file.startswith(prefix) and len(prefix) > len(best):
            best = prefix
    return file[len(best) :].removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def interface(code: str, names: Iterable[str] = (), *, docstrings: bool = True) -> str:
    """Signatures (and docstrings) of the public names in `code`; never a body.

    `names` are those to show; without any, every top-level name that has no leading underscore.
    Raises SyntaxError where `code` does not parse.
    """
    wanted = set(names)

    def shown(name: str) -> bool:
        return name in wanted if wanted else not name.startswith("_")

    parts = []
    for node in parse(code).body:
        kept = _outline(node, docstrings)
        if kept is not None and any(shown(name) for name in defined_names(node)):
            parts.append(ast.unparse(ast.fix_missing_locations(kept)))
    return "\n\n".join(parts)


def defined_names(node: ast.stmt) -> tuple[str, ...]:
    """The names that a top-level statement defines: functions, classes and assignments."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case ast.Assign():
            return tuple(t.id for t in node.targets if isinstance(t, ast.Name))
        case _:
            return ()


def _outline(node: ast.stmt, docstrings: bool) -> ast.stmt | None:
    """The statement without what is behind the interface, or None if it is no part of it."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            node.body = [*_docstring(node, docstrings), _ELLIPSIS]
            return node
        case ast.ClassDef():
            members = [_outline(child, docstrings) for child in node.body if _is_public(child)]
            body = _docstring(node, docstrings) + [m for m in members if m is not None]
            node.body = body or [_ELLIPSIS]
            return node
        case ast.Assign() | ast.AnnAssign():
            # That there is a value counts, too: the field of a dataclass need not be given then.
            if node.value is not None and not isinstance(node.value, ast.Constant):
                node.value = ast.Constant(...)
            return node
        case _:
            return None


def _is_public(node: ast.stmt) -> bool:
    """Whether a member of a class is for its users: special methods are called by operators."""
    names = defined_names(node)
    special = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return any(
        not name.startswith("_") or (special and name[:2] == name[-2:] == "__") for name in names
    )


def _docstring(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, wanted: bool
) -> list[ast.stmt]:
    text = ast.get_docstring(node) if wanted else None
    return [ast.Expr(ast.Constant(text))] if text else []
