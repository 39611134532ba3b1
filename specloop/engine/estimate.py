"""What a module would take and cost, before anybody is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from specloop.attempt.completion import Usage, total
from specloop.loop.ladder import ModelLimits
from specloop.spec.hours import CheapHours


@dataclass(frozen=True, slots=True)
class Offer:
    """A model of the ladder, and what it costs.

    `cost` gives the USD of one request at the dearest of some times, or at the dearest of all if
    none are given; None where the price is not known. Of one call, as many as `requests` may be
    charged for.
    """

    limits: ModelLimits
    cost: Callable[[Usage, Sequence[float]], float | None]
    requests: int = 1
    cheap_hours: CheapHours | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens of prompts and replies together, and USD; None where there is no telling."""

    tokens: int | None
    usd: float | None
    cheap_usd: float | None = None


def expected(offer: Offer, asked: int, answer: int) -> Estimate:
    """A first prompt of `asked` tokens, an answer, and one fix; that anything is cached is luck.

    `cheap_usd` is for cheap hours, None where the model has none.
    """
    first = Usage(calls=1, input_tokens=asked, output_tokens=answer)
    fix = Usage(calls=1, input_tokens=asked + answer, output_tokens=answer)
    usd = total([offer.cost(first, ()), offer.cost(fix, ())])
    moment = None if offer.cheap_hours is None else _moment_of(offer.cheap_hours)
    if moment is None:
        return Estimate(2 * asked + 3 * answer, usd)
    cheap = total([offer.cost(first, (moment,)), offer.cost(fix, (moment,))])
    return Estimate(2 * asked + 3 * answer, usd, cheap)


def worst(offers: Sequence[Offer], attempts: int) -> Estimate:
    """Each attempt a full window, at the dearest model, and charged for as often as can be.

    There is no worst where `attempts` is 0, which is no limit.
    """
    if not attempts:
        return Estimate(None, None)
    tokens = max(offer.requests * offer.limits.context_tokens for offer in offers)
    prices = [_full_window(offer) for offer in offers]
    dearest = None if None in prices else max(price or 0.0 for price in prices)
    return Estimate(attempts * tokens, None if dearest is None else attempts * dearest)


def _full_window(offer: Offer) -> float | None:
    limits = offer.limits
    usage = Usage(1, input_tokens=limits.prompt_tokens, output_tokens=limits.output_tokens)
    return total([offer.cost(usage, ())] * offer.requests)


def _moment_of(hours: CheapHours) -> float | None:
    return 0.0 if hours.hold(0.0) else hours.change(0.0)
