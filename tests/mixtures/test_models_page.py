"""The page on models names a test for each form and fault, and each test that it names exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from answer_forms import FORMS
from fault_server import FAULTS

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "models.md"


@pytest.fixture(scope="module")
def named() -> list[str]:
    """The tests in the last column; one that begins with a bracket is of the function before it."""
    found = []
    function = ""
    rows = (line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| "))
    for row in rows:
        for name in re.findall(r"`([^`]+)`", row.rpartition(" | ")[2]):
            function = function if name.startswith("[") else name.partition("[")[0]
            found.append(function + name.removeprefix(function))
    return found


def test_each_test_that_is_named_exists(named):
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run([*command, str(HERE)], capture_output=True, text=True, check=True)
    nodes = [line.partition("::")[2] for line in listed.stdout.splitlines()]
    known = {*nodes, *(node.partition("[")[0] for node in nodes)}
    assert len(named) > 80
    assert [name for name in named if name not in known] == []


def test_each_form_and_each_fault_has_a_row(named):
    shown = {name.partition("[")[2].rstrip("]").removeprefix("streamed-") for name in named}
    assert set(FORMS) - shown - {"nothing but thoughts"} == set()
    assert set(FAULTS) - shown - {""} == set()
