"""What is assumed of a model that project.toml says nothing about."""

import re
from dataclasses import dataclass

from specloop.spec.settings import ModelTable


@dataclass(frozen=True, slots=True)
class Profile:
    """The window, the longest reply and the temperature of a model.

    `context_tokens` is for prompt and reply together. A temperature of None is not sent: the
    provider's own default holds.
    """

    context_tokens: int
    max_output_tokens: int
    temperature: float | None = None


# The first pattern found in the name counts. Windows are smaller than what vendors advertise: a
# prompt of specloop is short, and what does not fit a server's real window is dropped unseen.
# Temperatures are given only where a model card warns against another one.
_FAMILIES: tuple[tuple[str, Profile], ...] = (
    (r"deepseek", Profile(65_536, 8_192)),
    (r"qwen-?3.*(coder|instruct)", Profile(32_768, 8_192, temperature=0.7)),
    (r"qwen-?3|qwq", Profile(32_768, 8_192, temperature=0.6)),
    (r"gpt-|claude|gemini", Profile(131_072, 8_192)),
)
_UNKNOWN = Profile(32_768, 8_192)


def profile_of(table: ModelTable) -> Profile:
    """The profile of the model's family, with what its [[models]] table sets in its place."""
    name = table.name.casefold()
    family = next((p for pattern, p in _FAMILIES if re.search(pattern, name)), _UNKNOWN)
    context = table.context_tokens or family.context_tokens
    # A small window set by hand must leave room for a prompt.
    output = table.max_output_tokens or min(family.max_output_tokens, context // 2)
    temperature = family.temperature if table.temperature is None else table.temperature
    return Profile(context, output, temperature)
