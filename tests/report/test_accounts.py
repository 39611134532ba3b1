"""What the last run asked and took: sums that are those of the ledger, whichever way they go."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from two_modules import GREEN, RED, Standing, called, fenced, make_project

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.loop.budget import Ledger
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CompletionReceived,
    ModuleFailed,
    ModuleReopened,
    ModuleStarted,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    TestsFinished,
)
from specloop.loop.history import History
from specloop.prompt.fit import estimate_tokens
from specloop.report.accounts import Account, accounts
from specloop.report.accounts_text import accounts_text
from specloop.report.calls import calls_of, prefix_share


@pytest.fixture
def standing(tmp_path):
    return Standing(make_project(tmp_path), {}, {})


def reported(standing, *events, live=False):
    summary = standing.summary(*events, live=live)
    return accounts(standing.project, events, summary, standing.records, live=live)


def changed(call, **changes):
    """A call with another completion."""
    started, received = call
    return started, replace(received, completion=replace(received.completion, **changes))


def lost(name, number, *, charged=True, usd=0.25):
    started, _ = called(name, number, "", usd)
    return started, CallFailed(3, name, number, "no server", charged)


def passing(standing, name, *calls):
    """The events of a module that passed, with tests after each answer."""
    events = [standing.start(name)]
    for n, call in enumerate(calls):
        report = GREEN if n == len(calls) - 1 else RED
        events += [*call, TestsFinished(4, name, "candidate", "", report)]
    return [*events, standing.commit(name, len(calls))]


STEP = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from(["small", "large"]),
    st.sampled_from(["answered", "failed", "charged", "crash", "open"]),
    st.sampled_from([None, 0.25, 0.5]),
    st.integers(0, 1000),
)


def story(steps):
    """The events of a run in which calls ended so."""
    events = [RunStarted(0.0, "1")]
    numbers = {"a": 0, "b": 0}
    for at, (module, model, outcome, usd, size) in enumerate(steps, 1):
        numbers[module] += 1
        number = numbers[module]
        turns = (Message("system", "s"), Message("user", "ask"))
        worst = None if usd is None else 2 * usd
        events.append(CallStarted(at, module, number, "fix", model, turns, 2 * size, worst))
        if outcome == "answered":
            usage = Usage(2, size, size // 2, size // 3, size // 4)
            completion = Completion("", model, usage=usage, cost_usd=usd)
            events.append(CompletionReceived(at, module, number, completion))
        elif outcome in ("failed", "charged"):
            events.append(CallFailed(at, module, number, "", outcome == "charged"))
        elif outcome == "crash":
            events.append(RunResumed(at))
    return events


@given(st.lists(STEP, max_size=12))
def test_sums_by_module_and_by_model_are_those_of_the_ledger(steps):
    before = story([("a", "small", "answered", 0.5, 999)])  # of an earlier run
    events = [*before, RunEnded(1.0, passed=True), *story(steps)]
    ledger = Ledger.of(events)
    calls = calls_of(events, {}, live=False)
    for of in (lambda call: "all", lambda c: c.started.module, lambda c: c.started.model):
        groups = {of(call) for call in calls}
        sums = [Account.of(c for c in calls if of(c) == group) for group in groups]
        assert sum((one.usage for one in sums), Usage()) == ledger.usage
        priced = [one.cost_usd for one in sums]
        assert (None if None in priced else sum(priced)) == ledger.cost_usd
        reserved = ledger.lost_tokens + sum(call[2] for call in ledger.open_calls)
        assert sum(one.lost_tokens for one in sums) == reserved
        if None not in (lost_usd := [one.lost_usd for one in sums]):
            assert sum(lost_usd) == ledger.lost_usd + sum(call[3] for call in ledger.open_calls)
        assert sum(one.calls for one in sums) == len(steps)
        fates = [one.answers + one.failed + one.lost for one in sums]
        assert sum(fates) == len(steps)


def test_a_run_in_which_the_loop_was_needed(standing):
    first = changed(called("a", 1, fenced(2)), faults=("429", "503"), warning="it may be cut")
    unread = called("a", 2, "I cannot.")
    unread = (replace(unread[0], messages=(Message("user", "go on"),)), unread[1])
    third = called("a", 3, fenced(1), usd=0.5)
    third = (replace(third[0], model="large"), third[1])
    events = [RunStarted(0, "1"), *passing(standing, "a", first, unread, third)]
    events += [*passing(standing, "b"), RunEnded(10, passed=True)]
    found = reported(standing, *events)
    a, b = found.modules
    assert (a.state, a.attempts, a.solved_by) == ("passed", 3, "loop")
    assert (b.state, b.solved_by, b.prefix_share) == ("passed", None, None)
    assert (a.account.calls, a.account.unreadable, a.account.faults) == (3, 1, 2)
    assert a.account.usage == Usage(3, 300, 60, 150)
    assert (a.account.cost_usd, b.account.cost_usd) == (1.0, 0.0)
    assert a.account.cached_share == pytest.approx(0.2)
    assert dict(found.models) == {
        "small": Account.of(calls_of(events[:8], {"a": standing.project.module("a")}, live=False)),
        "large": replace(
            a.account,
            calls=1,
            answers=1,
            unreadable=0,
            faults=0,
            usage=Usage(1, 100, 20, 50),
            cost_usd=0.5,
            later_input=100,
            later_cached=20,
        ),
    }
    assert (found.solved("first answer"), found.solved("loop"), found.not_solved) == (0, 1, 0)
    (warned,) = found.warnings
    assert (warned.module, warned.number, warned.text) == ("a", 1, "it may be cut")
    assert found.total == a.account
    text = accounts_text(found)
    assert "by the loop: 1, not solved: 0" in text
    assert "warning: a, call 1 (small): it may be cut" in text


def test_a_first_answer_that_was_right_and_a_module_that_was_not_solved(standing):
    events = [RunStarted(0, "1"), *passing(standing, "a", called("a", 1, fenced(1)))]
    events += [standing.start("b"), *called("b", 1, "no"), ModuleFailed(6, "b", "no code")]
    found = reported(standing, *events, RunEnded(10, passed=False, reason="failed: b"))
    assert [one.solved_by for one in found.modules] == ["first answer", None]
    assert (found.solved("first answer"), found.solved("loop"), found.not_solved) == (1, 0, 1)
    assert found.total.cached_share is None
    assert "cached, as providers said" not in accounts_text(found)


@pytest.mark.parametrize(("values", "solved_by"), [([1], "first answer"), ([2, 1], "loop")])
def test_a_module_that_was_solved_and_then_passed_once_more_as_it_stood(
    standing, values, solved_by
):
    calls = [called("a", n, fenced(value)) for n, value in enumerate(values, 1)]
    events = [RunStarted(0, "1"), *passing(standing, "a", *calls), standing.start("a")]
    code = standing.code["app/a.py"].decode()
    events.append(ModuleReopened(10, "a", "stale", "changed: tests", code))
    events += [TestsFinished(11, "a", "standing", "", GREEN), standing.commit("a", attempts=0)]
    found = reported(standing, *events, RunEnded(12, passed=True))
    assert (found.modules[0].solved_by, found.not_solved) == (solved_by, 0)


def test_what_is_not_priced_is_never_nothing(standing):
    events = [RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2), usd=None)]
    events += [*lost("a", 2, usd=None), RunPaused(9, "no server", 4)]
    found = reported(standing, *events)
    assert (found.total.cost_usd, found.total.lost_usd) == (None, None)
    text = accounts_text(found)
    assert text.count("unpriced") == 4  # module, model, total and the lost call
    assert "0.0000" not in text


def test_calls_without_a_reply(standing):
    events = [RunStarted(0, "1"), standing.start("a"), *lost("a", 1, charged=False)]
    events += [*lost("a", 1), called("a", 1, "")[0]]
    live = reported(standing, *events, live=True).total
    assert (live.calls, live.answers, live.failed, live.lost) == (3, 0, 1, 1)
    dead = reported(standing, *events)
    assert (dead.total.lost, dead.total.lost_tokens, dead.total.lost_usd) == (2, 18, 0.5)
    text = accounts_text(dead)
    assert "2 calls lost, which may have been charged for: at most 18 tokens, 0.5000 USD" in text
    assert "calls that got no answer, and were not charged for: 1" in text


def test_who_wrote_a_module(standing):
    tried = called("a", 1, fenced(2))
    events = [RunStarted(0, "1"), standing.start("a"), *tried]
    assert reported(standing, *events, live=True).modules[0].writer is None
    failed = reported(standing, *events, ModuleFailed(5, "a", "stuck"))
    assert [one.writer for one in failed.modules] == ["small", None]
    assert "failed   small (not passed)  1 " in accounts_text(failed)
    events += [TestsFinished(5, "a", "candidate", "", GREEN), standing.commit("a")]
    made = standing.records["a"]
    for said, writer in (("large", "large"), ("none", None)):
        standing.records["a"] = replace(made, trailers={**made.trailers, "Specloop-Model": said})
        found = reported(standing, *events)
        assert found.modules[0].writer == writer
        assert "not passed" not in accounts_text(found)


@pytest.mark.parametrize("live", [True, False])
def test_what_is_still_to_be_built_is_not_counted_as_not_solved(standing, live):
    events = [RunStarted(0, "1"), standing.start("a"), *called("a", 1, fenced(2))]
    found = reported(standing, *events, live=live)
    assert (found.not_solved, found.not_yet) == (0, 1)
    assert accounts_text(found).endswith("not solved: 0, not yet: 1")
    done = reported(standing, *events, ModuleFailed(5, "a", "stuck"), live=live)
    assert (done.not_solved, done.not_yet) == (1, 0)
    assert accounts_text(done).endswith("not solved: 1")


def test_a_module_without_a_spec_is_listed_with_what_it_took(standing):
    gone = [ModuleStarted(1, "gone", "x"), *called("gone", 1, "no code at all")]
    found = reported(standing, RunStarted(0, "1"), *gone)
    assert [one.name for one in found.modules] == ["a", "b", "gone"]
    assert (found.modules[2].state, found.modules[2].account.unreadable) == (None, 0)
    assert found.total.cost_usd == 0.25
    assert "no spec" in accounts_text(found)


def test_all_of_it_is_data(standing):
    events = [RunStarted(0, "1"), *passing(standing, "a", called("a", 1, fenced(1)))]
    told = json.loads(json.dumps(reported(standing, *events).as_json()))
    assert told["solved"] == {"first_answer": 1, "loop": 0, "not": 0, "not_yet": 0}
    assert told["modules"][0]["tests"] == {"passed": 2, "failed": 0, "held_out": 1, "not_run": 0}
    assert told["models"] == [{"name": "small", "account": told["total"]}]
    assert told["total"]["usage"]["output_tokens"] == 50
    assert told["total"]["cached_share"] is None


def test_the_share_of_a_request_that_was_sent_before(standing):
    spec = standing.project.module("a")
    opening = (Message("system", "s" * 500), Message("user", "u" * 500))
    answer, more = Message("assistant", "x" * 250), Message("user", "m" * 250)

    def history(*turns, models=("small",) * 3):
        events = []
        for n, (new, model) in enumerate(zip(turns, models, strict=False), 1):
            started, received = called("a", n, answer.content)
            events += [replace(started, messages=new, model=model), received]
        return History(spec, tuple(events))

    whole = estimate_tokens((*opening, answer, more))
    assert prefix_share([history(opening)]) is None
    assert prefix_share([]) is None
    appended = prefix_share([history(opening, (more,))])
    assert appended == estimate_tokens(opening) / whole
    # A new conversation with the same opening, and one with another system prompt.
    assert prefix_share([history(opening, opening)]) == 1.0
    other = (Message("system", "t"), opening[1])
    assert prefix_share([history(opening, other)]) == 0.0
    # What another model was sent helps nothing.
    assert prefix_share([history(opening, (more,), models=("small", "large"))]) == 0.0
    both = prefix_share([history(opening, (more,)), history(opening, opening)])
    assert both == 2 * estimate_tokens(opening) / (whole + estimate_tokens(opening))
