"""Entries tried as the engine tries a module: by runners that are shared, and made on first use."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from catalogue.entry import Entry
from catalogue.jobs import Case, case_of

from specloop.attempt.report import TestReport
from specloop.spec.settings import Settings
from specloop.verify import wrapper
from specloop.verify.runner import PytestRunner

MEMORY_MB = 512


class Bench:
    """Tries entries in the runs of one runner."""

    def __init__(self, runner: PytestRunner, root: Path) -> None:
        self.runner = runner
        self.root = root
        self._expected: dict[object, tuple[str, ...]] = {}

    def try_out(self, entry: Entry, code: str) -> TestReport:
        """The report on that code by the suite of the entry; the last, of several."""
        if entry.confined and self.runner.confinement.level != "strong":
            raise RuntimeError(f"{entry.name!r} must only be run where it can do no harm")
        case = self.case(entry)
        job = case.job(code, self._expected_of(entry, case), entry.seconds, MEMORY_MB)
        return [self.runner.run(job) for _ in range(entry.runs)][-1]

    def warm_up(self) -> None:
        """Have all processes started that stay for later runs."""
        tests = {"tests/test_it.py": "def test_it(): pass"}
        entry = Entry("", "def it() -> int:\n    return 1", "V1: it() == 1", "", tests=tests)
        entry = replace(entry, exports=("def it() -> int",))
        assert self.try_out(entry, entry.text).ok

    def case(self, entry: Entry) -> Case:
        """The entry's project, as it is read from files."""
        names = self.runner.names_of(entry.packages) if entry.packages else frozenset()
        with tempfile.TemporaryDirectory() as root:
            return case_of(entry, Path(root), names)

    def _expected_of(self, entry: Entry, case: Case) -> tuple[str, ...]:
        """What is collected without any code, as in the engine's red check."""
        suite = tuple(entry.tests.items()), entry.targets, entry.file
        if suite not in self._expected:
            report = self.runner.run(case.stub_job())
            aside = {*report.set_aside}
            found = (node for node in report.collected if node not in aside)
            self._expected[suite] = tuple(node for node in found if "tests/spec/" not in node)
        return self._expected[suite]


@contextmanager
def bench(
    root: Path | None = None, *, layer: str = "", forks: bool = True, **sandbox: bool
) -> Iterator[Bench]:
    """A bench whose runner is closed in the end, and must have left no folder behind.

    `layer` is "bubblewrap", "landlock" (without what stands around the server), "basic", or the
    best there is.
    """
    place = root or Path(tempfile.mkdtemp(prefix="catalogue-"))
    place.chmod(0o755 if root is None else 0o777)  # also for the user that runs are made as
    level = {"": "auto", "basic": "basic"}.get(layer, "strong")
    settings = Settings(project={"name": "catalogue"}, sandbox={"level": level, **sandbox})
    runner = PytestRunner(place, settings, forks=forks)
    program = wrapper.program() if layer != "landlock" else ""
    try:
        with mock.patch.object(wrapper, "program", return_value=program):
            runner.prepare()
        assert layer != "bubblewrap" or runner.confinement.outer
        yield Bench(runner, place)
        runner.close()
        assert not list((place / ".specloop" / "runs").glob("*")), "a run's folder was left behind"
    finally:
        runner.close()
        if root is None:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def benches() -> Iterator[Callable[..., Bench]]:
    """What gives the bench of such settings, made when it is first asked for."""
    found: dict[object, Bench] = {}
    with ExitStack() as stack:

        def opened(**settings: Any) -> Bench:
            key = tuple(sorted(settings.items()))
            if key not in found:
                found[key] = stack.enter_context(bench(**settings))
            return found[key]

        yield opened


@contextmanager
def without_records() -> Iterator[None]:
    """Without what some entries leave for others to read, before and after."""
    for end in (False, True):
        for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"):
            for path in Path(folder).glob("specloop-catalogue-*.json"):
                with suppress(PermissionError):  # another user's, whose trial goes on
                    path.unlink(missing_ok=True)
        if not end:
            yield
