"""Every form of answer, from a server to a commit, or to a request that says what was wrong."""

from dataclasses import replace

import pytest
from answer_forms import FORMS
from fault_server import Step
from mixture import in_form, in_two
from small_world import MAX_OUTPUT, code

from specloop.prompt.reply import Malformed

THOUGHTS = "nothing but thoughts"  # LiteLLM takes the tags away: it arrives as reasoning content
READ = [form.name for form in FORMS.values() if form.expect == "code"]
REFUSED = [
    form.name for form in FORMS.values() if form.expect == "format" and form.name != THOUGHTS
]
ALONE = {"base": ()}
RIGHT = in_form("a fence", "base", code("base"))
WRONG = in_form("a fence", "base", code("base", value=2))
CHATTER = in_form("chatter", "base", code("base"))


def last_turn(entry):
    return entry.request.body["messages"][-1]["content"]


@pytest.mark.parametrize("form", READ)
def test_is_read(server, served, form):
    world = served(ALONE)
    step = in_form(form, "base", code("base"))
    server.steps = {"base": [step]}
    assert world.run().passed
    assert world.tree["app/base.py"].decode() == step.gives
    assert len(server.books) == 1


@pytest.mark.parametrize("form", REFUSED)
def test_is_asked_for_again(server, served, form):
    world = served(ALONE)
    server.steps = {"base": [in_form(form, "base", code("base")), RIGHT]}
    assert world.run().passed
    assert world.tree["app/base.py"].decode() == RIGHT.gives
    _, second = server.books
    if world.purposes("base")[1] == "continue":
        assert "Your answer was cut off" in last_turn(second)
    else:
        assert FORMS[form].says.format(file="app/base.py") in last_turn(second)
    assert world.at_most == pytest.approx(world.bill)


def test_thoughts_without_an_answer_are_taken_for_it(server, served):
    world = served(ALONE)
    server.steps = {"base": [in_form(THOUGHTS, "base", code("base"))]}
    assert world.run().passed
    assert len(server.books) == 1


def test_the_rest_is_joined(server, served):
    world = served(ALONE)
    server.steps = {"base": list(in_two("base", code("base")))}
    assert world.run().passed
    assert world.tree["app/base.py"].decode() == code("base")
    assert world.purposes("base") == ["first", "continue"]


@pytest.mark.parametrize("form", READ)
def test_the_whole_in_place_of_the_rest_is_read(server, served, form):
    world = served(ALONE)
    whole = in_form(form, "base", code("base"))
    server.steps = {"base": [in_form("cut off", "base", code("base")), whole, RIGHT]}
    assert world.run().passed
    assert world.tree["app/base.py"].decode() == whole.gives
    assert len(server.books) == 2


def test_an_empty_answer_is_asked_for_again_at_another_temperature(server, served):
    world = served(ALONE, temperature=0.0)
    server.steps = {"base": [in_form("empty", "base", code("base")), RIGHT]}
    assert world.run().passed
    first, second = (entry.request.body.get("temperature") for entry in server.books)
    assert (first, second) == (0.0, pytest.approx(0.7))


def test_two_in_a_row_lose_nothing(server, served):
    world = served(ALONE)
    server.steps = {"base": [in_form("a diff", "base", code("base")), CHATTER, RIGHT]}
    assert world.run().passed
    assert len(server.books) == 3


def test_a_third_in_a_row_goes_to_the_next_model(server, served):
    world = served(ALONE, ladder=2)
    server.steps = {"base": [CHATTER, CHATTER, CHATTER, RIGHT]}
    assert world.run().passed
    asked = [entry.request.body["model"] for entry in server.books]
    assert asked == ["served-1", "served-1", "served-1", "served-2"]


def test_a_third_in_a_row_of_the_last_model_is_the_end(server, served):
    world = served(ALONE)
    server.steps = {"base": [CHATTER, CHATTER, CHATTER]}
    assert world.run().states == {"base": "failed"}
    assert world.failure("base") == "3 answers in a row held no usable code"


def test_the_last_code_outlives_answers_without_any(server, served):
    world = served(ALONE, limits="attempts = 2")
    server.steps = {"base": [WRONG, CHATTER]}
    assert not world.run().passed
    assert world.repository.failed["base"]["app/base.py"].decode() == WRONG.gives


def test_nine_megabytes_of_words_are_one_answer(server, served):
    world = served(ALONE)
    server.steps = {"base": [Step({"content": "So many words. " * 600_000}), RIGHT]}
    assert world.run().passed
    first, second = server.books
    assert first.tokens[1] == MAX_OUTPUT
    assert "it is far too long" in last_turn(second)
    assert len(str(second.request.body)) < 100_000
    assert world.bill <= world.at_most


@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("form", ["a fence", "thoughts", "all in the reasoning content"])
def test_no_usage_and_no_finish_reason(server, served, form, streams):
    server.streams = streams
    world = served(ALONE)
    step = in_form(form, "base", code("base"))
    server.steps = {"base": [replace(step, tells_usage=False, finish_reason=None)]}
    assert world.run().passed
    assert 0 < world.bill <= world.at_most


def test_thoughts_beside_an_answer_are_charged_where_no_usage_is_told(server, served):
    world = served(ALONE)
    message = {"reasoning_content": "Let me see. " * 100, **RIGHT.message}
    server.steps = {"base": [replace(RIGHT, message=message, tells_usage=False)]}
    assert world.run().passed
    assert world.bill <= world.at_most


def test_the_same_code_again_is_not_tested_again(server, served):
    world = served(ALONE, ladder=2)
    server.steps = {"base": [WRONG, in_form("tildes", "base", WRONG.gives), RIGHT]}
    assert world.run().passed
    assert [entry.request.body["model"] for entry in server.books][-1] == "served-2"
    tested = [job.files["app/base.py"].decode() for job in world.runner.jobs]
    assert tested[1:] == [WRONG.gives, RIGHT.gives]


def test_each_call_is_recorded_with_what_it_was_for(server, served):
    world = served(ALONE)
    server.steps = {"base": [CHATTER, WRONG, RIGHT]}
    assert world.run().passed
    assert world.purposes("base") == ["first", "format", "fix"]
    results = [attempt.result for attempt in world.history("base").attempts]
    assert isinstance(results[0], Malformed)
    assert [result.code for result in results[1:]] == [WRONG.gives, RIGHT.gives]
