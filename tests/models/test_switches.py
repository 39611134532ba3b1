import pytest

from specloop.models.profile import families, profile_of
from specloop.models.switches import body_of, thinking_of
from specloop.spec.settings import ModelTable

DEEPSEEK, QWEN, GLM = "deepseek-flash", "Qwen3-32B", "GLM-4.6"
KIMI, OSS, GPT = "kimi-k2.5", "gpt-oss-20b", "gpt-5-mini"
CLAUDE, FLASH, GEMINI = "claude-sonnet-4-5", "gemini-2.5-flash", "gemini-3-pro-preview"

OFF, ON = {"type": "disabled"}, {"type": "enabled"}


def template(**variables):
    return {"chat_template_kwargs": variables}


def effort(word):
    return {"reasoning_effort": word}


def gemini(**config):
    return {"generationConfig": {"thinkingConfig": config}}


CASES = [
    # vLLM, SGLang, llama.cpp and whatever else stands at api_base
    ("openai", DEEPSEEK, template(thinking=False), template(thinking=True)),
    ("openai", KIMI, template(thinking=False), template(thinking=True)),
    ("openai", QWEN, template(enable_thinking=False), template(enable_thinking=True)),
    ("openai", GLM, template(enable_thinking=False), template(enable_thinking=True)),
    (
        "openai",
        OSS,
        effort("low") | template(reasoning_effort="low"),
        effort("medium") | template(reasoning_effort="medium"),
    ),
    ("openai", GPT, effort("low"), effort("medium")),
    ("hosted_vllm", QWEN, template(enable_thinking=False), template(enable_thinking=True)),
    ("hosted_vllm", DEEPSEEK, template(thinking=False), template(thinking=True)),
    ("llamafile", QWEN, template(enable_thinking=False), template(enable_thinking=True)),
    ("docker_model_runner", QWEN, template(enable_thinking=False), template(enable_thinking=True)),
    ("nvidia_nim", GLM, template(enable_thinking=False), template(enable_thinking=True)),
    ("ollama_chat", QWEN, {"think": False}, {"think": True}),
    ("ollama_chat", DEEPSEEK, {"think": False}, {"think": True}),
    ("ollama_chat", OSS, {"think": "low"}, {"think": "medium"}),
    ("ollama", QWEN, {"think": False}, {"think": True}),
    ("lm_studio", QWEN, effort("none"), effort("medium")),
    ("lm_studio", OSS, effort("low"), effort("medium")),
    ("deepseek", DEEPSEEK, {"thinking": OFF}, {"thinking": ON}),
    ("moonshot", KIMI, {"thinking": OFF}, {"thinking": ON}),
    ("zai", GLM, {"thinking": OFF}, {"thinking": ON}),
    ("dashscope", QWEN, {"enable_thinking": False}, {"enable_thinking": True}),
    ("dashscope", GLM, {"enable_thinking": False}, {"enable_thinking": True}),
    *(
        ("openrouter", name, {"reasoning": {"enabled": False}}, {"reasoning": {"enabled": True}})
        for name in (DEEPSEEK, QWEN, GLM, KIMI, FLASH)
    ),
    *(
        ("openrouter", name, {"reasoning": {"effort": "low"}}, {"reasoning": {"effort": "medium"}})
        for name in (OSS, GPT, GEMINI)
    ),
    ("openrouter", CLAUDE, {}, {"reasoning": {"enabled": True}}),
    ("groq", QWEN, effort("none"), effort("default")),
    ("groq", OSS, effort("low"), effort("medium")),
    (
        "together_ai",
        DEEPSEEK,
        {"reasoning": {"enabled": False}},
        {"reasoning": {"enabled": True}},
    ),
    ("together_ai", OSS, effort("low"), effort("medium")),
    ("fireworks_ai", KIMI, effort("none"), effort("medium")),
    ("cerebras", OSS, effort("low"), effort("medium")),
    ("deepinfra", OSS, effort("low"), effort("medium")),
    ("azure", GPT, effort("low"), effort("medium")),
    ("gemini", FLASH, gemini(thinkingBudget=0), gemini(thinkingBudget=-1)),
    ("gemini", GEMINI, gemini(thinkingLevel="low"), gemini(thinkingLevel="high")),
    ("vertex_ai", FLASH, gemini(thinkingBudget=0), gemini(thinkingBudget=-1)),
    ("anthropic", CLAUDE, {}, effort("medium")),
    # what nobody knows how to say, nothing says
    ("novita", QWEN, {}, {}),
    ("mistral", "mistral-large-latest", {}, {}),
    ("openai", "my-model", {}, {}),
]


@pytest.mark.parametrize(
    ("provider", "name", "off", "on"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES]
)
def test_how_thinking_is_said(provider, name, off, on):
    assert thinking_of(profile_of(ModelTable(name=name)), provider) == off
    assert thinking_of(profile_of(ModelTable(name=name, thinking=True)), provider) == on


PROVIDERS = sorted({provider for provider, *_ in CASES})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_models_of_openai_get_no_field_that_they_refuse(provider):
    assert body_of(profile_of(ModelTable(name="gpt-4o")), provider) == {}
    assert body_of(profile_of(ModelTable(name="gpt-5-chat-latest")), provider) == {}
    reasoning = body_of(profile_of(ModelTable(name="gpt-5-mini")), provider)
    assert reasoning in ({}, {"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_sampling(provider):
    body = body_of(profile_of(ModelTable(name="qwen2.5-coder:7b")), provider)
    assert body.pop("top_p") == 0.8
    assert body in ({}, {"top_k": 20})


def test_top_k_goes_to_those_who_take_it():
    coder = profile_of(ModelTable(name="qwen2.5-coder:7b"))
    takes = {provider for provider in PROVIDERS if "top_k" in body_of(coder, provider)}
    assert {"openai", "hosted_vllm", "ollama_chat", "openrouter", "dashscope"} <= takes
    assert takes.isdisjoint({"groq", "mistral", "deepseek", "azure", "novita", "cerebras"})


def test_temperature_is_not_among_the_fields():
    for family in families():
        for provider in PROVIDERS:
            assert "temperature" not in body_of(family.profile, provider)


def test_what_is_sent_may_be_changed():
    profile = profile_of(ModelTable(name=QWEN))
    body_of(profile, "openai")["chat_template_kwargs"]["enable_thinking"] = True
    assert body_of(profile, "openai")["chat_template_kwargs"] == {"enable_thinking": False}
