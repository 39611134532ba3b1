"""The integration phase: who is reopened, how often, and when it is over."""

from dataclasses import replace

import pytest
from world import CHAIN, INTEGRATION, Judge, World, all_right, answer, code, make_project

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.loop.event import IntegrationFinished, ModuleReopened
from specloop.testing import FakeTestRunner, MemoryRepository

TWO = {"base": (), "mid": ("base",)}


def reopened(world):
    return [event for event in world.events if isinstance(event, ModuleReopened)]


def rounds(world):
    return [e.report.ok for e in world.events if isinstance(e, IntegrationFinished)]


def test_tests_that_pass_end_the_run(tmp_path):
    world = World(make_project(tmp_path, toml=INTEGRATION), all_right())
    assert world.run().passed
    last = world.events[-2]
    assert isinstance(last, IntegrationFinished)
    assert last.commit == world.repository.tip()
    job = world.runner.jobs[-1]
    assert job.candidate == ""
    assert job.targets == ("tests/integration",)
    assert {f"app/{name}.py" for name in CHAIN} <= job.files.keys()


def test_a_module_to_blame_is_mended_and_all_is_tested_again(tmp_path):
    replies = {**all_right(TWO), "mid": [answer("mid"), answer("mid", 1, "joined")]}
    world = World(make_project(tmp_path, TWO, INTEGRATION), replies, joined=["mid"])
    assert world.run().passed
    assert rounds(world) == [False, True]
    assert [(e.module, e.code) for e in reopened(world)] == [("mid", code("mid"))]
    assert world.committed == ["base", "mid", "mid"]
    fix = world.model.prompts[-1]
    assert fix.number == 2
    assert "with the others it fails: tests/integration/test_all.py::test_all." in (
        fix.messages[-1].content
    )
    assert [turn.role for turn in fix.messages] == ["system", "user", "assistant", "user"]
    record = world.repository.records()["mid"]
    assert record.subject == "mid: fix integration: Make mid"
    assert record.trailers["Specloop-Attempts"] == "1"


def test_a_fix_that_fails_the_modules_own_tests_is_not_committed(tmp_path):
    mid = [answer("mid"), answer("mid", 5, "joined"), answer("mid", 1, "joined")]
    replies = {**all_right(TWO), "mid": mid}
    world = World(make_project(tmp_path, TWO, INTEGRATION), replies, joined=["mid"])
    assert world.run().passed
    assert rounds(world) == [False, True]
    assert world.committed == ["base", "mid", "mid"]


def test_a_fix_that_changes_an_interface_has_its_dependants_tested_before_the_rest(tmp_path):
    base = [answer("base"), answer("base", 1, "joined", "n: int = 0")]
    replies = {**all_right(TWO), "base": base}
    world = World(make_project(tmp_path, TWO, INTEGRATION), replies, joined=["base"])
    assert world.run().passed
    assert [e.module for e in reopened(world)] == ["base", "mid"]
    assert [e.reason for e in reopened(world)] == ["integration", "stale"]
    assert world.committed == ["base", "mid", "base", "mid"]
    assert world.prompts.count(("mid", 1)) == 1
    kinds = [e.kind for e in world.events]
    assert kinds.count("integration_finished") == 2


def test_several_modules_may_be_to_blame_at_once(tmp_path):
    replies = {n: [answer(n), answer(n, 1, "joined")] for n in CHAIN}
    world = World(make_project(tmp_path, toml=INTEGRATION), replies, joined=["top", "side"])
    assert world.run().passed
    assert [e.module for e in reopened(world)] == [
        spec.name for spec in world.project.modules if spec.name in ("top", "side")
    ]
    assert rounds(world) == [False, True]


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
    assert world.run().reason == "integration tests failed 3 of 3 times"
    assert world.prompts == [("base", 1), ("mid", 1), ("mid", 2), ("mid", 3)]
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
    assert [e.module for e in reopened(world)] == ["mid", "base"]
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


def test_nothing_is_tested_together_while_a_module_failed(tmp_path):
    replies = {**all_right(TWO), "mid": [answer("mid", 2), answer("mid", 3)]}
    project = make_project(tmp_path, TWO, f"[limits]\nattempts = 2\n{INTEGRATION}")
    world = World(project, replies)
    assert not world.run().passed
    assert rounds(world) == []


def test_changed_integration_tests_are_run_again_on_the_same_commits(tmp_path):
    world = World(make_project(tmp_path, TWO, INTEGRATION), all_right(TWO))
    assert world.run().passed
    changed = {**world.repository.work_files(), "tests/integration/test_all.py": b"# other\n"}
    repository = MemoryRepository(changed)
    repository.commits = world.repository.commits
    again = World(world.project, {}, events=world.events, repository=repository)
    assert again.run().passed
    assert rounds(again) == [True, True]
    assert again.prompts == []


def test_a_module_built_by_another_journal_can_be_reopened(tmp_path):
    project = make_project(tmp_path, TWO, INTEGRATION)
    world = World(project, all_right(TWO))
    assert world.run().passed
    mid = [answer("mid", 1, "joined")]
    again = World(project, {"mid": mid}, repository=world.repository, joined=["mid"])
    assert again.run().passed
    assert again.kinds("mid")[:2] == ["module_started", "module_reopened"]
    assert again.prompts == [("mid", 1)]
    prompt = again.model.prompts[0]
    assert [turn.role for turn in prompt.messages] == ["system", "user"]
    assert code("mid").rstrip() in prompt.messages[1].content


def test_who_is_to_blame_does_not_change_with_a_new_run(tmp_path):
    def judge(job):
        found = Judge()(job)
        if job.candidate or b"joined" in job.files["app/mid.py"]:
            return found
        nowhere = TestFailure("t::x", "call", "AssertionError", "500", "")
        return TestReport(Verdict.FAILED, failures=(nowhere,))

    def project(attempts):
        return make_project(tmp_path, TWO, f"[limits]\nattempts = {attempts}\n{INTEGRATION}")

    mid = [answer("mid"), answer("mid", 5), answer("mid", 6), answer("mid", 1, "joined")]
    replies = {**all_right(TWO), "mid": mid}
    world = World(project(1), replies, runner=FakeTestRunner(judge))
    for attempts in (1, 2):
        assert world.run(project(attempts)).reason == "failed: mid"
    assert world.run(project(3)).passed
    assert [e.module for e in reopened(world)] == ["mid"]


def test_no_integration_test_at_all_is_laid_to_no_module(tmp_path):
    nothing = TestFailure("tests/integration", "collect", "", "no test was collected", "")

    def judge(job):
        if job.candidate:
            return Judge()(job)
        return TestReport(Verdict.FAILED, failures=(nothing,))

    world = World(make_project(tmp_path, TWO, INTEGRATION), all_right(TWO))
    world.runner = FakeTestRunner(judge)
    outcome = world.run()
    assert not outcome.passed
    assert "no test was collected" in outcome.reason
    assert reopened(world) == []
    assert len(world.prompts) == 2
