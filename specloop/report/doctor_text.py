"""What doctor found, as text for people and as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How something stands; TOLD is neither right nor wrong, or could not be tried."""

    OK = "ok"
    WRONG = "wrong"
    TOLD = "-"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` is what to do about it, "" where nothing is wrong."""

    what: str
    state: State
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A model of project.toml: `facts` for programs, `checks` for people."""

    name: str
    facts: Mapping[str, Any]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that doctor looked at."""

    checks: tuple[Check, ...]
    models: tuple[Examined, ...] = ()

    @property
    def wrong(self) -> int:
        """How many things are wrong."""
        every = [*self.checks, *(check for model in self.models for check in model.checks)]
        return sum(check.state is State.WRONG for check in every)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "ok": not self.wrong,
            "checks": [asdict(check) for check in self.checks],
            "models": [
                {"name": one.name, **one.facts, "checks": [asdict(check) for check in one.checks]}
                for one in self.models
            ],
        }


def diagnosis_text(found: Diagnosis) -> str:
    """A line for each check, in columns; what to do stands below what is wrong."""
    lines = _lines(found.checks)
    for model in found.models:
        lines += ["", model.name, *(f"  {line}" for line in _lines(model.checks))]
    number = found.wrong
    told = "1 thing is wrong" if number == 1 else f"{number} things are wrong"
    return "\n".join([*lines, "", told if number else "nothing is wrong"])


def _lines(checks: Iterable[Check]) -> list[str]:
    found = []
    for check in checks:
        first, *more = check.text.split("\n")
        below = [*more, *([f"-> {check.remedy}"] if check.remedy else [])]
        found.append(f"{check.what.ljust(11)}{check.state.ljust(6)}{first}")
        found += [" " * 17 + line for line in below]
    return found
