"""Rounds of integration always come to an end."""

from dataclasses import replace

import pytest
from world import INTEGRATION, Judge, World, all_right, answer, make_project, reopened, rounds

from specloop.attempt.report import TestReport, Verdict
from specloop.loop.event import ModuleCommitted
from specloop.testing import FakeTestRunner

TWO = {"base": (), "mid": ("base",)}
PAIR = {"one": (), "two": ()}


def test_rounds_have_a_limit(tmp_path):
    mid = [answer("mid"), *(answer("mid", 1, f"try {n}") for n in range(9))]
    world = World(
        make_project(tmp_path, TWO, INTEGRATION), {**all_right(TWO), "mid": mid}, joined=["mid"]
    )
    outcome = world.run()
    assert outcome.reason == "integration tests failed 3 of 3 times"
    assert rounds(world) == [False] * 3
    assert world.prompts.count(("mid", 3)) == 1
    assert ("mid", 4) not in world.prompts
    assert set(outcome.states.values()) == {"passed"}


def test_a_model_that_keeps_to_its_code_is_not_asked_for_ever(tmp_path):
    mid = [answer("mid")] * 50
    world = World(
        make_project(tmp_path, TWO, INTEGRATION), {**all_right(TWO), "mid": mid}, joined=["mid"]
    )
    assert world.run().reason == "failed: mid"
    assert world.prompts == [("base", 1), ("mid", 1), ("mid", 2)]
    assert rounds(world) == [False]
    assert world.committed == ["base", "mid"]


@pytest.mark.parametrize("verdict", [Verdict.RESOURCE, Verdict.TIMEOUT, Verdict.FAILED])
def test_a_run_that_tells_of_no_failure_comes_to_an_end_too(tmp_path, verdict):
    def judge(job):
        if job.candidate:
            return Judge()(job)
        return TestReport(verdict, note="the run reached its limit: memory")

    world = World(
        make_project(tmp_path, TWO, INTEGRATION),
        {n: [answer(n, 1, f"try {k}") for k in range(5)] for n in TWO},
        runner=FakeTestRunner(judge),
    )
    assert world.run().reason == "integration tests failed 3 of 3 times"
    # the mended base has mid tested again; the blame goes from mid to what it needs
    assert [(e.module, e.reason) for e in reopened(world)] == [
        ("mid", "integration"),
        ("base", "integration"),
        ("mid", "retest"),
    ]
    assert rounds(world) == [False] * 3
    assert "it fails: the run reached its limit: memory." in reopened(world)[0].text


def test_a_limit_that_is_reached_is_final_until_it_is_raised(tmp_path):
    comments = ("", "one try", "another", "joined")
    mid = [answer("mid", 1, comment) for comment in comments]
    world = World(
        make_project(tmp_path, TWO, INTEGRATION), {**all_right(TWO), "mid": mid}, joined=["mid"]
    )
    assert not world.run().passed
    events, jobs = world.events, len(world.runner.jobs)
    assert world.run().reason == "integration tests failed 3 of 3 times"
    assert (world.events, len(world.runner.jobs)) == (events, jobs)
    settings = world.project.settings
    more = settings.model_copy(
        update={"integration": settings.integration.model_copy(update={"attempts": 4})}
    )
    assert world.run(replace(world.project, settings=more)).passed


def test_a_module_that_cannot_be_mended_ends_it_and_keeps_its_commit(tmp_path):
    mid = [answer("mid"), answer("mid", 5), answer("mid", 6)]
    project = make_project(tmp_path, TWO, f"[limits]\nattempts = 2\n{INTEGRATION}")
    world = World(project, {**all_right(TWO), "mid": mid}, joined=["mid"])
    outcome = world.run()
    assert outcome.reason == "failed: mid"
    assert world.committed == ["base", "mid"]
    events = world.events
    again = world.run()
    assert again.reason == "mid: not passed after 2 of 2 attempts"
    assert world.events == events


def test_a_module_given_up_ends_it_before_another_is_reopened(tmp_path):
    project = make_project(tmp_path, PAIR, f"[limits]\nattempts = 2\n{INTEGRATION}")
    replies = {
        "one": [answer("one"), answer("one", 5), answer("one", 6)],
        "two": [answer("two"), "no", "no"],
    }
    world = World(project, replies, joined=PAIR)
    assert world.run().reason == "failed: two, one"
    events, asked = world.events, world.prompts
    for _ in range(2):
        assert "not passed after 2 of 2 attempts" in world.run().reason
        assert (world.events, world.prompts) == (events, asked)

    # two could go on, one could not
    changed = make_project(
        tmp_path, PAIR, f"[limits]\nattempts = 2\n{INTEGRATION}", {"two": "limits: {attempts: 9}\n"}
    )
    assert world.run(changed).reason.startswith("one: ")
    assert world.prompts == asked


def test_rounds_end_wherever_the_run_is_broken_off(tmp_path):
    def judge(job):
        if job.candidate:
            return Judge()(job)
        return TestReport(Verdict.TIMEOUT, note="60 seconds are over")

    project = make_project(tmp_path, TWO, INTEGRATION)
    replies = {n: [answer(n, 1, f"try {k}") for k in range(9)] for n in TWO}
    whole = World(project, replies, runner=FakeTestRunner(judge))
    assert whole.run().reason == "integration tests failed 3 of 3 times"
    for n in range(len(whole.events) + 1):
        made = {e.commit for e in whole.events[:n] if isinstance(e, ModuleCommitted)}
        world = World(project, replies, events=whole.events[:n], runner=FakeTestRunner(judge))
        world.repository.commits = whole.repository.commits[: 1 + len(made)]
        assert world.run().reason == "integration tests failed 3 of 3 times", n
        assert rounds(world) == [False] * 3, n
        events = world.events
        assert not world.run().passed
        assert world.events == events, n
