"""Example rows turned into a pytest file: one function a row, with the literal call in it."""

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from specloop.spec.interface import import_path
from specloop.spec.module import ROW_TESTS, ModuleSpec
from specloop.spec.row import Row

_HELD_OUT = "test_held_out_"
_LINE_ENDS = (tokenize.NEWLINE, tokenize.NL)


def render_row_tests(spec: ModuleSpec, pythonpath: Iterable[str]) -> str:
    """The text of the module's `row_tests_file`, or "" where the spec has no rows.

    The file needs pytest and the module, nothing else.
    """
    rows = (*spec.rows, *spec.held_out)
    if not rows:
        return ""
    names = [export.name for export in spec.exports]
    dotted = import_path(spec.file, pythonpath)
    apart = [name for name in names if _looks_like_test(name)]
    header = [
        f'"""Example rows of {spec.path} as tests.',
        "",
        'Written by specloop: edit the spec, not this file.\n"""',
        "",
        *_imports(spec.setup, rows),
        "import pytest",
        "",
        _import(dotted, [name for name in names if name not in apart] if names else ["*"]),
    ]
    functions = [_function(spec, row, _import(dotted, apart)) for row in rows]
    return "\n".join(header) + "\n\n\n" + "\n\n\n".join(functions) + "\n"


def row_test_name(row: Row) -> str:
    """The name of the test function made from a row, such as "test_V1_3"."""
    prefix = _HELD_OUT if row.held_out else "test_"
    return f"{prefix}{'_'.join(row.ids)}_{row.number}"


def row_node_id(spec: ModuleSpec, row: Row) -> str:
    """The node id of the test made from a row."""
    return f"{spec.row_tests_file}::{row_test_name(row)}"


def is_held_out(node_id: str) -> bool:
    """Whether a node id is that of a held-out row, which no model may see."""
    path, _, name = node_id.partition("::")
    return path.startswith(ROW_TESTS) and name.startswith(_HELD_OUT)


def tells_of_held_out(text: str) -> bool:
    """Whether a text, such as what pytest printed, names a held-out row and may quote it."""
    return _HELD_OUT in text


def _imports(setup: str, rows: tuple[Row, ...]) -> list[str]:
    needed = {
        "asyncio": any(_awaits(setup, row) for row in rows),
        "logging": any(row.kind == "logs" for row in rows),
        "re": any(row.kind == "raises" and row.text is not None for row in rows),
    }
    found = [f"import {name}" for name, used in needed.items() if used]
    return [*found, ""] if found else []


def _looks_like_test(name: str) -> bool:
    """Whether pytest would take the name for a test of its own, were it imported at the top."""
    return name.startswith(("test", "Test"))


def _import(dotted: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    line = f"from {dotted} import {', '.join(names)}"
    if len(line) <= 100:
        return line
    return f"from {dotted} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _function(spec: ModuleSpec, row: Row, imports: str) -> str:
    mark = ", ".join(f'"{spec.name}/{id_}"' for id_ in row.ids)
    lines = [f"@pytest.mark.spec({mark})"]
    fixture = "caplog" if row.kind == "logs" else ""
    lines.append(f"def {row_test_name(row)}({fixture}):")
    body = [*imports.splitlines(), *_body(spec.setup, row)]
    if _awaits(spec.setup, row):
        body = ["async def row():", *(f"    {line}" for line in body), "", "asyncio.run(row())"]
    lines.extend(f"    {line}" if line else "" for line in body)
    return "\n".join(lines)


def _body(setup: str, row: Row) -> list[str]:
    lines = [*_one_line_strings(setup).splitlines(), *row.setup]
    match row.kind:
        case "true":
            return [*lines, f"assert {row.expression}"]
        case "raises":
            match_ = "" if row.text is None else f", match=re.escape({row.text!r})"
            return [*lines, f"with pytest.raises({row.name}{match_}):", f"    {row.expression}"]
        case "logs":
            wanted = f"record.levelno == logging.{row.name}"
            if row.text is not None:
                wanted += f" and {row.text!r} in record.getMessage()"
            return [
                *lines,
                f"with caplog.at_level(logging.{row.name}):",
                f"    {row.expression}",
                f"assert any({wanted} for record in caplog.records), caplog.text",
            ]


def _awaits(setup: str, row: Row) -> bool:
    return any(map(_has_await, (setup, *row.setup, row.expression)))


@lru_cache(maxsize=4096)
def _has_await(source: str) -> bool:
    if "await" not in source and "async" not in source:
        return False
    wrapped = f"async def row():\n{textwrap.indent(source, '    ')}\n    pass"
    (function,) = ast.parse(wrapped).body
    return any(
        isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith))
        or (isinstance(node, ast.comprehension) and node.is_async)
        for node in _of_its_own(function)
    )


def _of_its_own(function: ast.AST) -> Iterator[ast.AST]:
    """What runs in a function itself, and not in one that is defined in it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _of_its_own(child)


def _one_line_strings(setup: str) -> str:
    """`setup` such that indenting it changes no string in it."""
    tokens = tokenize.generate_tokens(io.StringIO(setup).readline)
    if any(t.start[0] != t.end[0] and t.type not in _LINE_ENDS for t in tokens):
        return ast.unparse(ast.parse(setup))
    return setup
