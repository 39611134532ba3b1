"""PURE. From what the reporter said, and how the process ended, to a report.

"Passed" takes positive evidence: pytest's status and the exit code of the process are both 0, each
collected test told that its setup, call and teardown passed, all expected tests are among them, and
one test at least ran. Two things a person's own settings may do are let through, with a warning,
for tests that are not expected by name: a mark (skip, skipif, xfail) and deselection. A test that
sets itself aside while it runs (pytest.skip, importorskip) has failed.

"Failed" is said of pytest's statuses 1 and 5, of errors in collection, and of code that ends the
process by itself. All else proves nothing about the code.
"""

import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.verify.ending import Ending

LIMIT_SIGNALS: dict[int, str] = {
    signal.SIGKILL: "it was killed, most likely for want of memory",
    signal.SIGXCPU: "it used up its processor time",
    signal.SIGXFSZ: "it wrote a file larger than allowed",
}
CRASH_SIGNALS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
PHASES = ("setup", "call", "teardown")
NOTE_LINES = 8


@dataclass(slots=True)
class Evidence:
    """The records of one run, sorted."""

    ready: bool = False
    status: int | None = None  # pytest's own, from the end record
    collected: dict[str, tuple[str, ...]] | None = None  # node id: requirement ids
    deselected: list[str] = field(default_factory=list)
    phases: dict[str, dict[str, str]] = field(default_factory=dict)
    failures: list[TestFailure] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)  # set aside by a mark: the reason
    limits: list[str] = field(default_factory=list)
    broken: str = ""
    running: tuple[str, str] = ("", "")  # node id and phase

    def take(self, record: Mapping[str, Any]) -> None:
        """Sort in one record."""
        match record["kind"]:
            case "ready":
                self.ready = True
            case "end":
                self.status = record["status"]
            case "collected":
                self.collected = {node: tuple(ids) for node, ids in record["nodes"]}
            case "deselected":
                self.deselected += record["nodes"]
            case "running":
                self.running = record["node"], record["when"]
            case "broken":
                self.broken = record["text"]
                self._note_limit(record)
            case "phase":
                self._take_phase(record)

    def _take_phase(self, record: Mapping[str, Any]) -> None:
        node, when, outcome = record["node"], record["when"], record["outcome"]
        self.phases.setdefault(node, {})[when] = outcome
        later = dict(pairwise(PHASES)).get(when)
        self.running = (node, later) if later else ("", "")
        if outcome == "failed" or (outcome == "skipped" and not record["marked"]):
            self.failures.append(self._failure(record))
            self._note_limit(record)
        elif outcome == "skipped":
            self.aside[node] = record.get("message", "")

    def _note_limit(self, record: Mapping[str, Any]) -> None:
        if name := record.get("limit"):
            self.limits.append(name)

    def _failure(self, record: Mapping[str, Any]) -> TestFailure:
        message = record.get("message", "")
        if record["outcome"] == "skipped":
            message = f"the test set itself aside instead of passing: {message}"
        return TestFailure(
            node_id=record["node"],
            when=record["when"],
            exception=record.get("exception", ""),
            message=message,
            longrepr=record.get("longrepr", ""),
            frames=tuple(Frame(*frame) for frame in record.get("frames", ())),
            captured=record.get("captured", ""),
            requirements=self.requirements(record["node"]),
        )

    def requirements(self, node: str) -> tuple[str, ...]:
        """The ids that the test cites."""
        return (self.collected or {}).get(node, ())

    def has_passed(self, node: str) -> bool:
        """Whether every phase of the test told that it passed."""
        return self.phases.get(node) == dict.fromkeys(PHASES, "passed") and node not in self.aside

    def collection_failed(self) -> bool:
        """Whether code could not be imported or collected."""
        return any(failure.when == "collect" for failure in self.failures)


def read(records: bytes, token: str) -> Evidence:
    """Sort the reporter's records; lines without the token are no records."""
    evidence = Evidence()
    mark = f"{token} ".encode()
    for line in records.split(b"\n")[:-1]:  # what follows the last line's end was cut off
        if line.startswith(mark):
            evidence.take(json.loads(line[len(mark) :]))
    return evidence


def report_of(job: TestJob, evidence: Evidence, ending: Ending, sandbox: str) -> TestReport:
    """The report; RunnerUnavailable where pytest did not come to run anything."""
    verdict, note, failures = _judge(job, evidence, ending)
    collected = evidence.collected or {}
    return TestReport(
        verdict=verdict,
        collected=tuple(collected),
        passed=tuple(node for node in collected if evidence.has_passed(node)),
        failures=tuple(failures),
        note=note,
        sandbox=sandbox,
        seconds=round(ending.seconds, 3),
        warnings=_warnings(evidence),
    )


Judgement = tuple[Verdict, str, list[TestFailure]]


def _judge(job: TestJob, evidence: Evidence, ending: Ending) -> Judgement:
    told = evidence.failures
    match ending.why:
        case "closed":
            return Verdict.ABORTED, "the test run was ended before its end", told
        case "lost":
            return Verdict.ABORTED, "the supervisor of the test run was killed", told
        case "timeout":
            note = f"the suite did not end within {job.seconds} s" + _while(evidence)
            failure = _interrupted(job, evidence, ending, "Timeout", note)
            return Verdict.TIMEOUT, note, [*told, failure]
    if ending.status < 0:
        return _killed(job, evidence, ending)
    if not evidence.ready:
        raise RunnerUnavailable(
            f"pytest could not be started: {_last_lines(ending.output)}; "
            "see that [project] python has pytest, or delete .specloop/venv to have it made anew"
        )
    if evidence.limits:
        return Verdict.RESOURCE, f"the run reached a limit: {evidence.limits[0]}", told
    if evidence.status != ending.status:
        note = f"the code ended the test process (exit code {ending.status})" + _while(evidence)
        return Verdict.FAILED, "", [*told, _interrupted(job, evidence, ending, "SystemExit", note)]
    return _by_status(job, evidence, ending)


def _killed(job: TestJob, evidence: Evidence, ending: Ending) -> Judgement:
    number = -ending.status
    name = signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"
    if number in LIMIT_SIGNALS:
        note = f"the test process ended early: {LIMIT_SIGNALS[number]}" + _while(evidence)
        failure = _interrupted(job, evidence, ending, name, note)
        return Verdict.RESOURCE, note, [*evidence.failures, failure]
    if number in CRASH_SIGNALS:
        note = f"the code crashed the interpreter ({name})" + _while(evidence)
        failure = _interrupted(job, evidence, ending, name, note)
        return Verdict.FAILED, "", [*evidence.failures, failure]
    return Verdict.ABORTED, f"the test process was ended by {name}", evidence.failures


def _by_status(job: TestJob, evidence: Evidence, ending: Ending) -> Judgement:
    """What pytest's own exit status means (pytest.ExitCode)."""
    status, told = evidence.status, evidence.failures
    if status == 0:
        lacking = [*told, *_lacking(job, evidence)]
        return (Verdict.FAILED if lacking else Verdict.PASSED), "", lacking
    if evidence.collection_failed():
        return Verdict.FAILED, "", told
    if status == 1:
        return Verdict.FAILED, "", told or [_of_run(job, f"pytest failed: {_said(ending)}")]
    if status == 5:
        return Verdict.FAILED, "", [_of_run(job, "no test was collected")]
    if status == 4 and not evidence.collected:
        raise RunnerUnavailable(
            f"pytest refused to run {' '.join(job.targets)!r}: {_last_lines(ending.output)}; "
            "mend the tests that the spec names, or the pytest settings of the project"
        )
    text = evidence.broken.strip().rpartition("\n")[2] or _last_lines(ending.output)
    return Verdict.ABORTED, f"pytest ended with status {status}: {text}", told


def _lacking(job: TestJob, evidence: Evidence) -> list[TestFailure]:
    """What is missing of the evidence that all is well."""
    if not job.targets:
        return []
    collected = evidence.collected or {}
    found = []
    for node in dict.fromkeys([*job.expected, *collected]):
        expected = node in job.expected
        if node not in collected:
            text = "the test was expected, but pytest did not collect it"
        elif node in evidence.aside and expected:
            text = f"the test was set aside by a mark: {evidence.aside[node]}"
        elif node not in evidence.aside and not evidence.has_passed(node):
            text = "the test was collected, but did not report that it passed"
        else:
            continue
        found.append(TestFailure(node, "call", "", text, "", (), "", evidence.requirements(node)))
    if not found and not any(evidence.has_passed(node) for node in collected):
        found.append(_of_run(job, "no test passed: all of them were set aside"))
    return found


def _warnings(evidence: Evidence) -> tuple[str, ...]:
    aside = [f"{node} was set aside by a mark: {why}" for node, why in evidence.aside.items()]
    left_out = [f"{node} was deselected" for node in dict.fromkeys(evidence.deselected)]
    return (*aside, *left_out)


def _of_run(job: TestJob, message: str) -> TestFailure:
    return TestFailure(job.candidate or " ".join(job.targets), "collect", "", message, "")


def _interrupted(
    job: TestJob, evidence: Evidence, ending: Ending, exception: str, message: str
) -> TestFailure:
    """The failure of what was running when the process ended."""
    node, when = evidence.running
    return TestFailure(
        node_id=node or job.candidate or " ".join(job.targets),
        when=when or "collect",
        exception=exception,
        message=message,
        longrepr="\n".join(f"{f.file}:{f.line}: in {f.function}" for f in ending.frames),
        frames=ending.frames,
        captured=ending.output,
        requirements=evidence.requirements(node),
    )


def _while(evidence: Evidence) -> str:
    node, when = evidence.running
    if not node:
        return ""
    return f", while {node} was {'imported' if when == 'collect' else 'running'}"


def _said(ending: Ending) -> str:
    return _last_lines(ending.output) or f"it ended with exit code {ending.status}"


def _last_lines(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-NOTE_LINES:])
