"""The models that may be asked, as the loop knows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from specloop.attempt.message import Message
from specloop.prompt.fit import estimate_tokens


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """A model's name and what bounds what it can be asked.

    Sizes are in tokens, as `count` counts them. A model that `samples` is asked for the code anew
    where others are asked for a repair: small ones answer with the code that they are shown.
    """

    name: str
    context_tokens: int
    output_tokens: int
    count: Callable[[Sequence[Message]], int] = estimate_tokens
    samples: bool = False

    @property
    def prompt_tokens(self) -> int:
        """The longest prompt that leaves room for the longest answer."""
        return self.context_tokens - self.output_tokens
