"""Which provider a model's name means, where it listens, and which variable holds its key.

As LiteLLM has it, without importing LiteLLM: that takes seconds.
"""

import json
import os
import re
from dataclasses import dataclass
from functools import cache

from specloop.models.litellm_file import litellm_file
from specloop.models.price_table import listed
from specloop.spec.settings import ModelTable


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider in the net; one of `keys` is enough."""

    address: str
    keys: tuple[str, ...]


# Those whose address and key LiteLLM takes for granted.
HOSTED = {
    "anthropic": Provider("https://api.anthropic.com", ("ANTHROPIC_API_KEY",)),
    "cerebras": Provider("https://api.cerebras.ai", ("CEREBRAS_API_KEY",)),
    "dashscope": Provider("https://dashscope.aliyuncs.com", ("DASHSCOPE_API_KEY",)),
    "deepinfra": Provider("https://api.deepinfra.com", ("DEEPINFRA_API_KEY",)),
    "deepseek": Provider("https://api.deepseek.com", ("DEEPSEEK_API_KEY",)),
    "gemini": Provider(
        "https://generativelanguage.googleapis.com", ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    ),
    "groq": Provider("https://api.groq.com", ("GROQ_API_KEY",)),
    "mistral": Provider("https://api.mistral.ai", ("MISTRAL_API_KEY",)),
    "moonshot": Provider("https://api.moonshot.ai", ("MOONSHOT_API_KEY",)),
    "openai": Provider("https://api.openai.com", ("OPENAI_API_KEY",)),
    "openrouter": Provider("https://openrouter.ai", ("OPENROUTER_API_KEY", "OR_API_KEY")),
    "xai": Provider("https://api.x.ai", ("XAI_API_KEY",)),
    "zai": Provider("https://api.z.ai", ("ZAI_API_KEY",)),
}
_OLLAMA = ("ollama", "ollama_chat")
_VERSION = re.compile(r"/v\d+/?$")


def provider_of(table: ModelTable) -> str:
    """LiteLLM's name of the provider, "" where none is known.

    "openai" stands for any server at `api_base` that speaks its protocol.
    """
    prefix, slash, _ = table.name.partition("/")
    if slash and prefix in known():
        return prefix
    if table.api_base:
        return "openai"
    entry = listed(table)
    return str(entry.get("litellm_provider", "")) if entry is not None else ""


def models_address(table: ModelTable, provider: str) -> str:
    """Where a server of the user's lists its models, "" where it does not, or is none."""
    if provider in _OLLAMA:
        base = table.api_base or os.environ.get("OLLAMA_API_BASE") or "http://localhost:11434"
        return f"{base.rstrip('/')}/v1/models"
    if provider in ("anthropic", "gemini", "azure", "bedrock", "vertex_ai") or not table.api_base:
        return ""
    return f"{table.api_base.rstrip('/')}/models"


def name_there(table: ModelTable, provider: str) -> str:
    """The model's name as the server knows it."""
    return table.name.removeprefix(f"{provider}/")


def base_advice(table: ModelTable, provider: str) -> str:
    """How to mend `api_base` should its server list no models; "" where it looks as it should."""
    versioned = _VERSION.search(table.api_base) is not None
    if provider in _OLLAMA:
        return "api_base of Ollama ends with its port, without /v1" if versioned else ""
    return "" if versioned else "api_base of such servers ends with /v1"


@cache
def known() -> frozenset[str]:
    """The providers that LiteLLM lists; where its list cannot be read, those known here."""
    try:
        text = litellm_file("provider_endpoints_support_backup.json").read_bytes()
        return frozenset(json.loads(text)["providers"])
    except (OSError, ValueError, LookupError, TypeError):
        return frozenset({*HOSTED, *_OLLAMA, "hosted_vllm", "lm_studio"})
