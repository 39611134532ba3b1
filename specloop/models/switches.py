"""How top_p, top_k and thinking are said to each kind of server.

Each has a way of its own, and refuses or overlooks the others'. As LiteLLM 1.106 passes them on.
"""

from copy import deepcopy
from typing import Any

from specloop.models.profile import Profile

_Fields = dict[str, Any]
_Way = tuple[_Fields, _Fields]  # what says that thinking is off, and what says that it is on

# Families that can do without thinking, and what their chat templates call it.
_TEMPLATE = {
    "deepseek": "thinking",
    "kimi": "thinking",
    "qwen": "enable_thinking",
    "glm": "enable_thinking",
}


def _all(off: _Fields, on: _Fields) -> dict[str, _Way]:
    """One way for all that can do without thinking."""
    return dict.fromkeys(_TEMPLATE, (off, on))


# Families that always think, more or less.
_LOW, _MEDIUM = {"reasoning_effort": "low"}, {"reasoning_effort": "medium"}
_EFFORT: dict[str, _Way] = {"gpt-oss": (_LOW, _MEDIUM), "gpt": (_LOW, _MEDIUM)}

# vLLM, SGLang, llama.cpp: what is in chat_template_kwargs reaches the model's own template.
_OWN: dict[str, _Way] = {
    **{
        switch: (
            {"chat_template_kwargs": {variable: False}},
            {"chat_template_kwargs": {variable: True}},
        )
        for switch, variable in _TEMPLATE.items()
    },
    "gpt": (_LOW, _MEDIUM),
    # vLLM reads the first, llama.cpp the second.
    "gpt-oss": (
        {**_LOW, "chat_template_kwargs": _LOW},
        {**_MEDIUM, "chat_template_kwargs": _MEDIUM},
    ),
}
_TYPE = _all({"thinking": {"type": "disabled"}}, {"thinking": {"type": "enabled"}})
_REASONING: _Way = ({"reasoning": {"enabled": False}}, {"reasoning": {"enabled": True}})
_REASONING_EFFORT: _Way = ({"reasoning": {"effort": "low"}}, {"reasoning": {"effort": "medium"}})
_THINK: dict[str, _Way] = {
    **_all({"think": False}, {"think": True}),
    "gpt-oss": ({"think": "low"}, {"think": "medium"}),
}


def _gemini(off: _Fields, on: _Fields) -> _Way:
    return (
        {"generationConfig": {"thinkingConfig": off}},
        {"generationConfig": {"thinkingConfig": on}},
    )


_GEMINI: dict[str, _Way] = {
    "gemini-budget": _gemini({"thinkingBudget": 0}, {"thinkingBudget": -1}),
    "gemini-level": _gemini({"thinkingLevel": "low"}, {"thinkingLevel": "high"}),
}

# By LiteLLM's name of the provider, and by `Profile.switch`. What is not here cannot be said.
_WAYS: dict[str, dict[str, _Way]] = {
    "openai": _OWN,
    "hosted_vllm": _OWN,
    "llamafile": _OWN,
    "docker_model_runner": _OWN,
    "nvidia_nim": _OWN,
    "ollama": _THINK,
    "ollama_chat": _THINK,
    "lm_studio": {**_all({"reasoning_effort": "none"}, _MEDIUM), **_EFFORT},
    "deepseek": _TYPE,
    "moonshot": _TYPE,
    "zai": _TYPE,
    "dashscope": _all({"enable_thinking": False}, {"enable_thinking": True}),
    "openrouter": {
        **dict.fromkeys((*_TEMPLATE, "claude", "gemini-budget"), _REASONING),
        **dict.fromkeys((*_EFFORT, "gemini-level"), _REASONING_EFFORT),
    },
    "groq": {"qwen": ({"reasoning_effort": "none"}, {"reasoning_effort": "default"}), **_EFFORT},
    "together_ai": {**dict.fromkeys(_TEMPLATE, _REASONING), **_EFFORT},
    "fireworks_ai": {**_all({"reasoning_effort": "none"}, _MEDIUM), **_EFFORT},
    "cerebras": _EFFORT,
    "deepinfra": _EFFORT,
    "azure": _EFFORT,
    "gemini": _GEMINI,
    "vertex_ai": _GEMINI,
    "anthropic": {"claude": ({}, _MEDIUM)},
}

# Others refuse it: it is not in OpenAI's protocol.
_TOP_K = frozenset(
    {
        "openai",  # by a server of the user's: OpenAI's own models have none in their profiles
        "hosted_vllm",
        "llamafile",
        "docker_model_runner",
        "ollama",
        "ollama_chat",
        "lm_studio",
        "dashscope",
        "openrouter",
        "together_ai",
        "fireworks_ai",
        "deepinfra",
    }
)


def body_of(profile: Profile, provider: str) -> dict[str, Any]:
    """The fields of a request that say top_p, top_k and thinking to a provider of LiteLLM's.

    "openai" stands for every server that speaks OpenAI's protocol, too.
    """
    fields: dict[str, Any] = {}
    if profile.top_p is not None:
        fields["top_p"] = profile.top_p
    if profile.top_k is not None and provider in _TOP_K:
        fields["top_k"] = profile.top_k
    return fields | thinking_of(profile, provider)


def thinking_of(profile: Profile, provider: str) -> dict[str, Any]:
    """Those that say thinking; empty where nothing is to be said, or no way is known."""
    way = _WAYS.get(provider, {}).get(profile.switch)
    if way is None or profile.thinking is None:
        return {}
    off, on = way
    return deepcopy(on if profile.thinking else off)  # whoever sends it may change it
