"""Every fault of a server, alone: what is asked again, what ends the run, and what it costs."""

from dataclasses import replace

import pytest
from fault_server import FAULTS, SLOW, Step
from mixture import in_form
from small_world import KEY, code

from specloop.errors import BudgetExhausted, ExitCode, ModelUnavailable
from specloop.loop.event import RunPaused

RIGHT = in_form("a fence", "base", code("base"))
TOP = in_form("a fence", "top", code("top", ["base"]))
NEEDS = {"base": (), "top": ("base",)}

SAID = {
    "more than 10 MB": "more than 10 MB came.*lower max_output_tokens",
    "400": "HTTP 400.*check the model's settings",
    "401": "HTTP 401.*check the value of SERVED_KEY",
    "402": "HTTP 402.*top up the account",
    "403": "HTTP 403.*may not use this model",
    "404": "HTTP 404.*check the model's name",
    "429, no quota": "HTTP 429.*top up the account",
}


def faults(ending):
    return [name for name, fault in FAULTS.items() if name and fault.ending == ending]


def patience(fault):
    """Time-outs that are waited for are short, and others longer than any machine is slow."""
    return 1 if fault in SLOW else 60


@pytest.mark.parametrize("fault", ["", *faults("answered")])
@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
def test_is_an_answer(server, served, fault, streams):
    server.streams = streams
    world = served({"base": ()})
    server.steps = {"base": [replace(RIGHT, fault=fault)]}
    assert world.run().passed
    assert len(server.books) == 1
    assert world.at_most == pytest.approx(world.bill)


@pytest.mark.parametrize("fault", faults("refused"))
def test_is_asked_again_and_costs_nothing(server, served, fault):
    world = served(NEEDS)
    server.steps = {"base": [*[replace(RIGHT, fault=fault)] * 4, RIGHT], "top": [TOP]}
    assert world.run().passed
    assert len(server.asked("base")) == 5
    assert len(world.pauses) == 4
    assert world.at_most == pytest.approx(world.bill)
    assert len(world.received("base")[0].completion.faults) == 4


def test_a_wait_that_the_server_names_is_kept(server, served):
    world = served({"base": ()})
    server.steps = {"base": [replace(RIGHT, fault="429 with Retry-After"), RIGHT]}
    assert world.run().passed
    assert 9 <= world.pauses[0] <= 10


@pytest.mark.parametrize("fault", faults("lost"))
@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
def test_is_asked_once_more_and_its_price_is_kept(server, served, fault, streams):
    server.streams = streams
    world = served(NEEDS, timeout=patience(fault))
    server.steps = {"base": [replace(RIGHT, fault=fault), RIGHT], "top": [TOP]}
    assert world.run().passed
    assert len(server.asked("base")) == 2
    assert [event.completion.text for event in world.received("base")] == RIGHT.texts
    assert world.bill <= world.at_most


@pytest.mark.parametrize("fault", faults("lost"))
def test_a_second_time_it_ends_the_run(server, served, fault):
    world = served(NEEDS, timeout=patience(fault))
    server.steps = {"base": [replace(RIGHT, fault=fault)] * 2}
    with pytest.raises(ModelUnavailable) as ended:
        world.run()
    assert ended.value.exit_code == ExitCode.UNAVAILABLE
    assert len(server.books) == 2
    assert not world.received("base")
    assert world.bill <= world.at_most
    server.steps = {"base": [RIGHT], "top": [TOP]}
    assert world.run().passed
    assert world.bill <= world.at_most


def test_what_was_lost_stays_reserved(server, served):
    world = served({"base": ()}, limits="usd = 0.02")
    server.steps = {"base": [replace(RIGHT, fault="reset", thinks=True)] * 2}
    with pytest.raises(ModelUnavailable):
        world.run()
    server.steps = {"base": [replace(RIGHT, thinks=True)]}
    with pytest.raises(BudgetExhausted, match="does not cover the next call"):
        world.run()
    assert len(server.books) == 2
    assert 0.01 < world.bill <= world.at_most


@pytest.mark.parametrize("fault", faults("refused"))
def test_a_fifth_time_it_ends_the_run(server, served, fault):
    world = served({"base": ()})
    server.steps = {"base": [replace(RIGHT, fault=fault)] * 5}
    with pytest.raises(ModelUnavailable, match="tried 5 times"):
        world.run()
    assert world.at_most == world.bill == 0


@pytest.mark.parametrize("fault", faults("too long"))
def test_a_prompt_too_long_is_shortened(server, served, fault):
    world = served({"base": ()})
    words = Step({"content": "So many words. " * 200})
    wrong = in_form("a fence", "base", code("base", value=2))
    server.steps = {"base": [words, wrong, replace(RIGHT, fault=fault), RIGHT]}
    assert world.run().passed
    lengths = [len(str(entry.request.body["messages"])) for entry in server.books]
    assert lengths[3] < 0.75 * lengths[2]
    assert len(server.books) == 4
    assert world.at_most == pytest.approx(world.bill)


@pytest.mark.parametrize("fault", faults("too long"))
def test_a_spec_too_long_fails_alone(server, served, fault):
    world = served({"base": (), "side": ()})
    side = in_form("a fence", "side", code("side"))
    server.steps = {"base": [replace(RIGHT, fault=fault)], "side": [side]}
    assert world.run().states == {"base": "failed", "side": "passed"}
    assert "refuses its prompt for its length" in world.failure("base")
    assert len(server.asked("base")) == 1


@pytest.mark.parametrize("fault", faults("final"))
def test_ends_the_run_after_one_request(server, served, fault):
    world = served(NEEDS)
    server.steps = {"base": [RIGHT], "top": [replace(TOP, fault=fault)]}
    with pytest.raises(ModelUnavailable, match=SAID[fault]) as ended:
        world.run()
    assert ended.value.exit_code == ExitCode.UNAVAILABLE
    assert KEY not in str(ended.value)
    assert len(server.asked("top")) == 1
    last = world.events[-1]
    assert isinstance(last, RunPaused)
    assert (last.exit_code, last.reason) == (ExitCode.UNAVAILABLE, str(ended.value))
    assert KEY not in repr(world.events)
    server.steps = {"top": [TOP]}
    assert world.run().passed
    assert len(server.asked("base")) == 1
    assert not server.surplus
    assert world.bill <= world.at_most
