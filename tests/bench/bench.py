"""What specloop costs, as ratios within one run: `make bench`.

Processor time is that of the measured process and all it starts; the least of several runs counts,
since whatever else goes on only ever adds.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from ruamel.yaml import YAML

from specloop.ports import TestJob
from specloop.spec.lint.rules import lint
from specloop.spec.read import read_sources
from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner

SPECLOOP = str(Path(sys.executable).with_name("specloop"))
SLUG = Path(__file__).parents[2] / "examples" / "slug" / "specs" / "slug.yaml"
SPECS = 500

Row = tuple[str, float, float, str]  # what, its seconds, its ratio, the most that should be


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the page; `rounds` is how often each row was measured."""

    title: str
    what: str
    rounds: int
    rows: Sequence[Row]


def start_up(folder: Path) -> Section:
    """The commands that people type while they wait, against the import of click."""
    rounds = 9
    subprocess.run([SPECLOOP, "init", "slug", "--example", "slug"], cwd=folder, check=True)
    project = folder / "slug"
    subprocess.run([SPECLOOP, "run", "-q"], cwd=project, check=True, capture_output=True)
    memo = project / ".specloop" / "status.json"

    def used(*command: str, forget: Path | None = None) -> float:
        return least(rounds, lambda: command_seconds(command, project, forget))

    base = used(sys.executable, "-c", "import click")
    help_, warm = used(SPECLOOP, "--help"), used(SPECLOOP, "status")
    cold = used(SPECLOOP, "status", forget=memo)
    rows = [
        ('`python -c "import click"`', base, 1.0, ""),
        ("`specloop --help`", help_, help_ / base, "at most 5"),
        ("`specloop status`", warm, warm / base, "at most 5"),
        ("`specloop status`, the first after a change", cold, cold / base, ""),
    ]
    return Section("Start-up, on the finished example `slug`", "command", rounds, rows)


def checking(folder: Path) -> Section:
    """Checking many specs, against what the YAML library takes to load their files.

    Every spec is the example's, with three others to depend on. What has no start counted was
    imported before.
    """
    rounds = 3
    write_specs(folder)
    base = least(rounds, lambda: seconds(lambda: load_yaml(folder)))
    read = least(rounds, lambda: seconds(lambda: read_sources(folder)))
    judged = least(rounds, lambda: seconds(lambda: lint(read_sources(folder), date(2026, 1, 1))))

    def used(*options: str) -> float:
        command = (SPECLOOP, "check", *options)
        return least(rounds, lambda: command_seconds(command, folder, None))

    alone, whole = used("--no-tests"), used()
    rows = [
        ("YAML alone, by the library that is used", base, 1.0, ""),
        ("reading", read, read / base, ""),
        ("reading and judging", judged, judged / base, ""),
        ("`specloop check --no-tests`, with its start", alone, alone / base, ""),
        ("`specloop check`, which runs all rows without code", whole, whole / base, "at most 10"),
    ]
    return Section(f"`check` of {SPECS} specs", "what", rounds, rows)


def running(folder: Path) -> Section:
    """A run of a suite, confined, against pytest started anew without other people's plugins.

    Bubblewrap is left out: it costs nothing for a run, and hides what its processes use.
    """
    rounds = 7
    os.environ["PATH"] = str(Path(sys.executable).parent)
    rows: list[Row] = []
    for suite in (SMALL, LARGE):
        runner = PytestRunner(folder, Settings(project=suite.project))
        runner.prepare()  # makes the environment that both use
        runner.close()
        base = least(rounds, partial(pytest_seconds, folder, suite))
        ours = least(3, partial(run_seconds, folder, suite))
        rows += [
            (f"`python -m pytest -q`, {suite.name}", base, 1.0, ""),
            (f"a run, {suite.name}", ours, ours / base, "at most 0.20"),
        ]
    alone, together = pace(folder, SMALL, 1), pace(folder, SMALL, 2)
    rows += [
        ("a second of one worker, in runs", alone, 1.0, ""),
        ("a second of two workers, in runs", together, together / alone, "at least 1.7"),
    ]
    return Section("Test runs", "what", rounds, rows)


@dataclass(frozen=True, slots=True)
class Suite:
    """A module with tests, and the project that has what it needs."""

    name: str
    project: dict[str, object]
    code: str
    tests: str

    @property
    def job(self) -> TestJob:
        """The run of it."""
        files = {"double.py": self.code.encode(), "test_code.py": self.tests.encode()}
        return TestJob(files, ("test_code.py",), "double.py")


SMALL = Suite(
    "10 tests",
    {"name": "small", "test_packages": ["pytest"]},
    "def double(number):\n    return 2 * number\n",
    "from double import double\n"
    + "".join(f"def test_{n}():\n    assert double({n}) == {2 * n}\n" for n in range(10)),
)
LARGE = Suite(
    "60 tests that import FastAPI, Pydantic and SQLAlchemy",
    {"name": "large", "packages": ["fastapi", "pydantic", "sqlalchemy"]},
    "from fastapi import FastAPI\nfrom pydantic import BaseModel\n"
    "from sqlalchemy.orm import DeclarativeBase\n"
    "app = FastAPI()\n"
    "class Base(DeclarativeBase):\n    pass\n"
    "class Item(BaseModel):\n    number: int\n"
    "def double(item):\n    return 2 * item.number\n",
    "from fastapi import FastAPI\nfrom sqlalchemy.orm import DeclarativeBase\n"
    "from double import Item, double\n"
    + "".join(
        f"def test_{n}():\n    assert double(Item(number={n})) == {2 * n}\n" for n in range(60)
    ),
)


def pytest_seconds(folder: Path, suite: Suite) -> float:
    """The processor time of pytest, started anew on the suite."""
    with tempfile.TemporaryDirectory() as place:
        for path, data in suite.job.files.items():
            Path(place, path).write_bytes(data)
        python = str(folder / ".specloop" / "venv" / "bin" / "python")
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        command = [python, "-m", "pytest", "-q"]
        # twice, so that it finds its bytecode as a person's second run does
        command_seconds(command, Path(place), None)
        return command_seconds(command, Path(place), None)


def run_seconds(folder: Path, suite: Suite, runs: int = 20) -> float:
    """The processor time of one run, that of the coordinator and the server included."""

    def used(runs: int) -> float:
        before = usage()
        runner = PytestRunner(folder, Settings(project=suite.project))
        runner.prepare()
        for _ in range(runs):
            assert runner.run(suite.job).ok
        runner.close()
        return usage() - before

    first = 5  # in which the server prepares what all later ones use
    return (used(first + runs) - used(first)) / runs


def pace(folder: Path, suite: Suite, workers: int, runs: int = 40) -> float:
    """How many runs end in a second."""
    runner = PytestRunner(folder, Settings(project=suite.project))
    runner.prepare()
    runner.run(suite.job)
    started = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        reports = list(pool.map(runner.run, [suite.job] * runs))
    seconds = time.monotonic() - started
    runner.close()
    assert all(report.ok for report in reports)
    return runs / seconds


def usage() -> float:
    """The processor time of this process and of those that it has waited for."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in found)


def least(rounds: int, measure: Callable[[], float]) -> float:
    """The least of several measurements."""
    return min(measure() for _ in range(rounds))


def seconds(work: Callable[[], object]) -> float:
    """The processor time of a call in this process."""
    before = time.process_time()
    work()
    return time.process_time() - before


def command_seconds(command: Sequence[str], folder: Path, forget: Path | None) -> float:
    """The processor time of a command, before which `forget` is deleted."""
    if forget:
        forget.unlink(missing_ok=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def write_specs(folder: Path) -> None:
    """A project of many modules."""
    (folder / "specs").mkdir()
    (folder / "project.toml").write_text('[project]\nname = "many"\n')
    for number in range(SPECS):
        below = [f"slug{n}" for n in range(max(0, number - 3), number)]
        text = SLUG.read_text().replace("shop/slug.py", f"shop/slug{number}.py")
        text = text.replace("dependencies: []", f"dependencies: [{', '.join(below)}]")
        (folder / "specs" / f"slug{number}.yaml").write_text(text)


def load_yaml(folder: Path) -> None:
    """Load all specs as plain data."""
    for path in (folder / "specs").iterdir():
        YAML(typ="safe", pure=True).load(path.read_text())


def as_page(sections: Sequence[Section]) -> str:
    """The results as a page of the documentation."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Times are processor time, the least of several runs; machines "
        "differ, so the ratios count.",
        "",
        f"{date.today().isoformat()}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores.",
    ]
    for section in sections:
        lines += [
            "",
            f"## {section.title}",
            "",
            f"The least of {section.rounds} runs.",
            "",
            f"| {section.what} | seconds | ratio | mark |",
            "|---|---|---|---|",
            *(f"| {n} | {s:.3f} | {r:.2f} | {most} |" for n, s, r, most in section.rows),
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="write the page to this file")
    asked = parser.parse_args()
    sections = []
    for measure in (start_up, checking, running):
        with tempfile.TemporaryDirectory() as folder:
            sections.append(measure(Path(folder)))
    page = as_page(sections)
    print(page)
    if asked.write:
        asked.write.write_text(page)


if __name__ == "__main__":
    main()
