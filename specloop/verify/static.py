"""Checks of a candidate that run no code: size, imports, tampering, exports, ruff."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import partial
from sys import stdlib_module_names

from specloop.attempt.report import StaticFinding
from specloop.ports import StaticJob
from specloop.spec.python_text import check_statements, parse
from specloop.verify import exports, ruff, tampering
from specloop.verify.names import Names, imported


def inspect(job: StaticJob) -> tuple[StaticFinding, ...]:
    """All findings, in the order of lines."""
    try:
        tree = parse(job.code)
        check_statements(job.code)
        findings = [*_text(job), *_tree(tree, job), *ruff.check(job)]
    except SyntaxError as error:
        text = f"the file is not valid Python: {error.msg}; write the whole file again"
        return (StaticFinding(error.lineno or 0, "syntax", text),)
    except RecursionError:
        text = "an expression or a block is nested too deeply; split it into simple statements"
        return (StaticFinding(0, "syntax", text),)
    return tuple(sorted(findings, key=lambda finding: finding.line))


def _text(job: StaticJob) -> Iterator[StaticFinding]:
    lines = len(job.code.rstrip().splitlines())
    if job.module_lines and lines > job.module_lines:
        text = f"the file has {lines} lines and may have {job.module_lines}; shorten it"
        yield StaticFinding(0, "lines", text)
    # Python would read such a file as another text than the one that is checked here.
    encoding, read = tokenize.detect_encoding(io.BytesIO(job.code.encode()).readline)
    if encoding != "utf-8":
        text = f"the file is not written in {encoding!r} but in UTF-8; leave out the coding line"
        yield StaticFinding(len(read), "encoding", text)


def _tree(tree: ast.Module, job: StaticJob) -> Iterator[StaticFinding]:
    names = Names(tree)
    yield from _function_lengths(names.nodes, job.function_lines)
    yield from _imports(names.nodes, job.imports)
    yield from tampering.find(names, partial(_may_be_imported, allowed=job.imports))
    yield from exports.compare(tree, job.exports)


def _function_lengths(nodes: list[ast.AST], limit: int) -> Iterator[StaticFinding]:
    for node in nodes:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if limit and lines > limit:
            text = (
                f"function {node.name!r} has {lines} lines and may have {limit}; "
                "split it into smaller functions"
            )
            yield StaticFinding(node.lineno, "function-lines", text)


def _imports(nodes: list[ast.AST], allowed: frozenset[str]) -> Iterator[StaticFinding]:
    for node in nodes:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.ImportFrom) and node.level:
            dots = "." * node.level
            text = (
                f"'from {dots}{node.module or ''} import …' is relative; "
                "import by the full name of the module"
            )
            yield StaticFinding(node.lineno, "import", text)
            continue
        refused = (name for name in imported(node) if not _may_be_imported(name, allowed))
        for name in dict.fromkeys(_asked_for(name, allowed) for name in refused):
            if not tampering.is_tool(name):
                yield StaticFinding(node.lineno, "import", _not_allowed(name, allowed))


def _may_be_imported(name: str, allowed: frozenset[str]) -> bool:
    """Whether a dotted name, or a package that it is in, is allowed or in the standard library."""
    parts = name.split(".")
    above = (".".join(parts[: n + 1]) for n in range(len(parts)))
    standard = parts[0] in stdlib_module_names and not tampering.is_tool(name)
    return standard or any(path in allowed for path in above)


def _asked_for(name: str, allowed: frozenset[str]) -> str:
    """The name to tell of: the package alone, unless some other part of it is allowed."""
    package = name.partition(".")[0]
    known = {path.partition(".")[0] for path in allowed}
    return name if package in known else package


def _not_allowed(name: str, allowed: frozenset[str]) -> str:
    others = ", ".join(sorted(allowed))
    also = f" and {others}" if others else ""
    return f"{name!r} may not be imported; use the standard library{also} alone"
