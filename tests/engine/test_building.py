"""Building modules: the order, what is shown to whom, and what a failure holds up."""

import threading

import pytest
from world import CHAIN, INTEGRATION, Judge, World, all_right, answer, code, make_project

from specloop.attempt.report import StaticFinding, TestReport, Verdict
from specloop.engine.scheduler import longest_chain_first
from specloop.errors import RunnerUnavailable
from specloop.loop.event import ModuleFailed, RunEnded, TestsFinished
from specloop.testing import FakeTestRunner


def test_a_module_comes_after_all_it_depends_on(tmp_path):
    world = World(make_project(tmp_path), all_right())
    outcome = world.run()
    assert outcome.passed
    assert outcome.states == dict.fromkeys(CHAIN, "passed")
    order = world.committed
    assert sorted(order) == sorted(CHAIN)
    assert order.index("base") < order.index("mid") < order.index("top")
    for name in CHAIN:
        assert world.tree[f"app/{name}.py"].decode() == code(name)
        assert f"tests/spec/test_{name}.py" in world.tree


def test_one_module_step_by_step(tmp_path):
    world = World(
        make_project(tmp_path, {"base": ()}), {"base": [answer("base", 2), answer("base")]}
    )
    world.run()
    assert world.kinds("base") == [
        "module_started",
        "tests_finished",
        "call_started",
        "completion_received",
        "tests_finished",
        "call_started",
        "completion_received",
        "tests_finished",
        "commit_prepared",
        "module_committed",
    ]
    assert world.kinds() == ["run_started", "run_ended"]
    purposes = [e.purpose for e in world.events if isinstance(e, TestsFinished)]
    assert purposes == ["red", "candidate", "candidate"]
    assert world.observer.events == list(world.events)


def test_the_longest_chain_goes_first(tmp_path):
    project = make_project(tmp_path, {"a": (), "b": (), "c": ("b",), "d": ("c",), "e": ("a",)})
    assert [spec.name for spec in longest_chain_first(project)] == ["b", "a", "c", "d", "e"]


def test_a_dependant_is_shown_the_interface_as_it_was_really_built(tmp_path):
    replies = {**all_right(), "base": [answer("base", parameters="extra: int = 0")]}
    world = World(make_project(tmp_path), replies)
    world.run()
    shown = next(p for model in world.models.values() for p in model.prompts if p.module == "mid")
    assert "def base(extra: int=0) -> int:" in shown.messages[1].content
    assert "return 1" not in shown.messages[1].content


def test_a_failure_blocks_what_depends_on_it_and_nothing_else(tmp_path):
    replies = {**all_right(), "base": [answer("base", n) for n in (2, 3)]}
    world = World(make_project(tmp_path, toml="[limits]\nattempts = 2\n"), replies)
    outcome = world.run()
    assert not outcome.passed
    assert outcome.states == {
        "base": "failed",
        "mid": "blocked",
        "top": "blocked",
        "side": "passed",
    }
    assert outcome.reason == "failed: base; blocked: mid, top"
    assert world.committed == ["side"]
    assert not world.kinds("mid")
    end = world.events[-1]
    assert isinstance(end, RunEnded)
    assert (end.passed, end.reason) == (False, outcome.reason)


def test_red_code_is_kept_beside_the_branch(tmp_path):
    replies = {"base": [answer("base", 2), answer("base", 3)]}
    project = make_project(tmp_path, {"base": ()}, "[limits]\nattempts = 2\n")
    world = World(project, replies)
    world.run()
    assert "app/base.py" not in world.tree
    assert world.repository.failed["base"]["app/base.py"].decode() == code("base", 3)
    assert isinstance(world.events[-2], ModuleFailed)


def test_a_job_holds_the_users_files_and_the_modules_it_needs_alone(tmp_path):
    world = World(make_project(tmp_path), all_right())
    world.run()
    job = next(job for job in reversed(world.runner.jobs) if job.candidate == "app/top.py")
    files = {path for path in job.files if path.endswith(".py")}
    assert files == {
        *("app/base.py", "app/mid.py", "app/top.py", "tests/conftest.py"),
        *("tests/integration/test_all.py", "tests/spec/test_top.py"),
    }
    assert job.targets == ("tests/spec/test_top.py",)
    assert job.expected == ("tests/spec/test_top.py::test_O1_1",)


def test_no_test_runs_on_what_the_static_checks_refuse(tmp_path):
    def inspect(job):
        if "return 1" in job.code:
            return TestReport(Verdict.PASSED)
        found = (StaticFinding(2, "import", "no such package"),)
        return TestReport(Verdict.FAILED, static=found)

    runner = FakeTestRunner(Judge(), inspect)
    replies = {"base": [answer("base", 2), answer("base")]}
    world = World(make_project(tmp_path, {"base": ()}), replies, runner=runner)
    assert world.run().passed
    assert len(runner.jobs) == 2  # the red check and the good candidate
    assert "no such package" in world.texts()


def test_held_out_rows_reach_no_model(tmp_path):
    specs = {n: f"held_out: \"O1: {n}() != {{'zq7secret'}}\"\n" for n in CHAIN}
    replies = {
        n: [answer(n, 2), "no", answer(n, 3), answer(n), answer(n, 1, "joined")] for n in CHAIN
    }
    world = World(
        make_project(tmp_path, toml=INTEGRATION, specs=specs),
        replies,
        joined=CHAIN,
    )
    assert world.run().passed
    assert "zq7secret" in world.tree["tests/spec/test_base.py"].decode()
    assert "Checks that you cannot see failed" in world.texts()
    assert "zq7secret" not in world.texts()
    assert "test_held_out" not in world.texts()


def test_a_ladder_is_climbed_where_the_first_model_is_stuck(tmp_path):
    replies = {"base": [answer("base", 2), answer("base", 2), answer("base")]}
    world = World(make_project(tmp_path, {"base": ()}), replies, ladder=("small", "large"))
    assert world.run().passed
    small, large = world.models.values()
    assert [p.number for p in small.prompts] == [1, 2]
    assert [p.number for p in large.prompts] == [3]
    assert [turn.role for turn in large.prompts[0].messages] == ["system", "user"]
    record = world.repository.records()["base"]
    assert record.trailers["Specloop-Model"] == "large"
    assert record.trailers["Specloop-Attempts"] == "3"


def test_a_run_that_was_ended_from_outside_is_made_again_and_proves_nothing(tmp_path):
    told = iter([TestReport(Verdict.ABORTED, note="lost")] * 2)
    runner = FakeTestRunner(lambda job: next(told, None) or Judge()(job))
    world = World(make_project(tmp_path, {"base": ()}), all_right(), runner=runner)
    assert world.run().passed
    assert len(runner.jobs) == 4

    runner = FakeTestRunner(lambda job: TestReport(Verdict.ABORTED, note="lost"))
    world = World(make_project(tmp_path, {"base": ()}), all_right(), runner=runner)
    with pytest.raises(RunnerUnavailable, match="'base' were ended from outside 3 times: lost"):
        world.run()
    assert "tests_finished" not in world.kinds("base")
    assert world.kinds()[-1] == "run_paused"


def test_code_whose_tests_are_ended_every_time_is_to_blame_for_it(tmp_path):
    def judge(job):
        if b"return 2" in job.files[job.candidate]:
            return TestReport(Verdict.ABORTED, note="killed by signal 9")
        return Judge()(job)

    runner = FakeTestRunner(judge)
    replies = {"base": [answer("base", 2), answer("base")]}
    world = World(make_project(tmp_path, {"base": ()}), replies, runner=runner)
    assert world.run().passed
    verdicts = [e.report.verdict for e in world.events if isinstance(e, TestsFinished)]
    assert verdicts == [Verdict.FAILED, Verdict.RESOURCE, Verdict.PASSED]
    assert len(runner.jobs) == 1 + 3 + 1
    assert "killed by signal 9" in world.texts()


def test_some_modules_alone_are_built_with_what_they_need(tmp_path):
    world = World(make_project(tmp_path, toml=INTEGRATION), all_right())
    outcome = world.run(only=["mid"])
    assert outcome.passed
    assert outcome.states == {"base": "passed", "mid": "passed"}
    assert world.kinds() == ["run_started", "run_paused"]
    assert world.events[-1].exit_code == 0
    assert world.run().passed
    assert sorted(world.committed) == sorted(CHAIN)
    assert world.kinds()[2:] == ["run_resumed", "integration_finished", "run_ended"]
    events = world.events
    assert world.run(only=["mid"]).passed
    assert world.events == events


def test_a_module_alone_that_fails_ends_the_run(tmp_path):
    replies = {**all_right(), "base": [answer("base", 2), answer("base", 3)]}
    world = World(make_project(tmp_path, toml="[limits]\nattempts = 2\n"), replies)
    assert world.run(only=["mid"]).reason == "failed: base; blocked: mid"
    assert world.kinds() == ["run_started", "run_ended"]
    assert world.kinds("side") == []


def test_calls_in_flight_fill_their_limit_and_keep_to_it(tmp_path):
    names = [f"m{n}" for n in range(6)]
    project = make_project(tmp_path, dict.fromkeys(names, ()), "[limits]\nmodels_in_flight = 2\n")
    world = World(project, all_right(names))
    model = world.model
    together = threading.Barrier(2)  # breaks unless two calls are under way at once
    lock = threading.Lock()
    under_way: list[int] = [0]
    seen: list[int] = []
    complete = model.complete

    def counted(prompt, say):
        with lock:
            under_way[0] += 1
            seen.append(under_way[0])
        together.wait(10)
        try:
            return complete(prompt, say)
        finally:
            with lock:
                under_way[0] -= 1

    model.complete = counted
    assert world.run().passed
    assert max(seen) == 2


def test_a_module_checked_by_integration_is_imported_and_committed(tmp_path):
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/base.yaml").write_text(
        "task: Make base\nfile: app/base.py\nchecked_by: integration\n"
        "exports: ['def base() -> int']\n"
    )
    world = World(make_project(tmp_path, {}, INTEGRATION), all_right(["base"]))
    assert world.run().passed
    job = world.runner.jobs[0]
    assert (job.candidate, job.targets, job.expected) == ("app/base.py", (), ())
    assert world.kinds("base")[:3] == ["module_started", "call_started", "completion_received"]
    assert list(world.repository.commits[-1][1].files) == ["app/base.py"]
