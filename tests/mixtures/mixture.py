"""Projects and servers, mixed by seed: what each module is answered, and how it must end."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from answer_forms import FORMS, Form
from fault_server import FAULTS, SLOW, Step
from small_world import code

_SHAPES: tuple[dict[str, tuple[str, ...]], ...] = (
    {"base": (), "side": ()},
    {"base": (), "top": ("base",)},
    {"base": (), "mid": ("base",), "side": ()},
    {"base": (), "side": (), "top": ("base", "side")},
    {"base": (), "mid": ("base",), "top": ("mid",), "side": ()},
)
_READ = [form.name for form in FORMS.values() if form.expect == "code"]
_REFUSED = [form.name for form in FORMS.values() if form.expect == "format"]
_REFUSED.remove("nothing but thoughts")  # LiteLLM makes reasoning content of it
# What may come where the rest of an answer was asked for, and means the same as without it.
_READ_AFTER_A_CUT = ["a fence", "prose around", "py", "tildes", "CRLF", "in a list", "a tutorial"]
_REFUSED_AFTER_A_CUT = ["empty", "null", "blanks", "a refusal", "chatter"]
_LONG = [name for name, fault in FAULTS.items() if fault.ending == "too long"]
_QUICK = [name for name in FAULTS if name and name not in (*SLOW, *_LONG)]


def in_form(name: str, module: str, text: str) -> Step:
    """An answer that holds the code `text` of a module, in one of the forms."""
    form: Form = FORMS[name]
    message = {form.field: form.make(text, f"app/{module}.py")}
    gives = form.wanted(text) if form.expect == "code" else ""
    return Step(message, gives, form.finish_reason, form=name)


def in_two(module: str, text: str) -> tuple[Step, Step]:
    """An answer that is cut off, and the rest of it."""
    whole, first = in_form("a fence", module, text), in_form("cut off", module, text)
    rest = whole.texts[0].removeprefix(first.texts[0])
    return first, Step({"content": rest}, whole.gives, form="the rest")


@dataclass(frozen=True)
class Mixture:
    """A project, the steps of its server, and the modules whose answers are all wrong."""

    needs: dict[str, tuple[str, ...]]
    steps: dict[str, list[Step]]
    wrong: frozenset[str]
    limits: str
    ladder: int
    timeout: int
    streams: bool

    def states(self) -> dict[str, str]:
        """The state in which each module must end."""
        found: dict[str, str] = {}
        for name, needs in self.needs.items():
            if any(found[need] != "passed" for need in needs):
                found[name] = "blocked"
            else:
                found[name] = "failed" if name in self.wrong else "passed"
        return found


def mixture(seed: int) -> Mixture:
    """The mixture of a seed."""
    chance = random.Random(seed)
    needs = chance.choice(_SHAPES)
    attempts, slow = chance.randint(4, 8), seed % 25 == 24
    steps: dict[str, list[Step]] = {}
    wrong = {name for name in needs if chance.random() < 0.15}
    for name, below in needs.items():
        answers = _Answers(chance, name, below)
        made = answers.wrong(attempts) if name in wrong else answers.right(attempts)
        steps[name] = [step for answer in made for step in _with_faults(chance, answer, slow)]
    limits = [f"attempts = {attempts}", f"usd = {chance.choice((0, 1, 0.01, 0.02, 0.03, 0.05))}"]
    if chance.random() < 0.3:
        limits.append(f"tokens = {chance.randint(1_000, 12_000)}")
    return Mixture(
        needs,
        steps,
        frozenset(wrong),
        limits="\n".join(limits),
        ladder=chance.randint(1, 2),
        timeout=2 if slow else 60,
        streams=chance.random() < 0.7,
    )


class _Answers:
    """What a model answers about one module, without any fault."""

    def __init__(self, chance: random.Random, module: str, needs: tuple[str, ...]) -> None:
        self._chance = chance
        self._module = module
        self._needs = needs
        self._cut = False  # whether the last one was cut off, and may be gone on with

    def wrong(self, number: int) -> Iterator[Step]:
        """So many wrong ones, some of them the one before once more."""
        value = 2
        for _ in range(number):
            yield self._readable(value)
            value += self._chance.random() < 0.8

    def right(self, most: int) -> Iterator[Step]:
        """At most so many, of which the last is right; no three in a row are unreadable."""
        unreadable = 0
        for value in range(2, 2 + self._chance.randint(0, most - 3)):
            if unreadable < 1 + (not self._cut) and self._chance.random() < 0.6:
                unreadable += 1
                yield self._unreadable()
            else:
                unreadable = 0
                yield self._readable(value)
        if unreadable < 2 and not self._cut and self._chance.random() < 0.2:
            yield from in_two(self._module, code(self._module, self._needs))
        else:
            yield self._readable(1)

    def _readable(self, value: int) -> Step:
        name = self._chance.choice(_READ_AFTER_A_CUT if self._cut else _READ)
        self._cut = False
        return in_form(name, self._module, code(self._module, self._needs, value))

    def _unreadable(self) -> Step:
        name = self._chance.choice(_REFUSED_AFTER_A_CUT if self._cut else _REFUSED)
        self._cut = name in ("cut off", "cut off in silence", "never closed")
        return in_form(name, self._module, code(self._module, self._needs))


def _with_faults(chance: random.Random, answer: Step, slow: bool) -> Iterator[Step]:
    """The answer, after what goes wrong before it."""
    # What nobody sees and nobody tells, nobody can count.
    thinks = chance.random() < 0.3
    answer = replace(answer, thinks=thinks, tells_usage=thinks or chance.random() < 0.7)
    while chance.random() < 0.25:
        fault = chance.choice([*_QUICK, *SLOW * 2] if slow else _QUICK)
        if FAULTS[fault].ending == "answered":
            answer = replace(answer, fault=fault)
        else:
            yield replace(answer, fault=fault)
    yield answer
