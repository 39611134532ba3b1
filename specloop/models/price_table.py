"""LiteLLM's own table of prices, read without importing LiteLLM: that takes seconds."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from specloop.models.litellm_file import litellm_file
from specloop.models.tariff import Rates, Tariff
from specloop.spec.hours import EVERY_DAY, CheapHours, Window, windows_of
from specloop.spec.settings import ModelTable

Entry = Mapping[str, Any]

_FILE = "model_prices_and_context_window_backup.json"
_MILLION = 1_000_000
_KEYS = (
    "input_cost_per_token",
    "cache_read_input_token_cost",
    "output_cost_per_token",
    "output_cost_per_reasoning_token",
)
_TIER = re.compile(r"(.+)_above_(\d+)k_tokens")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def listed(table: ModelTable) -> Entry | None:
    """What LiteLLM lists for the model, or None.

    A name without a provider is, with `api_base`, what some server calls its model, whose price
    nobody knows. With a provider, it is that provider's model, through a proxy perhaps.
    """
    prefix, slash, rest = table.name.partition("/")
    if not slash:
        return None if table.api_base else _installed().get(table.name)
    entry = _installed().get(table.name) or _installed().get(rest)
    return entry if entry is not None and _is_of(prefix, entry) else None


def tariff_in(entry: Entry, input_tokens: int) -> Tariff | None:
    """The tariff that an entry gives for a prompt of that length, in the usual class of service."""
    flat = _flat(entry, input_tokens)
    peak = _rates(flat)
    if peak is None:
        return None
    off_peak = entry.get("off_peak_pricing")
    if off_peak is None:
        return Tariff(peak)
    try:
        return Tariff(peak, _rates({**flat, **off_peak}), _hours(off_peak))
    except (ValueError, TypeError, AttributeError, LookupError):
        return Tariff(peak)  # a form that nobody knew yet: no call is thought cheaper than it is


def read_prices(path: Path) -> Mapping[str, Entry]:
    """The entries of a table by the names of models; none where it cannot be read."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    entries = data.items() if isinstance(data, dict) else ()
    return {name: entry for name, entry in entries if isinstance(entry, dict)}


@cache
def _installed() -> Mapping[str, Entry]:
    return read_prices(litellm_file(_FILE))


def _is_of(prefix: str, entry: Entry) -> bool:
    """Whether an entry is the provider's; it says vertex_ai-llama_models or cohere_chat, too."""
    provider = str(entry.get("litellm_provider", ""))
    return provider == prefix or provider.startswith((f"{prefix}-", f"{prefix}_"))


def _rates(flat: Mapping[str, Any]) -> Rates | None:
    """The rates under the four keys.

    A rate of 0 is no rate: LiteLLM lists 0 for servers of one's own, for what it does not know,
    and beside a fee for each request.
    """
    fresh, cached, output, reasoning = (float(flat.get(key) or 0) * _MILLION for key in _KEYS)
    return Rates(fresh, cached or fresh, output, reasoning or None) if fresh and output else None


def _flat(entry: Entry, input_tokens: int) -> dict[str, float]:
    """The rates for a prompt of that length: all of a request is charged at one tier."""
    tiers = [tier for tier in entry.get("tiered_pricing", ()) if "range" in tier]
    for tier in tiers:
        if input_tokens <= tier["range"][1]:
            return {key: tier.get(key, 0) for key in _KEYS}
    flat = dict(tiers[-1] if tiers else entry)
    for name, rate in entry.items():
        tier_of = _TIER.fullmatch(name)
        if tier_of is not None and input_tokens > 1000 * int(tier_of[2]):
            flat[tier_of[1]] = max(rate or 0, flat.get(tier_of[1]) or 0)
    return {key: flat.get(key, 0) for key in _KEYS}


def _hours(off_peak: Entry) -> CheapHours:
    zone = off_peak.get("weekday_timezone", "UTC")
    ZoneInfo(zone)  # a LookupError where there is none of that name
    every_day = [off_peak] if "hours_utc" in off_peak else []
    rules = [*every_day, *off_peak.get("windows", ())]
    windows = tuple(window for rule in rules for window in _windows(rule))
    if not windows:
        raise ValueError("there are no hours in which the model would cost less")
    return CheapHours(windows, zone)


def _windows(rule: Entry) -> tuple[Window, ...]:
    hours = rule["hours_utc"]
    days = [_day(day) for day in rule.get("weekdays", EVERY_DAY)]
    return windows_of([hours] if isinstance(hours, str) else hours, days)


def _day(day: int | str) -> int:
    return day if isinstance(day, int) else _DAYS.index(day.lower()[:3]) + 1
