"""The integration phase: all modules together, and who is to blame when that fails."""

from dataclasses import dataclass

from specloop.attempt.report import TestReport
from specloop.engine.site import Site
from specloop.engine.standing import retry
from specloop.loop.blame import blame, evidence
from specloop.loop.event import IntegrationFinished, ModuleReopened, ModuleStarted


@dataclass(frozen=True, slots=True)
class Reopened:
    """Modules were reopened: they must be built before the tests run again."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The phase is over; `reason` says what did not pass, "" if all did."""

    reason: str = ""


class Integration:
    """Runs the integration tests on what is committed and reopens the modules to blame."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def round(self) -> Reopened | Settled:
        """Test what is committed; a result on the same commit and tests is not asked for twice."""
        if not self._site.project.settings.integration.tests:
            return Settled()
        finished = self._known() or self._run()
        if finished.report.ok:
            return Settled()
        if _is_set_up_wrong(finished.report):
            note = finished.report.failures[0].message
            return Settled(f"integration tests: {note}; see [integration] tests in project.toml")
        limit = self._site.project.settings.integration.attempts
        failed = self._site.record.past.failed_integrations
        if limit and failed >= limit:
            return Settled(f"integration tests failed {failed} of {limit} times")
        return self._reopen(finished)

    def _known(self) -> IntegrationFinished | None:
        """The newest result, if it is about what is committed now."""
        last = self._site.record.past.integration
        if last is None or last.commit != self._site.repository.tip():
            return None
        return last if last.tests == self._site.inputs.integration_tests() else None

    def _run(self) -> IntegrationFinished:
        commit, tests = self._site.repository.tip(), self._site.inputs.integration_tests()
        job = self._site.suites.integration_job()
        self._site.observer.doing("", "runs the integration tests")

        def work() -> IntegrationFinished:
            report = self._site.performer.run("integration", job)
            return IntegrationFinished(self._site.record.now(), commit, tests, report)

        self._site.workers.submit("", "tests", work)
        while True:
            event = self._site.workers.take()
            if isinstance(event, IntegrationFinished):
                self._site.record.append(event)
                return event

    def _reopen(self, finished: IntegrationFinished) -> Reopened | Settled:
        """Reopen the modules to blame; a module already given up on this evidence ends it."""
        files = {spec.file: spec.name for spec in self._site.project.modules}
        # The result may be that of an earlier run, after which no round was counted yet.
        earlier = max(0, self._site.record.past.failed_integrations - 1)
        blamed = blame(finished.report, files, earlier)
        for name, failures in blamed.items():
            spec = self._site.project.module(name)
            history = self._site.record.history(spec)
            fingerprint = self._site.inputs.fingerprint(spec)
            if history.inputs != fingerprint:  # built by another journal, or forgotten
                self._site.record.append(ModuleStarted(self._site.record.now(), name, fingerprint))
            elif history.failed is not None:
                if not retry(spec, self._site.suites.context(spec), self._site.record):
                    return Settled(f"{name}: {history.failed}")
                continue
            tests = ", ".join(dict.fromkeys(failure.node_id for failure in failures))
            what = tests or finished.report.note
            self._site.record.append(
                ModuleReopened(
                    at=self._site.record.now(),
                    module=name,
                    reason="integration",
                    text=f"The module's own tests pass, but with the others it fails: {what}.",
                    code=self._site.inputs.text(spec),
                    report=evidence(finished.report, failures),
                )
            )
        return Reopened()


def _is_set_up_wrong(report: TestReport) -> bool:
    """Whether pytest found no test at all: no module can mend that."""
    if report.collected or len(report.failures) != 1:
        return False
    (failure,) = report.failures
    return failure.when == "collect" and not (failure.frames or failure.longrepr)
