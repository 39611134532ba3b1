import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

# The servers, worlds and answers are those of other rooms' tests, which need not be collected.
sys.path.extend(str(Path(__file__).parents[1] / room) for room in ("models", "engine", "prompt"))

from fault_server import FaultServer, Step
from small_world import KEY, ServedWorld, settings
from world import make_project

from specloop.attempt.message import Message
from specloop.models.litellm_model import LiteLLMModel
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable
from specloop.testing import unheard


@pytest.fixture(scope="session")
def running_server() -> Iterator[FaultServer]:
    # One for all: LiteLLM keeps a client for each address, and never closes any.
    started = FaultServer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVED_KEY", KEY)
        # LiteLLM imports much of itself in its first call, and some tests have little patience.
        started.steps = {"": [Step({"content": "Hello."})]}
        table = ModelTable(name="served-0", api_base=started.base, api_key_env="SERVED_KEY")
        model = LiteLLMModel(table)
        model.complete(Prompt("", 1, (Message("user", "Hello?"),), "key"), unheard)
        model.close()
    yield started
    started.close()


@pytest.fixture
def server(running_server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> FaultServer:
    monkeypatch.setenv("SERVED_KEY", KEY)
    running_server.forget()
    return running_server


@pytest.fixture
def served(server: FaultServer, tmp_path: Path) -> Iterator[Callable[..., ServedWorld]]:
    """Makes the world of a new project whose models are those of `server`."""
    made = []

    def make(needs: Mapping[str, tuple[str, ...]], **options: Any) -> ServedWorld:
        project = make_project(tmp_path, needs, settings(server.base, **options))
        made.append(ServedWorld(project, server))
        return made[-1]

    yield make
    for world in made:
        world.close()
