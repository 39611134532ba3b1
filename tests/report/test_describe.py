"""Events and numbers in words."""

import pytest

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.attempt.report import StaticFinding, TestFailure, TestReport, Verdict
from specloop.loop.event import (
    CallStarted,
    CommitPrepared,
    CompletionReceived,
    IntegrationFinished,
    ModuleCommitted,
    ModuleFailed,
    ModuleReopened,
    RunEnded,
    RunPaused,
    RunStarted,
    TestsFinished,
)
from specloop.report.describe import cost, describe, duration, name_of, tokens, verdict

SPEC_FILE = "tests/spec/test_a.py"


def failure(name):
    return TestFailure(f"{SPEC_FILE}::{name}", "call", "AssertionError", "m", "")


def asked(purpose, number, role="user"):
    return CallStarted(0, "a", number, purpose, "small", (Message(role, "x"),), 1, None)


RED = TestReport(Verdict.FAILED, ("a", "b"), ("b",), (failure("test_V1_1"),))


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (RunStarted(0, "1"), ""),
        (CommitPrepared(0, "a", "k", "p"), ""),
        (asked("fix", 2), "asks small for a fix (call 2)"),
        (asked("first", 1), "asks small for the code (call 1)"),
        (asked("first", 3), "asks small afresh for the code (call 3)"),
        (asked("fix", 3, "system"), "asks small afresh for a fix (call 3)"),
        (
            asked("format", 3),
            "asks small again, since its answer held no usable code (call 3)",
        ),
        (asked("continue", 3), "asks small for the rest of its answer (call 3)"),
        (
            CompletionReceived(0, "a", 1, Completion("x", "m", usage=Usage(1, 9, 0, 7))),
            "answer of 7 tokens, unpriced",
        ),
        (TestsFinished(0, "a", "red", "", RED), "red check: 1 of 2 tests wait for code"),
        (TestsFinished(0, "a", "candidate", "", RED), "1 of 2 tests passed; failed: test_V1_1"),
        (
            IntegrationFinished(0, "c", "t", RED),
            "integration: 1 of 2 tests passed; failed: test_V1_1",
        ),
        (ModuleReopened(0, "a", "stale", "It has changed.", ""), "reopened: It has changed."),
        (ModuleCommitted(0, "a", "k", "0123456789abcdef"), "committed as 0123456789"),
        (ModuleFailed(0, "a", "stuck"), "failed: stuck"),
        (RunPaused(0, "no money", 3), "stopped"),
        (RunEnded(0, passed=True), "all passed"),
        (RunEnded(0, passed=False, reason="failed: a"), "stopped"),
    ],
)
def test_events(event, text):
    assert describe(event) == text


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (TestReport(Verdict.PASSED, ("a", "b"), ("a", "b")), "2 of 2 tests passed"),
        (TestReport(Verdict.TIMEOUT, note="60 s are over"), "timeout: 60 s are over"),
        (TestReport(Verdict.RESOURCE, note="memory"), "resource: memory"),
        (TestReport(Verdict.FAILED, note="why"), "0 of 0 tests passed; why"),
        (
            TestReport(Verdict.FAILED, ("a",), (), tuple(failure(f"test_{n}") for n in "abcde")),
            "0 of 1 tests passed; failed: test_a, test_b, test_c, …",
        ),
        (
            TestReport(Verdict.FAILED, static=(StaticFinding(1, "X", "one"),) * 3),
            "refused before the tests: one (+2 more)",
        ),
        (
            TestReport(
                Verdict.FAILED,
                *(("a", "b", "c"), (), (failure("test_held_out_V1_1"),)),
                not_run=("b", "c"),
            ),
            "failed again in the same way: test_held_out_V1_1 (held out); 2 others were not run",
        ),
        (
            TestReport(Verdict.FAILED, ("a",), ("a",), forged=("the code changed pytest itself",)),
            "refused: the code changed pytest itself",
        ),
        (
            TestReport(Verdict.TIMEOUT, forged=("it did this", "and that"), note="60 s"),
            "refused: it did this (+1 more)",
        ),
        (
            TestReport(Verdict.FAILED, static=(StaticFinding(1, "X", "one"),)),
            "refused before the tests: one",
        ),
    ],
)
def test_verdicts(report, text):
    assert verdict(report) == text


def test_people_are_told_which_rows_are_held_out():
    assert name_of(f"{SPEC_FILE}::test_held_out_V1_1") == "test_held_out_V1_1 (held out)"
    assert name_of(f"{SPEC_FILE}::test_V1_1") == "test_V1_1"
    assert name_of("tests/test_a.py::TestIt::test_b[1]") == "test_b[1]"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_numbers():
    assert cost(None) == "unpriced"
    assert cost(0.00412) == "0.0041 USD"
    assert tokens(Usage(1, 10, 0, 5)) == "10 in, 5 out"
    assert tokens(Usage(1, 10, 4, 5)) == "10 in (4 cached), 5 out"
