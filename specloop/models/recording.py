"""Answers kept as files, in the form that replay/DIR reads."""

from collections.abc import Sequence
from pathlib import Path

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.models.replay import answer_path
from specloop.ports import Model, Prompt, Say
from specloop.spec.hours import CheapHours


class RecordingModel:
    """Asks `model`, and writes each of its replies below `folder` before it is used."""

    def __init__(self, model: Model, folder: Path) -> None:
        self.name = model.name
        self._model = model
        self._folder = folder

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """The model's answer; OSError where it cannot be written."""
        completion = self._model.complete(prompt, say)
        path = answer_path(self._folder, prompt.module, prompt.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(completion.text.encode(errors="replace"))
        return completion

    def count(self, messages: Sequence[Message]) -> int:
        """That of the model."""
        return self._model.count(messages)

    def cheap_hours(self) -> CheapHours | None:
        """Those of the model."""
        return self._model.cheap_hours()

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """That of the model."""
        return self._model.worst_case(prompt)

    def close(self) -> None:
        """End what the model has started."""
        self._model.close()
