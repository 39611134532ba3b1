"""Modules that were given up: what takes them up again, and what does not."""

import pytest
from world import INTEGRATION, World, all_right, answer, code, edit, make_project

from specloop.attempt.report import TestReport, Verdict
from specloop.loop.event import ModuleStarted
from specloop.spec.read import read_project
from specloop.testing import FakeTestRunner

TWO = {"base": (), "mid": ("base",)}


@pytest.fixture
def given_up(tmp_path):
    """A world in which `base` failed after two attempts, and would pass with the third."""
    project = make_project(tmp_path, TWO, "[limits]\nattempts = 2\n")
    replies = {**all_right(TWO), "base": [answer("base", 2), answer("base", 3), answer("base")]}
    world = World(project, replies)
    assert not world.run().passed
    return world


def raised(world):
    path = world.project.root / "project.toml"
    path.write_text(path.read_text().replace("attempts = 2", "attempts = 3"))
    return read_project(world.project.root)


def test_what_was_given_up_stays_so_while_nothing_changes(given_up):
    events = given_up.events
    outcome = given_up.run()
    assert outcome.states == {"base": "failed", "mid": "blocked"}
    assert given_up.events == events


def test_what_was_given_up_goes_on_where_it_was_once_attempts_are_raised(given_up):
    before = len(given_up.events)
    assert given_up.run(raised(given_up)).passed
    assert given_up.prompts == [("base", 1), ("base", 2), ("base", 3), ("mid", 1)]
    assert given_up.kinds("base", before)[0] == "module_retried"
    assert "module_started" not in given_up.kinds("base", before)
    last = next(p for p in given_up.model.prompts if p.number == 3)
    assert code("base", 3).rstrip() in last.messages[-2].content
    record = given_up.repository.records()["base"]
    assert record.trailers["Specloop-Attempts"] == "3"


def test_a_crash_right_after_the_retry_goes_on_as_well(given_up):
    project = raised(given_up)
    done = World(
        *(project, given_up.replies),
        events=given_up.events,
    )
    assert done.run(project).passed
    n = next(i for i, e in enumerate(done.events) if e.kind == "module_retried") + 1
    again = World(
        *(project, given_up.replies),
        events=done.events[:n],
    )
    assert again.run(project).passed
    assert again.tree == done.tree
    assert again.prompts == [("base", 3), ("mid", 1)]


def test_what_was_given_up_begins_again_after_its_spec_was_changed(given_up):
    project = edit(given_up, "base", "it is one", "it is the one")
    outcome = given_up.run(project)
    assert outcome.states["base"] == "failed"
    assert [n for m, n in given_up.prompts if m == "base"] == [1, 2, 1, 2]


def test_what_was_given_up_is_tested_again_in_another_suite(given_up):
    before = len(given_up.events)
    given_up.rewritten("tests/conftest.py", "# other\n")
    given_up.runner = FakeTestRunner()  # in which its last code is right
    assert given_up.run().passed
    assert given_up.kinds("base", before)[:2] == ["module_reopened", "tests_finished"]
    assert given_up.tree["app/base.py"].decode() == code("base", 3)
    assert given_up.prompts == [("base", 1), ("base", 2), ("mid", 1)]


def test_more_seconds_have_what_was_given_up_tested_again_after_a_crash_too(given_up):
    path = given_up.project.root / "project.toml"
    path.write_text(f"{path.read_text()}test_seconds = 600\n")
    project, begun = read_project(given_up.project.root), given_up.events
    for _ in range(2):
        world = World(project, given_up.replies, events=begun, runner=FakeTestRunner())
        assert world.run().passed
        assert world.prompts == [("mid", 1)]
        assert world.runner.jobs[0].seconds == 600
        n = next(i for i, e in enumerate(world.events) if e.kind == "module_reopened") + 1
        begun = world.events[:n]


def test_tests_that_proved_nothing_are_looked_at_again_in_another_suite(tmp_path):
    world = World(make_project(tmp_path, {"base": ()}), all_right(["base"]))
    world.runner = FakeTestRunner(
        lambda job: TestReport(Verdict.PASSED, job.expected, job.expected)
    )
    assert world.run().reason == "failed: base"
    events = world.events
    assert not world.run().passed
    assert world.events == events
    world.rewritten("tests/conftest.py", "# other\n")
    world.runner = FakeTestRunner()
    assert world.run().passed
    assert world.prompts == [("base", 1)]


def test_a_module_without_tests_that_was_given_up_stays_so(tmp_path):
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/base.yaml").write_text(
        "task: Make base\nfile: app/base.py\nchecked_by: integration\n"
        "exports: ['def base() -> int']\n"
    )
    world = World(make_project(tmp_path, {}, INTEGRATION), {"base": ["no"] * 9})
    assert world.run().reason == "failed: base"
    events = world.events
    assert not world.run().passed
    assert world.events == events


def test_fresh_forgets_attempts_but_no_commit(given_up):
    given_up.run(fresh=True)
    assert [n for m, n in given_up.prompts if m == "base"] == [1, 2, 1, 2]
    starts = [e.inputs for e in given_up.events if isinstance(e, ModuleStarted)]
    assert starts[1] == ""
    assert given_up.run(raised(given_up)).passed
    events = given_up.events
    assert given_up.run(raised(given_up), fresh=True).passed
    assert given_up.events == events


def test_the_same_code_in_another_layout_stays_given_up(tmp_path):
    again = answer("base", 2).replace("return 2", "return (2)")
    project = make_project(tmp_path, {"base": ()})
    world = World(project, {"base": [answer("base", 2), again, answer("base")]})
    assert not world.run().passed
    events = world.events
    assert not world.run().passed
    assert world.events == events


@pytest.mark.parametrize("last", ["call_started", "completion_received"])
def test_tests_that_were_mended_while_a_call_was_under_way_run_before_the_next(tmp_path, last):
    project = make_project(tmp_path, {"base": ()})
    replies = {"base": [answer("base", 2), answer("base", 2)]}
    world = World(project, replies)
    assert not world.run().passed
    end = max(n for n, event in enumerate(world.events) if event.kind == last) + 1
    (tmp_path / "tests/conftest.py").write_text("# mended\n")
    passing = FakeTestRunner(lambda job: TestReport(Verdict.PASSED, job.expected, job.expected))
    later = World(project, replies, events=world.events[:end], runner=passing)
    assert later.run().passed
    assert later.prompts == []
    assert later.repository.records()["base"].trailers["Specloop-Attempts"] == (
        "1" if last == "call_started" else "2"
    )
