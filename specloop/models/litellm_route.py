"""LiteLLM, imported when it is needed, and the way it takes to a model."""

import importlib
import logging
import os
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.profile import Profile
from specloop.models.switches import body_of
from specloop.spec.nearest import did_you_mean
from specloop.spec.settings import ModelTable

_importing = threading.Lock()

# Their wire is not the chat completion protocol: LiteLLM builds the request's body out of its
# keywords, and puts an `extra_body` where the server does not look.
_BY_KEYWORD = frozenset({"anthropic", "ollama", "ollama_chat"})
_OLLAMA = frozenset({"ollama", "ollama_chat"})


def load_litellm() -> ModuleType:
    """The module `litellm`, quiet, and with nothing read or fetched behind the user's back.

    The first call takes about 4 seconds and 165 MB: nobody who asks no model should pay that.
    Callable from several threads at once.
    """
    with _importing:
        # Else it fetches a price list from the network, and reads a .env of the user's project.
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
        os.environ["LITELLM_MODE"] = "PRODUCTION"
        # Its types make pydantic warn, at the first request, of what no user can change.
        warnings.filterwarnings("ignore", category=UserWarning, module=r"pydantic\.")
        litellm = importlib.import_module("litellm")
        # Else every error prints to standard output.
        vars(litellm).update(suppress_debug_info=True, telemetry=False)
        # Its logs repeat the errors that are raised anyway, and may hold headers; httpx logs
        # addresses, in which some providers want the key.
        logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        if litellm.client_session is None:
            _stream(litellm)
        return litellm


def _stream(litellm: ModuleType) -> None:
    """Put our transport below every client that LiteLLM makes."""
    # Imported here for what it imports: httpx takes a quarter of a second.
    transport = importlib.import_module("specloop.models.transport").StreamingTransport
    handler = importlib.import_module("litellm.llms.custom_httpx.http_handler").HTTPHandler
    # A client made before ours is set honours the proxies and certificates of the environment.
    vars(litellm).update(sync_transport=transport(handler().client))
    mended = handler()
    vars(litellm).update(client_session=mended.client, module_level_client=mended)


@dataclass(frozen=True, slots=True)
class Route:
    """How LiteLLM reaches a model."""

    model: str
    provider: str

    def extra(self, extra: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
        """The keywords that carry the model's own settings, the user's `extra` above all."""
        fields = {**body_of(profile, self.provider), **extra}
        if self.provider not in _BY_KEYWORD:
            return {"extra_body": fields} if fields else {}
        # Ollama drops what is longer than its window, which is small by default, without a word.
        window = {"num_ctx": profile.context_tokens} if self.provider in _OLLAMA else {}
        return {**window, **fields}


def find_route(litellm: ModuleType, table: ModelTable) -> Route:
    """The route to the model; InvalidInput for a name without a known provider, or no address.

    With `api_base`, a name without one is what an OpenAI-compatible server calls the model.
    """
    if table.api_base and not _is_address(table.api_base):
        raise InvalidInput(
            f"project.toml: api_base of model {table.name!r} is no address of a server; write it "
            f"in full, such as http://127.0.0.1:11434/v1"
        )
    providers = {str(getattr(provider, "value", provider)) for provider in litellm.provider_list}
    prefix, slash, _ = table.name.partition("/")
    if slash and prefix in providers:
        return Route(table.name, prefix)
    if table.api_base:
        return Route(f"openai/{table.name}", "openai")
    try:
        provider = litellm.get_llm_provider(table.name)[1]
    except litellm.BadRequestError:
        raise InvalidInput(
            f"model {table.name!r} has no provider that LiteLLM knows; write PROVIDER/NAME, or set "
            f"api_base in project.toml for an OpenAI-compatible server"
            + (did_you_mean(prefix, providers) if slash else "")
        ) from None
    return Route(table.name, provider)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def require_providers_key(litellm: ModuleType, table: ModelTable, route: Route) -> None:
    """ModelUnavailable where the provider wants a key of which project.toml says nothing.

    Only API keys are looked at: clouds have more ways to log in than LiteLLM checks. Where it
    lists several, one of them is enough.
    """
    if table.api_key_env or table.api_base:
        return
    missing = litellm.validate_environment(route.model)["missing_keys"]
    if missing and all(name.endswith("_API_KEY") for name in missing):
        raise ModelUnavailable(
            f"model {table.name!r}: the variable {' or '.join(missing)} is not set; set it to "
            f"your API key, or name the variable that holds it in api_key_env in project.toml"
        )
