"""Tokens of a call that nobody counted, that is still to be made, or whose count is odd."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from specloop.attempt.completion import Usage
from specloop.attempt.message import Message
from specloop.models.profile import Profile
from specloop.ports import Prompt
from specloop.prompt.fit import estimate_tokens

Count = Callable[[Sequence[Message]], int]

_TELLING_BYTES = 4_000  # in a shorter prompt, what the template adds weighs too much
# No tokenizer makes so few tokens of a text; few do where text is neither spaces nor rules.
_NEVER_BYTES_A_TOKEN = 12.0
_RARE_BYTES_A_TOKEN = 6.5
_FEWER = 0.6  # of the tokens a byte that the same model read before
_USUAL_BYTES_A_TOKEN = 4.0


def estimated_usage(
    prompt: Prompt, text: str, profile: Profile, count: Count = estimate_tokens
) -> Usage:
    """The usage of a call whose provider reports none: an upper estimate."""
    output = count([Message("assistant", text)]) if text else 0
    return Usage(
        calls=1,
        input_tokens=count(prompt.messages),
        output_tokens=min(output, profile.max_output_tokens),
    )


def completed(reported: Usage | None, estimated: Usage) -> Usage:
    """What is reported; what is estimated in place of nothing, and of a 0 that cannot be true."""
    if reported is None:
        return estimated
    return replace(
        reported,
        input_tokens=reported.input_tokens or estimated.input_tokens,
        output_tokens=reported.output_tokens or estimated.output_tokens,
    )


def worst_usage(prompt: Prompt, profile: Profile, count: Count = estimate_tokens) -> Usage:
    """The most that one request may take: nothing cached, and a reply of the greatest length."""
    return Usage(
        calls=1,
        input_tokens=count(prompt.messages),
        output_tokens=profile.max_output_tokens,
    )


class ReadInFull:
    """Tells whether a server reads prompts to their end, by the tokens it reports.

    Ollama, for one, drops what is longer than its window and says nothing.
    """

    def __init__(self) -> None:
        self._fewest = 0.0  # tokens a byte, in replies that nothing is wrong with

    def doubt(self, prompt: Prompt, reported: Usage | None) -> str:
        """What to tell about a reply with that usage; "" where nothing is wrong with it."""
        input_tokens = reported.input_tokens if reported is not None else 0
        size = sum(len(message.content.encode(errors="replace")) for message in prompt.messages)
        if size < _TELLING_BYTES or not input_tokens:
            return ""
        ratio = input_tokens / size
        if ratio * _NEVER_BYTES_A_TOKEN >= 1 and not (
            ratio * _RARE_BYTES_A_TOKEN < 1 and ratio < _FEWER * self._fewest
        ):
            self._fewest = min(ratio, self._fewest or ratio)
            return ""
        expected = size * self._fewest if self._fewest else size / _USUAL_BYTES_A_TOKEN
        return (
            f"the server read {input_tokens} tokens of a prompt of some {_round(expected)}: it "
            f"dropped the rest; raise its context (num_ctx), or set context_tokens"
        )


def _round(tokens: float) -> int:
    return int(round(tokens, -2))
