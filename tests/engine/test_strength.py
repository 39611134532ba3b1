"""Strength, measured with a runner that looks at the code, and once with a real one."""

import json
import threading
from dataclasses import asdict, replace

import pytest
from shipping import CODE, SPEC, Module, judge, mutated, suite_of

from specloop.attempt.report import TestReport, Verdict
from specloop.engine.strength import SHORTEST, measure
from specloop.errors import InvalidInput, RunnerUnavailable
from specloop.strength.mutant import mutants
from specloop.strength.strength import Strength
from specloop.testing import FakeTestRunner
from specloop.verify.runner import PytestRunner


@pytest.fixture
def module(tmp_path):
    return Module(tmp_path)


def test_each_mutant_is_killed_or_survives(module):
    runner = FakeTestRunner(judge)
    strength = module.measure(runner)
    assert strength.finished
    assert strength.mutants == strength.judged == len(mutants(CODE))
    assert [(one.operator, one.line) for one in strength.survived] == [
        ("boundary", 2),
        ("constant", 2),
    ]
    assert strength.score == pytest.approx(1 - 2 / strength.mutants)
    always = next(one for one in strength.killed if one.operator == "condition")
    assert (always.verdict, always.by) == ("failed", "tests/spec/test_shipping.py::test_V1_2")
    assert always.requirements == ("shipping/V1",)


def test_survivors_come_with_the_nearest_requirement_and_say_what_to_do(module):
    boundary, constant = module.measure(FakeTestRunner(judge)).survived
    assert boundary.requirement == constant.requirement == "shipping/V1"
    assert "+    if total <= 50:" in boundary.diff
    assert boundary.row == ""
    assert "none of" in boundary.note
    assert "line 2" in boundary.note


def test_a_row_is_found_where_a_variation_reaches_the_difference(tmp_path):
    module = Module(tmp_path, SPEC.replace("shipping(1)", "shipping(49)"))
    (boundary,) = module.measure(FakeTestRunner(judge)).survived
    assert boundary.row == "V1: shipping(50) == 0"
    assert boundary.note == ""


def test_a_row_that_fails_by_chance_is_no_find(tmp_path):
    module = Module(tmp_path, SPEC.replace("shipping(1)", "shipping(49)"))

    def once(job):
        alone = "::" in job.targets[0]
        return TestReport(Verdict.PASSED, job.expected, job.expected) if alone else judge(job)

    (boundary,) = module.measure(FakeTestRunner(once)).survived
    assert boundary.row == ""
    assert "none of" in boundary.note


def test_nothing_else_than_the_code_is_mutated(module):
    runner = FakeTestRunner(judge)
    module.measure(runner)
    suite = module.suites.row_tests(module.spec)
    first, *others = [
        job for job in runner.jobs if job.files["tests/spec/test_shipping.py"] == suite
    ]
    assert first.files["shop/shipping.py"] == CODE.encode()
    assert {job.files["shop/shipping.py"].decode() for job in others} == {
        mutant.code for mutant in mutants(CODE)
    }
    assert all(job.stop_early for job in (first, *others))


def test_what_it_comes_to_is_told_as_it_comes(module):
    strength = module.measure(FakeTestRunner(judge))
    counts = [told.judged for told in module.told]
    assert counts[: strength.mutants] == list(range(1, strength.mutants + 1))
    assert module.told[-1] == strength


def test_what_was_kept_is_not_run_again(module):
    strength = module.measure(FakeTestRunner(judge))
    again = FakeTestRunner(judge)
    assert module.measure(again, kept=strength) == strength
    assert again.jobs == []


def test_an_interrupted_measuring_goes_on(module):
    def interrupted(strength):
        module.told.append(strength)
        if strength.judged == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(
            module.suites,
            FakeTestRunner(judge),
            module.spec,
            CODE,
            workers=1,
            keep=interrupted,
        )
    half = module.told[-1]
    assert half.judged == 3
    assert not half.finished
    runner = FakeTestRunner(judge)
    whole = module.measure(runner, kept=half)
    assert whole == module.measure(FakeTestRunner(judge))
    mutants_run = {job.files["shop/shipping.py"] for job in runner.jobs} - {CODE.encode()}
    assert len(mutants_run) == whole.mutants - 3 + len(half.survived)


@pytest.mark.parametrize("changed", ["spec", "code"])
def test_what_was_kept_of_another_suite_does_not_count(tmp_path, changed):
    old = Module(tmp_path).measure(FakeTestRunner(judge))
    new = Module(
        tmp_path,
        SPEC + ("  V1: shipping(50) == 0\n" if changed == "spec" else ""),
        CODE + ("\n\nX = 1\n" if changed == "code" else ""),
    )
    runner = FakeTestRunner(judge)
    strength = new.measure(runner, kept=old)
    assert strength.suite != old.suite
    assert len({job.files["shop/shipping.py"] for job in runner.jobs}) == strength.mutants + 1


def test_it_can_be_stored_as_json(module):
    strength = module.measure(FakeTestRunner(judge))
    assert Strength.from_plain(json.loads(json.dumps(asdict(strength)))) == strength


@pytest.mark.parametrize("verdict", [Verdict.TIMEOUT, Verdict.RESOURCE])
def test_a_mutant_that_meets_a_limit_is_killed(module, verdict):
    def meets(job):
        return TestReport(verdict, note="late") if mutated(job, "<= 50") else judge(job)

    strength = module.measure(FakeTestRunner(meets))
    (one,) = [one for one in strength.killed if one.operator == "boundary"]
    assert (one.verdict, one.by) == (str(verdict), "")


def test_a_run_that_proves_nothing_is_told_and_repeated(module):
    def aborts(job):
        proof = not mutated(job, "<= 50")
        return judge(job) if proof else TestReport(Verdict.ABORTED, note="killed")

    strength = module.measure(FakeTestRunner(aborts))
    (one,) = strength.unjudged
    assert (one.operator, one.note) == ("boundary", "killed")
    assert module.measure(FakeTestRunner(judge), kept=strength).unjudged == ()


def test_looking_for_rows_goes_on_where_it_was_ended(module):
    def aborts(job):
        asks = suite != suite_of(job) and mutated(job, "<= 50")
        return TestReport(Verdict.ABORTED, note="closed") if asks else judge(job)

    suite = module.suites.row_tests(module.spec)
    strength = module.measure(FakeTestRunner(aborts))
    assert [one.settled for one in strength.survived] == [False, True]
    assert not strength.finished
    runner = FakeTestRunner(judge)
    assert module.measure(runner, kept=strength).finished
    assert suite not in {suite_of(job) for job in runner.jobs}


def test_a_mutant_has_a_few_times_the_time_of_the_code(module):
    def slow(job):
        return replace(judge(job), seconds=3.0)

    runner = FakeTestRunner(slow)
    module.measure(runner)
    assert {job.seconds for job in runner.jobs[1:4]} == {15}
    runner = FakeTestRunner(judge)
    module.measure(runner)
    assert {job.seconds for job in runner.jobs[1:4]} == {SHORTEST}


def test_several_run_at_once(module):
    together = threading.Barrier(2)
    waited = threading.Semaphore(2)

    def waits(job):
        if job.files[job.candidate] != CODE.encode() and waited.acquire(blocking=False):
            together.wait(timeout=10)
        return judge(job)

    assert module.measure(FakeTestRunner(waits), workers=2).finished


def test_code_that_fails_its_suite_has_no_strength(tmp_path):
    module = Module(tmp_path, code=CODE.replace("5\n", "6\n"))
    with pytest.raises(InvalidInput, match=r"code that passes.*test_O1_1 failed.*specloop run"):
        module.measure(FakeTestRunner(judge))
    with pytest.raises(InvalidInput, match="not Python"):
        Module(tmp_path, code="def f(:\n").measure(FakeTestRunner(judge))


def test_a_module_without_a_suite_has_no_strength(module):
    module.spec = replace(module.spec, rows=())
    with pytest.raises(InvalidInput, match="no rows and no tests"):
        module.measure(FakeTestRunner(judge))


def test_a_suite_that_is_ended_from_outside_says_nothing(module):
    runner = FakeTestRunner(lambda _: TestReport(Verdict.ABORTED, note="the runner is closed"))
    with pytest.raises(RunnerUnavailable, match="the runner is closed"):
        module.measure(runner)


def test_with_a_real_runner(tmp_path):
    rows = {
        "shipping(1) == 5": "shipping(51) is True",
        "shipping(60) == 0": "shipping(49) is False",
    }
    spec = SPEC
    for old, new in rows.items():
        spec = spec.replace(old, new)
    module = Module(tmp_path, spec, "def shipping(total: int) -> bool:\n    return total > 50\n")
    runner = PytestRunner(tmp_path, module.project.settings)
    runner.prepare()
    try:
        strength = module.measure(runner)
    finally:
        runner.close()
    assert [one.operator for one in strength.killed] == ["constant"]
    (boundary,) = strength.survived
    assert boundary.row == "V1: shipping(50) is False"
    assert boundary.requirement == "shipping/V1"
    assert strength == module.measure(FakeTestRunner(judge)), "the fake judges as pytest does"
