"""What doctor looks at of a model: how it is asked, what it costs, whether it can be reached."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specloop.cli.doctor_providers import HOSTED, models_address, name_there, provider_of
from specloop.cli.doctor_reach import connection, served
from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.key import address, password, require_key
from specloop.models.local import LocalModel, whereabouts
from specloop.models.price import tariff_of
from specloop.models.profile import Profile, profile_of
from specloop.models.registry import open_model
from specloop.models.switches import body_of, thinking_of
from specloop.models.tariff import Rates
from specloop.report.doctor_text import Check, Examined, State
from specloop.spec.settings import ModelTable

_PROGRAMS = ("replay", "command")  # asked without a server


def examine(table: ModelTable, root: Path) -> Examined:
    """Everything about one model of the project at `root`."""
    profile = profile_of(table)
    prefix = table.name.partition("/")[0]
    checks = [_window(profile), _price(table)]
    if prefix in _PROGRAMS:
        return _examined(table, profile, prefix, [*checks, _adapter(table, root)])
    if prefix == "local":
        asked = [*_asked(table, profile, "openai"), *checks, _local(table, root)]
        return _examined(table, profile, "openai", asked)
    provider = provider_of(table)
    if not provider:
        return _examined(table, profile, provider, [*checks, _unknown()])
    asked = _asked(table, profile, provider)
    reached = [_key(table, provider), _server(table, provider)]
    return _examined(table, profile, provider, [*asked, *checks, *reached])


def _examined(table: ModelTable, profile: Profile, provider: str, checks: list[Check]) -> Examined:
    facts = {
        "provider": provider,
        "family": profile.family,
        "context_tokens": profile.context_tokens,
        "max_output_tokens": profile.max_output_tokens,
        "temperature": profile.temperature,
        "thinking": profile.thinking,
        "samples": profile.samples,
        "fields": {} if provider in _PROGRAMS else body_of(profile, provider),
    }
    return Examined(table.name, facts, tuple(checks))


def _window(profile: Profile) -> Check:
    return Check(
        "window",
        State.TOLD,
        f"{profile.context_tokens} tokens, {profile.max_output_tokens} of them for the answer",
    )


def _asked(table: ModelTable, profile: Profile, provider: str) -> list[Check]:
    """The family, and what is said to the server because of it."""
    note = f": {profile.note}" if profile.note else ""
    found = [
        Check("family", State.TOLD, profile.family + note),
        Check("sampling", State.TOLD, _sampling(profile, body_of(profile, provider))),
        _thinking(table, profile, provider),
    ]
    if table.extra:  # names alone: who knows what the values hold
        found.append(Check("extra", State.TOLD, f"sends {', '.join(sorted(table.extra))} as well"))
    return found


def _sampling(profile: Profile, fields: Mapping[str, Any]) -> str:
    own = profile.temperature is None
    said = ["the server's own temperature" if own else f"temperature {profile.temperature:g}"]
    return ", ".join([*said, *(f"{k} {fields[k]:g}" for k in ("top_p", "top_k") if k in fields)])


def _thinking(table: ModelTable, profile: Profile, provider: str) -> Check:
    if profile.thinking is None:
        return Check("thinking", State.TOLD, "nothing is said of it")
    word = "on" if profile.thinking else "off"
    fields = thinking_of(profile, provider)
    if fields:
        return Check("thinking", State.OK, f"{word}, said as {json.dumps(fields)}")
    if profile.switch == "claude" and not profile.thinking:
        return Check("thinking", State.OK, "off, as it is unless something else is said")
    text = f"{word}, but how that is said to {provider!r} is not known"
    if table.thinking is None:
        return Check("thinking", State.TOLD, f"{text}; `extra` in project.toml can say it")
    return Check("thinking", State.WRONG, text, "say it in `extra`, and leave `thinking` out")


def _price(table: ModelTable) -> Check:
    tariff = tariff_of(table, 0)
    if tariff is None:
        text = "unpriced, so that `usd` in [limits] does not hold it back; `tokens` does"
        return Check("price", State.TOLD, text)
    source = "project.toml" if table.price is not None else "LiteLLM's table"
    text = f"{_rates(tariff.peak)} USD per million tokens ({source})"
    if tariff.cheap is not None:
        text += f"\n{_rates(tariff.cheap)} at {tariff.hours}"
    return Check("price", State.OK, text)


def _rates(rates: Rates) -> str:
    return f"input {rates.input:g}, cached {rates.cached_input:g}, output {rates.output:g}"


def _key(table: ModelTable, provider: str) -> Check:
    if table.api_key_env:
        try:
            require_key(table)
        except ModelUnavailable:
            text = f"{table.api_key_env!r} is not set"
            return Check("key", State.WRONG, text, "set it to your key, or name another variable")
        return Check("key", State.OK, f"{table.api_key_env!r} is set")
    if models_address(table, provider) or table.api_base:
        return Check("key", State.OK, "none is sent")
    if provider not in HOSTED:
        return Check("key", State.TOLD, f"where LiteLLM looks for the one of {provider!r}")
    names = HOSTED[provider].keys
    found = next((name for name in names if os.environ.get(name)), None)
    if found:
        return Check("key", State.OK, f"{found!r} is set")
    return Check("key", State.WRONG, f"{names[0]!r} is not set", "set it to your key")


def _server(table: ModelTable, provider: str) -> Check:
    models = models_address(table, provider)
    # A password in the address would have to be sent as well: a connection says enough.
    if models and not password(table):
        try:
            key = require_key(table)
        except ModelUnavailable:
            key = None
        return served(models, key, name_there(table, provider))
    if table.api_base:
        return connection(address(table))
    if provider in HOSTED:
        return connection(HOSTED[provider].address)
    return Check("server", State.TOLD, f"not tried: the address of {provider!r} is not known here")


def _unknown() -> Check:
    text = "no provider is known for the name, and there is no api_base"
    return Check("server", State.WRONG, text, "write PROVIDER/NAME, or set api_base")


def _adapter(table: ModelTable, root: Path) -> Check:
    try:
        open_model(table, root).check()
    except (ModelUnavailable, InvalidInput) as error:
        return Check("answers", State.WRONG, str(error))
    return Check("answers", State.OK, "can be had")


def _local(table: ModelTable, root: Path) -> Check:
    ready, text = whereabouts(table, root)
    if ready:
        return Check("weights", State.OK, text)
    try:
        LocalModel(table, root).check()
    except (ModelUnavailable, InvalidInput) as error:
        return Check("weights", State.WRONG, str(error))
    return Check("weights", State.TOLD, text)
