"""Prompts, from the templates beside this file."""

from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from specloop.attempt.candidate import Candidate
from specloop.attempt.message import Message
from specloop.attempt.report import TestReport
from specloop.prompt.context import PromptContext
from specloop.prompt.digest import digest
from specloop.prompt.plain import fenced, plain, quoted
from specloop.prompt.reply import Malformed
from specloop.spec.module import ModuleSpec
from specloop.spec.requirement import CATEGORIES

# Said of an answer that games, without a word on how: that would teach it.
NOT_ACCEPTED = (
    "An earlier answer was not accepted, because it did not do the task by itself. Compute each "
    "result from the arguments alone."
)


@cache
def _templates() -> Environment:
    # Prompts are plain text for a model: escaping for HTML would spoil the code in them.
    environment = Environment(
        loader=PackageLoader("specloop.prompt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,
    )
    environment.filters |= {"fenced": fenced, "quoted": quoted}
    return environment


def _render(name: str, **values: object) -> str:
    return _templates().get_template(name).render(**values).strip() + "\n"


def first_prompt(
    spec: ModuleSpec, context: PromptContext, *, brief: bool = False, remark: str = ""
) -> tuple[Message, ...]:
    """The turns that open a conversation: who the model is, and the whole spec.

    A `brief` one is for the smallest models, which follow few words better than many. `remark` is
    said besides.
    """
    if brief:
        text = _render("brief.md.j2", spec=spec, context=context, remark=remark)
        return (Message("user", text),)
    return (
        Message("system", _render("system.md.j2", spec=spec, context=context)),
        Message("user", _first(spec, context, remark)),
    )


def _first(spec: ModuleSpec, context: PromptContext, remark: str) -> str:
    lists = {
        category: [r for r in spec.requirements if r.category == category]
        for category in CATEGORIES
    }
    return _render("first.md.j2", spec=spec, context=context, lists=lists, remark=remark)


def fix_prompt(
    spec: ModuleSpec,
    candidate: Candidate,
    report: TestReport,
    *,
    tests: Iterable[str] = (),
    because: str = "",
    known: bool = False,
) -> Message:
    """The turn that shows code as it stands and what is wrong with it.

    `tests` are the texts of tests that were shown. `because` says in a sentence why code that had
    passed is looked at again. Code that is `known`, since it is the answer just before, is not
    repeated.
    """
    found = digest(spec, candidate, report, tests)
    values = {"candidate": candidate, "found": found, "because": plain(because), "known": known}
    return Message("user", _render("fix.md.j2", spec=spec, **values))


def fix_from_scratch(
    spec: ModuleSpec,
    context: PromptContext,
    candidate: Candidate,
    report: TestReport,
    *,
    because: str,
) -> tuple[Message, ...]:
    """The turns that open a conversation about code that stands already."""
    system, first = first_prompt(spec, context)
    tests = context.tests.values()
    fix = fix_prompt(spec, candidate, report, tests=tests, because=because)
    return system, Message("user", f"{first.content}\n{fix.content}")


def continue_prompt(spec: ModuleSpec) -> Message:
    """The turn that asks for the rest of an answer that was cut off."""
    return Message("user", _render("continue.md.j2", spec=spec))


def format_prompt(spec: ModuleSpec, malformed: Malformed) -> Message:
    """The turn that asks again for an answer that could not be read."""
    return Message("user", _render("format.md.j2", spec=spec, problem=malformed.problem))
