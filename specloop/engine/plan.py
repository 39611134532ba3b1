"""What a run would do, without doing it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from specloop.attempt.message import Message
from specloop.engine.inputs import Inputs
from specloop.engine.stale import changed_since, in_words
from specloop.engine.suites import Suites
from specloop.loop.next_action import ModelLimits
from specloop.ports import CommitRecord
from specloop.prompt.fit import estimate_tokens
from specloop.prompt.write import first_prompt
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.settings import Price

_TOKENS_A_LINE = 12  # of generated Python, docstrings included
_EXPECTED_CALLS = 2  # a first answer and one fix


@dataclass(frozen=True, slots=True)
class Step:
    """One module in a plan.

    `does` is "nothing", "build" or "test" (what stands is tested before a model is asked).
    `changed` are the parts that made the module stale: "interface", "body" and "examples" of its
    spec, its "tests", "uses NAME" for the interface of a module, or its "code". Token numbers are
    estimates of prompts and replies together, of an expected course and of the worst.
    """

    module: str
    does: str
    reason: str
    changed: tuple[str, ...]
    prompt: tuple[Message, ...]
    expected_tokens: int
    worst_tokens: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a run in build order, with their sums; USD are None where a price is unknown."""

    model: str
    steps: tuple[Step, ...]
    expected_tokens: int
    worst_tokens: int
    worst_usd: float | None


def make_plan(
    project: Project,
    inputs: Inputs,
    records: Mapping[str, CommitRecord],
    models: tuple[ModelLimits, ...],
) -> Plan:
    """The plan; interfaces of modules that are not built yet are those that their specs declare."""
    suites = Suites(project, inputs, models, frozenset())
    steps = tuple(
        _step(project, spec, inputs, records.get(spec.name), suites, models)
        for spec in project.modules
    )
    worst = sum(step.worst_tokens for step in steps)
    price = project.settings.models[0].price if project.settings.models else None
    return Plan(
        model=models[0].name if models else "",
        steps=steps,
        expected_tokens=sum(step.expected_tokens for step in steps),
        worst_tokens=worst,
        worst_usd=_most(worst, price),
    )


def too_long(
    project: Project, inputs: Inputs, models: tuple[ModelLimits, ...]
) -> Iterator[tuple[ModuleSpec, str]]:
    """The modules whose first prompt fits no model's window, and what to do about each."""
    suites = Suites(project, inputs, models, frozenset())
    room = max((model.context_tokens - model.output_tokens for model in models), default=0)
    for spec in project.modules if models else ():
        tokens = estimate_tokens(first_prompt(spec, suites.context(spec).prompt))
        if tokens > room:
            text = (
                f"its prompt takes some {tokens} tokens, and {room} is the most that fits a model"
            )
            yield spec, f"{text} of project.toml; divide the module, or shorten its tests"


def _step(
    project: Project,
    spec: ModuleSpec,
    inputs: Inputs,
    made: CommitRecord | None,
    suites: Suites,
    models: tuple[ModelLimits, ...],
) -> Step:
    prompt = first_prompt(spec, suites.context(spec).prompt)
    changed = changed_since(spec, inputs, made) if made else ()
    does, reason = _what(spec, inputs, made, changed)
    if does == "nothing" or not models:
        return Step(spec.name, does, reason, changed, prompt, 0, 0)
    asked = estimate_tokens(prompt)
    answer = min(project.limit(spec, "module_lines") * _TOKENS_A_LINE, models[0].output_tokens)
    attempts = project.limit(spec, "attempts") or 1
    return Step(
        module=spec.name,
        does=does,
        reason=reason,
        changed=changed,
        prompt=prompt,
        expected_tokens=_EXPECTED_CALLS * (asked + answer) + answer,
        worst_tokens=attempts * models[0].context_tokens,
    )


def _what(
    spec: ModuleSpec, inputs: Inputs, made: CommitRecord | None, changed: tuple[str, ...]
) -> tuple[str, str]:
    if made is None:
        if inputs.code(spec) is None:
            return "build", "not built yet"
        return "test", f"{spec.file} is there already"
    if not changed:
        return "nothing", f"up to date ({made.commit[:10]})"
    does = "build" if inputs.code(spec) is None else "test"
    return does, f"changed: {in_words(changed)}"


def _most(tokens: int, price: Price | None) -> float | None:
    """The price of tokens if each cost what the dearest kind does."""
    return None if price is None else tokens * max(price.input, price.output) / 1_000_000
