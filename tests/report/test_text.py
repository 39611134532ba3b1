"""Summaries and attempts as text for people."""

import pytest
from two_modules import RED, ROW, Standing, called, fenced, make_project

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.engine.run import Outcome
from specloop.loop.event import ModuleFailed, RunPaused, RunStarted, TestsFinished
from specloop.loop.past import Past
from specloop.report.text import attempts_text, ending_text, status_text


@pytest.fixture
def standing(tmp_path):
    return Standing(make_project(tmp_path), {}, {})


def test_status_for_people(standing):
    standing.commit("a")
    text = status_text(standing.summary())
    lines = text.splitlines()
    assert lines[0] == "p: not started"
    assert lines[2].split() == ["module", "state", "attempts", "tests", "cost", "commit"]
    assert lines[3].split() == ["a", "passed", "2", "2/2", "0.5000", "USD", "a" * 10]
    assert lines[4].split() == ["b", "pending", "-", "-", "-", "-"]


def test_the_end_of_a_run_for_people(standing):
    standing.commit("a")
    text = ending_text(standing.summary(), Outcome({}, "failed: b"), "specloop/p")
    assert text.startswith("1 of 2 modules passed; 0 in, 0 out tokens, 0.0000 USD.")
    assert "\n  b: pending\n" in text
    assert "Not done: failed: b." in text
    assert "git log --reverse --patch HEAD..specloop/p" in text
    assert "specloop accept" in text


def test_the_end_of_a_run_without_a_commit_offers_nothing(standing):
    text = ending_text(standing.summary(), Outcome({}, "failed: a"), "specloop/p")
    assert "accept" not in text


def test_the_end_of_a_run_that_had_nothing_to_do(standing):
    standing.commit("a")
    text = ending_text(standing.summary(), Outcome({}, idle=True), "specloop/p")
    assert text == "Nothing to do: 2 modules up to date on specloop/p."
    text = ending_text(standing.summary(), Outcome({}, "failed: b", idle=True), "specloop/p")
    assert "nothing was tried again" in text


@pytest.fixture
def story(standing):
    events = [standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", RED), *called("a", 2, "I cannot.")]
    events += [*called("a", 3, fenced(1)), ModuleFailed(5, "a", "stuck")]
    return Past(events).history(standing.project.module("a"))


def test_attempts_as_a_story(story):
    text = attempts_text(story)
    assert isinstance(story.candidate, Candidate)
    for part in (
        "attempt 1: small, asked for first, 100 in (20 cached), 50 out tokens, 0.2500 USD",
        "1 of 2 tests passed; failed: test_O1_1",
        "attempt 2",
        "no code: it holds no fenced block of code",
        "-    return 2\n+    return 1",
        "not tested yet",
        "failed: stuck",
    ):
        assert part in text
    assert "--- reply ---" not in text


def test_one_attempt_whole(story):
    text = attempts_text(story, number=1)
    for part in (
        "--- system ---\ns",
        "--- user ---\nask 1",
        "return 2",
        f"--- {ROW} ---\nE  1 == 2",
    ):
        assert part in text
    assert "attempt 2" not in text
    assert "+++" not in text


def test_a_person_is_shown_the_whole_of_a_trick(standing):
    told = TestFailure("app/a.py", "collect", "", "m", "", captured="what it printed")
    found = ("the code changed pytest itself: x", "row V1: {} came back, 1 is right")
    report = TestReport(Verdict.FAILED, failures=(told,), forged=found)
    events = [standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", report)]
    history = Past(events).history(standing.project.module("a"))
    story = attempts_text(history)
    assert "\n  refused: the code changed pytest itself: x (+1 more)\n" in story
    assert "+    return 2" in story
    whole = attempts_text(history, number=1)
    for part in (*(f"\nrefused: {text}\n" for text in found), "return 2", "what it printed"):
        assert part in whole


def test_what_was_laid_out_is_shown_as_it_was_tested(standing):
    neat = 'def a() -> int:\n    return "neat"\n'
    events = [standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", RED, formatted=neat)]
    history = Past(events).history(standing.project.module("a"))
    assert '+    return "neat"' in attempts_text(history)
    whole = attempts_text(history, number=1)
    assert f"--- laid out, as it was tested ---\n{neat}" in whole
    assert "return 2" in whole


def test_what_is_not_known_is_said_so(standing):
    events = (RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2), None))
    text = status_text(standing.summary(*events, RunPaused(9, "[limits] tokens", 3)))
    assert "last run: 100 in (20 cached), 50 out tokens, unpriced" in text
    assert "it stopped: [limits] tokens" in text


def test_what_a_run_waits_for_is_not_told_as_its_end(standing):
    text = status_text(standing.summary(RunStarted(0, "1"), RunPaused(9, "waits", 0), live=True))
    assert text.endswith("\nwaits")
