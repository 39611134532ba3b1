import subprocess
import sys
from datetime import UTC, datetime

import pytest

from specloop.models.price_table import listed, read_prices, tariff_in
from specloop.spec.settings import ModelTable

ENTRY = {"input_cost_per_token": 1e-6, "output_cost_per_token": 5e-6}
PROXY = "http://127.0.0.1:4000"


@pytest.mark.parametrize(
    ("name", "api_base", "provider"),
    [
        ("deepseek/deepseek-flash", "", "deepseek"),
        ("deepseek/deepseek-flash", PROXY, "deepseek"),
        ("openai/gpt-4o", "", "openai"),  # listed without its provider
        ("openai/gpt-4o", PROXY, "openai"),
        ("gpt-4o", "", "openai"),
        ("vertex_ai/gemini-2.5-pro", "", "vertex_ai-language-models"),
        ("bedrock/anthropic.claude-haiku-4-5-20251001-v1:0", "", "bedrock_converse"),
    ],
)
def test_whose_entry_it_is(name, api_base, provider):
    entry = listed(ModelTable(name=name, api_base=api_base))
    assert entry is not None
    assert entry["litellm_provider"] == provider


@pytest.mark.parametrize(
    ("name", "api_base"),
    [
        ("gpt-4o", PROXY),
        ("open/gpt-4o", PROXY),  # as a server may call it
        ("anthropic/gpt-4o", ""),
        ("no-such-model", ""),
        ("deepseek/no-such-model", ""),
    ],
)
def test_whose_entry_it_is_not(name, api_base):
    assert listed(ModelTable(name=name, api_base=api_base)) is None


def test_litellm_is_not_imported_for_it():
    code = (
        "import sys\n"
        "from specloop.models.price import tariff_of\n"
        "from specloop.spec.settings import ModelTable\n"
        "assert tariff_of(ModelTable(name='gpt-4o'), 10) is not None\n"
        "assert 'litellm' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff\xfe", b'{"a": 1, "b": {}}'])
def test_a_table_that_cannot_be_read_lists_nothing(tmp_path, content):
    path = tmp_path / "prices.json"
    if content is not None:
        path.write_bytes(content)
    assert not any(read_prices(path).values())


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"input_cost_per_token": 1e-6},
        {**ENTRY, "input_cost_per_token": 0},
        {**ENTRY, "output_cost_per_token": 0.0},
        {**ENTRY, "output_cost_per_token": None},
    ],
)
def test_half_a_price_is_none(entry):
    assert tariff_in(entry, 10) is None


@pytest.mark.parametrize("cached", [{}, {"cache_read_input_token_cost": 0.0}])
def test_a_rate_for_cached_tokens_that_is_not_known_is_that_of_the_others(cached):
    tariff = tariff_in({**ENTRY, **cached}, 10)
    assert tariff is not None
    assert tariff.peak.cached_input == pytest.approx(1.0)


def test_the_dearest_tier_that_a_prompt_reaches():
    entry = {
        **ENTRY,
        "input_cost_per_token_above_128k_tokens": 2e-6,
        "input_cost_per_token_above_200k_tokens": 3e-6,
        "input_cost_per_token_above_200k_tokens_priority": 9e-6,
        "input_cost_per_token_priority": 9e-6,
    }
    tariffs = [tariff_in(entry, tokens) for tokens in (128_000, 128_001, 200_001)]
    assert [tariff and tariff.peak.input for tariff in tariffs] == pytest.approx([1.0, 2.0, 3.0])


def cheap_at(off_peak, day, hour):
    """Whether it is cheap on a day of the week, 1 for Monday, at an hour in UTC."""
    tariff = tariff_in({**ENTRY, "off_peak_pricing": off_peak}, 10)
    assert tariff is not None
    return tariff.at(datetime(2026, 11, 1 + day, hour, tzinfo=UTC).timestamp()) != tariff.peak


RATES = {"input_cost_per_token": 5e-7}


@pytest.mark.parametrize(
    ("off_peak", "cheap", "dear"),
    [
        ({"hours_utc": "22:00-02:00"}, [(1, 22), (7, 1)], [(1, 2), (7, 21)]),
        ({"hours_utc": ["00:00-01:00", "05:00-06:00"]}, [(3, 0), (3, 5)], [(3, 1), (3, 6)]),
        (
            {"windows": [{"hours_utc": "00:00-00:00", "weekdays": ["Sat", "sunday"]}]},
            [(6, 0), (7, 23)],
            [(5, 23), (8, 0)],
        ),
        (  # Saturday begins in Shanghai while it is Friday, 16 o'clock, in UTC
            {
                "windows": [{"hours_utc": "00:00-00:00", "weekdays": [6]}],
                "weekday_timezone": "Asia/Shanghai",
            },
            [(5, 16), (6, 15)],
            [(5, 15), (6, 16)],
        ),
    ],
)
def test_the_forms_of_off_peak_hours(off_peak, cheap, dear):
    off_peak = {**RATES, **off_peak}
    assert [when for when in cheap if not cheap_at(off_peak, *when)] == []
    assert [when for when in dear if cheap_at(off_peak, *when)] == []


def test_a_rate_that_off_peak_does_not_set_stays():
    entry = {**ENTRY, "output_cost_per_reasoning_token": 7e-6}
    tariff = tariff_in({**entry, "off_peak_pricing": {**RATES, "hours_utc": "00:00-00:00"}}, 10)
    assert tariff is not None
    assert tariff.cheap is not None
    rates = (tariff.cheap.input, tariff.cheap.output, tariff.cheap.reasoning)
    assert rates == pytest.approx((0.5, 5.0, 7.0))


@pytest.mark.parametrize(
    "off_peak",
    [
        {"hours_utc": "25:00-26:00"},
        {"hours_utc": 7},
        {"windows": "always"},
        {"windows": [{"weekdays": [1]}]},
        {"windows": [{"hours_utc": "00:00-01:00", "weekdays": ["someday"]}]},
        {"hours_utc": "00:00-01:00", "weekday_timezone": "Moon/Sea"},
        {"hours_utc": "00:00-01:00", "output_cost_per_token": "much"},
        "half",
    ],
)
def test_a_form_of_off_peak_that_is_not_known_makes_nothing_cheap(off_peak):
    tariff = tariff_in({**ENTRY, "off_peak_pricing": off_peak}, 10)
    assert tariff is not None
    assert (tariff.cheap, tariff.hours) == (None, None)
