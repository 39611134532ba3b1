"""What can be said of a call to a model that counts no tokens: estimates, at the user's price."""

from collections.abc import Sequence

from specloop.attempt.message import Message
from specloop.models.price import cheap_hours_of, tariff_of, worst_cost
from specloop.models.profile import profile_of
from specloop.models.usage import worst_usage
from specloop.ports import Prompt
from specloop.prompt.fit import estimate_tokens
from specloop.spec.hours import CheapHours
from specloop.spec.settings import ModelTable


class EstimatedModel:
    """The part that such models share; of one call, as many as `requests` may be made."""

    def __init__(self, table: ModelTable, requests: int = 1) -> None:
        self.name = table.name
        self._table = table
        self._profile = profile_of(table)
        self._requests = requests

    def count(self, messages: Sequence[Message]) -> int:
        """An upper estimate."""
        return estimate_tokens(messages)

    def cheap_hours(self) -> CheapHours | None:
        """Those of the price in project.toml."""
        return cheap_hours_of(self._table)

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """Tokens and USD of the longest replies, by the price in project.toml."""
        worst = worst_usage(prompt, self._profile)
        usd = worst_cost(worst, tariff_of(self._table, worst.input_tokens))
        tokens = self._requests * (worst.input_tokens + worst.output_tokens)
        return tokens, None if usd is None else self._requests * usd
