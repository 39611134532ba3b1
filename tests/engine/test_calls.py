"""What a call is told besides the conversation."""

from dataclasses import replace

import pytest
from world import World, all_right, answer, make_project

from specloop.errors import BudgetExhausted, ModelUnavailable
from specloop.loop.budget import Ledger
from specloop.loop.event import CallFailed, CallStarted


def asked(world):
    return [prompt for model in world.models.values() for prompt in model.prompts]


def test_each_call_has_a_key_and_a_seed_of_its_own(tmp_path):
    project = make_project(tmp_path, {"a": (), "b": ()})
    world = World(project, {"a": [answer("a", 2), answer("a")], "b": [answer("b")]})
    assert world.run().passed
    prompts = asked(world)
    assert len({prompt.key for prompt in prompts}) == 3
    assert len({prompt.seed for prompt in prompts}) == 3
    again = World(project, {"a": [answer("a", 2), answer("a")], "b": [answer("b")]})
    again.run()
    assert {(p.module, p.number, p.seed, p.key) for p in asked(again)} == {
        (p.module, p.number, p.seed, p.key) for p in prompts
    }


def test_a_call_may_take_the_time_that_is_left_of_the_run(tmp_path):
    needs = {"a": (), "b": ("a",)}
    world = World(make_project(tmp_path, needs, "[limits]\nminutes = 2\n"), all_right(needs))
    assert world.run().passed
    first, second = [prompt.seconds for prompt in asked(world)]
    assert 0 < second < first <= 120
    free = World(make_project(tmp_path / "free", needs), all_right(needs))
    assert free.run().passed
    assert {prompt.seconds for prompt in asked(free)} == {None}


def test_a_call_that_the_end_of_the_time_cut_off_is_the_budgets_affair(tmp_path):
    project = make_project(tmp_path, {"a": ()}, "[limits]\nminutes = 1\n")
    world = World(project, {"a": [ModelUnavailable("no reply", may_be_charged=True)]})
    clock = world.clock
    world.clock = lambda: clock() + (100 if asked(world) else 0)
    with pytest.raises(BudgetExhausted, match=r"\[limits\] minutes = 1 are over"):
        world.run()
    assert [event.may_be_charged for event in world.events if isinstance(event, CallFailed)] == [
        True
    ]


def test_an_empty_answer_is_asked_for_again_warmer_and_the_journal_says_so(tmp_path):
    world = World(make_project(tmp_path, {"a": ()}), {"a": ["", answer("a")]})
    assert world.run().passed
    assert [prompt.temperature for prompt in asked(world)] == [None, 0.7]
    calls = [event for event in world.events if isinstance(event, CallStarted)]
    assert [(call.purpose, call.temperature) for call in calls] == [
        ("first", None),
        ("format", 0.7),
    ]


def test_what_is_doubtful_about_an_answer_is_told(tmp_path):
    world = World(make_project(tmp_path, {"a": ()}), all_right(["a"]))
    complete = world.model.complete
    world.model.complete = lambda prompt, say: replace(
        complete(prompt, say), warning="it read half"
    )
    assert world.run().passed
    assert "a: it read half" in world.observer.notices


def test_a_prompt_that_is_too_long_for_the_model_is_asked_again_shorter(tmp_path):
    refusal = ModelUnavailable("HTTP 400: context length", too_long=True)
    replies = {"a": [answer("a", n) for n in (2, 3)] + [answer("a")]}
    world = World(make_project(tmp_path, {"a": ()}), replies)
    complete, refused = world.model.complete, []

    def narrow(prompt, say):
        if len(prompt.messages) > 4:
            refused.append(len(prompt.messages))
            raise refusal
        return complete(prompt, say)

    world.model.complete = narrow
    assert world.run().passed
    assert refused == [6]
    assert [len(prompt.messages) for prompt in asked(world)] == [2, 4, 4]
    assert Ledger.of(world.events).open_calls == ()
