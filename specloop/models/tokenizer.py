"""OpenAI's tokenizer, out of the files that LiteLLM brings: nothing is fetched for it."""

import importlib
import os
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from specloop.attempt.message import Message
from specloop.models.litellm_file import litellm_file
from specloop.prompt.fit import estimate_tokens
from specloop.spec.settings import ModelTable

# The encodings that LiteLLM brings, by the names that tiktoken gives to files it keeps.
_FILES = {
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
}
_TOKENS_A_MESSAGE = 4
_TOKENS_OF_THE_REPLY = 3


def count_tokens(table: ModelTable, messages: Sequence[Message]) -> int:
    """The tokens of a conversation: exact for OpenAI's own models, else an upper estimate."""
    encoding = _encoding_of(table)
    if not encoding:
        return estimate_tokens(messages)
    each = (_count(encoding, message.content) + _TOKENS_A_MESSAGE for message in messages)
    return sum(each) + _TOKENS_OF_THE_REPLY


def _encoding_of(table: ModelTable) -> str:
    """The name of the model's encoding, "" where it is not known or not at hand.

    What a server of the user's calls "gpt-4o" may be anything.
    """
    provider, _, name = table.name.rpartition("/")
    if table.api_base or provider not in ("", "openai"):
        return ""
    try:
        encoding: str = importlib.import_module("tiktoken.model").encoding_name_for_model(name)
    except (ImportError, KeyError):
        return ""
    at_hand = encoding in _FILES and (_folder() / _FILES[encoding]).is_file()
    return encoding if at_hand else ""


@lru_cache(maxsize=64)  # a conversation grows at its end: most of it has been counted before
def _count(encoding: str, text: str) -> int:
    return len(_encoder(encoding)(text))


@cache
def _encoder(encoding: str) -> Callable[[str], list[int]]:
    # LiteLLM sets the same when it is imported: else the file would be fetched.
    os.environ["TIKTOKEN_CACHE_DIR"] = str(_folder())
    encode: Callable[[str], list[int]]
    encode = importlib.import_module("tiktoken").get_encoding(encoding).encode_ordinary
    return encode


@cache
def _folder() -> Path:
    return litellm_file("litellm_core_utils/tokenizers")
