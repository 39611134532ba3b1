"""Cutting conversations to a context window."""

import pytest

from specloop.attempt.message import Message
from specloop.prompt.fit import Cut, estimate_tokens, fit


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


def test_cuts_come_after_the_oldest_repairs_and_in_their_order():
    opening = Message("user", "the spec " + "t" * 3000 + " " + "d" * 3000)
    messages = (opening, Message("assistant", "a" * 1000), Message("user", "fix it"))
    cuts = (Cut("t" * 3000, "tests pass"), Cut("d" * 3000, "short"))
    sizes = []
    for tokens in range(estimate_tokens(messages), 60, -50):
        kept = fit(messages, tokens, cuts=cuts)
        assert kept is not None
        said = "".join(turn.content for turn in kept)
        assert "the spec" in said
        assert "fix it" in said
        sizes.append(("a" * 1000 in said, "t" * 3000 in said, "d" * 3000 in said))
    assert list(dict.fromkeys(sizes)) == [
        (True, True, True),
        (False, True, True),
        (False, False, True),
        (False, False, False),
    ]


def test_the_last_request_stands_alone_once_the_answer_before_it_has_gone():
    alone = Message("user", "code and evidence")
    messages = (*conversation(1)[:-1], Message("user", "evidence"))
    assert fit(messages, estimate_tokens(messages), alone=alone) == messages
    kept = fit(messages, estimate_tokens(messages) - 1, alone=alone)
    assert [turn.content for turn in kept] == ["s", "the spec\ncode and evidence"]


def test_tokens_are_counted_as_the_model_counts_them():
    messages = conversation(2)
    kept = fit(messages, 2, count=lambda turns: len(turns) // 2)
    assert len(kept) == 4
