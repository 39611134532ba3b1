"""A model's code is laid out before it is tested, and committed as it was tested."""

import json
from dataclasses import asdict

from world import INTEGRATION, Judge, World, answer, code, make_project, work_files

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import StaticFinding, TestReport, Verdict
from specloop.journal.codec import decode
from specloop.loop.event import CompletionReceived, TestsFinished
from specloop.testing import FakeTestRunner

BASE = {"base": ()}
MARK = "# laid out\n"


def laid_out(text, file):
    return text if text.startswith(MARK) else MARK + text


def runner(judge=None, inspect=None, form=laid_out):
    return FakeTestRunner(judge or Judge(), inspect, form)


def runs(world):
    return [e for e in world.events if isinstance(e, TestsFinished)]


def test_what_is_tested_is_kept_and_committed_byte_for_byte(tmp_path):
    world = World(make_project(tmp_path, BASE), {"base": [answer("base")]}, runner=runner())
    assert world.run().passed
    neat = laid_out(code("base"), "")
    red, candidate = runs(world)
    assert (red.formatted, candidate.formatted) == ("", neat)
    assert candidate.code == Candidate("app/base.py", neat).digest
    assert b"no code yet" in world.runner.jobs[0].files["app/base.py"]
    assert MARK.encode() not in world.runner.jobs[0].files["app/base.py"]
    assert world.runner.jobs[1].files["app/base.py"] == neat.encode()
    assert world.tree["app/base.py"] == neat.encode()
    (received,) = [e for e in world.events if isinstance(e, CompletionReceived)]
    assert received.completion.text == answer("base")


def test_what_is_committed_is_up_to_date_and_the_same_for_everybody(tmp_path):
    world = World(make_project(tmp_path, BASE), {"base": [answer("base")]}, runner=runner())
    world.run()
    events, jobs = world.events, len(world.runner.jobs)
    assert world.run().passed
    assert (world.events, len(world.runner.jobs)) == (events, jobs)


def test_a_crash_between_test_and_commit_changes_nothing(tmp_path):
    world = World(make_project(tmp_path, BASE), {"base": [answer("base")]}, runner=runner())
    world.run()
    tested = next(n for n, e in enumerate(world.events) if e is runs(world)[-1])
    for kept in (tested + 1, tested + 2):  # the run; the intent to commit

        def never(text, file):
            raise AssertionError("laid out again")

        again = World(world.project, {}, events=world.events[:kept], runner=runner(form=never))
        assert again.run().passed
        assert again.tree["app/base.py"] == world.tree["app/base.py"]
        assert again.runner.jobs == []


def test_code_that_stands_is_tested_as_it_is(tmp_path):
    project = make_project(tmp_path, BASE)
    files = {**work_files(tmp_path), "app/base.py": code("base").encode()}
    world = World(project, {}, runner=runner())
    world.repository = type(world.repository)(files)
    assert world.run().passed
    (standing,) = runs(world)
    assert (standing.purpose, standing.formatted) == ("standing", "")
    assert world.tree["app/base.py"] == code("base").encode()


def test_code_that_was_committed_is_not_laid_out_again_when_it_is_tested_again(tmp_path):
    world = World(make_project(tmp_path, BASE), {"base": [answer("base")]}, runner=runner())
    world.run()
    world.runner = runner(form=lambda text, file: "# another form\n" + text)
    world.rewritten("tests/conftest.py", "# changed\n")
    assert world.run().passed
    assert [e.purpose for e in runs(world)] == ["red", "candidate", "standing"]
    assert world.tree["app/base.py"] == laid_out(code("base"), "").encode()


def test_what_would_be_refused_in_its_new_form_keeps_its_own(tmp_path):
    def inspect(job):
        long = (StaticFinding(0, "lines", "too long"),) if MARK in job.code else ()
        return TestReport(Verdict.FAILED if long else Verdict.PASSED, static=long)

    world = World(
        make_project(tmp_path, BASE), {"base": [answer("base")]}, runner=runner(inspect=inspect)
    )
    assert world.run().passed
    assert world.tree["app/base.py"] == code("base").encode()
    assert runs(world)[-1].formatted == ""


def test_what_is_refused_before_the_tests_is_not_laid_out(tmp_path):
    def inspect(job):
        found = () if "return 1" in job.code else (StaticFinding(3, "X", "no"),)
        return TestReport(Verdict.FAILED if found else Verdict.PASSED, static=found)

    replies = {"base": [answer("base", 2), answer("base")]}
    world = World(make_project(tmp_path, BASE), replies, runner=runner(inspect=inspect))
    assert world.run().passed
    assert [bool(e.formatted) for e in runs(world)] == [False, False, True]


def test_a_fix_after_integration_is_laid_out_as_any_answer(tmp_path):
    replies = {"base": [answer("base"), answer("base", 1, "joined")]}
    world = World(
        make_project(tmp_path, BASE, INTEGRATION),
        replies,
        runner=FakeTestRunner(Judge(["base"]), None, laid_out),
    )
    assert world.run().passed
    assert world.tree["app/base.py"] == laid_out(code("base", 1, "joined"), "").encode()


def test_an_answer_that_becomes_what_stands_is_no_new_round(tmp_path):
    # The model sends its first answer with another comment, which the layout makes the same.
    first, second = code("base") + "# x\n", code("base") + "#x\n"

    def form(text, file):
        return text.replace("#x", "# x")

    replies = {"base": [f"```python\n{text}```\n" for text in (first, *[second] * 9)]}
    world = World(
        make_project(tmp_path, BASE, INTEGRATION.replace("= 3", "= 0")),
        replies,
        runner=FakeTestRunner(Judge(["base"]), None, form),
    )
    assert world.run().reason == "failed: base"
    assert world.prompts == [("base", 1), ("base", 2)]
    assert world.committed == ["base"]


def test_what_failed_is_kept_as_it_was_tested(tmp_path):
    project = make_project(tmp_path, BASE, "[limits]\nattempts = 1\n")
    world = World(project, {"base": [answer("base", 2)]}, runner=runner())
    assert not world.run().passed
    kept = world.repository.failed["base"]["app/base.py"]
    assert kept == laid_out(code("base", 2), "").encode()


def test_a_journal_of_an_older_version_is_resumed(tmp_path):
    world = World(make_project(tmp_path, BASE), {"base": [answer("base", 2), answer("base")]})
    world.run()
    older = []
    for event in world.events[:-3]:  # up to the tests of the second answer
        data = asdict(event)
        data.pop("formatted", None)
        for name in ("layers", "forged", "one_opinion", "not_run"):
            data.get("report", {}).pop(name, None)
        older.append(decode(json.dumps(data), tmp_path))
    assert tuple(older) == world.events[:-3]
    again = World(world.project, {}, events=older, runner=runner())
    assert again.run().passed
    assert again.tree == world.tree
