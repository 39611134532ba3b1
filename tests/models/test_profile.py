import re
from pathlib import Path

import pytest

from specloop.models.profile import families, profile_of
from specloop.models.switches import thinking_of
from specloop.spec.settings import ModelTable

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "profiles.md"
SERVERS = ("openai", "openrouter", "deepseek", "gemini", "anthropic", "ollama_chat")

NAMES = {
    "tiny Qwen3": "ollama_chat/qwen3:0.6b Qwen/Qwen3.5-0.8B",
    "tiny": "local/smollm2 smollm2:135m ollama_chat/qwen2.5-coder:0.5b gemma3:1b llama3.2:1b "
    "local/Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf gemma-3-270m granite-1b-a400m",
    "DeepSeek R1": "deepseek-r1:14b openrouter/deepseek/deepseek-r1-distill-llama-70b",
    "DeepSeek Coder": "ollama_chat/deepseek-coder:6.7b",
    "DeepSeek": "deepseek/deepseek-flash deepseek/deepseek-v4-pro deepseek-ai/DeepSeek-V3.2",
    "Qwen, always thinking": "qwq-32b Qwen/Qwen3-4B-Thinking-2507",
    "Qwen coder and instruct": "ollama_chat/qwen2.5-coder:7b openrouter/qwen/qwen3-coder-30b "
    "Qwen/Qwen3-30B-A3B-Instruct-2507 qwen2.5-14b-instruct-1m",
    "Qwen": "Qwen/Qwen3-32B qwen3.6-27b dashscope/qwen3-max groq/qwen/qwen3-32b",
    "gpt-oss": "ollama_chat/gpt-oss:20b groq/openai/gpt-oss-120b",
    "GPT pro": "gpt-5-pro openai/gpt-5.2-pro o3-pro",
    "GPT, reasoning": "gpt-5-mini openrouter/openai/gpt-5.5 o3 o4-mini openai/o3-mini",
    "GPT": "gpt-4o azure/gpt-4.1 gpt-5-chat-latest",
    "Claude": "anthropic/claude-sonnet-4-5 openrouter/anthropic/claude-haiku-4.5",
    "Gemini 2.5 Flash": "gemini/gemini-2.5-flash gemini/gemini-2.5-flash-lite",
    "Gemini 3": "gemini/gemini-3-pro-preview",
    "Gemini": "gemini/gemini-2.5-pro",
    "Magistral": "mistral/magistral-medium-latest",
    "Devstral and Mistral Small": "mistral/devstral-medium-latest ollama/mistral-small:24b",
    "Mistral": "mistral/codestral-latest mistral/mistral-large-latest mixtral:8x7b",
    "Kimi, always thinking": "moonshot/kimi-k2-thinking",
    "Kimi K2.5": "moonshot/kimi-k2.5 moonshotai/Kimi-K2.6",
    "Kimi": "moonshot/kimi-k2-0905-preview",
    "GLM": "zai/glm-4.6 zai-org/GLM-4.7 glm-4-9b-chat-1m",
    "Llama": "ollama_chat/llama3.1:8b meta-llama/Llama-4-Scout-17B-16E-Instruct",
    "default": "my-model ollama/phi4 llamafile/x HuggingFaceTB/SmolLM3-3B lfm2-8b-a1b "
    "command/my-program replay/replies foo1 o-model",
}


@pytest.mark.parametrize(
    ("name", "family"),
    [(name, family) for family, names in NAMES.items() for name in names.split()],
)
def test_a_name_tells_the_family(name, family):
    assert profile_of(ModelTable(name=name)).family == family


def test_every_family_is_known_by_some_name():
    assert [family.profile.family for family in families()] == list(NAMES)


def test_the_data_hold_together():
    for family in families():
        for profile in (family.profile, family.thoughtful):
            assert 256 <= profile.max_output_tokens <= profile.context_tokens // 2
            assert profile.temperature is None or 0 <= profile.temperature <= 2
        for pattern in family.patterns:
            re.compile(pattern)
        if family.profile.switch:
            said = [thinking_of(family.thoughtful, server) for server in SERVERS]
            assert any(said), family.profile.family
            assert family.thoughtful.max_output_tokens >= family.profile.max_output_tokens
        else:
            assert family.profile.thinking is None
    assert families()[-1].has("anything")


@pytest.mark.parametrize(
    ("name", "temperature"),
    [
        ("deepseek/deepseek-flash", None),
        ("openrouter/qwen/qwen3-coder-30b", 0.7),
        ("Qwen/Qwen3-32B", 0.7),
        ("qwq-32b", 0.6),
        ("ollama_chat/qwen2.5-coder:0.5b", 0.0),
        ("something/else", None),
    ],
)
def test_a_temperature_is_assumed_only_where_the_family_needs_one(name, temperature):
    assert profile_of(ModelTable(name=name)).temperature == temperature


def test_thoughts_get_room_and_a_temperature_of_their_own():
    plain = profile_of(ModelTable(name="Qwen/Qwen3-32B"))
    thoughtful = profile_of(ModelTable(name="Qwen/Qwen3-32B", thinking=True))
    assert (plain.thinking, thoughtful.thinking) == (False, True)
    assert (plain.temperature, thoughtful.temperature) == (0.7, 0.6)
    assert thoughtful.max_output_tokens > plain.max_output_tokens


def test_small_models_are_sampled():
    assert profile_of(ModelTable(name="local/smollm2")).samples
    assert not profile_of(ModelTable(name="ollama_chat/qwen2.5-coder:7b")).samples


def test_the_table_comes_before_the_family():
    table = ModelTable(
        name="qwen3", temperature=0.0, context_tokens=5000, max_output_tokens=700, thinking=True
    )
    profile = profile_of(table)
    assert (profile.temperature, profile.context_tokens, profile.max_output_tokens) == (
        0,
        5000,
        700,
    )
    assert profile.thinking is True


def test_a_small_window_leaves_room_for_the_prompt():
    assert profile_of(ModelTable(name="x", context_tokens=4096)).max_output_tokens == 2048


def test_the_reference_shows_every_family():
    """A row of the page is name, window, answer, three of sampling, thinking, examples."""

    def shown(value):
        return "" if value is None else f"{value:g}"

    text = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| (\d.*)\|$", text, re.MULTILINE)
    found = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}
    for one in (family.profile for family in families()):
        cells = found[one.family]
        assert cells[:2] == [str(one.context_tokens), str(one.max_output_tokens)], one.family
        sampling = [shown(value) for value in (one.temperature, one.top_p, one.top_k)]
        assert cells[2:5] == sampling, one.family
        assert cells[5].startswith({None: "", False: "off", True: "on"}[one.thinking]), one.family
    assert list(found) == list(NAMES)
