import subprocess
import sys

import pytest

from specloop.attempt.message import Message
from specloop.models.litellm_route import load_litellm
from specloop.models.tokenizer import count_tokens
from specloop.prompt.fit import estimate_tokens
from specloop.spec.settings import ModelTable

CODE = "def slugify(title: str) -> str:\n    return title.lower()\n"


@pytest.mark.parametrize("name", ["gpt-4o", "openai/gpt-5-mini", "gpt-4"])
def test_openais_models_are_counted_by_their_own_tokenizer(name):
    messages = [Message("system", "You write Python."), Message("user", CODE)]
    told = [{"role": message.role, "content": message.content} for message in messages]
    theirs = load_litellm().token_counter(model=name, messages=told)
    assert count_tokens(ModelTable(name=name), messages) == theirs


@pytest.mark.parametrize(
    "table",
    [
        ModelTable(name="ollama_chat/llama3"),
        ModelTable(name="deepseek/deepseek-flash"),
        ModelTable(name="openrouter/openai/gpt-4o"),
        ModelTable(name="openai/gpt-unheard-of"),
        ModelTable(name="gpt-4o", api_base="http://127.0.0.1:9/v1"),
    ],
)
def test_others_are_estimated(table):
    messages = [Message("user", CODE * 100)]
    assert count_tokens(table, messages) == estimate_tokens(messages)


def test_what_looks_like_a_special_token_is_text():
    assert count_tokens(ModelTable(name="gpt-4o"), [Message("user", "<|endoftext|>")]) > 4 + 3 + 1


def test_counting_imports_no_litellm_and_opens_no_connection():
    program = """
import socket, sys
def refuse(*args): raise AssertionError("a connection")
socket.socket.connect = refuse
from specloop.attempt.message import Message
from specloop.models.litellm_route import load_litellm
from specloop.models.tokenizer import count_tokens
from specloop.spec.settings import ModelTable
for name in ("gpt-4o", "gpt-4", "ollama_chat/llama3"):
    count_tokens(ModelTable(name=name), [Message("user", "x")])
assert "litellm" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
