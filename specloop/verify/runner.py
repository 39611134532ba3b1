"""Tests run here: a fresh folder, a supervised process, a verdict."""

import os
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from specloop.attempt.report import TestReport, Verdict
from specloop.ports import StaticJob, TestJob
from specloop.spec.settings import Settings
from specloop.verify import evidence, sandbox, static, suite, verdict
from specloop.verify.environment import Environment, Notify, import_names
from specloop.verify.family import GRACE, Family
from specloop.verify.layout import RunFolder, altered, lay_out, remove, sweep

PLUGIN = Path(__file__).with_name("plugin.py")


class PytestRunner:
    """A TestRunner on this machine.

    `scratch` is where runs get their folders (default: .specloop/runs below `root`); it belongs to
    the holder of the project's lock. `notify` is told what takes long.
    """

    __test__ = False

    def __init__(
        self,
        root: Path,
        settings: Settings,
        scratch: Path | None = None,
        notify: Notify = lambda text: None,
    ) -> None:
        self._environment = Environment(root.resolve(), settings.project, notify)
        self._sandbox = settings.sandbox
        self._scratch = (scratch or root / ".specloop" / "runs").resolve()
        self._python: Path | None = None
        self._running: set[Family] = set()
        self._changed = threading.Condition()
        self._closed = False

    def prepare(self) -> None:
        """Clear what killed runs left and make the interpreter ready."""
        sandbox.level_of(self._sandbox)
        sweep(self._scratch)
        self._python = self._environment.python()

    def ready(self) -> bool:
        """Whether `prepare` would install nothing."""
        return self._environment.ready()

    def names_of(self, packages: Sequence[str]) -> frozenset[str]:
        """The top-level names that code may import of these requirements; after `prepare`."""
        return import_names(packages, self._interpreter())

    def inspect(self, job: StaticJob) -> TestReport:
        """Check the code without running it."""
        findings = static.inspect(job)
        return TestReport(Verdict.FAILED if findings else Verdict.PASSED, static=findings)

    def run(self, job: TestJob) -> TestReport:
        """Run the suite in a folder and a process of its own; after `prepare`."""
        level = sandbox.level_of(self._sandbox)
        token = secrets.token_hex(16)
        run = lay_out(self._scratch, job.files)
        try:
            family = self._start(job, run, level, token)
            if family is None:
                return TestReport(Verdict.ABORTED, note="the runner is closed", sandbox=level)
            try:
                ending = family.wait()
            finally:
                self._forget(family)
            changed = altered(run, job.files)
        finally:
            remove(run.path)
        told = evidence.read(ending.records, token)
        return verdict.report_of(job, told, ending, level, changed)

    def close(self) -> None:
        """End all runs, and wait until their processes are gone."""
        with self._changed:
            self._closed = True
            for family in self._running:
                family.end()
            self._changed.wait_for(lambda: not self._running, timeout=GRACE)

    def _interpreter(self) -> Path:
        if self._python is None:
            raise RuntimeError("prepare() comes before the first run")
        return self._python

    def _start(self, job: TestJob, run: RunFolder, level: str, token: str) -> Family | None:
        """Start the job's family and keep account of it; None when we are closed."""
        with self._changed:
            if self._closed:
                return None
            family = Family(run, self._order(job, run, level, token))
            self._running.add(family)
            return family

    def _order(self, job: TestJob, run: RunFolder, level: str, token: str) -> dict[str, Any]:
        """What the supervisor is to do; what the reporter is to do goes into a file."""
        python = self._interpreter()
        order = run.write_order("suite", suite.order(job, run, token))
        pythonpath = suite.importable(job)
        return {
            "command": [str(python), "-B", str(PLUGIN), str(order)],
            "folder": str(run.project),
            "environment": sandbox.environment(python, run, pythonpath, os.environ),
            "limits": sandbox.limits(level, job.seconds, job.memory_mb),
            "seconds": job.seconds,
        }

    def _forget(self, family: Family) -> None:
        with self._changed:
            self._running.discard(family)
            self._changed.notify_all()
