import os
import subprocess
import sys
from pathlib import Path

import pytest

DYING = Path(__file__).with_name("dying.py")

PROJECT = """
[project]
name = "sums"

[[models]]
name = "command/python3 model.py"

[style]
ruff = []

[integration]
tests = ["tests/integration"]
"""

DOUBLE = """
task: Double a number
file: sums/double.py
exports: ["def double(x: int) -> int"]
requirements:
  output:
    - O1: twice the number
examples: |
  O1: double(2) == 4
  O1: double(-3) == -6
"""

TOTAL = """
task: Add the doubles of numbers
file: sums/total.py
exports: ["def total(xs: list[int]) -> int"]
dependencies: [double]
requirements:
  output:
    - O1: the sum of the doubles
examples: |
  O1: total([2]) == 4
"""

INTEGRATION = """
from sums.total import total


def test_empty():
    assert total([]) == 0
"""

# A stand-in for a model: it knows four answers, keeps account of being asked, and gives the right
# answer only when it is shown what is wrong with the other one.
MODEL = """\
import os, sys

prompt = sys.stdin.read()
module = "total" if "sums/total.py" in prompt else "double"
fix = "not right yet" in prompt
with open(os.environ["SUMS_LOG"], "a") as log:
    log.write(f"{module} {fix}\\n")
answers = {
    ("double", False): "def double(x: int) -> int:\\n    return abs(x) * 2\\n",
    ("double", True): "def double(x: int) -> int:\\n    return x * 2\\n",
    ("total", False): "from sums.double import double\\n\\n\\n"
        "def total(xs: list[int]) -> int:\\n    first, *rest = xs\\n"
        "    return double(first) + sum(map(double, rest))\\n",
    ("total", True): "from sums.double import double\\n\\n\\n"
        "def total(xs: list[int]) -> int:\\n    return sum(map(double, xs))\\n",
}
print("```python")
print(answers[module, fix] + "```")
"""


class Sums:
    """A project of two modules whose first answers are wrong, one of them only in integration."""

    def __init__(self, root):
        self.root = root
        self.points = root.parent / f"{root.name}-points"
        self.log = root.parent / f"{root.name}-calls"
        files = {
            "project.toml": PROJECT,
            "model.py": MODEL,
            "specs/double.yaml": DOUBLE,
            "specs/total.yaml": TOTAL,
            "tests/integration/test_sums.py": INTEGRATION,
            "pytest.ini": "[pytest]\nmarkers =\n    spec: what a test checks\n",
            ".gitignore": ".specloop/\n",
        }
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Start"]):
            self.git(*words)

    @property
    def environment(self):
        return {**os.environ, **IDENTITY, "SUMS_LOG": str(self.log)}

    def git(self, *words):
        done = subprocess.run(
            ["git", *words], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def run(self, *options, dying=False):
        """Run to an end, whatever it is."""
        start = [sys.executable, str(DYING), str(self.points)] if dying else _specloop()
        return subprocess.run(
            [*start, "run", str(self.root), *options],
            capture_output=True,
            text=True,
            env=self.environment,
            check=False,
        )

    def start(self):
        """Start a run and return at once."""
        return subprocess.Popen(
            [*_specloop(), "run", str(self.root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def calls(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def tree(self):
        return self.git("rev-parse", "specloop/sums^{tree}")

    def subjects(self):
        return self.git("log", "--reverse", "--format=%s", "main..specloop/sums").splitlines()


def _specloop():
    return [sys.executable, "-c", "from specloop.cli.main import main; main()"]


IDENTITY = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


@pytest.fixture
def sums(tmp_path, monkeypatch):
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return lambda name: Sums(tmp_path / name)
