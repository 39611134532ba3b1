"""How much code a spec asks for, before there is any."""

import ast
import re
from collections.abc import Iterator, Sequence

from specloop.spec.lint.subject import Subject
from specloop.spec.module import Export, ModuleSpec
from specloop.spec.python_text import parse

DEFAULT_LINES = 100

_FUNCTION = 6
_CLASS = 3
_VALUE = 1
_REQUIREMENT = 3
_ROWS_A_LINE = 2
_WORD = re.compile(r"\w+")


def expected_lines(spec: ModuleSpec) -> int:
    """The lines of code that a spec probably takes.

    6 for each function or method, 3 for a class and 1 for each of its fields or for a value, 3 for
    each requirement, and 1 for every two rows. Of the modules of the shipped examples, which have
    14 to 82 lines, it expects 33 to 71; at worst 56 where there are 82.
    """
    rows = len(spec.rows) + len(spec.held_out)
    lines = sum(_export_lines(export) for export in spec.exports)
    return lines + _REQUIREMENT * len(spec.requirements) + rows // _ROWS_A_LINE


def _export_lines(export: Export) -> int:
    (node,) = parse(export.source).body
    return _lines_of(node)


def _lines_of(node: ast.stmt) -> int:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _FUNCTION
        case ast.ClassDef(body=body):
            return _CLASS + sum(_lines_of(child) for child in body)
        case ast.AnnAssign() | ast.Assign():
            return _VALUE
    return 0


def too_big(subject: Subject) -> Iterator[tuple[int, str]]:
    """A module that one answer of a model hardly holds."""
    spec = subject.spec
    limit = subject.project.limit(spec, "module_lines") or DEFAULT_LINES
    expected = expected_lines(spec)
    if expected > limit:
        text = f"some {expected} lines of code are to be expected, and {limit} fit into one module"
        yield subject.file.tree.line, f"{text}; make several specs of it{_division(spec.exports)}"


def _division(exports: Sequence[Export]) -> str:
    """How the exports could be shared out: what names each other stays together, if it can."""
    groups = _groups(exports)
    if len(groups) == 1:
        groups = [[export] for export in exports]
    if len(groups) < 2:
        return ", by what its requirements are about"
    half = sum(_export_lines(export) for export in exports) / 2
    first: list[str] = []
    lines = 0
    for group in groups[:-1]:
        size = sum(_export_lines(export) for export in group)
        if first and lines + size / 2 > half:
            break
        first += [export.name for export in group]
        lines += size
    second = [export.name for export in exports if export.name not in first]
    return f", for example {_named(first)} in one and {_named(second)} in another"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown


def _groups(exports: Sequence[Export]) -> list[list[Export]]:
    """The exports in groups, of which none names an export of another."""
    names = {export.name for export in exports}
    groups: list[list[Export]] = []
    words: list[set[str]] = []
    for export in exports:
        used = names.intersection(_WORD.findall(export.source))
        near = [place for place, known in enumerate(words) if known & used]
        merged = [other for place in near for other in groups[place]]
        used = used.union(*(words[place] for place in near))
        groups = [group for place, group in enumerate(groups) if place not in near]
        words = [known for place, known in enumerate(words) if place not in near]
        groups.append([*merged, export])
        words.append(used)
    return groups
