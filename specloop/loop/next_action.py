"""The loop: what a module's history asks for next."""

from collections.abc import Sequence
from dataclasses import dataclass

from specloop.attempt.candidate import Candidate
from specloop.attempt.message import Message
from specloop.loop.action import Action, AskModel, CommitModule, FailModule, RunTests
from specloop.loop.event import (
    CallPurpose,
    CommitPrepared,
    CompletionReceived,
    ModuleCommitted,
    ModuleFailed,
    ModuleReopened,
    ModuleStarted,
    TestsFinished,
)
from specloop.loop.history import History
from specloop.loop.red import stubs_of, why_not_asked
from specloop.loop.stop import GiveUp, decide
from specloop.prompt.context import PromptContext
from specloop.prompt.fit import fit
from specloop.prompt.reply import Malformed
from specloop.prompt.write import first_prompt, fix_from_scratch, fix_prompt, format_prompt
from specloop.spec.module import ModuleSpec


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """A model's name and the sizes, in tokens, that bound what it can be asked."""

    name: str
    context_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Context:
    """What the decision needs besides spec and history; it changes only when a file does.

    `attempts` is the number of completions a module may ask for, 0 for no limit. `models` is the
    escalation ladder.
    """

    prompt: PromptContext
    models: Sequence[ModelLimits]
    attempts: int = 0


def next_action(spec: ModuleSpec, history: History, context: Context) -> Action | None:
    """What to do next for a module; None when there is nothing left to do."""
    candidate = history.candidate
    match history.last:
        case None | ModuleStarted() if spec.has_tests:
            return RunTests(None, "red")
        case ModuleReopened(report=None, code=code):
            return RunTests(Candidate(spec.file, code), "standing")
        case TestsFinished(purpose="red", report=report) if reason := why_not_asked(
            spec, report, stubs_of([context.prompt.import_path], [spec], context.prompt.tests)
        ):
            return FailModule(reason)
        case TestsFinished(report=report) if report.ok and candidate is not None:
            return CommitModule(candidate)
        case CommitPrepared() if candidate is not None:
            return CommitModule(candidate)
        case CompletionReceived() if history.unchanged:
            return _ask(spec, history, context)  # its own tests pass, which was known before
        case CompletionReceived() if isinstance(history.attempts[-1].result, Candidate):
            return RunTests(history.attempts[-1].result, "candidate")
        case ModuleCommitted() | ModuleFailed():
            return None
        case _:  # nothing was written yet, or it cannot be read, or it is not right
            return _ask(spec, history, context)


def _ask(spec: ModuleSpec, history: History, context: Context) -> AskModel | FailModule:
    names = [model.name for model in context.models]
    decision = decide(history, names, context.attempts)
    if isinstance(decision, GiveUp):
        return FailModule(decision.reason, history.candidate)
    purpose, new = _new_turns(spec, history, context, afresh=decision.afresh)
    earlier = () if decision.afresh else history.conversation
    limits = next(model for model in context.models if model.name == decision.model)
    conversation = fit(earlier + new, limits.context_tokens - limits.output_tokens)
    if conversation is None:
        return FailModule(
            f"its prompt does not fit into the {limits.context_tokens} tokens of "
            f"{limits.name!r}; divide the module or raise context_tokens",
            history.candidate,
        )
    return AskModel(decision.model, len(history.calls) + 1, purpose, new, conversation)


def _new_turns(
    spec: ModuleSpec, history: History, context: Context, *, afresh: bool
) -> tuple[CallPurpose, tuple[Message, ...]]:
    candidate, report = history.candidate, history.report
    made = history.since_reopened.attempts
    if made and isinstance(made[-1].result, Malformed) and not afresh:
        return "format", (format_prompt(spec, made[-1].result),)
    if candidate is None or report is None:
        return "first", first_prompt(spec, context.prompt)
    because = history.reopened.text if history.reopened and not made else ""
    if afresh:
        turns = fix_from_scratch(spec, context.prompt, candidate, report, because=because)
        return "fix", turns
    return "fix", (fix_prompt(spec, candidate, report, because=because),)
