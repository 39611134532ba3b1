"""A model that is never told a secret, and whose words hold none."""

from collections.abc import Sequence
from dataclasses import replace

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.attempt.redaction import Redactor
from specloop.errors import ModelUnavailable
from specloop.ports import Model, Prompt, Say
from specloop.spec.hours import CheapHours


class GuardedModel:
    """Asks `model`; what goes to it and what comes from it is redacted."""

    def __init__(self, model: Model, redactor: Redactor) -> None:
        self.name = model.name
        self._model = model
        self._redactor = redactor

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """The model's answer."""
        try:
            completion = self._model.complete(
                self._clean(prompt), lambda text: say(self._redactor(text))
            )
        except ModelUnavailable as error:
            # `from None`: what the adapter raised it from may quote the key.
            raise ModelUnavailable(
                self._redactor(str(error)),
                may_be_charged=error.may_be_charged,
                too_long=error.too_long,
            ) from None
        return self._redactor.clean(completion)

    def count(self, messages: Sequence[Message]) -> int:
        """That of the model."""
        return self._model.count(self._redactor.clean(tuple(messages)))

    def cheap_hours(self) -> CheapHours | None:
        """Those of the model."""
        return self._model.cheap_hours()

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """That of the model."""
        return self._model.worst_case(self._clean(prompt))

    def close(self) -> None:
        """End what the model has started."""
        self._model.close()

    def _clean(self, prompt: Prompt) -> Prompt:
        return replace(prompt, messages=self._redactor.clean(prompt.messages))
