"""Costs, reckoned by hand from the providers' own pages of prices."""

from datetime import UTC, datetime

import pytest

from specloop.attempt.completion import Usage
from specloop.models.price import cheap_hours_of, cost_of, tariff_of, worst_cost
from specloop.models.tariff import Rates, Tariff
from specloop.spec.settings import ModelTable, OffPeak, Price

FLASH = ModelTable(name="deepseek/deepseek-flash")
PRO = ModelTable(name="deepseek/deepseek-v4-pro")
# 10,000 tokens of a prompt, 6,000 of them cached; 2,000 of an answer, 500 of them thoughts.
USAGE = Usage(
    1, input_tokens=10_000, cached_tokens=6_000, output_tokens=2_000, reasoning_tokens=500
)


def at(day, clock):
    """A moment of the week from Monday the 2nd on."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 1 + day, hour, minute, tzinfo=UTC).timestamp()


def cost(name, usage=USAGE, **table):
    tariff = tariff_of(ModelTable(name=name, **table), usage.input_tokens)
    return cost_of(usage, tariff)


# flash: 4,000 x 0.30 + 6,000 x 0.006 + 2,000 x 1.20 = 1,200 + 36 + 2,400
# pro:   4,000 x 1.32 + 6,000 x 0.044 + 2,000 x 3.96 = 5,280 + 264 + 7,920
FLASH_USD = 0.003636
PRO_USD = 0.013464


@pytest.mark.parametrize(("table", "usd"), [(FLASH, FLASH_USD), (PRO, PRO_USD)])
def test_deepseek_at_peak_and_off_peak(table, usd):
    tariff = tariff_of(table, USAGE.input_tokens)
    assert cost_of(USAGE, tariff) == pytest.approx(usd, rel=1e-9)
    assert cost_of(USAGE, tariff, at=[at(1, "02:00")]) == pytest.approx(usd, rel=1e-9)
    assert cost_of(USAGE, tariff, at=[at(1, "05:00")]) == pytest.approx(usd / 2, rel=1e-9)


@pytest.mark.parametrize(
    ("day", "clock", "cheap"),
    [
        (1, "00:00", True),  # Sunday is over, and Monday begins as cheap
        (1, "00:59", True),
        (1, "01:00", False),
        (1, "03:59", False),
        (1, "04:00", True),
        (1, "06:00", False),
        (5, "09:59", False),
        (5, "10:00", True),
        (5, "23:59", True),
        (6, "02:00", True),
        (7, "23:59", True),
        (8, "00:30", True),
        (8, "01:00", False),
    ],
)
def test_the_hours_of_deepseek(day, clock, cheap):
    usd = cost_of(USAGE, tariff_of(FLASH, 10_000), at=[at(day, clock)])
    assert usd == pytest.approx(FLASH_USD / 2 if cheap else FLASH_USD, rel=1e-9)
    hours = cheap_hours_of(FLASH)
    assert hours is not None
    assert hours.hold(at(day, clock)) is cheap


def test_a_call_that_ends_after_the_cheap_hours_costs_what_the_peak_does():
    tariff = tariff_of(FLASH, 10_000)
    within = cost_of(USAGE, tariff, at=(at(1, "00:50"), at(1, "00:59")))
    beyond = cost_of(USAGE, tariff, at=(at(1, "00:50"), at(1, "01:02")))
    before = cost_of(USAGE, tariff, at=(at(1, "03:59"), at(1, "04:02")))
    assert (within, beyond, before) == pytest.approx((FLASH_USD / 2, FLASH_USD, FLASH_USD))


@pytest.mark.parametrize(
    ("name", "usd"),
    [
        ("gpt-4o", 0.0375),  # 4,000 x 2.50 + 6,000 x 1.25 + 2,000 x 10
        ("openai/gpt-5", 0.02575),  # 4,000 x 1.25 + 6,000 x 0.125 + 2,000 x 10
        ("claude-sonnet-4-5", 0.0438),  # 4,000 x 3 + 6,000 x 0.30 + 2,000 x 15
        ("dashscope/qwen-turbo", 0.00105),  # 10,000 x 0.05 + 1,500 x 0.20 + 500 x 0.50
    ],
)
def test_thoughts_and_cached_tokens(name, usd):
    assert cost(name) == pytest.approx(usd, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "tokens", "usd"),
    [
        ("gemini/gemini-2.5-pro", 200_000, 0.26),  # 200,000 x 1.25 + 1,000 x 10
        ("gemini/gemini-2.5-pro", 200_001, 0.5150025),  # 200,001 x 2.50 + 1,000 x 15
        ("dashscope/qwen3-coder-plus", 32_000, 0.037),  # 32,000 x 1 + 1,000 x 5
        ("dashscope/qwen3-coder-plus", 32_001, 0.0666018),  # 32,001 x 1.80 + 1,000 x 9
        ("dashscope/qwen3-coder-plus", 2_000_000, 12.06),  # 2,000,000 x 6 + 1,000 x 60
    ],
)
def test_a_long_prompt_makes_all_of_a_request_dearer(name, tokens, usd):
    usage = Usage(1, input_tokens=tokens, output_tokens=1_000)
    assert cost(name, usage) == pytest.approx(usd, rel=1e-9)


def test_cached_tokens_have_a_tier_of_their_own():
    usage = Usage(1, input_tokens=300_000, cached_tokens=200_000, output_tokens=1_000)
    # 100,000 x 2.50 + 200,000 x 0.25 + 1,000 x 15
    assert cost("gemini/gemini-2.5-pro", usage) == pytest.approx(0.315, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "api_base"),
    [
        ("ollama/llama3", ""),  # listed as 0
        ("ollama_chat/qwen3", "http://127.0.0.1:11434"),
        ("my-own-model", "http://127.0.0.1:8000/v1"),
        ("gpt-4o", "http://127.0.0.1:8000/v1"),  # as some server calls its model
        ("openai/Qwen3-Coder", "http://127.0.0.1:8000/v1"),
        ("replay/answers", ""),
        ("command/agent --once", ""),
        ("command/gpt-4o", ""),
        ("zai/glm-4.5-flash", ""),  # free, which LiteLLM cannot tell from unknown
        ("perplexity/sonar-small-online", ""),  # a fee for each request
    ],
)
def test_what_is_not_known_is_never_zero(name, api_base):
    assert cost(name, api_base=api_base) is None
    assert cheap_hours_of(ModelTable(name=name, api_base=api_base)) is None


def test_a_given_price_of_zero_is_zero():
    assert cost("ollama/llama3", price=Price(input=0.0, output=0.0)) == 0.0


def test_a_given_price_comes_before_the_listed_one():
    # 4,000 x 1 + 6,000 x 0.1 + 2,000 x 2
    price = Price(input=1.0, cached_input=0.1, output=2.0)
    assert cost("gpt-4o", price=price) == pytest.approx(0.0086, rel=1e-9)
    assert cheap_hours_of(ModelTable(name=FLASH.name, price=price)) is None


def test_cached_input_costs_as_much_as_other_input_unless_it_is_said():
    # 10,000 x 1 + 2,000 x 2, or 4,000 x 1 + 2,000 x 2
    assert cost("x", price=Price(input=1.0, output=2.0)) == pytest.approx(0.014)
    assert cost("x", price=Price(input=1.0, cached_input=0.0, output=2.0)) == pytest.approx(0.008)


def given(cached, cheap_cached):
    off_peak = OffPeak(
        input=0.15,
        cached_input=cheap_cached,
        output=0.60,
        hours_utc=["00:00-01:00", "04:00-06:00", "10:00-00:00"],
        weekdays=[1, 2, 3, 4, 5],
        whole_days=[6, 7],
    )
    price = Price(input=0.30, cached_input=cached, output=1.20, off_peak=off_peak)
    return ModelTable(name="a-proxy/flash", price=price)


def test_a_given_price_can_say_all_that_deepseek_does():
    mine, listed = tariff_of(given(0.006, 0.003), 0), tariff_of(FLASH, 0)
    times = [at(1, "00:00") + 60 * minute for minute in range(0, 8 * 24 * 60, 30)]
    costs = [cost_of(USAGE, mine, at=[time]) for time in times]
    assert costs == pytest.approx([cost_of(USAGE, listed, at=[time]) for time in times])
    assert len(set(costs)) == 2


@pytest.mark.parametrize(
    ("cached", "cheap_cached", "cheapest"),
    [(0.006, 0.003, 0.003), (0.006, None, 0.006), (None, None, 0.15), (0.2, None, 0.15)],
)
def test_what_cached_input_costs_at_cheap_hours(cached, cheap_cached, cheapest):
    tariff = tariff_of(given(cached, cheap_cached), 0)
    usage = Usage(1, input_tokens=1_000_000, cached_tokens=1_000_000)
    assert cost_of(usage, tariff, at=[at(6, "12:00")]) == pytest.approx(cheapest)


def test_the_worst_is_that_all_output_is_of_the_dearer_kind():
    usage = Usage(1, 1_000, 0, 1_000)
    thoughtful, plain = Rates(1.0, 0.1, 2.0, reasoning=8.0), Rates(1.0, 0.1, 2.0, reasoning=0.5)
    assert worst_cost(usage, Tariff(thoughtful)) == pytest.approx(0.001 + 0.008)
    assert worst_cost(usage, Tariff(plain)) == pytest.approx(0.001 + 0.002)
    assert worst_cost(usage, None) is None
