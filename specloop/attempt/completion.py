"""A model's reply and what it cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TypeVar

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or several calls.

    `cached_tokens` is the part of the input that the provider had cached, `reasoning_tokens` the
    part of the output that was thoughts.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


def total(numbers: Iterable[Number | None]) -> Number | None:
    """The sum, one after the other as a ledger adds; None where one of them is not known."""
    found = list(numbers)
    known = [number for number in found if number is not None]
    added: Number = reduce(add, known, 0)
    return added if len(known) == len(found) else None


@dataclass(frozen=True, slots=True)
class Completion:
    """The text of a reply, with usage and price.

    `finish_reason` is the provider's ("stop", "length", …). `cost_usd` is None where no price is
    known. `faults` names each failed request that came before this reply, oldest first. `warning`
    says what is doubtful about it all the same, "" if nothing is.
    """

    text: str
    model: str
    finish_reason: str = "stop"
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    seconds: float = 0.0
    faults: tuple[str, ...] = ()
    warning: str = ""
