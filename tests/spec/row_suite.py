"""Specs made of rows, and their generated tests run by a real pytest."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from specloop.spec.module import ModuleSpec
from specloop.spec.parse_export import parse_exports
from specloop.spec.parse_row import parse_row
from specloop.spec.row_tests import render_row_tests

NO_SPECLOOP = "import sys\nsys.modules['specloop'] = None\n"  # importing it raises from now on


def spec_of(
    rows: str, *, exports: str = "", held_out: str = "", setup: str = "", file: str = "app/it.py"
) -> ModuleSpec:
    """A spec with these rows, one a line."""
    return ModuleSpec(
        name="it",
        path="specs/it.yaml",
        title="It",
        task="It",
        file=file,
        exports=parse_exports(textwrap.dedent(exports), 1) if exports else (),
        setup=textwrap.dedent(setup),
        rows=_rows(rows),
        held_out=_rows(held_out, held_out=True),
    )


def _rows(text: str, *, held_out: bool = False):
    lines = [line for line in textwrap.dedent(text).split("\n") if line.strip()]
    return tuple(parse_row(line, n, n, held_out) for n, line in enumerate(lines, 1))


def run_rows(root: Path, spec: ModuleSpec, code: str, pythonpath: str = ".") -> dict[str, str]:
    """The outcome of each test, by name; "" is the whole text that pytest printed."""
    files = {
        spec.file: textwrap.dedent(code),
        spec.row_tests_file: render_row_tests(spec, [pythonpath]),
        "conftest.py": NO_SPECLOOP,
        "pytest.ini": f"[pytest]\npythonpath = {pythonpath}\nmarkers = spec: ids\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"],
        cwd=root,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S+?::(\w+)", done.stdout, re.MULTILINE)
    return {**{name: outcome for outcome, name in found}, "": done.stdout + done.stderr}
