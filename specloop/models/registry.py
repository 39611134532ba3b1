"""Which adapter answers for which model name."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from specloop.models.command import CommandModel
from specloop.models.litellm_model import LiteLLMModel
from specloop.models.local import LocalModel
from specloop.models.replay import ReplayModel
from specloop.ports import Model
from specloop.spec.settings import ModelTable


class CheckedModel(Model, Protocol):
    """A model that can tell before it is asked that it cannot answer."""

    def check(self) -> None:
        """InvalidInput for a name that means nothing, ModelUnavailable for what is missing.

        No request is sent. It takes seconds where LiteLLM has to be imported.
        """
        ...


_BY_PREFIX: dict[str, Callable[[ModelTable, Path], CheckedModel]] = {
    "replay": ReplayModel,
    "command": CommandModel,
    "local": LocalModel,
}


def open_model(table: ModelTable, root: Path) -> CheckedModel:
    """The model of one [[models]] table of the project at `root`; nothing is started yet."""
    prefix, slash, _ = table.name.partition("/")
    if slash and prefix in _BY_PREFIX:
        return _BY_PREFIX[prefix](table, root)
    return LiteLLMModel(table)
