"""Answers read from files: no model is asked."""

import time
from pathlib import Path

from specloop.attempt.completion import Completion
from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.estimated import EstimatedModel
from specloop.models.price import cost_of, tariff_of
from specloop.models.usage import estimated_usage
from specloop.ports import Prompt, Say
from specloop.spec.settings import ModelTable


def answer_path(folder: Path, module: str, number: int) -> Path:
    """Where the answer to call `number` (from 1) of `module` stands below `folder`."""
    return folder / module / f"{number:02}.md"


class ReplayModel(EstimatedModel):
    """The model replay/DIR; DIR is relative to the project's root.

    Tokens are estimated from the texts, as if a model had been asked. The cost is None, unless
    project.toml gives a price: nothing says what the answers cost when they were made.
    """

    def __init__(self, table: ModelTable, root: Path) -> None:
        super().__init__(table)
        folder = (root / table.name.partition("/")[2]).resolve()
        if folder == root.resolve() or not folder.is_relative_to(root.resolve()):
            raise InvalidInput(
                f"project.toml: model {table.name!r} names no folder inside the project; "
                f"write replay/DIR with DIR relative to {str(root)!r}"
            )
        self._folder = folder

    def check(self) -> None:
        """ModelUnavailable where there is no such folder."""
        if not self._folder.is_dir():
            raise ModelUnavailable(
                f"model {self.name!r}: there is no folder {str(self._folder)!r}; "
                f"record answers with `specloop run --record DIR`, or name another model"
            )

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """The recorded answer; ModelUnavailable where there is none."""
        path = answer_path(self._folder, prompt.module, prompt.number)
        try:
            # As bytes, since reading as text would change CRLF.
            text = path.read_bytes().decode(errors="replace")
        except OSError as error:
            raise ModelUnavailable(
                f"model {self.name!r} has no answer to call {prompt.number} of module "
                f"{prompt.module!r}: cannot read {str(path)!r} ({error.strerror}); "
                f"write the reply there, or run with another model"
            ) from error
        usage = estimated_usage(prompt, text, self._profile)
        cost = cost_of(usage, tariff_of(self._table, usage.input_tokens), at=[time.time()])
        return Completion(text=text, model=self.name, usage=usage, cost_usd=cost)

    def close(self) -> None:
        """Nothing was started."""
