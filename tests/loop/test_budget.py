"""The ledger of a run."""

import pytest
from happened import asked, received, started

from specloop.attempt.completion import Completion, Usage
from specloop.loop.budget import Ledger
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CompletionReceived,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from specloop.spec.settings import LimitsTable

FREE = LimitsTable(usd=0)


def begun(at, module, number, tokens=1000, usd=0.5):
    return CallStarted(at, module, number, "first", "m", (), tokens, usd)


def replied(at, module, number, usd=0.1):
    completion = Completion("x", "m", usage=Usage(1, 100, 30, 50), cost_usd=usd)
    return CompletionReceived(at, module, number, completion)


def test_a_call_reserves_its_worst_case_until_it_is_answered():
    ledger = Ledger.of([RunStarted(0, "1"), begun(1, "a", 1), begun(2, "b", 1)])
    limits = LimitsTable(usd=1.2)
    assert ledger.refusal(limits, 2, 0, 0.2) is None
    assert "1.0000 reserved" in ledger.refusal(limits, 2, 0, 0.21)
    ledger = ledger.then(replied(3, "a", 1))
    assert ledger.usd == 0.1
    assert ledger.refusal(limits, 3, 0, 0.6) is None
    assert ledger.refusal(limits, 3, 0, 0.61) is not None


def test_tokens_are_counted_in_and_out():
    ledger = Ledger.of([RunStarted(0, "1"), begun(1, "a", 1), replied(2, "a", 1)])
    ledger = ledger.then(begun(3, "b", 1))
    limits = LimitsTable(usd=0, tokens=2150)
    assert ledger.refusal(limits, 3, 1000, None) is None
    said = ledger.refusal(limits, 3, 1001, None)
    assert "tokens = 2150" in said
    assert "150 used" in said


def test_calls_in_flight_when_the_process_died_stay_charged_at_their_worst():
    events = [RunStarted(0, "1"), begun(1, "a", 1), begun(2, "b", 1), replied(3, "b", 1)]
    ledger = Ledger.of([*events, RunResumed(900)])
    assert ledger.open_calls == ()
    assert (ledger.lost_tokens, ledger.lost_usd) == (1000, 0.5)
    # the call is made again under the same number: both are paid for
    ledger = ledger.then(begun(901, "a", 1)).then(replied(902, "a", 1))
    assert (ledger.lost_tokens, ledger.lost_usd) == (1000, 0.5)
    assert ledger.usd == pytest.approx(0.2)
    assert ledger.refusal(LimitsTable(usd=1.0), 902, 0, 0.31) is not None
    assert ledger.refusal(LimitsTable(usd=1.0), 902, 0, 0.29) is None


def test_a_call_that_took_more_than_its_worst_case_makes_all_others_dearer():
    events = [RunStarted(0, "1"), begun(1, "a", 1), begun(1, "b", 1), replied(2, "a", 1, usd=1.5)]
    ledger = Ledger.of(events)
    assert ledger.excess == pytest.approx(3)
    assert ledger.refusal(LimitsTable(usd=3.5), 2, 0, 0.2) is not None
    assert ledger.refusal(LimitsTable(usd=3.5), 2, 0, 0.16) is None
    ledger = ledger.then(begun(3, "c", 1, tokens=50, usd=None)).then(replied(4, "c", 1, usd=None))
    assert ledger.excess == pytest.approx(3)  # 150 tokens, too
    assert ledger.refusal(LimitsTable(usd=0, tokens=3600), 4, 100, None) is None
    assert ledger.refusal(LimitsTable(usd=0, tokens=3600), 4, 101, None) is not None
    assert ledger.then(RunStarted(5, "1")).excess == 1


def test_a_crash_at_the_last_affordable_call_leaves_no_room_for_another():
    events = [RunStarted(0, "1"), begun(1, "a", 1, usd=0.9)]
    assert Ledger.of(events[:1]).refusal(LimitsTable(usd=1.0), 0, 0, 0.9) is None
    assert Ledger.of([*events, RunResumed(2)]).refusal(LimitsTable(usd=1.0), 2, 0, 0.9)


def test_the_time_between_two_processes_is_not_counted():
    events = [RunStarted(0, "1"), begun(60, "a", 1), RunPaused(90, "stop", 130)]
    ledger = Ledger.of([*events, RunResumed(10_000), replied(10_030, "a", 1)])
    assert ledger.seconds == 120
    limits = LimitsTable(minutes=3)
    assert ledger.out_of_time(limits, 10_030 + 59) is None
    assert ledger.out_of_time(limits, 10_030 + 60) == "minutes = 3 are over"


def test_time_is_not_counted_twice_where_events_overlap():
    # the reply was timed in its thread before the other call was announced, and recorded after it
    events = [RunStarted(0, "1"), begun(1, "a", 1), begun(10, "b", 1), replied(8, "a", 1)]
    assert Ledger.of([*events, replied(12, "b", 1)]).seconds == 12


def test_a_clock_that_is_set_back_stops_for_a_while():
    ledger = Ledger.of([RunStarted(1000, "1"), begun(1010, "a", 1), replied(10, "a", 1)])
    assert ledger.seconds == 10
    assert ledger.out_of_time(LimitsTable(minutes=1), 20) is None


def test_an_unknown_price_is_never_nothing():
    events = [RunStarted(0, "1"), begun(1, "a", 1, usd=None), replied(2, "a", 1, usd=None)]
    ledger = Ledger.of(events)
    assert ledger.cost_usd is None
    assert ledger.unpriced == 1
    assert ledger.refusal(LimitsTable(usd=0.01), 2, 10, None) is None
    ledger = ledger.then(begun(3, "a", 2)).then(replied(4, "a", 2))
    assert (ledger.cost_usd, ledger.usd) == (None, 0.1)


def test_a_new_run_begins_with_nothing():
    events = [RunStarted(0, "1"), begun(1, "a", 1), replied(2, "a", 1), RunEnded(3, passed=True)]
    assert Ledger.of(events).usage.calls == 1
    assert Ledger.of([*events, RunStarted(50, "1")]) == Ledger(last_at=50)


def test_a_free_budget_refuses_nothing():
    ledger = Ledger.of(
        [RunStarted(0, "1"), started(), asked(1, usd=90.0), received(1, "x", usd=80)]
    )
    assert ledger.refusal(FREE, 10**9, 10**9, 10**9) is None


@pytest.mark.parametrize(("may_be_charged", "reserved"), [(True, 0.5), (False, 0.0)])
def test_a_call_without_an_answer_stays_reserved_only_if_it_may_have_cost(may_be_charged, reserved):
    failed = CallFailed(3, "a", 1, "no server", may_be_charged)
    events = [RunStarted(0, "1"), begun(1, "a", 1), failed, RunResumed(9), begun(10, "a", 1)]
    ledger = Ledger.of([*events, replied(11, "a", 1)])
    assert ledger.lost_usd == reserved
    assert ledger.open_calls == ()
    assert ledger.usd == 0.1
