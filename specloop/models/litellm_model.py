"""Models behind LiteLLM: every hosted one, and every OpenAI-compatible server."""

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.errors import ModelUnavailable
from specloop.models.failure import CLOSED, RequestFailed, advice, failure_of, timed_out
from specloop.models.key import address, password, redact, require_key
from specloop.models.litellm_reply import Reply, read_reply
from specloop.models.litellm_route import (
    Route,
    find_route,
    load_litellm,
    require_providers_key,
)
from specloop.models.price import cheap_hours, cost_of, listed_price
from specloop.models.profile import profile_of
from specloop.models.retry import BILLED_TRIES, persist
from specloop.models.usage import estimated_usage, worst_usage
from specloop.ports import Prompt, Say
from specloop.prompt.fit import estimate_tokens
from specloop.spec.hours import CheapHours
from specloop.spec.settings import ModelTable

_Outcome = tuple[object, BaseException | None]


class LiteLLMModel:
    """A model by its LiteLLM name, or by the name a server at `api_base` knows it by.

    A server at `api_base` gets the key that `api_key_env` names, or a meaningless one: never the
    key of the provider, which LiteLLM would find in the environment. `pause` waits between tries.
    """

    def __init__(self, table: ModelTable, pause: Callable[[float], None] | None = None) -> None:
        self.name = table.name
        self._table = table
        self._profile = profile_of(table)
        self._closing = threading.Event()
        self._pause = pause or self._rest
        self._waiting: set[SimpleQueue[_Outcome]] = set()

    def check(self) -> None:
        """ModelUnavailable for a missing key, InvalidInput for an unknown provider."""
        require_key(self._table)
        self._route()

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """Ask the model; ModelUnavailable once no further try makes sense.

        A failed try that may have been charged for is counted in usage and cost at its worst.
        """
        key = require_key(self._table)
        route = self._route()
        request = self._request(prompt, key, route)
        failures: list[RequestFailed] = []
        began = time.monotonic()
        try:
            reply = persist(
                lambda: read_reply(self._send(request, key)),
                failures,
                self._pause,
                self._table.timeout_seconds,
            )
        except RequestFailed as failed:
            # `from None`: what LiteLLM raised may quote the key.
            raise ModelUnavailable(
                self._sorry(failed, len(failures)),
                may_be_charged=any(each.billed for each in failures),
            ) from None
        billed = sum(failed.billed for failed in failures)
        usage, cost = self._charged(prompt, reply, route, billed)
        return Completion(
            text=reply.text,
            model=self.name,
            finish_reason=reply.finish_reason,
            usage=usage,
            cost_usd=cost,
            seconds=time.monotonic() - began,
            faults=tuple(str(failed) for failed in failures),
        )

    def count(self, messages: Sequence[Message]) -> int:
        """An upper estimate."""
        return estimate_tokens(messages)

    def cheap_hours(self) -> CheapHours | None:
        """Those of the price in project.toml."""
        return cheap_hours(self._table.price)

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """Tokens and USD of as many requests as may be charged for in one call."""
        worst = worst_usage(prompt, self._profile)
        usd = self._worst_usd(worst)
        tokens = BILLED_TRIES * (worst.input_tokens + worst.output_tokens)
        return tokens, None if usd is None else BILLED_TRIES * usd

    def close(self) -> None:
        """End every wait: calls under way raise ModelUnavailable at once."""
        self._closing.set()
        for outcome in tuple(self._waiting):  # a copy: the calls take themselves off
            outcome.put((None, _closed()))

    def _rest(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _route(self) -> Route:
        litellm = load_litellm()
        route = find_route(litellm, self._table)
        require_providers_key(litellm, self._table, route)
        return route

    def _request(self, prompt: Prompt, key: str | None, route: Route) -> dict[str, Any]:
        temperature = prompt.temperature
        if temperature is None:
            temperature = self._profile.temperature
        request: dict[str, Any] = {
            **route.extra(self._table.extra, self._profile),
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
        if self._table.api_base:
            request["api_base"] = self._table.api_base
            request["api_key"] = key or "none"
        elif key:
            request["api_key"] = key
        return request

    def _send(self, request: dict[str, Any], key: str | None) -> object:
        """One request, in a thread that is left behind when time is up.

        LiteLLM's own time-out starts afresh with every byte, so that a server which sends a few
        now and then would never be given up.
        """
        outcome: SimpleQueue[_Outcome] = SimpleQueue()
        self._waiting.add(outcome)
        try:
            if self._closing.is_set():
                raise _closed()
            threading.Thread(
                target=_ask, args=(request, outcome), name=f"ask {self.name}", daemon=True
            ).start()
            seconds = self._table.timeout_seconds
            try:
                response, error = outcome.get(timeout=seconds)
            except Empty:
                raise timed_out(seconds) from None
        finally:
            self._waiting.discard(outcome)
        if error is None:
            return response
        if isinstance(error, RequestFailed):
            raise error
        secrets = (key, password(self._table))
        raise failure_of(error, seconds, lambda text: redact(text, *secrets)) from None

    def _charged(
        self, prompt: Prompt, reply: Reply, route: Route, billed_failures: int
    ) -> tuple[Usage, float | None]:
        usage = reply.usage or estimated_usage(prompt, reply.text, self._profile)
        if self._table.price is not None or reply.usage is None:
            cost = self._worst_usd(usage)
        else:
            # What LiteLLM says of other models is a guess: 0 for all of Ollama's, OpenAI's price
            # for any server's gpt-4o.
            cost = None if route.listed is None else reply.cost_usd
        worst = worst_usage(prompt, self._profile)
        for _ in range(billed_failures):
            usage += worst
            lost = self._worst_usd(worst)
            cost = None if cost is None or lost is None else cost + lost
        return usage, cost

    def _worst_usd(self, usage: Usage) -> float | None:
        """What `usage` costs by project.toml, else by the dearest rate of LiteLLM's table."""
        price = self._table.price
        if price is None:
            price = listed_price(find_route(load_litellm(), self._table).listed, usage.input_tokens)
        return cost_of(usage, price)

    def _sorry(self, failed: RequestFailed, tries: int) -> str:
        where = address(self._table)
        key_name = self._table.api_key_env or "the provider's key variable"
        return (
            f"model {self.name!r}{f' at {where}' if where else ''}: {failed}"
            f"{f' (tried {tries} times)' if tries > 1 else ''}; {advice(failed, key_name, where)}"
        )


def _ask(request: dict[str, Any], outcome: SimpleQueue[_Outcome]) -> None:
    try:
        outcome.put((load_litellm().completion(**request), None))
    except BaseException as error:
        outcome.put((None, error))


def _closed() -> RequestFailed:
    return RequestFailed(CLOSED, "the run is ending", again=False)
