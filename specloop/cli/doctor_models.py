"""What doctor looks at of a model: how it is asked, what it costs, whether it can be reached."""

import os
from pathlib import Path

from specloop.cli.doctor_asked import asked, sent
from specloop.cli.doctor_providers import (
    HOSTED,
    base_advice,
    known,
    models_address,
    name_there,
    provider_of,
)
from specloop.cli.doctor_reach import Reached, connection, served
from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.key import address, password, require_key
from specloop.models.local import LocalModel, whereabouts
from specloop.models.price import tariff_of
from specloop.models.profile import Profile, profile_of
from specloop.models.registry import open_model
from specloop.models.tariff import Rates
from specloop.report.doctor_text import Check, Examined, State
from specloop.spec.nearest import did_you_mean
from specloop.spec.project import Project
from specloop.spec.settings import LimitsTable, ModelTable

_PROGRAMS = ("replay", "command")  # asked without a server


def examine(table: ModelTable, project: Project) -> Examined:
    """Everything about one model of the project."""
    profile = profile_of(table)
    prefix = table.name.partition("/")[0]
    price = _price(table, project.settings.limits)
    if prefix in _PROGRAMS:
        checks = [_window(profile), price, _adapter(table, project.root)]
        return _examined(table, profile, prefix, checks)
    if prefix == "local":
        checks = [_window(profile), price, _local(table, project.root)]
        return _examined(table, profile, "openai", [*asked(table, profile, "openai"), *checks])
    provider = provider_of(table)
    if not provider:
        return _examined(table, profile, provider, [_window(profile), price, _unknown(table)])
    server = _server(table, provider)
    checks = [_window(profile, server.window), price, _key(table, provider), server.check]
    return _examined(table, profile, provider, [*asked(table, profile, provider), *checks])


def _examined(table: ModelTable, profile: Profile, provider: str, checks: list[Check]) -> Examined:
    facts = {
        "provider": provider,
        "family": profile.family,
        "context_tokens": profile.context_tokens,
        "max_output_tokens": profile.max_output_tokens,
        "temperature": profile.temperature,
        "thinking": profile.thinking,
        "samples": profile.samples,
        "fields": {} if provider in _PROGRAMS else sent(table, profile, provider),
    }
    return Examined(table.name, facts, tuple(checks))


def _window(profile: Profile, servers: int | None = None) -> Check:
    """Our window, beside the server's where that is known."""
    text = f"{profile.context_tokens} tokens, {profile.max_output_tokens} of them for the answer"
    if servers is not None and servers < profile.context_tokens:
        remedy = f"set context_tokens = {servers} in project.toml, or give the server a larger one"
        return Check("window", State.WRONG, f"{text}; the server's has {servers}", remedy)
    return Check("window", State.TOLD, text)


def _price(table: ModelTable, limits: LimitsTable) -> Check:
    tariff = tariff_of(table, 0)
    if tariff is None:
        other = "`tokens` does" if limits.tokens else "set `tokens` there"
        text = f"unpriced, so that `usd` in [limits] does not hold it back; {other}"
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


def _server(table: ModelTable, provider: str) -> Reached:
    models = models_address(table, provider)
    # A password in the address would have to be sent as well: a connection says enough.
    if models and not password(table):
        try:
            key = require_key(table)
        except ModelUnavailable:
            key = None
        return served(models, key, name_there(table, provider), base_advice(table, provider))
    if table.api_base:
        return Reached(connection(address(table)))
    if provider in HOSTED:
        return Reached(connection(HOSTED[provider].address))
    text = f"not tried: the address of {provider!r} is not known here"
    return Reached(Check("server", State.TOLD, text))


def _unknown(table: ModelTable) -> Check:
    prefix, slash, _ = table.name.partition("/")
    text = "no provider is known for the name, and there is no api_base"
    remedy = "write PROVIDER/NAME, or set api_base in project.toml for an OpenAI-compatible server"
    near = did_you_mean(prefix, known()) if slash else ""
    return Check("server", State.WRONG, text, remedy + near)


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
