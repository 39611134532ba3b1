"""Cutting conversations to a context window."""

import pytest

from specloop.attempt.message import Message
from specloop.prompt.fit import estimate_tokens, fit


def conversation(rounds, size=1000, system=True):
    turns = [Message("system", "s")] if system else []
    turns.append(Message("user", "the spec"))
    for number in range(1, rounds + 1):
        turns.append(Message("assistant", f"answer {number} " + "a" * size))
        turns.append(Message("user", f"request {number} " + "r" * size))
    return tuple(turns)


def test_what_fits_stays_as_it_is():
    messages = conversation(3)
    assert fit(messages, estimate_tokens(messages)) == messages
    assert fit(messages, estimate_tokens(messages) - 1) != messages


@pytest.mark.parametrize("system", [True, False])
@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_spec_and_last_request_stay_whatever_the_room(rounds, system):
    messages = conversation(rounds, system=system)
    for tokens in range(estimate_tokens(messages), 0, -97):
        kept = fit(messages, tokens)
        if kept is None:
            break
        assert estimate_tokens(kept) <= tokens
        said = "".join(turn.content for turn in kept)
        assert "the spec" in said
        assert messages[-1].content in said
        roles = [turn.role for turn in kept if turn.role != "system"]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    assert kept is None


def test_the_oldest_repairs_go_first():
    messages = conversation(3)
    kept = fit(messages, estimate_tokens(messages) - 1)
    assert kept == messages[:2] + messages[4:]


def test_what_is_too_long_by_itself_is_not_sent():
    opening = (Message("system", "s"), Message("user", "x" * 10_000))
    assert fit(opening, 1000) is None
    assert fit(opening, estimate_tokens(opening)) == opening


def test_an_estimate_is_no_less_than_a_token_for_three_bytes():
    text = "déjà vu — 漢字 " * 100
    assert estimate_tokens([Message("user", text)]) >= len(text.encode()) / 3
    assert estimate_tokens([Message("user", "\ud800")]) > 0
