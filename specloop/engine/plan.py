"""What a run would do, without doing it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from specloop.attempt.completion import total
from specloop.attempt.message import Message
from specloop.engine.estimate import Estimate, Offer, expected, worst
from specloop.engine.inputs import Inputs
from specloop.engine.stale import changed_since, in_words
from specloop.engine.suites import Suites
from specloop.loop.action import AskModel, FailModule
from specloop.loop.ladder import ModelLimits
from specloop.loop.next_action import Context, first_question
from specloop.ports import CommitRecord
from specloop.prompt.fit import estimate_tokens
from specloop.prompt.write import first_prompt
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project

_TOKENS_A_LINE = 12  # of generated Python, docstrings included
_NOTHING = Estimate(0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Step:
    """One module in a plan.

    `does` is "nothing", "build" or "test" (what stands is tested before a model is asked).
    `changed` are the parts that made the module stale: "interface", "body" and "examples" of its
    spec, its "tests", "uses NAME" for the interface of a module, or its "code".
    """

    module: str
    does: str
    reason: str
    changed: tuple[str, ...]
    prompt: tuple[Message, ...]
    expected_tokens: int | None
    expected_usd: float | None
    cheap_usd: float | None
    worst_tokens: int | None
    worst_usd: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a run in build order, with their sums; None where there is no telling.

    `model` is the one that is asked first. `cheap_usd` is what is expected in its `cheap_hours`,
    "" if it has none.
    """

    model: str
    cheap_hours: str
    steps: tuple[Step, ...]
    expected_tokens: int | None
    expected_usd: float | None
    cheap_usd: float | None
    worst_tokens: int | None
    worst_usd: float | None


def make_plan(
    project: Project,
    inputs: Inputs,
    records: Mapping[str, CommitRecord],
    offers: tuple[Offer, ...],
) -> Plan:
    """The plan; interfaces of modules that are not built yet are those that their specs declare.

    `offers` are those of the models of project.toml, in their order.
    """
    suites = Suites(project, inputs, tuple(offer.limits for offer in offers), frozenset())
    steps = tuple(
        _step(project, spec, inputs, records.get(spec.name), suites, offers)
        for spec in project.modules
    )
    first = offers[0] if offers else None
    return Plan(
        model=first.limits.name if first else "",
        cheap_hours=str(first.cheap_hours) if first and first.cheap_hours else "",
        steps=steps,
        expected_tokens=total(step.expected_tokens for step in steps),
        expected_usd=total(step.expected_usd for step in steps),
        cheap_usd=total(s.cheap_usd for s in steps) if first and first.cheap_hours else None,
        worst_tokens=total(step.worst_tokens for step in steps),
        worst_usd=total(step.worst_usd for step in steps),
    )


def too_long(
    project: Project, inputs: Inputs, models: tuple[ModelLimits, ...]
) -> Iterator[tuple[ModuleSpec, str]]:
    """The modules whose first prompt fits no model's window, and what to do about each."""
    suites = Suites(project, inputs, models, frozenset())
    for spec in project.modules if models else ():
        asked = first_question(spec, suites.context(spec))
        if isinstance(asked, FailModule):
            yield spec, asked.reason


def _first_prompt(spec: ModuleSpec, context: Context) -> tuple[Message, ...]:
    """As it would be sent; whole where it fits no model, or there is none."""
    asked = first_question(spec, context) if context.models else None
    if isinstance(asked, AskModel):
        return asked.conversation
    return first_prompt(spec, context.prompt)


def _step(
    project: Project,
    spec: ModuleSpec,
    inputs: Inputs,
    made: CommitRecord | None,
    suites: Suites,
    offers: tuple[Offer, ...],
) -> Step:
    prompt = _first_prompt(spec, suites.context(spec))
    changed = changed_since(spec, inputs, made) if made else ()
    does, reason = _what(spec, inputs, made, changed)
    course = most = _NOTHING
    if does != "nothing" and offers:
        course = expected(offers[0], estimate_tokens(prompt), _answer(project, spec, offers[0]))
        most = worst(offers, project.limit(spec, "attempts"))
    return Step(
        module=spec.name,
        does=does,
        reason=reason,
        changed=changed,
        prompt=prompt,
        expected_tokens=course.tokens,
        expected_usd=course.usd,
        cheap_usd=course.cheap_usd,
        worst_tokens=most.tokens,
        worst_usd=most.usd,
    )


def _answer(project: Project, spec: ModuleSpec, offer: Offer) -> int:
    """Tokens of an answer: a module as long as it may be, or the longest answer there is."""
    lines = project.limit(spec, "module_lines")
    longest = offer.limits.output_tokens
    return min(lines * _TOKENS_A_LINE, longest) if lines else longest


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
