"""Stop rules and the ladder."""

from dataclasses import replace

import pytest
from happened import (
    LIMITS,
    PASS,
    RIGHT,
    WRONG,
    attempt,
    call,
    committed,
    fail,
    fenced,
    history,
    reopened,
    started,
    wrong,
)

from specloop.attempt.report import StaticFinding, TestReport, Verdict
from specloop.loop.stop import SAME_CODE, Ask, GiveUp, decide

LADDER = LIMITS


def test_the_first_call_goes_to_the_first_model_afresh():
    assert decide(history(started()), LADDER, 8) == Ask("small", "afresh")


def test_progress_stays_with_the_model():
    made = [part for number in range(1, 6) for part in attempt(number, wrong(number))]
    assert decide(history(started(), *made), LADDER, 0) == Ask("small")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (
            (*call(1, ""), *call(2, "no"), *call(3, "```python\nx = (\n```")),
            "3 answers in a row held no usable code",
        ),
        ((*attempt(1, WRONG), *attempt(2, WRONG)), "the model answered with the same code again"),
        (
            [part for n in (1, 2, 3) for part in attempt(n, wrong(n), fail("the same"))],
            "the same failure 3 times in a row",
        ),
    ],
)
def test_what_stalls(made, why):
    assert decide(history(started(), *made), LADDER, 0) == Ask("large", "afresh")
    assert decide(history(started(), *made), LADDER[:1], 0) == GiveUp(why)


@pytest.mark.parametrize(
    "made",
    [
        (*call(1, ""), *call(2, "no")),
        (*call(1, ""), *attempt(2, WRONG), *call(3, ""), *call(4, "")),
        (*attempt(1, WRONG), *attempt(2, wrong(2)), *attempt(3, WRONG)),
        [part for n in (1, 2) for part in attempt(n, wrong(n), fail("the same"))],
        [part for n in (1, 2, 3) for part in attempt(n, wrong(n), fail(f"another {n}"))],
    ],
)
def test_what_does_not_stall_yet(made):
    ask = decide(history(started(), *made), LADDER, 0)
    assert (ask.model, ask.move) == ("small", "go on")


def test_the_same_static_finding_three_times_stalls():
    report = TestReport(Verdict.FAILED, static=(StaticFinding(1, "import", "yaml is no package"),))
    made = [part for n in (1, 2, 3) for part in attempt(n, wrong(n), report)]
    assert isinstance(decide(history(started(), *made), LADDER[:1], 0), GiveUp)


def test_each_model_of_the_ladder_is_judged_by_its_own_answers():
    small = (*attempt(1, WRONG), *attempt(2, WRONG))
    one = attempt(3, WRONG, model="large", opening=True)
    two = attempt(4, WRONG, model="large")
    assert decide(history(started(), *small, *one), LADDER, 0) == Ask("large")
    assert isinstance(decide(history(started(), *small, *one, *two), LADDER, 0), GiveUp)


def test_the_limit_counts_answers_of_all_models_and_of_all_kinds():
    made = (*call(1, ""), *attempt(2, WRONG), *attempt(3, wrong(3), model="large"))
    assert decide(history(started(), *made), LADDER, 4) == Ask("large")
    assert decide(history(started(), *made), LADDER, 3) == GiveUp(
        "not passed after 3 of 3 attempts"
    )


def test_a_model_that_left_the_ladder_is_replaced_by_the_first():
    made = attempt(1, WRONG, model="retired")
    assert decide(history(started(), *made), LADDER, 0) == Ask("small")


def test_a_reopened_module_goes_back_to_the_first_model_in_its_conversation():
    small = (*attempt(1, WRONG), *attempt(2, WRONG))
    large = attempt(3, RIGHT, PASS, model="large", opening=True)
    events = (started(), *small, *large, committed(), reopened(report=fail()))
    assert decide(history(*events), LADDER, 8) == Ask("small")


def test_an_empty_answer_is_asked_for_again_with_a_higher_temperature():
    assert decide(history(started(), *call(1, "")), LADDER, 8) == Ask("small", temperature=0.7)
    assert decide(history(started(), *call(1, "no code")), LADDER, 8) == Ask("small")


def test_code_that_differs_in_layout_alone_is_the_same_code():
    again = WRONG.replace("return n", "return  n  # n")
    made = (*attempt(1, WRONG), *call(2, fenced(again)))
    assert decide(history(started(), *made), LADDER[:1], 0) == GiveUp(SAME_CODE)


SAMPLER = replace(LIMITS[0], samples=True)


def test_a_model_that_samples_is_asked_anew_until_the_attempts_are_over():
    made = [part for n in range(1, 6) for part in attempt(n, WRONG)]
    told = history(started(), *made)
    assert decide(told, (SAMPLER,), 8) == Ask("small", "sample", 0.8)
    assert decide(told, (SAMPLER,), 5) == GiveUp("not passed after 5 of 5 attempts")


def test_a_model_that_samples_gives_way_to_the_next_of_the_ladder_after_four():
    made = [part for n in range(1, 4) for part in attempt(n, wrong(n))]
    ladder = (SAMPLER, LIMITS[1])
    assert decide(history(started(), *made), ladder, 8) == Ask("small", "sample", 0.8)
    made += attempt(4, wrong(4))
    assert decide(history(started(), *made), ladder, 8) == Ask("large", "afresh")


@pytest.mark.parametrize("text", [fenced(WRONG), "no code"])
def test_a_model_whose_samples_are_all_alike_is_given_up_even_without_a_limit(text):
    made = [part for n in range(1, 12) for part in call(n, text)]
    assert decide(history(started(), *made), (SAMPLER,), 0) == Ask("small", "sample", 0.8)
    told = history(started(), *made, *call(12, text))
    assert decide(told, (SAMPLER,), 0) == GiveUp("12 samples in a row held nothing new")
