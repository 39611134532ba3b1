"""Entries as the engine would have them judged: a project's files, and the jobs made from them."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from catalogue.entry import Entry

from specloop.attempt.candidate import Candidate
from specloop.engine.inputs import Inputs
from specloop.engine.suites import Suites
from specloop.ports import StaticJob, TestJob
from specloop.spec.module import ModuleSpec
from specloop.spec.read import read_project

REQUIREMENTS = {
    "output": [f"O{n}: as the rows say" for n in range(1, 10)],
    "validation": [f"V{n}: as the rows say" for n in range(1, 10)],
    "error_handling": [f"E{n}: as the rows say" for n in range(1, 4)],
    "logging": [f"L{n}: as the rows say" for n in range(1, 3)],
}


@dataclass(frozen=True, slots=True)
class Case:
    """A project with one entry for its module."""

    spec: ModuleSpec
    suites: Suites

    def static_job(self, code: str) -> StaticJob:
        """The checks that run no code."""
        return self.suites.static_job(self.spec, Candidate(self.spec.file, code))

    def stub_job(self) -> TestJob:
        """The suite without any code: what it collects is expected later."""
        return self.suites.job(self.spec, self.suites.stub(self.spec))

    def job(self, code: str, expected: tuple[str, ...], seconds: int, memory_mb: int) -> TestJob:
        """The suite on some code."""
        job = self.suites.job(self.spec, Candidate(self.spec.file, code), expected)
        return replace(job, seconds=seconds, memory_mb=memory_mb)


def project_files(entry: Entry) -> dict[str, str]:
    """What a user would have written."""
    spec = {
        "task": "Do what the rows say",
        "file": entry.file,
        "exports": list(entry.exports),
        "requirements": REQUIREMENTS,
        "dependencies": list(entry.packages),
        "tests": list(entry.targets or entry.tests),
        "setup": entry.setup,
        "examples": entry.rows.strip(),
        "held_out": entry.held_out,
    }
    written = {key: value for key, value in spec.items() if value}
    project = {
        "name": "catalogue",
        "packages": list(entry.packages),
        "pythonpath": list(entry.pythonpath),
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in project.items()]
    return {
        "project.toml": "\n".join(["[project]", *lines, ""]),
        "specs/module.yaml": json.dumps(written, indent=1),
        **entry.tests,
        **entry.files,
    }


def write(entry: Entry, root: Path) -> dict[str, bytes]:
    """The user's files, written below `root`; what is in them."""
    files = {path: text.encode() for path, text in project_files(entry).items()}
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return files


def case_of(entry: Entry, root: Path, names: frozenset[str] = frozenset()) -> Case:
    """The entry's project, written to `root` and read; `names` are what packages bring."""
    files = write(entry, root)
    project = read_project(root)
    inputs = Inputs(project, files, lambda path: None)
    return Case(project.module("module"), Suites(project, inputs, (), names))
