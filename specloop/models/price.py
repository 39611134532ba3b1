"""What tokens cost: by project.toml, else by LiteLLM's table."""

from collections.abc import Sequence
from dataclasses import replace

from specloop.attempt.completion import Usage
from specloop.models.price_table import listed, tariff_in
from specloop.models.tariff import Rates, Tariff
from specloop.spec.hours import CheapHours, windows_of
from specloop.spec.settings import ModelTable, OffPeak, Price

_MILLION = 1_000_000


def cost_of(usage: Usage, tariff: Tariff | None, *, at: Sequence[float] = ()) -> float | None:
    """USD for `usage`, or None where there is no tariff.

    The rates are the dearest of those that hold at the times `at`, in seconds since the epoch: a
    call may begin in cheap hours and end after them. Without a time, they are those of the peak.
    """
    if tariff is None:
        return None
    rates = [tariff.at(time) for time in at] or [tariff.peak]
    return max(_usd(usage, each) for each in rates)


def tariff_of(table: ModelTable, input_tokens: int) -> Tariff | None:
    """What the model costs, for a request with a prompt of that length; None where unknown.

    The price of project.toml comes before the listed one.
    """
    if table.price is not None:
        return _given(table.price)
    entry = listed(table)
    return None if entry is None else tariff_in(entry, input_tokens)


def worst_cost(usage: Usage, tariff: Tariff | None) -> float | None:
    """USD for `usage` at the peak, whether the output is thoughts or answer."""
    if tariff is None:
        return None
    thoughts = replace(usage, reasoning_tokens=usage.output_tokens)
    return max(_usd(usage, tariff.peak), _usd(thoughts, tariff.peak))


def cheap_hours_of(table: ModelTable) -> CheapHours | None:
    """When the model costs less; None where its price is the same at all hours, or unknown."""
    tariff = tariff_of(table, 0)
    return None if tariff is None else tariff.hours


def _usd(usage: Usage, rates: Rates) -> float:
    reasoning = rates.output if rates.reasoning is None else rates.reasoning
    return (
        (usage.input_tokens - usage.cached_tokens) * rates.input
        + usage.cached_tokens * rates.cached_input
        + (usage.output_tokens - usage.reasoning_tokens) * rates.output
        + usage.reasoning_tokens * reasoning
    ) / _MILLION


def _given(price: Price) -> Tariff:
    peak = _rates(price, price.input)
    if price.off_peak is None:
        return Tariff(peak)
    cheap = _rates(price.off_peak, min(peak.cached_input, price.off_peak.input))
    return Tariff(peak, cheap, _hours(price.off_peak))


def _rates(price: Price | OffPeak, unless_cached: float) -> Rates:
    cached = unless_cached if price.cached_input is None else price.cached_input
    return Rates(price.input, cached, price.output)


def _hours(off_peak: OffPeak) -> CheapHours:
    some = windows_of(off_peak.hours_utc, off_peak.weekdays)
    return CheapHours((*some, *windows_of(["00:00-24:00"], off_peak.whole_days)))
