"""Models behind LiteLLM: every hosted one, and every OpenAI-compatible server."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.errors import ModelUnavailable
from specloop.models.asking import Asking, Exchange
from specloop.models.failure import RequestFailed, advice, failure_of
from specloop.models.key import address, password, redact, require_key
from specloop.models.litellm_reply import Reply, read_reply
from specloop.models.litellm_route import (
    Route,
    find_route,
    load_litellm,
    require_providers_key,
)
from specloop.models.price import cheap_hours_of, cost_of, tariff_of, worst_cost
from specloop.models.profile import profile_of
from specloop.models.retry import BILLED_TRIES, persist
from specloop.models.tariff import Tariff
from specloop.models.tokenizer import count_tokens
from specloop.models.usage import ReadInFull, completed, estimated_usage, worst_usage
from specloop.ports import Prompt, Say
from specloop.spec.hours import CheapHours
from specloop.spec.settings import ModelTable

_MOST_BYTES = 10_000_000
_BYTES_A_TOKEN = 1_000  # on the wire, where each token of a stream may have an event of its own
_WAITING_SECONDS = 60  # between the tries of one call, besides the time that a request may take


class LiteLLMModel:
    """A model by its LiteLLM name, or by the name a server at `api_base` knows it by.

    A server at `api_base` gets the key that `api_key_env` names, or a meaningless one: never the
    key of the provider, which LiteLLM would find in the environment. `pause` waits between tries.
    """

    def __init__(self, table: ModelTable, pause: Callable[[float], None] | None = None) -> None:
        self.name = table.name
        self._table = table
        self._profile = profile_of(table)
        self._asking = Asking(table.name)
        self._pause = pause or self._asking.rest
        self._read_in_full = ReadInFull()
        # The keys of streamed requests that the server is not to be asked with.
        streams = table.extra.get("stream") is not False
        self._without = set() if streams else {"stream", "stream_options"}

    def check(self) -> None:
        """ModelUnavailable for a missing key, InvalidInput for an unknown provider."""
        require_key(self._table)
        self._route()

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """Ask the model; ModelUnavailable once no further try makes sense.

        A failed try that may have been charged for is counted in usage and cost at its worst.
        """
        began, started = time.time(), time.monotonic()
        longest = 3 * self._table.timeout_seconds + _WAITING_SECONDS
        seconds = longest if prompt.seconds is None else min(longest, prompt.seconds)
        until = float("inf") if prompt.seconds is None else started + prompt.seconds
        key = require_key(self._table)
        request = self._request(prompt, key, self._route())
        failures: list[RequestFailed] = []
        try:
            reply = persist(
                lambda: self._ask(request, key, until, say), failures, self._pause, seconds, say
            )
        except RequestFailed as failed:
            # `from None`: what LiteLLM raised may quote the key.
            raise ModelUnavailable(
                self._sorry(failed, len(failures)),
                may_be_charged=any(each.billed for each in failures),
                too_long=failed.too_long,
            ) from None
        said = reply.thoughts + reply.text
        estimated = estimated_usage(prompt, said, self._profile, self.count)
        usage = completed(reply.usage, estimated)
        cost = cost_of(usage, self._tariff(usage), at=(began, time.time()))
        worst = worst_usage(prompt, self._profile, self.count)
        lost = [worst for failed in failures if failed.billed]
        each = worst_cost(worst, self._tariff(worst))
        return Completion(
            text=reply.text,
            model=self.name,
            finish_reason=reply.finish_reason,
            usage=sum(lost, usage),
            cost_usd=None if cost is None or each is None else cost + each * len(lost),
            seconds=time.monotonic() - started,
            faults=tuple(str(failed) for failed in failures),
            warning=self._read_in_full.doubt(prompt, reply.usage),
        )

    def count(self, messages: Sequence[Message]) -> int:
        """By the tokenizer of OpenAI's own models; an upper estimate for others."""
        return count_tokens(self._table, messages)

    def cheap_hours(self) -> CheapHours | None:
        """Those of the price in project.toml, else of LiteLLM's table."""
        return cheap_hours_of(self._table)

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """Tokens and USD of as many requests as may be charged for in one call."""
        worst = worst_usage(prompt, self._profile, self.count)
        tokens, usd = (
            worst.input_tokens + worst.output_tokens,
            worst_cost(worst, self._tariff(worst)),
        )
        return BILLED_TRIES * tokens, None if usd is None else BILLED_TRIES * usd

    def close(self) -> None:
        """End every wait: calls under way raise ModelUnavailable at once."""
        self._asking.close()

    def _route(self) -> Route:
        litellm = load_litellm()
        route = find_route(litellm, self._table)
        require_providers_key(litellm, self._table, route)
        return route

    def _request(self, prompt: Prompt, key: str | None, route: Route) -> dict[str, Any]:
        temperature = self._profile.temperature
        # Where nothing is known of it, the server's own is warm enough, and some take no other.
        if temperature is not None and prompt.temperature is not None:
            temperature = max(temperature, prompt.temperature)
        # The reply streams below LiteLLM, which is to know nothing of it.
        extra = {name: value for name, value in self._table.extra.items() if name != "stream"}
        request: dict[str, Any] = {
            **route.extra(extra, self._profile),
            "model": route.model,
            "messages": [{"role": m.role, "content": m.content} for m in prompt.messages],
            "max_tokens": self._profile.max_output_tokens,
            "timeout": self._table.timeout_seconds,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,  # some models take no temperature, and refuse the request
            "extra_headers": {"Idempotency-Key": prompt.key},
        }
        if temperature is not None:
            request["temperature"] = temperature
        if self._profile.seed:
            request["seed"] = prompt.seed
        if self._table.api_base:
            request["api_base"] = self._table.api_base
            request["api_key"] = key or "none"
        elif key:
            request["api_key"] = key
        return request

    def _ask(self, request: dict[str, Any], key: str | None, until: float, say: Say) -> Reply:
        """One request, and the reply to it; RequestFailed, without the key, where there is none."""
        exchange = Exchange(
            self._table.timeout_seconds,
            max(_MOST_BYTES, _BYTES_A_TOKEN * self._profile.max_output_tokens),
            self._without,
        )
        try:
            response = self._asking.send(
                lambda: load_litellm().completion(**request), exchange, until, say
            )
            return read_reply(response, exchange.counted)
        except RequestFailed as failed:
            raise failed.without(self._redact(key)) from None
        except Exception as error:
            unclear = failure_of(error, exchange.answered)
            raise unclear.without(self._redact(key)) from None

    def _redact(self, key: str | None) -> Callable[[str], str]:
        return lambda text: redact(text, key, password(self._table))

    def _tariff(self, usage: Usage) -> Tariff | None:
        return tariff_of(self._table, usage.input_tokens)

    def _sorry(self, failed: RequestFailed, tries: int) -> str:
        where = address(self._table)
        at, tried = f" at {where}" if where else "", f" (tried {tries} times)" if tries > 1 else ""
        do = advice(failed, self._table.api_key_env, where)
        return f"model {self.name!r}{at}: {failed}{tried}; {do}"
