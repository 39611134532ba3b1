"""PURE. From what the reporter said, and how the process ended, to a report.

"Passed" takes positive evidence: pytest's status and the exit code of the process are both 0, each
collected test told that its setup, call and teardown passed, all expected tests are among them, and
one test at least ran. Two things a person's own settings may do are let through, with a warning,
for tests that are not expected by name: a mark (skip, skipif, xfail) and deselection. A test that
sets itself aside while it runs (pytest.skip, importorskip) has failed.

"Failed" is said of pytest's statuses 1 and 5, of errors in collection, of code that ends the
process or the session by itself, and of code that changes what it is judged with, whatever the
tests then said. All else proves nothing about the code.
"""

import contextlib
import signal
from collections.abc import Sequence
from dataclasses import replace

from specloop.attempt.report import StaticFinding, TestFailure, TestReport, Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.spec.python_text import parse
from specloop.verify import tampering
from specloop.verify.ending import Ending
from specloop.verify.evidence import Evidence
from specloop.verify.names import Names

LIMIT_SIGNALS: dict[int, str] = {
    signal.SIGKILL: "it was killed, most likely for want of memory",
    signal.SIGXCPU: "it used up its processor time",
    signal.SIGXFSZ: "it wrote a file larger than allowed",
}
CRASH_SIGNALS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
NOTE_LINES = 8
NAMES = 8  # told of what was changed
AGAIN = "run again, which is no evidence (take reruns out of the tests and the pytest settings)"


def report_of(
    job: TestJob,
    evidence: Evidence,
    ending: Ending,
    sandbox: str,
    changed: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
) -> TestReport:
    """The report; RunnerUnavailable where pytest did not come to run anything.

    `changed` are the files that were laid out and did not stay as they were, `only` the tests that
    were to run, where those were not all.
    """
    forged = _forged(evidence, changed)
    verdict, note, failures = _judge(job, evidence, ending, forged)
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
        set_aside=tuple(dict.fromkeys((*evidence.aside, *evidence.deselected))),
        layers=evidence.layers,
        forged=forged,
        not_run=tuple(node for node in collected if node not in evidence.phases) if only else (),
    )


def failed_again(before: Sequence[TestFailure], report: TestReport) -> bool:
    """Whether all of what failed before has failed in the same way."""
    now = {_manner(failure) for failure in report.failures}
    return report.verdict is Verdict.FAILED and {_manner(each) for each in before} == now


def _manner(failure: TestFailure) -> tuple[str, ...]:
    return failure.node_id, failure.when, failure.exception, failure.message


Judgement = tuple[Verdict, str, list[TestFailure]]


def _judge(job: TestJob, evidence: Evidence, ending: Ending, forged: tuple[str, ...]) -> Judgement:
    told = [_of_rerun(evidence, failure) for failure in evidence.failures]
    if unsettled := ended_otherwise(job, evidence, ending):
        verdict, note = unsettled
        if verdict is Verdict.ABORTED:
            return verdict, note, told
        name = "Timeout" if verdict is Verdict.TIMEOUT else _signal(ending) or "ResourceLimit"
        return verdict, note, [*told, _interrupted(job, evidence, ending, name, note)]
    if ending.status < 0:
        note = f"the code crashed the interpreter ({_signal(ending)})" + _while(evidence)
        failure = _interrupted(job, evidence, ending, _signal(ending), note)
        return Verdict.FAILED, "", [*told, failure]
    if not evidence.ready:
        raise RunnerUnavailable(
            f"pytest could not be started: {_last_lines(ending.output)}; "
            "see that [project] python has pytest, or delete .specloop/venv to have it made anew"
        )
    if evidence.limits:
        return Verdict.RESOURCE, f"the run reached a limit: {evidence.limits[0]}", told
    if forged:
        return Verdict.FAILED, "", [*told, *(_of_run(job, text) for text in forged)]
    if evidence.status != ending.status:
        note = f"the code ended the test process (exit code {ending.status})" + _while(evidence)
        return Verdict.FAILED, "", [*told, _interrupted(job, evidence, ending, "SystemExit", note)]
    return _by_status(job, evidence, ending, told)


def ended_otherwise(job: TestJob, evidence: Evidence, ending: Ending) -> tuple[Verdict, str] | None:
    """What is said of a process that was brought to its end, and why; None if it came to it.

    RunnerUnavailable where nothing was run, since the process could not be confined.
    """
    if evidence.unconfined:
        raise RunnerUnavailable(
            f"a test process could not be confined: {evidence.unconfined}; "
            "see `specloop doctor`, or choose another [sandbox] level"
        )
    match ending.why:
        case "closed":
            return Verdict.ABORTED, "the test run was ended before its end"
        case "lost":
            return Verdict.ABORTED, "the supervisor of the test run was killed"
        case "timeout":
            note = f"the suite did not end within {job.seconds} s"
            return Verdict.TIMEOUT, note + _while(evidence)
        case "limit":
            return Verdict.RESOURCE, f"the run reached a limit: {ending.limit}" + _while(evidence)
    if excess := evidence.excess():
        return Verdict.RESOURCE, f"the run reached a limit: {excess}"
    number = -ending.status
    if number in LIMIT_SIGNALS:
        note = f"the test process ended early: {LIMIT_SIGNALS[number]}"
        return Verdict.RESOURCE, note + _while(evidence)
    if number > 0 and number not in CRASH_SIGNALS:
        return Verdict.ABORTED, f"the test process was ended by {_signal(ending)}"
    return None


def _signal(ending: Ending) -> str:
    """The name of the signal that ended the process, "" if none did."""
    if ending.why != "exit" or ending.status >= 0:
        return ""
    number = -ending.status
    return signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"


def _by_status(
    job: TestJob, evidence: Evidence, ending: Ending, told: list[TestFailure]
) -> Judgement:
    """What pytest's own exit status means (pytest.ExitCode)."""
    status = evidence.status
    if status == 0:
        failed = {failure.node_id for failure in told}
        lacking = [each for each in _lacking(job, evidence) if each.node_id not in failed]
        return (Verdict.FAILED if told or lacking else Verdict.PASSED), "", [*told, *lacking]
    if evidence.interrupted is not None:
        record = evidence.interrupted
        place = {"node": record["node"] or _whole(job), "when": record["when"] or "collect"}
        return Verdict.FAILED, "", [*told, evidence.failure({**record, **place})]
    if evidence.collection_failed():
        return Verdict.FAILED, "", told
    if status == 1:
        return Verdict.FAILED, "", told or [_of_run(job, f"pytest failed: {_said(ending)}")]
    if status == 5:
        return Verdict.FAILED, "", [_of_run(job, "no test was collected")]
    if (status == 4 and not evidence.collected) or (status == 3 and not evidence.phases):
        words = evidence.broken or _last_lines(ending.output)
        ended = "refused" if status == 4 else "broke when it was"
        raise RunnerUnavailable(
            f"pytest {ended} to run {' '.join(job.targets)!r}: {words}; "
            "mend the tests that the spec names, or the pytest settings of the project"
        )
    text = evidence.broken or _last_lines(ending.output)
    return Verdict.ABORTED, f"pytest ended with status {status}: {text}", told


def _of_rerun(evidence: Evidence, failure: TestFailure) -> TestFailure:
    """The failure of a test that passed when a plugin of pytest's ran it once more says so."""
    if not evidence.passed_again(failure.node_id):
        return failure
    return replace(failure, message=f"the test failed and was {AGAIN}: {failure.message}")


def _lacking(job: TestJob, evidence: Evidence) -> list[TestFailure]:
    """What is missing of the evidence that all is well."""
    if not job.targets:
        return []
    collected = evidence.collected or {}
    found = []
    wanted = frozenset(job.expected)
    for node in dict.fromkeys([*job.expected, *collected]):
        if node not in collected:
            text = "the test was expected, but pytest did not collect it"
        elif node in evidence.aside and node in wanted:
            text = f"the test was set aside by a mark: {evidence.aside[node]}"
        elif node not in evidence.aside and not evidence.has_passed(node):
            text = "the test was collected, but did not report that it passed"
            if evidence.passed_again(node):
                text = f"the test was {AGAIN}"
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


def _forged(evidence: Evidence, changed: tuple[str, ...]) -> tuple[str, ...]:
    """What the code did to that which judges it."""
    names = list(dict.fromkeys(evidence.tampered))
    kinds = (
        ("went round what checks it", evidence.reached),
        ("hid in a text what it must not do", _hidden(evidence)),
        ("changed the files that it is tested with", changed),
        ("changed pytest itself", names),
    )
    found = [f"the code {did}: {', '.join(few[:NAMES])}" for did, few in kinds if few]
    if evidence.late or evidence.garbled:
        found.append("the code spoke in the reporter's place")
    return tuple(found)


def _hidden(evidence: Evidence) -> list[str]:
    """What the static checks say of source that the code made while it ran."""
    found: list[StaticFinding] = []
    for source in [] if evidence.excess() else evidence.compiled:
        with contextlib.suppress(SyntaxError, RecursionError, ValueError):
            names = Names(parse(source))
            found += tampering.find(names, lambda name: not tampering.is_tool(name))
    return [finding.text.partition("; ")[0] for finding in found]


def _whole(job: TestJob) -> str:
    return job.candidate or " ".join(job.targets)


def _of_run(job: TestJob, message: str) -> TestFailure:
    return TestFailure(_whole(job), "collect", "", message, "")


def _interrupted(
    job: TestJob, evidence: Evidence, ending: Ending, exception: str, message: str
) -> TestFailure:
    """The failure of what was running when the process ended."""
    node, when = evidence.running
    return TestFailure(
        node_id=node or _whole(job),
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
