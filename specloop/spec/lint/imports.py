"""Tests that import a module which the spec does not depend on: it is not there when they run."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from specloop.spec.lint.subject import Subject
from specloop.spec.path_rules import node_path
from specloop.spec.problems import Problems, read_text
from specloop.spec.python_text import parse


def missing_dependency(subject: Subject) -> Iterator[tuple[int, str]]:
    """An import, in `setup` or in a test file, of a module that is none of the dependencies."""
    spec = subject.spec
    for line, where, source, at_once in _sources(subject):
        paths = _imported(source, at_once)
        names = {subject.import_paths[path]: None for path in _modules(paths, subject)}
        there = {spec.name, *(need.name for need in subject.project.needs(spec))} if names else {}
        for name in (name for name in names if name not in there):
            text = f"{where} imports the module {name!r}, which is not there when the tests of"
            yield line, f"{text} {spec.name!r} run; add it to `dependencies`, or remove the import"


def _modules(paths: tuple[tuple[str, ...], ...], subject: Subject) -> Iterator[str]:
    """The import paths of modules; of `from a import b`, "a" counts where "a.b" is none."""
    for forms in paths:
        yield from [path for path in forms if path in subject.import_paths][:1]


def _sources(subject: Subject) -> Iterator[tuple[int, str, str, bool]]:
    """Where the spec has `setup`, or names a test: the line, what it is, and its text.

    Last stands whether only what is imported when the file is read is sure to be: so in a conftest
    file, and in a file of which some tests are named.
    """
    spec, root = subject.spec, subject.project.root
    yield subject.file.line("setup"), "`setup`", spec.setup, False
    for place, target in enumerate(spec.tests):
        line = subject.file.line("tests", place)
        for path in _files(root, node_path(target)):
            at_once = path.name == "conftest.py" or "::" in target
            yield line, path.relative_to(root).as_posix(), _text(path), at_once


def _files(root: Path, target: str) -> list[Path]:
    """The test files of a target, and the conftest files that pytest reads for them."""
    place = root / target
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    above = [root / folder / "conftest.py" for folder in PurePosixPath(target).parents]
    return [path for path in (*above, *files) if path.is_file()]


def _text(path: Path) -> str:
    return read_text(path, Problems(path.name), "") or ""


@lru_cache(maxsize=512)
def _imported(source: str, at_once: bool) -> tuple[tuple[str, ...], ...]:
    """What a text imports, or only what it imports when it is read itself.

    Each as the dotted names that it may be, the most exact first; nothing where it is not Python.
    """
    try:
        tree = parse(source)
    except SyntaxError:
        return ()
    found: list[tuple[str, ...]] = []
    for node in tree.body if at_once else _run(tree):
        match node:
            case ast.Import(names=names):
                found += ((alias.name,) for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                found += ((f"{module}.{alias.name}", module) for alias in names)
    return tuple(found)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """All below a node but what only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield child
            yield from _run(child)
