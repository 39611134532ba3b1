"""The verdict as a function of records and an ending."""

import json

import pytest

from specloop.attempt.report import Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.verify.ending import Ending
from specloop.verify.evidence import records_of, sort
from specloop.verify.verdict import report_of

JOB = TestJob({}, ("tests",), candidate="m.py", seconds=5)
NODE = "tests/test_m.py::test_a"
READY = {"kind": "ready"}
COLLECTED = {"kind": "collected", "nodes": [[NODE, ["m/V1"]]]}
RUNNING = {"kind": "running", "node": NODE, "when": "setup"}
END = {"kind": "end", "status": 0}


def phase(when, outcome="passed", **fields):
    return {"kind": "phase", "node": NODE, "when": when, "outcome": outcome, **fields}


GOOD = [READY, COLLECTED, RUNNING, phase("setup"), phase("call"), phase("teardown"), END]


def report(records, why="exit", status=0, token="t", job=JOB, output=""):
    lines = "".join(f"{token} {json.dumps(record)}\n" for record in records).encode()
    ending = Ending(why, status, lines, output)
    return report_of(job, sort(records_of(ending.records, "t")), ending, "basic")


def test_whole_evidence_is_a_pass():
    assert report(GOOD).verdict is Verdict.PASSED
    assert report(GOOD).passed == (NODE,)


@pytest.mark.parametrize("left_out", range(1, len(GOOD)))
def test_nothing_of_the_evidence_may_be_missing(left_out):
    partial = [record for index, record in enumerate(GOOD) if index != left_out]
    assert report(partial).ok is (GOOD[left_out] is RUNNING)


def test_records_without_the_token_prove_nothing():
    with pytest.raises(RunnerUnavailable, match="pytest could not be started: boom"):
        report(GOOD, token="forged", output="boom\n")


def test_record_that_was_cut_off_is_none():
    whole = "".join(f"t {json.dumps(record)}\n" for record in GOOD).encode()
    assert sort(records_of(whole[:-1], "t")).status is None


def test_exit_code_must_agree_with_pytest():
    told = report(GOOD, status=3)
    assert told.verdict is Verdict.FAILED
    assert told.failures[0].message == "the code ended the test process (exit code 3)"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(1, "failed"), (2, "aborted"), (3, "aborted"), (4, "aborted"), (5, "failed")],
)
def test_statuses_of_pytest(status, verdict):
    told = report([*GOOD[:-1], {"kind": "end", "status": status}], status=status)
    assert told.verdict == verdict
    assert told.note or told.failures


def test_what_was_changed_is_told_whatever_the_tests_said():
    ending = Ending("exit", 0)
    for records in (GOOD, [*GOOD[:-1], {"kind": "end", "status": 3}]):
        lines = "".join(f"t {json.dumps(record)}\n" for record in records).encode()
        told = report_of(JOB, sort(records_of(lines, "t")), ending, "basic", ("tests/test_m.py",))
        assert told.verdict is Verdict.FAILED
        assert "tests/test_m.py" in told.failures[-1].message


def test_errors_of_collection_are_the_codes_at_any_status():
    error = phase("collect", "failed", exception="NameError")
    for status in (1, 2, 4):
        told = report([READY, error, {"kind": "end", "status": status}], status=status)
        assert told.verdict is Verdict.FAILED
        assert told.failures[0].exception == "NameError"


@pytest.mark.parametrize(
    ("why", "verdict"), [("closed", "aborted"), ("lost", "aborted"), ("timeout", "timeout")]
)
def test_end_from_outside_is_never_a_failed_test(why, verdict):
    told = report(GOOD[:4], why=why, status=-9)
    assert told.verdict == verdict
    assert told.note


def test_interruption_names_test_and_phase():
    told = report(GOOD[:4], status=-9)
    assert told.verdict is Verdict.RESOURCE
    assert (told.failures[0].node_id, told.failures[0].when) == (NODE, "call")
    assert told.failures[0].requirements == ("m/V1",)


def test_unknown_signal_is_named_by_its_number():
    assert report(GOOD[:4], status=-40).note == "the test process was ended by signal 40"
