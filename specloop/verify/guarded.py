"""A runner whose reports hold no secret, whatever a test found and printed."""

from collections.abc import Sequence

from specloop.attempt.redaction import Redactor
from specloop.attempt.report import TestReport
from specloop.errors import RunnerUnavailable
from specloop.ports import StaticJob, TestJob
from specloop.verify.runner import PytestRunner
from specloop.verify.sandbox import Confinement


class GuardedRunner:
    """Runs suites with `runner`; what it says of them is redacted."""

    def __init__(self, runner: PytestRunner, redactor: Redactor) -> None:
        self._runner = runner
        self._redactor = redactor

    def prepare(self) -> None:
        """Make the runner ready."""
        try:
            self._runner.prepare()
        except RunnerUnavailable as error:
            raise self._clean(error) from None

    def ready(self) -> bool:
        """Whether `prepare` would install nothing."""
        return self._runner.ready()

    def names_of(self, packages: Sequence[str]) -> frozenset[str]:
        """Those of the runner."""
        return self._runner.names_of(packages)

    def inspect(self, job: StaticJob) -> TestReport:
        """The runner's report."""
        return self._redactor.clean(self._runner.inspect(job))

    def format(self, code: str, file: str) -> str:
        """As the runner lays it out."""
        return self._runner.format(code, file)

    @property
    def confinement(self) -> Confinement:
        """What the runs are confined by; after `prepare`."""
        return self._runner.confinement

    def run(self, job: TestJob) -> TestReport:
        """The runner's report."""
        try:
            return self._redactor.clean(self._runner.run(job))
        except RunnerUnavailable as error:
            raise self._clean(error) from None

    def close(self) -> None:
        """End every test process that still runs."""
        self._runner.close()

    def _clean(self, error: RunnerUnavailable) -> RunnerUnavailable:
        return RunnerUnavailable(self._redactor(str(error)))
