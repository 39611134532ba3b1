"""Each test that the page on security names exists, and each threat has one."""

import re
import subprocess
import sys

import pytest
from pages import DOCS, ROOT

PAGE = DOCS / "security.md"
FILES = (
    "tests/verify",
    "tests/cli/test_doctor_sandbox.py",
    "tests/cli/test_secrets.py",
    "tests/engine/test_gaming.py",
    "tests/prompt/test_held_out.py",
    "tests/prompt/test_plain.py",
)


_NAME = r"test(?:_\w+){3,}(?:\[[^`]+\])?"  # no key of project.toml is that long


def names_in(text: str) -> list[str]:
    """The tests; a bracket that follows one is another case of the same function."""
    found = []
    for first, more in re.findall(rf"`({_NAME})`((?:, `\[[^`]+\]`)*)", text):
        function = first.partition("[")[0]
        found += [first, *(function + case for case in re.findall(r"`(.+?)`", more))]
    return found


@pytest.fixture(scope="module")
def rows() -> list[str]:
    """The rows of the tables on threats."""
    text = PAGE.read_text("utf-8").partition("\n## Careless code\n")[2]
    found = [line for line in text.splitlines() if re.match(r"\| (?!threat )[^-]", line)]
    assert len(found) > 25
    return found


def test_each_threat_has_a_test(rows: list[str]) -> None:
    assert [row for row in rows if not names_in(row.rstrip(" |").rpartition(" | ")[2])] == []


def test_each_test_exists() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run(
        [*command, *FILES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    nodes = [line.partition("::")[2] for line in listed.stdout.splitlines()]
    known = {*nodes, *(node.partition("[")[0] for node in nodes)}
    named = names_in(PAGE.read_text("utf-8"))
    assert len(named) > 50
    assert [name for name in named if name not in known] == []
