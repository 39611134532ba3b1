"""Doing what the loop decided: each action becomes one event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import TestReport, Verdict
from specloop.engine.commit_message import commit_request
from specloop.engine.record import Record
from specloop.engine.suites import Suites
from specloop.errors import ModelUnavailable, RunnerUnavailable
from specloop.loop.action import AskModel, FailModule, RunTests
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CommitPrepared,
    CompletionReceived,
    ModuleCommitted,
    ModuleFailed,
    TestsFinished,
)
from specloop.loop.failed_first import failed_first
from specloop.loop.history import History
from specloop.ports import Model, Prompt, Repository, Say, StaticJob, TestJob, TestRunner
from specloop.spec.fingerprint import module_key
from specloop.spec.module import ModuleSpec

_TRIES = 3  # runs of one suite that are ended from outside before that is told


@dataclass(frozen=True, slots=True)
class Check:
    """The two parts of a test run of some code, which may be the stub.

    `suite` gives the digest of all that a verdict on code depends on.
    """

    code: Candidate
    static: StaticJob | None
    job: TestJob
    suite: Callable[[Candidate], str]


class Performer:
    """The outside work of the loop.

    Runs with different `salt` ask the same questions and count as different: their calls have
    idempotency keys and seeds of their own.
    `ask`, `test` and `test_together` may be called in threads of their own: they touch neither the
    journal nor the repository. The other methods run in the coordinator's thread.
    """

    def __init__(
        self,
        suites: Suites,
        models: Mapping[str, Model],
        runner: TestRunner,
        repository: Repository,
        record: Record,
        salt: str = "",
    ) -> None:
        self._suites = suites
        self._models = models
        self._runner = runner
        self._repository = repository
        self._record = record
        self._salt = salt

    def prompt(
        self, spec: ModuleSpec, history: History, action: AskModel, seconds: float | None
    ) -> Prompt:
        """The question as the model's adapter takes it; `seconds` is what it may take at most."""
        place = [self._salt, spec.name, str(action.number)]
        said = [message.content for message in action.conversation]
        return Prompt(
            spec.name,
            action.number,
            action.conversation,
            key=f"specloop-{_digest(history.inputs, action.model, *place, *said)[:32]}",
            temperature=action.temperature,
            # Not of what is said: samples of one prompt would all be alike.
            seed=int(_digest(*place)[:7], 16),
            seconds=seconds,
        )

    def worst_case(self, action: AskModel, prompt: Prompt) -> tuple[int, float | None]:
        """The most tokens and USD that the call may take."""
        return self._models[action.model].worst_case(prompt)

    def announce_call(
        self, spec: ModuleSpec, action: AskModel, worst: tuple[int, float | None]
    ) -> None:
        """Make the call durable before anything is sent."""
        self._record.append(
            CallStarted(
                at=self._record.now(),
                module=spec.name,
                number=action.number,
                purpose=action.purpose,
                model=action.model,
                messages=action.new,
                worst_tokens=worst[0],
                worst_usd=worst[1],
                temperature=action.temperature,
            )
        )

    def ask(
        self, spec: ModuleSpec, action: AskModel, prompt: Prompt, say: Say
    ) -> CompletionReceived | CallFailed:
        """Ask the model; that it gives no answer is an event too, for the sake of the ledger."""
        try:
            completion = self._models[action.model].complete(prompt, say)
        except ModelUnavailable as error:
            return CallFailed(
                at=self._record.now(),
                module=spec.name,
                number=action.number,
                reason=str(error),
                may_be_charged=error.may_be_charged,
                too_long=error.too_long,
            )
        return CompletionReceived(self._record.now(), spec.name, action.number, completion)

    def check(self, spec: ModuleSpec, history: History, action: RunTests) -> Check:
        """What a test run needs, read from the repository: the stub has no static checks."""
        if action.candidate is None:
            stub = self._suites.stub(spec)
            job = replace(self._suites.job(spec, stub), rows=None)  # none of them passes
            return Check(stub, None, job, self._suites.suites(spec))
        job = self._suites.job(spec, action.candidate, history.expected)
        if action.purpose == "candidate":
            job = replace(job, first=failed_first(history))
        static = self._suites.static_job(spec, action.candidate)
        return Check(action.candidate, static, job, self._suites.suites(spec))

    def test(self, spec: ModuleSpec, action: RunTests, check: Check) -> TestsFinished:
        """Check a candidate without running it, which is cheaper; then run the module's suite.

        A model's code is laid out anew in between. A person's stays as it is.
        """
        code, report = check.code, self._runner.inspect(check.static) if check.static else None
        if report is None or report.ok:
            if action.purpose == "candidate" and check.static:
                code = self._formatted(code, check.static)
            files = {**check.job.files, code.file: code.code.encode()}
            report = self._run(replace(check.job, files=files))
        if report.verdict is Verdict.ABORTED and action.candidate is None:
            raise _broken(spec.name, report)
        if report.verdict is Verdict.ABORTED:
            # The suite ended by itself on the stub, in this same world: this code ends its tests.
            report = replace(report, verdict=Verdict.RESOURCE)
        return TestsFinished(
            at=self._record.now(),
            module=spec.name,
            purpose=action.purpose,
            code=code.digest if action.candidate else "",
            report=report,
            suite=check.suite(code),
            formatted="" if code == check.code else code.code,
        )

    def _formatted(self, code: Candidate, static: StaticJob) -> Candidate:
        """The code in the form of all code, unless it would be refused in that, as too long."""
        text = self._runner.format(code.code, code.file)
        if text == code.code or not self._runner.inspect(replace(static, code=text)).ok:
            return code
        return replace(code, code=text)

    def test_together(self, job: TestJob) -> TestReport:
        """Run the integration tests."""
        report = self._run(job)
        if report.verdict is Verdict.ABORTED:
            raise _broken("integration", report)
        return report

    def _run(self, job: TestJob) -> TestReport:
        """Run a suite, anew where it was ended from outside: that proves nothing."""
        for _ in range(_TRIES - 1):
            report = self._runner.run(job)
            if report.verdict is not Verdict.ABORTED:
                return report
        return self._runner.run(job)

    def commit(self, spec: ModuleSpec, history: History, candidate: Candidate) -> ModuleCommitted:
        """Commit a candidate that passed: the intent is durable before the branch moves."""
        key = module_key(history.inputs, candidate.code.encode())
        tip = self._repository.tip()
        made = self._repository.records().get(spec.name)
        prepared = history.prepared if history.prepared is history.last else None
        if prepared and prepared.parent != tip and made and made.key == prepared.key:
            # It was made before a crash. Whatever a person has put on top of it since is theirs.
            return ModuleCommitted(self._record.now(), spec.name, key, made.commit)
        if prepared is None or prepared.parent != tip:
            prepared = CommitPrepared(self._record.now(), spec.name, key, tip)
            self._record.append(prepared)
        request = commit_request(
            spec,
            history,
            prepared,
            parts=self._suites.parts(spec),
            files=self._suites.commit_files(spec, candidate),
            writer=made.trailers.get("Specloop-Model", "none") if made else "none",
        )
        commit = self._repository.commit(request)
        found = made is not None and made.commit == commit
        return ModuleCommitted(self._record.now(), spec.name, key, commit, found)

    def fail(self, spec: ModuleSpec, action: FailModule) -> ModuleFailed:
        """Give a module up and keep its last code for whoever wants to look."""
        at = self._record.now()
        if action.candidate is not None:
            files = self._suites.commit_files(spec, action.candidate)
            message = f"{spec.name}: failed: {action.reason}"
            self._repository.keep_failed(spec.name, files, message, int(at))
        return ModuleFailed(at, spec.name, action.reason)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def _broken(name: str, report: TestReport) -> RunnerUnavailable:
    return RunnerUnavailable(
        f"the tests of {name!r} were ended from outside {_TRIES} times: {report.note}; see what "
        "ends them (too little memory is the usual reason), then run again"
    )
