"""Usage that servers report, and what of it can be true."""

import pytest
from chat_server import USAGE, good, plain

from specloop.attempt.completion import Usage
from specloop.models.failure import RequestFailed
from specloop.models.sound import parsed, with_true_counts
from specloop.spec.settings import Price
from specloop.testing import unheard

PRICE = Price(input=2.0, output=10.0)
NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize("count", [NAN, INFINITE, -5, "many", [1], 10**9, 10**400, None])
@pytest.mark.parametrize("form", [good, plain])
def test_an_answer_beside_an_odd_count_is_read_and_the_count_estimated(
    server, model, prompt, count, form
):
    server.script = [form("x" * 500, usage={**USAGE, "prompt_tokens": count})]
    asked = model(price=PRICE)
    done = asked.complete(prompt, unheard)
    assert (done.text, done.faults) == ("x" * 500, ())
    assert done.usage.input_tokens == asked.count(prompt.messages)
    assert done.usage.output_tokens == 500
    server.script = [form("x" * 500, usage={**USAGE, "completion_tokens": count})]
    done = asked.complete(prompt, unheard)
    assert done.usage.input_tokens == 1000
    assert done.usage.output_tokens >= 200


@pytest.mark.parametrize("usage", ["none", [1], {"prompt_tokens": "?"}, {"total_tokens": NAN}])
def test_usage_of_an_odd_form_is_none(server, model, prompt, usage):
    server.script = [good(usage=usage)]
    asked = model()
    assert asked.complete(prompt, unheard).usage.input_tokens == asked.count(prompt.messages)


def test_numbers_are_read_as_they_are_written_and_all_else_is_kept():
    usage = {"prompt_tokens": "12", "completion_tokens": 7.0, "queue_time": 0.5, "tier": "fast"}
    details = {"prompt_tokens_details": {"cached_tokens": "x", "audio_tokens": 3}}
    reply = {"id": "c", "usage": {**usage, **details, "completion_tokens_details": "none"}}
    assert with_true_counts(reply) == {
        "id": "c",
        "usage": {
            "prompt_tokens": 12,
            "completion_tokens": 7,
            "queue_time": 0.5,
            "tier": "fast",
            "prompt_tokens_details": {"audio_tokens": 3},
        },
    }
    assert with_true_counts({"usage": "none"}) == {}


def test_a_zero_beside_words_is_no_count(server, model, prompt):
    server.script = [good("x" * 500, usage={**USAGE, "completion_tokens": 0, "total_tokens": 1000})]
    done = model(price=PRICE).complete(prompt, unheard)
    assert done.usage.input_tokens == 1000
    assert done.usage.output_tokens >= 200


def test_thoughts_that_nobody_counted_are_estimated(server, model, prompt):
    server.script = [good("X = 1", usage=None, reasoning_content="hm " * 1000)]
    asked = model(price=PRICE, max_output_tokens=4000)
    assert asked.complete(prompt, unheard).usage.output_tokens >= 1000
    server.script = [good("", usage=None, reasoning_content="X = 1")]  # which are the answer
    done = asked.complete(prompt, unheard)
    assert done.text == "X = 1"
    assert 0 < done.usage.output_tokens < 20


@pytest.mark.parametrize(
    ("completion", "thoughts", "total", "output"),
    [(100, 40, 1100, 100), (100, 40, 1140, 140), (100, 4000, 1100, 4100), (100, 4000, None, 4100)],
)
def test_thoughts_are_part_of_the_output_or_beside_it(
    server, model, prompt, completion, thoughts, total, output
):
    details = {"completion_tokens_details": {"reasoning_tokens": thoughts}}
    counts = {"prompt_tokens": 1000, "completion_tokens": completion, "total_tokens": total}
    server.script = [good(usage={**counts, **details})]
    done = model().complete(prompt, unheard)
    assert done.usage == Usage(1, 1000, 0, output, thoughts)


def test_json_without_a_bottom_is_unreadable():
    with pytest.raises(RequestFailed, match="unreadable reply: it is no JSON"):
        parsed(b"[" * 100_000)
