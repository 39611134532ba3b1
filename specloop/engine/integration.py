"""The integration phase: all modules together, and who is to blame when that fails."""

from dataclasses import dataclass

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import TestReport
from specloop.engine.site import Site
from specloop.engine.standing import may_go_on
from specloop.errors import BudgetExhausted
from specloop.loop.blame import blame, evidence
from specloop.loop.event import IntegrationFinished, ModuleReopened, ModuleRetried, ModuleStarted
from specloop.ports import Say
from specloop.prompt.plain import one_line
from specloop.spec.module import ModuleSpec

_NAMED = 5  # tests that are named in the reason why a module was reopened
_LONGEST = 1000  # characters of that


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
        if forged := finished.report.forged:
            # No module is asked about it: a trick is not shown to a model, and who played it is
            # not certain.
            return Settled(f"integration tests: refused: {forged[0]}; see which module does that")
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
        return last if last.suite == self._site.suites.integration_suite() else None

    def _run(self) -> IntegrationFinished:
        late = self._site.record.out_of_time(self._site.project.settings.limits)
        if late:
            raise BudgetExhausted(f"[limits] {late}; raise it and run again to resume")
        commit, tests = self._site.repository.tip(), self._site.inputs.integration_tests()
        suite, job = self._site.suites.integration_suite(), self._site.suites.integration_job()
        self._site.observer.doing("", "runs the integration tests")

        def work(_: Say) -> IntegrationFinished:
            report = self._site.performer.test_together(job)
            return IntegrationFinished(self._site.record.now(), commit, tests, report, suite)

        self._site.workers.submit("", "tests", work)
        while True:
            event = self._site.workers.take()
            if isinstance(event, IntegrationFinished):
                self._site.record.append(event)
                return event

    def _reopen(self, finished: IntegrationFinished) -> Reopened | Settled:
        """Reopen the modules to blame; one that was given up on this very evidence ends it all."""
        files = {spec.file: spec.name for spec in self._site.project.modules}
        # The result may be that of an earlier run, after which no round was counted yet.
        earlier = max(0, self._site.record.past.failed_integrations - 1)
        blamed = [
            (self._site.project.module(name), evidence(finished.report, failures))
            for name, failures in blame(finished.report, files, earlier).items()
        ]
        given_up = [spec for spec, report in blamed if self._is_given_up(spec, report)]
        for spec in given_up:
            history = self._site.record.history(spec)
            if not may_go_on(spec, history, self._site.suites.context(spec)):
                return Settled(f"{spec.name}: {history.failed}")
        for spec, report in blamed:
            if spec in given_up:
                self._site.record.append(ModuleRetried(self._site.record.now(), spec.name))
            else:
                self._reopen_one(spec, report)
        return Reopened()

    def _is_given_up(self, spec: ModuleSpec, report: TestReport) -> bool:
        history = self._site.record.history(spec)
        same = history.reopened is not None and history.reopened.report == report
        return same and history.failed is not None

    def _reopen_one(self, spec: ModuleSpec, report: TestReport) -> None:
        fingerprint, code = self._site.inputs.fingerprint(spec), self._site.inputs.text(spec)
        if self._site.record.history(spec).inputs != fingerprint:  # built by another journal
            standing = Candidate(spec.file, code).digest
            started = ModuleStarted(self._site.record.now(), spec.name, fingerprint, standing)
            self._site.record.append(started)
        tests = list(dict.fromkeys(failure.node_id for failure in report.failures))
        others = f" and {len(tests) - _NAMED} others" if len(tests) > _NAMED else ""
        what = one_line(f"{', '.join(tests[:_NAMED])}{others}" or report.note, _LONGEST)
        self._site.record.append(
            ModuleReopened(
                at=self._site.record.now(),
                module=spec.name,
                reason="integration",
                text=f"The module's own tests pass, but with the others it fails: {what}.",
                code=code,
                report=report,
            )
        )


def _is_set_up_wrong(report: TestReport) -> bool:
    """Whether pytest found no test at all: no module can mend that."""
    if report.collected or len(report.failures) != 1:
        return False
    (failure,) = report.failures
    return failure.when == "collect" and not (failure.frames or failure.longrepr)
