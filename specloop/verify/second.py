"""The second opinion on example rows: evaluated where there is neither pytest nor a test."""

from dataclasses import replace

from specloop.attempt.report import OneOpinion, TestFailure, TestReport, Verdict
from specloop.ports import TestJob
from specloop.verify import suite
from specloop.verify.evidence import sort
from specloop.verify.opinion.judge import judge
from specloop.verify.opinion.plan import Plan, plan
from specloop.verify.opinion.promised import plain_returns
from specloop.verify.opinion.surroundings import conftest_prepares
from specloop.verify.runs import Finished, Work
from specloop.verify.verdict import ended_otherwise


def plan_of(job: TestJob) -> Plan:
    """What the worker is to evaluate, and what must come of it."""
    assert job.rows is not None
    rows = job.rows
    tests = rows.rows[0][0].partition("::")[0] if rows.rows else ""
    alone = not conftest_prepares(job.files, tests)
    plain = plain_returns(rows.exports)
    return plan(rows.module, rows.names, rows.setup, rows.rows, alone=alone, plain=plain)


def work(job: TestJob, plan: Plan) -> Work:
    """The run of the worker: all files but the tests and what lies with them."""
    files = {path: data for path, data in job.files.items() if not suite.is_of_tests(job, path)}
    return Work(files, plan.order(), job.pythonpath, job.seconds, job.memory_mb)


def report_of(job: TestJob, plan: Plan, done: Finished, report: TestReport) -> TestReport:
    """`report`, which passed, with what the worker's answer makes of it."""
    unsettled = ended_otherwise(job, sort(done.records), done.ending)
    if unsettled is not None:
        verdict, note = unsettled
        return replace(report, verdict=verdict, passed=(), note=f"apart from pytest, {note}")
    ended = done.ending.why == "exit" and done.ending.status == 0
    opinion = judge(plan, done.records, ended)
    report = replace(
        report, one_opinion=tuple(OneOpinion(row.node, row.why) for row in opinion.single)
    )
    if not opinion.disagreed:
        return report
    against = {row.node: row.why for row in opinion.disagreed}
    return replace(
        report,
        verdict=Verdict.FAILED,
        passed=tuple(node for node in report.passed if node not in against),
        failures=tuple(
            TestFailure(node, "call", "", f"not so apart from pytest: {why}", "")
            for node, why in against.items()
        ),
        forged=tuple(f"{node} passes in pytest alone: {why}" for node, why in against.items()),
    )
