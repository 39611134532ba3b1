"""Runners that believe what the code under test can say: how many of the tricks they accept.

`python tests/verify/catalogue/naive.py` prints the figures. It needs bubblewrap: the modules run in
a machine that is read-only but for a folder of their own, without network.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from catalogue.entry import Entry
from catalogue.jobs import case_of

from specloop.ports import TestJob

SECONDS = 20
Outcomes = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a runner accepts a module: by the exit code, and by the JUnit file as well."""

    exit_code: bool
    junit: bool
    output: str


def confined(folder: Path, command: list[str]) -> list[str]:
    """The command in a machine where it can change nothing but that folder."""
    return [
        *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--tmpfs", "/tmp", "--bind", str(folder), str(folder), "--chdir", str(folder)),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--new-session", "--die-with-parent"),
        *("--", "prlimit", f"--as={4 << 30}", f"--fsize={64 << 20}"),
        *("timeout", "--signal=KILL", str(SECONDS), *command),
    ]


def works() -> bool:
    """Whether bubblewrap is there and does its work."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(confined(Path(folder), ["true"]), check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


def run_pytest(job: TestJob, runs: int) -> tuple[int, str, Outcomes]:
    """Plain pytest, some times in one folder: its last exit code, output and JUnit outcomes."""
    with tempfile.TemporaryDirectory(prefix="naive-") as place:
        project, home = Path(place, ".specloop", "runs", "project"), Path(place, "home")
        home.mkdir()
        for path, content in job.files.items():
            for folder in (project, Path(place)):  # the user's own folder is above
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
        report = Path(place, "report.xml")
        path = os.pathsep.join(str(project / folder) for folder in job.pythonpath)
        variables = {"HOME": str(home), "TMPDIR": str(home), "PATH": os.environ["PATH"]}
        variables |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": path}
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *job.targets]
        for _ in range(runs):
            report.unlink(missing_ok=True)
            done = subprocess.run(
                confined(Path(place), ["env", f"--chdir={project}", *command]),
                env=variables,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        outcomes = outcomes_of(report)
    return done.returncode, done.stdout[-3000:] + done.stderr[-2000:], outcomes


def outcomes_of(report: Path) -> Outcomes:
    """How each test of a JUnit file ended; nothing where that is no such file."""
    try:
        cases = ET.parse(report).getroot().iter("testcase")
    except (OSError, ET.ParseError):
        return {}
    return {
        (case.get("classname", ""), case.get("name", "")): ",".join(
            child.tag for child in case if child.tag in ("failure", "error", "skipped")
        )
        for case in cases
    }


def trust(entry: Entry, code: str, expected: set[tuple[str, str]]) -> Trust:
    """Whether such runners accept that code for an entry's suite of these tests."""
    with tempfile.TemporaryDirectory() as root:
        job = case_of(entry, Path(root)).job(code, (), SECONDS, 0)
    status, output, outcomes = run_pytest(job, entry.runs)
    passed = {case for case, outcome in outcomes.items() if not outcome}
    strict = status == 0 and passed == set(outcomes) and expected <= passed
    return Trust(status == 0, strict, output)


def expected_of(entry: Entry) -> set[tuple[str, str]]:
    """The tests of an entry's suite, as a run without the trick names them."""
    with tempfile.TemporaryDirectory() as root:
        job = case_of(entry, Path(root)).stub_job()
    return set(run_pytest(job, 1)[2])


def has_packages(entry: Entry) -> bool:
    """Whether this interpreter has what the entry imports."""
    return all(find_spec(package) for package in entry.packages)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of some entries each of the two accepts."""

    entries: int
    exit_code: int
    junit: int


def figures(entries: Sequence[Entry]) -> Figures:
    """Try all of them."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        suites = {_suite(entry): entry for entry in entries}
        expected = dict(zip(suites, pool.map(expected_of, suites.values()), strict=True))
        tried = [
            pool.submit(trust, entry, entry.text, expected[_suite(entry)]) for entry in entries
        ]
        found = [each.result() for each in tried]
    trusting = sum(each.exit_code for each in found), sum(each.junit for each in found)
    return Figures(len(entries), *trusting)


def _suite(entry: Entry) -> tuple[object, ...]:
    tests = tuple(entry.tests.items())
    return entry.rows, entry.held_out, entry.setup, tests, entry.targets, entry.exports


if __name__ == "__main__":
    from catalogue.contents import GAMING

    print(figures(GAMING))
