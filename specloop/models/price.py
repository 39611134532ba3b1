"""What tokens cost, by project.toml or by LiteLLM's table."""

import re
from collections.abc import Mapping
from typing import Any

from specloop.attempt.completion import Usage
from specloop.spec.hours import CheapHours
from specloop.spec.settings import Price

_MILLION = 1_000_000


def cost_of(usage: Usage, price: Price | None) -> float | None:
    """USD for `usage`, or None where there is no price."""
    if price is None:
        return None
    cached = price.input if price.cached_input is None else price.cached_input
    fresh_tokens = usage.input_tokens - usage.cached_tokens
    return (
        fresh_tokens * price.input
        + usage.cached_tokens * cached
        + usage.output_tokens * price.output
    ) / _MILLION


def cheap_hours(price: Price | None) -> CheapHours | None:
    """When the price is lower, or None."""
    return None


def listed_price(entry: Mapping[str, Any] | None, input_tokens: int) -> Price | None:
    """The dearest price that an entry of LiteLLM's table has for a prompt of that length.

    Off-peak rates are left out: a call may end after the cheap hours.
    """
    if entry is None:
        return None
    cost_in = _dearest(entry, "input_cost_per_token", input_tokens)
    cost_out = _dearest(entry, "output_cost_per_token", input_tokens)
    if cost_in is None or cost_out is None:
        return None
    return Price(input=cost_in * _MILLION, output=cost_out * _MILLION)


def _dearest(entry: Mapping[str, Any], key: str, input_tokens: int) -> float | None:
    """The rate under `key`, or that of a tier for long prompts, such as KEY_above_200k_tokens."""
    rate = entry.get(key)
    if rate is None:
        return None
    tiers = ((re.fullmatch(rf"{key}_above_(\d+)k_tokens", name), name) for name in entry)
    reached = (name for m, name in tiers if m is not None and input_tokens > int(m[1]) * 1000)
    return float(max([rate, *(entry[name] or 0.0 for name in reached)]))
