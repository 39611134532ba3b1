"""Where a project stands, from journal and branch, at every moment of a run."""

import json
from dataclasses import replace

import pytest
from two_modules import CODE, GREEN, HIDDEN, RED, Standing, called, fenced, make_project

from specloop.attempt.completion import Usage
from specloop.loop.event import (
    IntegrationFinished,
    ModuleFailed,
    ModuleReopened,
    RunEnded,
    RunPaused,
    RunStarted,
    TestsFinished,
)


@pytest.fixture
def standing(tmp_path):
    return Standing(make_project(tmp_path), {}, {})


def states(summary):
    return {module.name: module.state for module in summary.modules}


def test_before_anything_was_done(standing):
    summary = standing.summary()
    assert summary.state == "not started"
    assert states(summary) == {"a": "pending", "b": "pending"}
    assert (summary.cost_usd, summary.usage) == (0.0, Usage())
    assert summary.modules[0].cost_usd is None


def test_while_a_run_goes_on_and_after_it_died(standing):
    events = (RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2)))
    live = standing.summary(*events, live=True)
    assert live.state == "running"
    assert states(live) == {"a": "running", "b": "pending"}
    assert live.modules[0].attempts == 1
    dead = standing.summary(*events)
    assert dead.state == "interrupted"
    assert (dead.modules[0].state, dead.modules[0].reason) == (
        "pending",
        "interrupted; run again to resume",
    )


def test_after_all_passed(standing):
    events = [RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", RED), *called("a", 2, fenced(1))]
    events += [TestsFinished(5, "a", "candidate", "", GREEN), standing.commit("a")]
    events += [standing.start("b"), standing.commit("b"), RunEnded(10, passed=True)]
    summary = standing.summary(*events)
    assert summary.state == "passed"
    a, b = summary.modules
    assert (a.state, a.attempts, a.commit, a.sandbox) == ("passed", 2, "a" * 40, "strong")
    assert (a.tests.passed, a.tests.failed, a.tests.held_out) == (2, 0, 1)
    assert (a.usage, a.cost_usd) == (Usage(2, 200, 40, 100), 0.5)
    assert (b.attempts, b.sandbox) == (2, "basic")  # no attempt in the journal: the commit tells


def test_tests_that_were_not_run_are_not_counted_as_passed(standing):
    again = replace(RED, passed=(), not_run=(HIDDEN,))
    events = [RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", RED), *called("a", 2, fenced(3))]
    before = standing.summary(*events).modules[0].tests
    after = standing.summary(*events, TestsFinished(5, "a", "candidate", "", again))
    assert (before.in_words, after.modules[0].tests.in_words) == ("1/2", "1 failed")
    assert after.as_json()["modules"][0]["tests"] == {
        **dict.fromkeys(("passed", "held_out"), 0),
        **dict.fromkeys(("failed", "not_run"), 1),
    }


def test_a_trick_leaves_the_numbers_of_the_honest_code_before_it(standing):
    trick = replace(GREEN, verdict=RED.verdict, forged=("it lied",))
    events = [RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", RED), *called("a", 2, fenced(3))]
    after = standing.summary(*events, TestsFinished(5, "a", "candidate", "", trick))
    assert after.modules[0].tests.in_words == "1/2"
    assert after.modules[0].attempts == 2


def test_after_a_failure(standing):
    events = [RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2))]
    events += [TestsFinished(4, "a", "candidate", "", RED), ModuleFailed(5, "a", "stuck")]
    summary = standing.summary(*events, RunEnded(6, passed=False, reason="failed: a; blocked: b"))
    assert summary.state == "failed"
    assert states(summary) == {"a": "failed", "b": "blocked"}
    assert summary.modules[0].reason == "stuck"
    assert (summary.modules[0].tests.passed, summary.modules[0].tests.failed) == (1, 1)
    assert summary.modules[1].reason == "'a' did not pass"
    assert summary.reason == "failed: a; blocked: b"


def test_after_a_spec_was_changed(standing):
    standing.commit("a")
    standing.commit("b")
    spec = standing.project.module("b")
    changed = replace(spec, task="Make another b")
    standing.project = replace(standing.project, modules=(standing.project.module("a"), changed))
    summary = standing.summary()
    assert states(summary) == {"a": "passed", "b": "stale"}
    assert summary.modules[1].reason == "changed: its spec, its tests or what it uses"


def test_without_a_journal_the_commits_tell(standing):
    standing.commit("a")
    standing.commit("b")
    summary = standing.summary()
    assert summary.state == "passed"
    a = summary.modules[0]
    assert (a.attempts, a.usage, a.cost_usd) == (2, Usage(2, 100, 20, 50), 0.5)
    assert (a.tests.passed, a.tests.held_out, a.sandbox) == (2, 1, "basic")


def test_an_unknown_price_is_null(standing):
    events = (RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2), None))
    summary = standing.summary(*events, live=True)
    assert summary.cost_usd is None
    assert summary.modules[0].cost_usd is None


def test_a_pause_is_told(standing):
    summary = standing.summary(RunStarted(0, "1"), RunPaused(1, "[limits] usd", 3))
    assert summary.state == "interrupted"
    assert summary.reason == "[limits] usd"


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (RunPaused(1, "waits for the night", 0), "waits for the night"),
        (RunPaused(1, "[limits] usd", 3), None),  # of the run before this one
        (RunEnded(1, passed=False, reason="failed: a"), None),
    ],
)
def test_while_a_run_goes_on_it_has_not_stopped(standing, last, reason):
    summary = standing.summary(RunStarted(0, "1"), last, live=True)
    assert (summary.state, summary.reason) == ("running", reason)


@pytest.fixture
def together(tmp_path):
    (tmp_path / "tests/integration").mkdir(parents=True)
    project = make_project(tmp_path, '[integration]\ntests = ["tests/integration"]\n')
    found = Standing(project, {}, {})
    found.commit("a")
    found.commit("b")
    return found


def integration(standing, report, commit="f" * 40):
    return IntegrationFinished(9, commit, standing.inputs.integration_tests(), report)


def test_integration_tests_belong_to_the_whole(together):
    assert together.summary().integration.state == "pending"
    assert together.summary().state == "not started"
    events = (RunStarted(0, "1"), integration(together, GREEN), RunEnded(10, passed=True))
    summary = together.summary(*events)
    assert (summary.state, summary.integration.state) == ("passed", "passed")
    assert (summary.integration.attempts, summary.integration.tests.passed) == (1, 2)


def test_integration_that_failed(together):
    events = (RunStarted(0, "1"), integration(together, RED), RunEnded(10, passed=False))
    summary = together.summary(*events)
    assert (summary.state, summary.integration.state) == ("failed", "failed")
    assert states(summary) == {"a": "passed", "b": "passed"}


def test_integration_results_are_of_one_commit(together):
    result = integration(together, GREEN, commit="e" * 40)
    assert together.summary(RunStarted(0, "1"), result).integration.state == "pending"


def test_integration_is_blocked_by_a_failure(together):
    del together.records["b"]
    events = [RunStarted(0, "1"), together.start("b"), ModuleFailed(5, "b", "stuck")]
    assert together.summary(*events, RunEnded(6, passed=False)).integration.state == "blocked"


def test_a_module_given_up_in_integration_has_failed_though_it_is_committed(together):
    code = CODE["app/b.py"].decode()
    events = [RunStarted(0, "1"), together.start("b"), together.commit("b")]
    events += [integration(together, RED)]
    events += [ModuleReopened(9, "b", "integration", "It fails.", code, RED)]
    summary = together.summary(*events, live=True)
    assert states(summary) == {"a": "passed", "b": "running"}
    events += [ModuleFailed(10, "b", "stuck"), RunEnded(11, passed=False, reason="failed: b")]
    summary = together.summary(*events)
    assert (states(summary)["b"], summary.state) == ("failed", "failed")
    # until the whole passes without a change to it
    events += [RunStarted(12, "1"), integration(together, GREEN), RunEnded(13, passed=True)]
    summary = together.summary(*events)
    assert (states(summary)["b"], summary.state) == ("passed", "passed")


def test_the_shape_that_programs_rely_on(together):
    events = (RunStarted(0, "1"), integration(together, GREEN), RunEnded(10, passed=True))
    value = json.loads(json.dumps(together.summary(*events).as_json()))
    assert {"project", "state", "modules", "integration", "usage", "cost_usd"} <= value.keys()
    assert value["modules"][0].keys() >= {
        *("name", "file", "state", "reason", "attempts", "commit"),
        *("tests", "usage", "cost_usd", "sandbox"),
    }
    assert value["modules"][0]["tests"] == {"passed": 2, "failed": 0, "held_out": 1, "not_run": 0}
    assert value["integration"] == {
        "state": "passed",
        "attempts": 1,
        "tests": {"passed": 2, "failed": 0},
        "failures": [],
    }
    assert value["usage"].keys() >= {"calls", "input_tokens", "cached_tokens", "output_tokens"}


@pytest.mark.parametrize("junk", ["", "two", "²", "-1", "9" * 5_000, "2, and one by hand"])
def test_trailers_that_somebody_has_edited_are_no_obstacle(standing, junk):
    standing.commit("a")
    trailers = standing.records["a"].trailers
    for name in trailers:
        trailers[name] = junk
    module = standing.summary().modules[0]
    assert (module.state, module.attempts, module.cost_usd) == ("passed", 0, None)
    trailers.clear()
    assert standing.summary().modules[0].attempts == 0
