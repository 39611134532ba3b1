"""Checks of a candidate that run no code: size, imports, tampering, exports, ruff."""

import ast
from collections.abc import Iterator
from functools import partial
from sys import stdlib_module_names

from specloop.attempt.report import StaticFinding
from specloop.ports import StaticJob
from specloop.spec.python_text import parse
from specloop.verify import exports, ruff, tampering


def inspect(job: StaticJob) -> tuple[StaticFinding, ...]:
    """All findings, in the order of lines."""
    try:
        tree = parse(job.code)
    except SyntaxError as error:
        text = f"the file is not valid Python: {error.msg}; write the whole file again"
        return (StaticFinding(error.lineno or 0, "syntax", text),)
    findings = [
        *_length(job),
        *_function_lengths(tree, job.function_lines),
        *_imports(tree, job.imports),
        *tampering.find(tree, partial(_may_be_imported, allowed=job.imports)),
        *exports.compare(tree, job.exports),
        *ruff.check(job),
    ]
    return tuple(sorted(findings, key=lambda finding: finding.line))


def _length(job: StaticJob) -> Iterator[StaticFinding]:
    lines = len(job.code.rstrip().splitlines())
    if job.module_lines and lines > job.module_lines:
        text = f"the file has {lines} lines and may have {job.module_lines}; shorten it"
        yield StaticFinding(0, "lines", text)


def _function_lengths(tree: ast.Module, limit: int) -> Iterator[StaticFinding]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if limit and lines > limit:
            text = (
                f"function {node.name!r} has {lines} lines and may have {limit}; "
                "split it into smaller functions"
            )
            yield StaticFinding(node.lineno, "function-lines", text)


def _imports(tree: ast.Module, allowed: frozenset[str]) -> Iterator[StaticFinding]:
    for node in ast.walk(tree):
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
        for name in tampering.imported(node):
            if not (_may_be_imported(name, allowed) or tampering.is_tool(name)):
                yield StaticFinding(node.lineno, "import", _not_allowed(name, allowed))


def _may_be_imported(name: str, allowed: frozenset[str]) -> bool:
    """Whether a dotted name, or a package that it is in, is allowed or in the standard library."""
    parts = name.split(".")
    above = (".".join(parts[: n + 1]) for n in range(len(parts)))
    standard = parts[0] in stdlib_module_names and not tampering.is_tool(name)
    return standard or any(path in allowed for path in above)


def _not_allowed(name: str, allowed: frozenset[str]) -> str:
    others = ", ".join(sorted(allowed))
    also = f" and {others}" if others else ""
    return f"{name!r} may not be imported; use the standard library{also} alone"
