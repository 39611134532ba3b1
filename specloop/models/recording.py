"""Answers kept as files, in the form that replay/DIR reads."""

from pathlib import Path

from specloop.attempt.completion import Completion
from specloop.models.replay import answer_path
from specloop.ports import Model, Prompt


class RecordingModel:
    """Asks `model`, and writes each of its replies below `folder` before it is used."""

    def __init__(self, model: Model, folder: Path) -> None:
        self.name = model.name
        self._model = model
        self._folder = folder

    def complete(self, prompt: Prompt) -> Completion:
        """The model's answer; OSError where it cannot be written."""
        completion = self._model.complete(prompt)
        path = answer_path(self._folder, prompt.module, prompt.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(completion.text.encode(errors="replace"))
        return completion

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """That of the model."""
        return self._model.worst_case(prompt)

    def close(self) -> None:
        """End what the model has started."""
        self._model.close()
