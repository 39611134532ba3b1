"""A module with a boundary, its suite, and what a TestRunner would say of it, without a process."""

import re
from pathlib import Path

import pytest

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.engine.inputs import Inputs
from specloop.engine.strength import measure
from specloop.engine.suites import Suites
from specloop.spec.read import read_project
from specloop.strength.strength import Strength

CODE = """\
def shipping(total: int) -> int:
    if total < 50:
        return 5
    return 0
"""
SPEC = """\
task: Shipping costs
file: shop/shipping.py
exports:
  - "def shipping(total: int) -> int"
requirements:
  output: [it is an amount]
  validation: [from 50 on it costs nothing]
examples: |
  O1: shipping(1) == 5
  V1: shipping(60) == 0
"""


class Module:
    """A project of one module, and what is measured of it."""

    def __init__(self, root: Path, spec: str = SPEC, code: str = CODE) -> None:
        files = {
            "project.toml": '[project]\nname = "shop"\nspecs = ["specs/*.yaml"]\n',
            "specs/shipping.yaml": spec,
            "pytest.ini": "[pytest]\naddopts = -p no:asyncio -p no:anyio\n",  # they take long
        }
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        self.project = read_project(root)
        (self.spec,) = self.project.modules
        data = {path: text.encode() for path, text in files.items()}
        self.suites = Suites(
            self.project, Inputs(self.project, data, lambda _: None), (), frozenset()
        )
        self.code = code
        self.told: list[Strength] = []

    def measure(self, runner, kept=None, workers=2):
        return measure(
            self.suites,
            runner,
            self.spec,
            self.code,
            workers=workers,
            kept=kept,
            keep=self.told.append,
        )


def judge(job):
    """Runs the rows as Python: what a TestRunner would find, without a process."""
    module: dict[str, object] = {}
    exec(compile(job.files[job.candidate], "code", "exec"), module)
    tests = re.sub(r"(?m)^(from shop|@pytest).*$", "", suite_of(job).decode())
    names = {"shipping": module["shipping"]}
    exec(compile(tests, "tests", "exec"), names)
    failures, passed = [], []
    for node in job.expected:
        try:
            names[node.partition("::")[2]]()
            passed.append(node)
        except (Exception, pytest.fail.Exception) as error:
            kind, text = type(error).__name__, str(error)
            cited = ("shipping/O1",) if "_O1_" in node else ("shipping/V1",)
            failures.append(TestFailure(node, "call", kind, text, "", requirements=cited))
    verdict = Verdict.FAILED if failures else Verdict.PASSED
    return TestReport(verdict, job.expected, tuple(passed), tuple(failures), seconds=0.1)


def suite_of(job):
    return job.files[job.targets[0].partition("::")[0]]


def mutated(job, new):
    return new.encode() in job.files[job.candidate]
