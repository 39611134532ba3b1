"""Code that tried to decide its own verdict is never committed, and never shown to a model."""

from dataclasses import replace

from world import INTEGRATION, Judge, World, answer, code, make_project

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.loop.event import CallStarted
from specloop.loop.stop import FORGED
from specloop.prompt.write import NOT_ACCEPTED
from specloop.testing import FakeTestRunner

BASE = {"base": ()}
TRICK = "```python\ndef base() -> int:\n    'trick'\n    return {}\n```\n"
FOUND = ("the code changed pytest itself: trick",)


def judge(job):
    """Finds out code with `trick` in it, whatever its tests say."""
    report = Judge()(job)
    if b"trick" not in job.files[job.candidate]:
        return report
    told = TestFailure(job.candidate, "collect", "", "trick", "trick", captured="trick")
    return replace(report, failures=(*report.failures, told), forged=FOUND)


def world_of(tmp_path, replies, **more):
    project = make_project(tmp_path, BASE, more.pop("toml", ""))
    return World(project, {"base": replies}, runner=FakeTestRunner(judge), **more)


def test_a_trick_that_passes_is_no_pass(tmp_path):
    world = world_of(tmp_path, [TRICK.format(1), answer("base")])
    assert world.run().passed
    assert world.tree["app/base.py"].decode() == code("base")
    record = world.repository.records()["base"]
    assert record.trailers["Specloop-Attempts"] == "2"
    first, second = [e for e in world.events if isinstance(e, CallStarted)]
    assert (second.purpose, second.opens) == ("first", True)
    assert second.messages[0] == first.messages[0]
    assert NOT_ACCEPTED in second.messages[1].content
    assert "trick" not in world.texts()


def test_a_model_that_keeps_to_tricks_gives_way_to_the_next(tmp_path):
    replies = [TRICK.format(1), TRICK.format(2), answer("base")]
    world = world_of(tmp_path, replies, ladder=("small", "large"))
    assert world.run().passed
    assert world.repository.records()["base"].trailers["Specloop-Model"] == "large"
    assert "trick" not in world.texts()


def test_where_nobody_else_is_left_a_person_is_told_why(tmp_path):
    world = world_of(tmp_path, [TRICK.format(1), TRICK.format(2)])
    assert world.run().reason == "failed: base"
    assert world.events[-2].reason == FORGED
    assert b"trick" in world.repository.failed["base"]["app/base.py"]
    assert world.committed == []


def test_honest_code_is_kept_rather_than_the_trick_that_came_after_it(tmp_path):
    world = world_of(
        tmp_path, [answer("base", 2), TRICK.format(1)], toml="[limits]\nattempts = 2\n"
    )
    assert not world.run().passed
    assert world.repository.failed["base"]["app/base.py"].decode() == code("base", 2)


def test_a_pass_that_did_not_run_all_is_none(tmp_path):
    def partial(job):
        report = Judge()(job)
        return replace(report, not_run=job.expected) if report.ok else report

    project = make_project(tmp_path, BASE, "[limits]\nattempts = 1\n")
    world = World(project, {"base": [answer("base")]}, runner=FakeTestRunner(partial))
    assert not world.run().passed
    assert world.committed == []


def test_a_trick_in_the_integration_run_is_a_persons_to_look_at(tmp_path):
    def together(job):
        if job.candidate:
            return Judge()(job)
        return TestReport(Verdict.PASSED, ("t",), ("t",), forged=FOUND)

    project = make_project(tmp_path, BASE, INTEGRATION)
    world = World(project, {"base": [answer("base")]}, runner=FakeTestRunner(together))
    reason = world.run().reason
    assert reason == f"integration tests: refused: {FOUND[0]}; see which module does that"
    assert world.prompts == [("base", 1)]
    events = world.events
    assert world.run().reason == reason
    assert world.events == events
