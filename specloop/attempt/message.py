"""One turn of a conversation with a model."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """A turn, in the roles of the chat completion protocol."""

    role: Literal["system", "user", "assistant"]
    content: str
