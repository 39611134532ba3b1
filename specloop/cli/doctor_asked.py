"""What doctor tells of the way a model is asked: its family, and what is sent because of it."""

import json
from collections.abc import Mapping
from typing import Any

from specloop.models.litellm_route import Route
from specloop.models.profile import Profile
from specloop.report.doctor_text import Check, State
from specloop.spec.settings import ModelTable

# The keys by which one server or another is told to think, or not to.
THINKING = (
    "chat_template_kwargs",
    "enable_thinking",
    "generationConfig",
    "reasoning",
    "reasoning_effort",
    "think",
    "thinking",
)
_SAMPLING = ("temperature", "top_p", "top_k")
_TOLD = frozenset({*_SAMPLING, *THINKING, "num_ctx"})


def sent(table: ModelTable, profile: Profile, provider: str) -> dict[str, Any]:
    """The fields of a request that say sampling, thinking and Ollama's window, as they are sent.

    What else stands in `extra` is left out: who knows what its values hold.
    """
    keywords = Route(table.name, provider).extra(table.extra, profile)
    own = {} if profile.temperature is None else {"temperature": profile.temperature}
    # A body comes above the keywords of the same request; among keywords, our own is the last.
    fields = {**keywords, **own, **keywords.get("extra_body", {})}
    told = {key: value for key, value in fields.items() if key in _TOLD}
    plain: dict[str, Any] = json.loads(json.dumps(told, default=str))  # TOML has dates
    return plain


def asked(table: ModelTable, profile: Profile, provider: str) -> list[Check]:
    """The family, and what is said to the server because of it and of `extra`."""
    note = f": {profile.note}" if profile.note else ""
    fields = sent(table, profile, provider)
    found = [
        Check("family", State.TOLD, profile.family + note),
        Check("sampling", State.TOLD, _sampling(fields)),
        _thinking(table, profile, provider, fields),
    ]
    if table.extra:
        text = f"sends {', '.join(sorted(table.extra))}, before what the family says of them"
        found.append(Check("extra", State.TOLD, text))
    return found


def _sampling(fields: Mapping[str, Any]) -> str:
    said = [f"{key} {_number(fields[key])}" for key in _SAMPLING if key in fields]
    own = [] if "temperature" in fields else ["the server's own temperature"]
    return ", ".join([*own, *said])


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else json.dumps(value)


def _thinking(
    table: ModelTable, profile: Profile, provider: str, fields: Mapping[str, Any]
) -> Check:
    said = {key: fields[key] for key in THINKING if key in fields}
    if said.keys() & table.extra.keys():
        return Check("thinking", State.TOLD, f"as `extra` has it: {json.dumps(said)}")
    if profile.thinking is None:
        return Check("thinking", State.TOLD, "nothing is said of it")
    word = "on" if profile.thinking else "off"
    if said:
        return Check("thinking", State.OK, f"{word}, said as {json.dumps(said)}")
    if profile.switch == "claude" and not profile.thinking:
        return Check("thinking", State.OK, "off, as it is unless something else is said")
    text = f"{word}, but how that is said to {provider!r} is not known"
    if table.thinking is None:
        return Check("thinking", State.TOLD, f"{text}; `extra` in project.toml can say it")
    return Check("thinking", State.WRONG, text, "say it in `extra`, and leave `thinking` out")
