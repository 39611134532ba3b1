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
    for line, where, source in _sources(subject):
        paths = _imported(source, where.endswith("conftest.py"))
        names = {subject.import_paths[path]: None for path in paths if path in subject.import_paths}
        there = {spec.name, *(need.name for need in subject.project.needs(spec))} if names else {}
        for name in (name for name in names if name not in there):
            text = f"{where} imports the module {name!r}, which is not there when the tests of"
            yield line, f"{text} {spec.name!r} run; add it to `dependencies`, or remove the import"


def _sources(subject: Subject) -> Iterator[tuple[int, str, str]]:
    """Where the spec has `setup`, or names a test: the line, what it is, and its text."""
    spec, root = subject.spec, subject.project.root
    yield subject.file.line("setup"), "`setup`", spec.setup
    for place, target in enumerate(spec.tests):
        line = subject.file.line("tests", place)
        for path in _files(root, node_path(target)):
            yield line, path.relative_to(root).as_posix(), _text(path)


def _files(root: Path, target: str) -> list[Path]:
    """The test files of a target, and the conftest files that pytest reads for them."""
    place = root / target
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    above = [root / folder / "conftest.py" for folder in PurePosixPath(target).parents]
    return [path for path in (*above, *files) if path.is_file()]


def _text(path: Path) -> str:
    return read_text(path, Problems(path.name), "") or ""


@lru_cache(maxsize=512)
def _imported(source: str, at_once: bool) -> tuple[str, ...]:
    """The dotted names that a text imports, or only what it imports when it is read itself.

    Nothing where it is not Python.
    """
    try:
        tree = parse(source)
    except SyntaxError:
        return ()
    found: list[str] = []
    for node in tree.body if at_once else ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                found += (module, *(f"{module}.{alias.name}" for alias in names))
    return tuple(found)
