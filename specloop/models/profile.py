"""What is assumed of a model that project.toml says nothing about."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter

from specloop.spec.settings import ModelTable


@dataclass(frozen=True, slots=True)
class Profile:
    """How a model is asked, and how much it takes.

    `context_tokens` is for prompt and reply together. What is None is not said to the server: its
    own default holds. `thinking` is said in the way of `switch`, a word of switches.py, "" where
    there is none. A model that `samples` is asked for fresh answers instead of repairs, one with
    `seed` gets that of the prompt. `note` is for people.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    context_tokens: int
    max_output_tokens: int
    temperature: float | None = None
    family: str = ""
    top_p: float | None = None
    top_k: int | None = None
    thinking: bool | None = None
    switch: str = ""
    samples: bool = False
    seed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are alike, known by their names; `thoughtful` holds for those told to think."""

    patterns: tuple[str, ...]
    profile: Profile
    thoughtful: Profile

    def has(self, name: str) -> bool:
        """Whether a model of that name, casefolded, is one of them."""
        return any(re.search(pattern, name) for pattern in self.patterns)


@cache
def families() -> tuple[Family, ...]:
    """The families of profiles.toml; the first that has a name counts, the last has every one."""
    data = tomllib.loads(Path(__file__).with_name("profiles.toml").read_text("utf-8"))
    profile = TypeAdapter(Profile)
    return tuple(_family(profile, **entry) for entry in data["family"])


def _family(
    profile: TypeAdapter[Profile],
    patterns: list[str],
    when_thinking: Mapping[str, Any] = MappingProxyType({}),
    **fields: Any,  # noqa: ANN401 - checked by the adapter
) -> Family:
    return Family(
        tuple(patterns),
        profile.validate_python(fields),
        profile.validate_python({**fields, **when_thinking, "thinking": True}),
    )


def profile_of(table: ModelTable) -> Profile:
    """The profile of the model's family, with what its [[models]] table sets in its place."""
    name = table.name.casefold()
    family = next(family for family in families() if family.has(name))
    assumed = family.thoughtful if table.thinking else family.profile
    context = table.context_tokens or assumed.context_tokens
    return replace(
        assumed,
        context_tokens=context,
        # A small window set by hand must leave room for a prompt.
        max_output_tokens=table.max_output_tokens or min(assumed.max_output_tokens, context // 2),
        temperature=assumed.temperature if table.temperature is None else table.temperature,
        thinking=assumed.thinking if table.thinking is None else table.thinking,
    )
