import pytest

from specloop.attempt.completion import Usage
from specloop.models.price import cost_of, listed_price
from specloop.models.profile import profile_of
from specloop.spec.settings import ModelTable, Price


@pytest.mark.parametrize(
    ("name", "temperature"),
    [
        ("deepseek/deepseek-flash", None),
        ("openrouter/qwen/qwen3-coder-30b", 0.7),
        ("ollama/Qwen3-30B-A3B-Instruct-2507", 0.7),
        ("vllm/qwen3-32b", 0.6),
        ("something/else", None),
    ],
)
def test_a_temperature_is_assumed_only_where_the_family_needs_one(name, temperature):
    assert profile_of(ModelTable(name=name)).temperature == temperature


def test_the_table_comes_before_the_family():
    table = ModelTable(name="qwen3", temperature=0.0, context_tokens=5000, max_output_tokens=700)
    profile = profile_of(table)
    assert (profile.temperature, profile.context_tokens, profile.max_output_tokens) == (
        0,
        5000,
        700,
    )


def test_a_small_window_leaves_room_for_the_prompt():
    assert profile_of(ModelTable(name="x", context_tokens=4096)).max_output_tokens == 2048


def test_cached_input_costs_as_much_as_other_input_unless_it_is_said():
    usage = Usage(calls=1, input_tokens=1_000_000, cached_tokens=400_000, output_tokens=500_000)
    assert cost_of(usage, Price(input=1.0, output=2.0)) == pytest.approx(2.0)
    assert cost_of(usage, Price(input=1.0, cached_input=0.0, output=2.0)) == pytest.approx(1.6)
    assert cost_of(usage, None) is None


def test_the_dearest_tier_that_a_prompt_reaches():
    entry = {
        "input_cost_per_token": 1e-6,
        "input_cost_per_token_above_200k_tokens": 2e-6,
        "input_cost_per_token_priority": 9e-6,
        "output_cost_per_token": 5e-6,
    }
    short = listed_price(entry, 200_000)
    long = listed_price(entry, 200_001)
    assert short is not None
    assert long is not None
    assert (short.input, long.input) == (pytest.approx(1.0), pytest.approx(2.0))
    assert (short.output, long.output) == (pytest.approx(5.0), pytest.approx(5.0))


@pytest.mark.parametrize("entry", [None, {}, {"input_cost_per_token": 1e-6}])
def test_half_a_price_is_none(entry):
    assert listed_price(entry, 10) is None
