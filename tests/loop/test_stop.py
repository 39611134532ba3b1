"""Stop rules and the ladder."""

import pytest
from happened import (
    PASS,
    RIGHT,
    WRONG,
    attempt,
    call,
    committed,
    fail,
    history,
    reopened,
    started,
    wrong,
)

from specloop.attempt.report import StaticFinding, TestReport, Verdict
from specloop.loop.stop import Ask, GiveUp, decide

LADDER = ("small", "large")


def test_the_first_call_goes_to_the_first_model_afresh():
    assert decide(history(started()), LADDER, 8) == Ask("small", afresh=True)


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
    assert decide(history(started(), *made), LADDER, 0) == Ask("large", afresh=True)
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
    assert decide(history(started(), *made), LADDER, 0) == Ask("small")


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
