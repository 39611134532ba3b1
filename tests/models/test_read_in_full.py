from dataclasses import replace

import pytest

from specloop.attempt.completion import Usage
from specloop.attempt.message import Message
from specloop.models.usage import ReadInFull
from specloop.testing import unheard


def _reading(prompt, size):
    return replace(prompt, messages=(Message("user", "x" * size),))


def _usage(tokens):
    return Usage(calls=1, input_tokens=tokens)


@pytest.mark.parametrize("read", [0, 1500, 3000, 10_000, 20_000])
def test_honest_counts_raise_no_doubt(prompt, read):
    reading = ReadInFull()
    for _ in range(2):
        assert reading.doubt(_reading(prompt, 10_000), _usage(read)) == ""
        assert reading.doubt(_reading(prompt, 100), _usage(1)) == ""
        assert reading.doubt(_reading(prompt, 10_000), None) == ""


def test_fewer_tokens_than_any_tokenizer_makes(prompt):
    doubt = ReadInFull().doubt(_reading(prompt, 60_000), _usage(4096))
    assert doubt == (
        "the server read 4096 tokens of a prompt of some 15000: it dropped the rest; "
        "raise its context (num_ctx), or set context_tokens"
    )


def test_far_fewer_tokens_than_the_same_model_read_before(prompt):
    reading = ReadInFull()
    assert reading.doubt(_reading(prompt, 36_000), _usage(4096)) == ""  # nothing is known yet
    reading = ReadInFull()
    assert reading.doubt(_reading(prompt, 12_000), _usage(3000)) == ""
    assert "read 4096 tokens of a prompt of some 9000" in reading.doubt(
        _reading(prompt, 36_000), _usage(4096)
    )
    assert reading.doubt(_reading(prompt, 36_000), _usage(9000)) == ""


def test_a_doubtful_reply_says_so(server, model, prompt):
    long = _reading(prompt, 60_000)
    assert "dropped the rest" in model().complete(long, unheard).warning  # the server says 1000
    assert model().complete(prompt, unheard).warning == ""
