"""A project of two modules, and short ways to say what is recorded of it."""

from dataclasses import dataclass
from pathlib import Path

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.engine.inputs import Inputs
from specloop.loop.event import CallStarted, CompletionReceived, ModuleCommitted, ModuleStarted
from specloop.loop.past import Past
from specloop.ports import CommitRecord
from specloop.report.summary import summarise
from specloop.spec.fingerprint import module_key
from specloop.spec.project import Project
from specloop.spec.read import read_project

CODE = {
    "app/a.py": b"def a() -> int:\n    return 1\n",
    "app/b.py": b"def b() -> int:\n    return 1\n",
}
ROW = "tests/spec/test_a.py::test_O1_1"
HIDDEN = "tests/spec/test_a.py::test_held_out_O1_1"
GREEN = TestReport(Verdict.PASSED, (ROW, HIDDEN), (ROW, HIDDEN), sandbox="strong")
RED = TestReport(
    Verdict.FAILED, (ROW, HIDDEN), (HIDDEN,), (TestFailure(ROW, "call", "E", "m", "E  1 == 2"),)
)


@dataclass
class Standing:
    """A project of `a` and of `b`, which depends on it, and what is recorded of it."""

    project: Project
    code: dict[str, bytes]
    records: dict[str, CommitRecord]
    tip: str = "f" * 40

    @property
    def inputs(self) -> Inputs:
        return Inputs(self.project, {}, self.code.get)

    def commit(self, name, attempts=2):
        spec = self.project.module(name)
        self.code[spec.file] = CODE[spec.file]
        key = module_key(self.inputs.fingerprint(spec), CODE[spec.file])
        trailers = {
            "Specloop-Attempts": str(attempts),
            "Specloop-Tokens": "100 in, 20 cached, 50 out",
            "Specloop-Cost": "0.5000 USD",
            "Specloop-Tests": "2 passed, 1 held out",
            "Specloop-Sandbox": "basic",
        }
        self.records[name] = CommitRecord(name, name * 40, key, f"{name}: x", trailers)
        return ModuleCommitted(9, name, key, name * 40)

    def start(self, name):
        return ModuleStarted(1, name, self.inputs.fingerprint(self.project.module(name)))

    def summary(self, *events, live=False):
        past = Past(events)
        return summarise(self.project, past, self.inputs, self.records, self.tip, live=live)


def make_project(root: Path, toml: str = "") -> Project:
    (root / "specs").mkdir(exist_ok=True)
    (root / "tests").mkdir(exist_ok=True)
    (root / "project.toml").write_text(f'[project]\nname = "p"\n{toml}')
    for name, needs in {"a": "", "b": "a"}.items():
        (root / f"specs/{name}.yaml").write_text(
            f"task: Make {name}\nfile: app/{name}.py\nexports: def {name}() -> int\n"
            f'output: one\ndependencies: [{needs}]\nexamples: "O1: {name}() == 1"\n'
        )
    return read_project(root)


def called(name, number, text, usd=0.25):
    usage = Usage(1, 100, 20, 50)
    turns = (Message("system", "s"), Message("user", f"ask {number}"))
    return (
        CallStarted(2, name, number, "first" if number == 1 else "fix", "small", turns, 9, usd),
        CompletionReceived(3, name, number, Completion(text, "small", "stop", usage, usd)),
    )


def fenced(value):
    return f"```python\ndef a() -> int:\n    return {value}\n```"
