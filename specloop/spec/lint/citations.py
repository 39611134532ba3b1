"""Where tests cite requirements, as far as their text tells."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from specloop.spec.path_rules import node_path
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
    """The marks `@pytest.mark.spec(…)` in all test files that the specs and [integration] name."""
    found: list[Citation] = []
    for path in _test_files(project):
        relative = path.relative_to(project.root).as_posix()
        try:
            tree = parse(_text(path))
        except SyntaxError:  # pytest will complain of it
            continue
        found += _marks(tree, relative, relative)
    return tuple(found)


def _marks(node: ast.AST, path: str, node_id: str) -> Iterator[Citation]:
    for child in ast.iter_child_nodes(node):
        inner = node_id
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{node_id}::{child.name}"
        if isinstance(child, ast.Call) and _is_mark(child.func):
            yield from _cited(child, path, node_id)
        yield from _marks(child, path, inner)


def _is_mark(function: ast.expr) -> bool:
    """Whether it is `pytest.mark.spec`, or `mark.spec` where that was imported."""
    match function:
        case ast.Attribute(attr="spec", value=ast.Attribute(attr="mark") | ast.Name(id="mark")):
            return True
    return False


def _cited(mark: ast.Call, path: str, node_id: str) -> Iterator[Citation]:
    for argument in mark.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            module, slash, id_ = argument.value.rpartition("/")
            if slash:
                yield Citation(path, argument.lineno, module, id_, node_id)


def _test_files(project: Project) -> list[Path]:
    targets = {node_path(target) for target in project.settings.integration.tests}
    targets |= {node_path(test) for module in project.modules for test in module.tests}
    found: set[Path] = set()
    for place in (project.root / target for target in targets):
        found.update([place] if place.is_file() else place.rglob("*.py"))
    return sorted(found)


def _text(path: Path) -> str:
    """The file's text, or "" for one that pytest will complain of."""
    return read_text(path, Problems(path.name), "") or ""
