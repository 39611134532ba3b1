"""Tests run here: a verdict from pytest, and a second opinion on the example rows it passed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from specloop.attempt.report import TestReport, Verdict
from specloop.ports import StaticJob, TestJob
from specloop.spec.settings import Settings
from specloop.verify import ruff, sandbox, second, static, suite, verdict
from specloop.verify.environment import Environment, Notify, import_names
from specloop.verify.evidence import sort
from specloop.verify.layout import sweep
from specloop.verify.opinion.plan import Plan
from specloop.verify.runs import Finished, Runs
from specloop.verify.sandbox import Confinement
from specloop.verify.server import FORKS, Interpreter, TestServer


class PytestRunner:
    """A TestRunner on this machine.

    `scratch` is where runs get their folders (default: .specloop/runs below `root`); it belongs to
    the holder of the project's lock. `notify` is told what takes long. Where not `forks`, each run
    has an interpreter of its own.
    """

    __test__ = False

    def __init__(
        self,
        root: Path,
        settings: Settings,
        scratch: Path | None = None,
        notify: Notify = lambda text: None,
        *,
        forks: bool = FORKS,
    ) -> None:
        self._root = root.resolve()
        self._environment = Environment(self._root, settings.project, notify)
        self._settings = settings
        self._scratch = (scratch or root / ".specloop" / "runs").resolve()
        self._forks = forks
        self._bench: _Bench | None = None

    def prepare(self) -> None:
        """Clear what killed runs left, and make the interpreter and its confinement ready."""
        sweep(self._scratch)
        python = self._environment.python()
        confinement = sandbox.decide(self._settings.sandbox, python, self._scratch, self._root)
        self.close()
        self._bench = _Bench(self._settings, self._scratch, python, confinement, self._forks)

    def ready(self) -> bool:
        """Whether `prepare` would install nothing."""
        return self._environment.ready()

    @property
    def confinement(self) -> Confinement:
        """What the runs are confined by; after `prepare`."""
        return self._prepared().confinement

    def names_of(self, packages: Sequence[str]) -> frozenset[str]:
        """The top-level names that code may import of these requirements; after `prepare`."""
        return import_names(packages, self._prepared().python)

    def inspect(self, job: StaticJob) -> TestReport:
        """Check the code without running it."""
        findings = static.inspect(job)
        return TestReport(Verdict.FAILED if findings else Verdict.PASSED, static=findings)

    def format(self, code: str, file: str) -> str:
        """The code as ruff lays it out."""
        return ruff.format(code, file)

    def run(self, job: TestJob) -> TestReport:
        """Run the suite in a folder and a process of its own; after `prepare`."""
        bench = self._prepared()
        if job.first:
            report = bench.judge(job, only=tuple(failure.node_id for failure in job.first))
            if verdict.failed_again(job.first, report):
                return report
        # where runs can leave something for one another, the rows go first: nothing is known then
        early = bench.evaluate(job) if job.rows and bench.confinement.level != "strong" else None
        report = bench.judge(job)
        if not (report.ok and job.rows):
            return report
        return second.report_of(job, *(early or bench.evaluate(job)), report)

    def close(self) -> None:
        """End all runs, and wait until their processes are gone."""
        if self._bench is not None:
            self._bench.close()

    def _prepared(self) -> "_Bench":
        if self._bench is None:
            raise RuntimeError("prepare() comes before the first run")
        return self._bench


class _Bench:
    """What runs are made with: servers with and without pytest, and folders."""

    def __init__(
        self,
        settings: Settings,
        scratch: Path,
        python: Path,
        confinement: Confinement,
        forks: bool,
    ) -> None:
        self.python = python
        self.confinement = confinement
        self._scratch = scratch
        self._forks = forks
        self._runs = Runs(scratch, python, confinement)
        packages = settings.project.packages
        tools = settings.project.test_packages
        names = sorted(import_names(packages, python))
        more = sorted(import_names(tools, python)) if tools else []
        self._tests = self._server("reporter", ("pytest", *names, *more))
        self._rows = self._server("rows", tuple(names))

    def judge(self, job: TestJob, only: tuple[str, ...] = ()) -> TestReport:
        """The verdict of pytest, on the tests of `only` where it names any."""
        done = self._runs.carry_out(self._tests, suite.work(job, only))
        evidence = sort(done.records)
        return verdict.report_of(
            job if not only else replace(job, expected=only),
            evidence,
            done.ending,
            self.confinement.level,
            done.changed,
            only,
        )

    def evaluate(self, job: TestJob) -> tuple[Plan, Finished]:
        """The rows evaluated without pytest: what was planned, and what was answered."""
        plan = second.plan_of(job)
        return plan, self._runs.carry_out(self._rows, second.work(job, plan))

    def close(self) -> None:
        """End all runs and both servers."""
        self._runs.close()
        for server in (self._tests, self._rows):
            server.close()

    def _server(self, work: str, imports: tuple[str, ...]) -> TestServer:
        interpreter = Interpreter(
            python=self.python,
            work=work,
            imports=imports,
            confinement=self.confinement,
        )
        return TestServer(interpreter, self._scratch, forks=self._forks)
