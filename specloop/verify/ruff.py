"""Ruff: the rules of [style] ruff, and one form for all code, whatever settings lie about."""

import ast
import functools
import json
import subprocess
import sys
from typing import Any

from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from specloop.attempt.report import StaticFinding
from specloop.errors import RunnerUnavailable
from specloop.ports import StaticJob
from specloop.spec.python_text import parse

LINE_LENGTH = 88
NEWEST = 13  # the newest Python 3 that every ruff we allow has heard of


def check(job: StaticJob) -> list[StaticFinding]:
    """What ruff finds; a comment in the code does not silence it."""
    rules = job.ruff
    if not rules:
        return []
    done = _run(
        *("check", "--ignore-noqa", "--output-format", "json", "--select", ",".join(rules)),
        *("--config", f"lint.isort.known-first-party={sorted(job.first_party)}"),
        code=job.code,
        file=job.file,
    )
    if done.returncode not in (0, 1):
        raise RunnerUnavailable(
            f"ruff does not run: {done.stderr.decode(errors='replace').strip()}; "
            f"mend [style] ruff {list(rules)!r}, or install specloop anew"
        )
    return [_finding(item) for item in json.loads(done.stdout)]


def format(code: str, file: str) -> str:
    """The code in ruff's form; as it is, where that would change more than its form.

    What ruff cannot read stays as it is, too: the tests will judge it.
    """
    done = _run("format", "--config", "format.line-ending='lf'", code=code, file=file)
    if done.returncode == 0:
        formatted = done.stdout.decode()
        return formatted if formatted == code or _same(code, formatted) else code
    if _run("format", code="", file=file).returncode:
        raise _broken(done.stderr.decode(errors="replace"))
    return code


def _run(command: str, *options: str, code: str, file: str) -> subprocess.CompletedProcess[bytes]:
    settings = (
        *("--isolated", "--no-cache", "--quiet", "--line-length", str(LINE_LENGTH)),
        *("--target-version", f"py3{min(sys.version_info.minor, NEWEST)}"),
        *(f"--stdin-filename={file}", "-"),
    )
    try:
        line = (_binary(), command, *options, *settings)
        return subprocess.run(
            line, input=code.encode(), capture_output=True, cwd=sys.prefix, check=False
        )
    except OSError as error:
        raise _broken(str(error)) from error


@functools.cache
def _binary() -> str:
    """Ruff's own program: `python -m ruff` would start an interpreter each time."""
    return str(find_ruff_bin())


def _broken(told: str) -> RunnerUnavailable:
    reason = (told.strip().splitlines() or ["it says nothing"])[0]
    return RunnerUnavailable(f"ruff does not run: {reason}; install specloop anew")


def _same(before: str, after: str) -> bool:
    """Whether two texts mean the same program."""
    try:
        return _meaning(before) == _meaning(after)
    except (SyntaxError, RecursionError):
        return False


def _meaning(code: str) -> str:
    """The tree of a text, without the white space at the edges of its docstrings' lines."""
    tree = parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines = str(node.value.value).strip().splitlines()
            node.value.value = "\n".join(line.strip() for line in lines)
        elif isinstance(node, ast.Constant):
            node.kind = None  # u"" is ""
    return ast.dump(tree)


def _finding(item: dict[str, Any]) -> StaticFinding:
    remedy = (item.get("fix") or {}).get("message")
    text = f"{item['message']}; {remedy}" if remedy else item["message"]
    return StaticFinding(item["location"]["row"], item["code"] or "syntax", text)
