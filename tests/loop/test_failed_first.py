"""Which failures the next run begins with."""

from dataclasses import replace

import pytest
from happened import PASS, WRONG, attempt, fail, forged, history, ran, reopened, started, wrong

from specloop.attempt.report import StaticFinding, TestReport, Verdict
from specloop.loop.failed_first import failed_first
from specloop.loop.stop import why_stalled

NODES = tuple(f"tests/test_double.py::test_{n}" for n in range(10))
FAILURES = tuple(fail(node_id=node).failures[0] for node in NODES[:4])
LONG = TestReport(Verdict.FAILED, NODES, NODES[4:], FAILURES, seconds=1.0)
AGAIN = replace(LONG, passed=(), not_run=NODES[4:], seconds=0.2)


def first(*events):
    return failed_first(history(started(), ran(fail(), "red"), *events))


def test_the_failures_of_a_long_run_come_first_in_the_next():
    assert first(*attempt(1, WRONG, LONG)) == FAILURES
    assert first(reopened(WRONG, "stale"), ran(LONG, "standing")) == FAILURES


@pytest.mark.parametrize(
    "report",
    [
        replace(LONG, seconds=0.9),
        replace(LONG, failures=(*FAILURES, fail(node_id=NODES[4]).failures[0])),  # half of them
        replace(LONG, failures=fail(node_id="app/double.py").failures),  # no test at all
        replace(LONG, verdict=Verdict.TIMEOUT),
        replace(LONG, verdict=Verdict.RESOURCE),
        AGAIN,
        replace(LONG, forged=forged().forged),
        replace(PASS, seconds=9.0),
    ],
)
def test_a_run_that_is_short_or_not_whole_or_mostly_red_decides_no_order(report):
    assert first(*attempt(1, WRONG, report)) == ()


def test_a_refusal_without_a_run_changes_nothing():
    refused = TestReport(Verdict.FAILED, static=(StaticFinding(1, "X", "no"),))
    assert first(*attempt(1, WRONG, LONG), *attempt(2, wrong(2), refused)) == FAILURES
    assert first(*attempt(1, WRONG, refused)) == ()


def test_the_run_before_is_that_of_the_newest_code_since_the_reopening():
    assert first(*attempt(1, WRONG, LONG), *attempt(2, wrong(2), fail())) == ()
    assert first(*attempt(1, WRONG, LONG), reopened()) == ()
    assert first() == ()


def test_the_same_failure_is_the_same_in_a_run_that_ended_early_and_in_any_order():
    turned = replace(AGAIN, failures=FAILURES[::-1])
    made = [attempt(n, wrong(n), r) for n, r in ((1, LONG), (2, turned), (3, LONG))]
    told = history(started(), *(event for one in made for event in one))
    assert why_stalled(told.attempts) == "the same failure 3 times in a row"
    assert why_stalled(told.attempts[:2]) is None
