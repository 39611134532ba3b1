"""Where tests cite requirements, as far as their text tells."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from specloop.spec.path_rules import is_below, node_path
from specloop.spec.problems import Problems, read_text
from specloop.spec.project import Project
from specloop.spec.python_text import parse


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in a test file that names a requirement by its full id, such as "slug/V1".

    `node_id` is pytest's, of the test or of whatever holds the mark: a class, or the file.
    """

    path: str
    line: int
    module: str
    id: str
    node_id: str


def read_citations(project: Project) -> tuple[Citation, ...]:
    """The marks `@pytest.mark.spec(…)` of all tests that the specs and [integration] name.

    The mark may have a name of its own in the file, as in `spec = pytest.mark.spec`; the ids stand
    in it as literal texts.
    """
    targets = [*project.settings.integration.tests, *(t for m in project.modules for t in m.tests)]
    found: list[Citation] = []
    for path in _test_files(project.root, targets):
        relative = path.relative_to(project.root).as_posix()
        try:
            tree = parse(_text(path))
        except SyntaxError:  # pytest will complain of it
            continue
        marks = _marks(tree, relative, relative, _names_of_mark(tree))
        found += (mark for mark in marks if any(_concerns(mark, target) for target in targets))
    return tuple(found)


def _concerns(citation: Citation, target: str) -> bool:
    """Whether a target holds the test, or is held by the class or file that bears the mark."""
    node = citation.node_id
    return is_below(node, target) or ("::" in target and is_below(target, node))


def _names_of_mark(tree: ast.Module) -> frozenset[str]:
    """The names that the file gives to `pytest.mark.spec`."""
    return frozenset(
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and _is_mark(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _marks(node: ast.AST, path: str, node_id: str, names: frozenset[str]) -> Iterator[Citation]:
    for child in ast.iter_child_nodes(node):
        inner = node_id
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{node_id}::{child.name}"
        if isinstance(child, ast.Call) and _is_mark(child.func, names):
            yield from _cited(child, path, node_id)
        yield from _marks(child, path, inner, names)


def _is_mark(function: ast.expr, names: frozenset[str]) -> bool:
    """Whether it is `pytest.mark.spec`, `mark.spec` where that was imported, or one of `names`."""
    match function:
        case ast.Attribute(attr="spec", value=ast.Attribute(attr="mark") | ast.Name(id="mark")):
            return True
        case ast.Name(id=name):
            return name in names
    return False


def _cited(mark: ast.Call, path: str, node_id: str) -> Iterator[Citation]:
    for argument in mark.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            module, slash, id_ = argument.value.rpartition("/")
            if slash:
                yield Citation(path, argument.lineno, module, id_, node_id)


def _test_files(root: Path, targets: Iterable[str]) -> list[Path]:
    found: set[Path] = set()
    for place in {root / node_path(target) for target in targets}:
        found.update([place] if place.is_file() else place.rglob("*.py"))
    return sorted(found)


def _text(path: Path) -> str:
    """The file's text, or "" for one that pytest will complain of."""
    return read_text(path, Problems(path.name), "") or ""
