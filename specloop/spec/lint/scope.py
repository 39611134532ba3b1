"""Rules on names: those that rows use and nobody brings, and modules that nothing is used of."""

import ast
import builtins
import re
import symtable
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from specloop.spec.interface import import_path
from specloop.spec.lint.subject import Subject
from specloop.spec.module import ModuleSpec
from specloop.spec.nearest import did_you_mean
from specloop.spec.path_rules import node_path
from specloop.spec.problems import Problems, read_text
from specloop.spec.python_text import parse
from specloop.spec.row import Row
from specloop.spec.yaml_node import Scalar, Sequence

_MODULE_NAMES = (
    *("__annotations__", "__builtins__", "__cached__", "__doc__", "__file__", "__loader__"),
    *("__module__", "__name__", "__package__", "__qualname__", "__spec__"),
)
# Newer than the oldest Python that may run specloop.
_NEWER = ("PythonFinalizationError",)
_ALWAYS = frozenset({*dir(builtins), *_MODULE_NAMES, *_NEWER, "pytest"})
# With these, code may define names that no reader of it sees.
_DEFINING = frozenset({"exec", "globals"})
# What the compiler may warn of, where it stands in code: a doubtful escape, or `1or x`.
_DOUBTFUL = re.compile(r"\\|\d[A-Za-z]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that some statements bind, and those that they take from outside."""

    bound: frozenset[str]
    wanted: frozenset[str]


def undefined_name(subject: Subject) -> Iterator[tuple[int, str]]:
    """A name that nothing brings, in a row or in `setup`: what uses it can only fail.

    Nothing is said where names may come from elsewhere: without exports a row has all that the
    module defines.
    """
    spec = subject.spec
    setup = _names(spec.setup)
    if not spec.exports or setup is None:
        return
    rows = (*spec.rows, *spec.held_out)
    of_rows = [(row, names) for row in rows if (names := _names(_source(row))) is not None]
    own = {export.name for export in spec.exports} | setup.bound
    brought = own | set(_file_imports(spec)) | _ALWAYS
    bound_later = frozenset[str]().union(*(names.bound for _, names in of_rows))
    for name, line in _used(spec.setup, setup.wanted - brought - bound_later):
        text = f"`setup` uses {name!r}, which is neither defined there nor exported"
        yield _line_in_setup(subject, line), _advised(text, name, own)
    for row, names in of_rows:
        known = brought | names.bound | ({"caplog"} if row.kind == "logs" else set())
        for name, _ in _used(_source(row), names.wanted - known):
            text = f"the row uses {name!r}, which is neither exported nor defined in `setup`"
            yield row.line, _advised(text, name, own)


def _advised(text: str, name: str, known: set[str]) -> str:
    return f"{text}{did_you_mean(name, known)}; export it, or import it in `setup`"


def _source(row: Row) -> str:
    """The statements of a row, its check and the exception it waits for."""
    exception = [row.name] if row.kind == "raises" else []
    return "\n".join((*row.setup, row.expression, *exception))


def _file_imports(spec: ModuleSpec) -> Iterator[str]:
    """What the file of tests imports because a row needs it, besides pytest."""
    rows = (*spec.rows, *spec.held_out)
    if any("await" in row.source for row in rows) or re.search(r"\b(async|await)\b", spec.setup):
        yield "asyncio"
    if any(row.kind == "logs" for row in rows):
        yield "logging"
    if any(row.kind == "raises" and row.text is not None for row in rows):
        yield "re"


def _names(source: str) -> _Names | None:
    """The names in `source` as the body of a function; None where they cannot be told."""
    try:
        plain = ast.unparse(parse(source)) if _DOUBTFUL.search(source) else source
        body = textwrap.indent(plain, "    ")
        table = symtable.symtable(f"async def row():\n{body}\n    pass", "<spec>", "exec")
    except SyntaxError:  # symtable and the compiler do not agree on everything
        return None
    function = next(t for t in table.get_children() if isinstance(t, symtable.Function))
    symbols = [(scope, symbol) for scope in _scopes(function) for symbol in scope.get_symbols()]
    bound = {symbol.get_name() for scope, symbol in symbols if _binds(symbol, scope is function)}
    wanted = {symbol.get_name() for _, symbol in symbols if _looks_outside(symbol)}
    if wanted & _DEFINING:
        return None
    return _Names(frozenset(bound), frozenset(wanted - bound))


def _binds(symbol: symtable.Symbol, outermost: bool) -> bool:
    """Whether it defines a name for all that follows: in the outermost scope, or by `global`."""
    if symbol.is_declared_global():
        return symbol.is_assigned() or symbol.is_imported()
    return outermost and symbol.is_local()


def _looks_outside(symbol: symtable.Symbol) -> bool:
    return symbol.is_global() and symbol.is_referenced()


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _used(source: str, names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Those of `names` that are really looked up, by name, with the line of the first use.

    Not in annotations: whether they are evaluated depends on the version of Python.
    """
    if not names:
        return
    lines: dict[str, int] = {}
    for node in _evaluated(parse(source)):
        if isinstance(node, ast.Name) and node.id in names:
            lines[node.id] = min(node.lineno, lines.get(node.id, node.lineno))
    yield from sorted(lines.items())


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _evaluated(child)


def _line_in_setup(subject: Subject, line: int) -> int:
    node = subject.file.tree.get("setup")
    key = subject.file.line("setup")
    return key + line if isinstance(node, Scalar) and node.style == "|" else key


def unused_dependency(subject: Subject) -> Iterator[tuple[int, str]]:
    """A module that the spec depends on, and neither rows nor words nor tests use.

    It is used where its name stands or that of an export of it, here or in the exports of another
    module that is used.
    """
    waiting = [subject.project.module(name) for name in subject.spec.dependencies]
    waiting = [module for module in waiting if module.exports]
    words = _own_words(subject) if waiting else set()
    while used := [module for module in waiting if _is_named(module, subject, words)]:
        waiting = [module for module in waiting if module not in used]
        words |= _words(export.source for module in used for export in module.exports)
    for module in waiting:
        names = ", ".join(export.name for export in module.exports[:3])
        text = f"nothing here uses the module {module.name!r}; name what the code is to use of it"
        yield _line_of_dependency(subject, module.name), f"{text} ({names}), or remove the entry"


def _is_named(module: ModuleSpec, subject: Subject, words: set[str]) -> bool:
    if any(export.name.casefold() in words for export in module.exports):
        return True
    dotted = import_path(module.file, subject.project.settings.project.pythonpath)
    return any(_words([name]) <= words for name in (module.name, dotted.rpartition(".")[2]))


def _own_words(subject: Subject) -> set[str]:
    spec = subject.spec
    texts = [spec.task, spec.setup, *spec.constraints]
    texts += [requirement.text for requirement in spec.requirements]
    texts += [export.source for export in spec.exports]
    texts += [row.source for row in (*spec.rows, *spec.held_out)]
    for target in {node_path(test) for test in spec.tests}:
        texts += _test_texts(subject.project.root / target)
    return _words(texts)


def _test_texts(path: Path) -> Iterator[str]:
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        text = read_text(file, Problems(file.name), "")
        if text is not None:  # pytest will complain of others
            yield text


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text.casefold())}


def _line_of_dependency(subject: Subject, name: str) -> int:
    node = subject.file.tree.get("dependencies")
    items = node.items if isinstance(node, Sequence) else ()
    entries = [item.value.strip() for item in items if isinstance(item, Scalar)]
    position = entries.index(name) if name in entries else 0
    return subject.file.line("dependencies", position)
