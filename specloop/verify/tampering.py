"""PURE. What no honest module needs: ways to its caller, to its judge, and around the checks."""

import ast
from collections.abc import Callable, Iterator

from specloop.attempt.report import StaticFinding

TEST_TOOLS = ("_pytest", "pytest", "unittest")
INNER = ("__main__", "ctypes")
REACHES = {
    "gc.get_objects",
    "gc.get_referrers",
    "gc.get_referents",
    "inspect.currentframe",
    "inspect.stack",
    "os._exit",
    "sys._current_frames",
    "sys._getframe",
}
CHANGES = {"__delitem__", "__setitem__", "clear", "pop", "popitem", "setdefault", "update"}
IMPORTS = {"__import__", "builtins.__import__", "importlib.import_module", "importlib.__import__"}


def find(tree: ast.Module, may_import: Callable[[str], bool]) -> Iterator[StaticFinding]:
    """A finding for each such construct; `may_import` tells whether a dotted name is in order."""
    names = _bound(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node, may_import)
        elif isinstance(node, ast.Attribute | ast.Name):
            yield from _reaches(node, names)
        elif isinstance(node, ast.Subscript):
            yield from _entry(node, names)
        elif isinstance(node, ast.Call):
            yield from _by_name(node, names, may_import)


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The dotted names that a statement imports: `from a import b` may mean a module a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def is_tool(name: str) -> bool:
    """Whether a dotted name is of what tests are made with, or of the interpreter's inside."""
    return name.partition(".")[0] in (*TEST_TOOLS, *INNER)


def _bound(tree: ast.Module) -> dict[str, str]:
    """The dotted name that each imported name stands for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias, full in zip(node.names, imported(node), strict=True):
                if alias.asname or isinstance(node, ast.ImportFrom):
                    found[alias.asname or alias.name] = full
                else:
                    top = full.partition(".")[0]
                    found[top] = top
    return found


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """What an expression of names and dots stands for, "" for any other."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id if node.id == "__import__" else "")
    if isinstance(node, ast.Attribute):
        value = _dotted(node.value, names)
        return f"{value}.{node.attr}" if value else ""
    return ""


def _imports(
    node: ast.Import | ast.ImportFrom, may_import: Callable[[str], bool]
) -> Iterator[StaticFinding]:
    if isinstance(node, ast.ImportFrom) and node.level:
        return
    for name in imported(node):
        if name in REACHES or (is_tool(name) and not may_import(name)):
            yield _finding(node, name)


def _reaches(node: ast.Attribute | ast.Name, names: dict[str, str]) -> Iterator[StaticFinding]:
    name = _dotted(node, names)
    if isinstance(node, ast.Attribute):
        if name in REACHES:
            yield _finding(node, name)
        elif node.attr == "f_back":
            yield _finding(node, "f_back")
        elif node.attr in CHANGES and _dotted(node.value, names) == "sys.modules":
            yield _finding(node, name)
    if name == "sys.modules" and not isinstance(node.ctx, ast.Load):
        yield _finding(node, name)


def _entry(node: ast.Subscript, names: dict[str, str]) -> Iterator[StaticFinding]:
    """An entry of sys.modules that is set, or that is read to get at the tests."""
    if _dotted(node.value, names) != "sys.modules":
        return
    key = node.slice.value if isinstance(node.slice, ast.Constant) else ""
    if not isinstance(node.ctx, ast.Load) or is_tool(str(key)):
        yield _finding(node, ast.unparse(node))


def _by_name(
    node: ast.Call, names: dict[str, str], may_import: Callable[[str], bool]
) -> Iterator[StaticFinding]:
    """An import by a call, of what an import statement could not name."""
    first = node.args[0] if node.args else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return
    if _dotted(node.func, names) in IMPORTS and not may_import(first.value):
        yield _finding(node, ast.unparse(node))


def _finding(node: ast.stmt | ast.expr, name: str) -> StaticFinding:
    text = (
        f"{name!r} reaches into the interpreter, the imports or the tests, which no module here "
        "may do; leave it out and do the work with plain code"
    )
    return StaticFinding(node.lineno, "tampering", text)
