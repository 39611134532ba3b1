"""Tokens of a call that nobody counted, or that is still to be made."""

from specloop.attempt.completion import Usage
from specloop.attempt.message import Message
from specloop.models.profile import Profile
from specloop.ports import Prompt
from specloop.prompt.fit import estimate_tokens


def estimated_usage(prompt: Prompt, text: str, profile: Profile) -> Usage:
    """The usage of a call whose provider reports none: an upper estimate."""
    output = estimate_tokens([Message("assistant", text)]) if text else 0
    return Usage(
        calls=1,
        input_tokens=estimate_tokens(prompt.messages),
        output_tokens=min(output, profile.max_output_tokens),
    )


def worst_usage(prompt: Prompt, profile: Profile) -> Usage:
    """The most that one request may take: nothing cached, and a reply of the greatest length."""
    return Usage(
        calls=1,
        input_tokens=estimate_tokens(prompt.messages),
        output_tokens=profile.max_output_tokens,
    )
