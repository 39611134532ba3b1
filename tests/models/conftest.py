"""Models that are served on loopback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chat_server import Server

from specloop.attempt.message import Message
from specloop.models.litellm_model import LiteLLMModel
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def other_server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def pauses() -> list[float]:
    """The waits between tries, none of which is waited for."""
    return []


@pytest.fixture
def model(
    server: Server, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., LiteLLMModel]]:
    """Opens models that are served by `server` and have a key."""
    monkeypatch.setenv("SERVED_KEY", "sk-canary-0123456789")
    opened = []

    def open_one(name: str = "deepseek/deepseek-flash", **settings: Any) -> LiteLLMModel:
        table = {"api_base": server.base, "api_key_env": "SERVED_KEY", **settings}
        opened.append(LiteLLMModel(ModelTable(name=name, **table), pauses.append))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def prompt() -> Prompt:
    messages = (Message("system", "You write Python."), Message("user", "Write X = 1."))
    return Prompt(module="slug", number=1, messages=messages, key="call-slug-1")
