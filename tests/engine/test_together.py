"""The integration phase: who is reopened, how often, and when it is over."""

import pytest
from world import (
    CHAIN,
    INTEGRATION,
    TOGETHER,
    Judge,
    World,
    all_right,
    answer,
    code,
    make_project,
    reopened,
    rounds,
)

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.errors import BudgetExhausted, RunnerUnavailable
from specloop.loop.event import IntegrationFinished
from specloop.testing import FakeTestRunner, MemoryRepository

TWO = {"base": (), "mid": ("base",)}


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


def test_a_result_counts_for_the_very_same_suite_alone(tmp_path):
    world = World(make_project(tmp_path, TWO, INTEGRATION), all_right(TWO))
    assert world.run().passed
    events = world.events
    assert world.run().passed
    assert world.events == events
    other = INTEGRATION.replace('"]', f'", "{TOGETHER}"]')
    assert world.run(make_project(tmp_path, TWO, other)).passed
    assert rounds(world) == [True, True]
    world.edited("NEWS", "mine\n")
    assert world.run(make_project(tmp_path, TWO, other)).passed
    assert rounds(world) == [True] * 3


def test_integration_tests_are_not_begun_when_time_is_over(tmp_path):
    project = make_project(tmp_path, TWO, f"[limits]\nminutes = 1\n{INTEGRATION}")
    world = World(project, all_right(TWO))
    clock = world.clock
    world.clock = lambda: clock() + (100 if len(world.committed) == len(TWO) else 0)
    with pytest.raises(BudgetExhausted, match="minutes = 1 are over; raise it"):
        world.run()
    assert rounds(world) == []


def test_time_between_two_runs_is_nobodys(tmp_path):
    project = make_project(tmp_path, TWO, f"[limits]\nminutes = 1\n{INTEGRATION}")
    world = World(project, all_right(TWO))
    assert world.run().passed
    world.clock = lambda: 1_000_000.0
    world.edited("NEWS", "mine\n")  # the integration tests are all that is left to do
    assert world.run().passed
    assert rounds(world) == [True, True]


def test_integration_tests_that_are_ended_from_outside_prove_nothing(tmp_path):
    def judge(job):
        return Judge()(job) if job.candidate else TestReport(Verdict.ABORTED, note="lost")

    runner = FakeTestRunner(judge)
    world = World(make_project(tmp_path, TWO, INTEGRATION), all_right(TWO), runner=runner)
    with pytest.raises(RunnerUnavailable, match="'integration' were ended from outside 3 times"):
        world.run()
    assert rounds(world) == []
    assert [job.candidate for job in runner.jobs].count("") == 3
