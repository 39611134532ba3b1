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
from specloop.loop.ladder import ModelLimits
from specloop.loop.red import stubs_of, why_not_asked
from specloop.loop.stop import Ask, GiveUp, Move, decide
from specloop.prompt.context import PromptContext
from specloop.prompt.fit import Cut, fit
from specloop.prompt.reply import Malformed
from specloop.prompt.write import (
    NOT_ACCEPTED,
    continue_prompt,
    first_prompt,
    fix_from_scratch,
    fix_prompt,
    format_prompt,
)
from specloop.spec.module import ModuleSpec
from specloop.spec.path_rules import is_below

_SHORTER = 0.75  # of a prompt that was refused for its length, in the next try


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
        case CompletionReceived() | TestsFinished() if history.unchanged:
            return _ask(spec, history, context)  # its own tests pass, which was known before
        case TestsFinished(report=report) if report.ok and candidate is not None:
            return CommitModule(candidate)
        case CommitPrepared() if candidate is not None:
            return CommitModule(candidate)
        case CompletionReceived() if history.attempts[-1].report is not None:
            return _ask(spec, history, context)  # the same code again: what it does is known
        case CompletionReceived() if isinstance(history.attempts[-1].result, Candidate):
            return RunTests(history.attempts[-1].result, "candidate")
        case ModuleCommitted() | ModuleFailed():
            return None
        case _:  # nothing was written yet, or it cannot be read, or it is not right
            return _ask(spec, history, context)


def first_question(spec: ModuleSpec, context: Context) -> AskModel | FailModule:
    """What would be asked first about a module of which nothing is known but its spec."""
    return _ask(spec, History(spec), context)


def _ask(spec: ModuleSpec, history: History, context: Context) -> AskModel | FailModule:
    decision = decide(history, context.models, context.attempts)
    if isinstance(decision, GiveUp):
        return FailModule(decision.reason, history.kept)
    names = [model.name for model in context.models]
    place = names.index(decision.model)
    for ask in (decision, *(Ask(name, "afresh") for name in names[place + 1 :])):
        if action := _asked(spec, history, context, ask):
            return action
    return FailModule(_too_long(history, context.models[place]), history.kept)


def _asked(spec: ModuleSpec, history: History, context: Context, ask: Ask) -> AskModel | None:
    """The question to this model, None where it does not fit into its window."""
    limits = next(model for model in context.models if model.name == ask.model)
    turns = _new_turns(spec, history, context, ask.move, brief=limits.samples)
    earlier = history.conversation if ask.move == "go on" else ()
    cuts = _cuts(history, context.prompt)
    conversation = _fitted(earlier, turns, limits, history, cuts)
    if turns.purpose == "continue" and conversation and earlier[-1] not in conversation:
        # There is no room for what it should go on from.
        turns = _format_turns(spec, history)
        conversation = _fitted(earlier, turns, limits, history, cuts)
    if conversation is None:
        return None
    number = len(history.calls) + 1
    return AskModel(ask.model, number, turns.purpose, turns.new, conversation, ask.temperature)


def _too_long(history: History, limits: ModelLimits) -> str:
    if history.times_too_long(limits.name):
        said = f"{limits.name!r} refuses its prompt for its length, however short it is made"
    else:
        said = f"its prompt does not fit into the {limits.context_tokens} tokens of {limits.name!r}"
    return f"{said}; divide the module, or name a model with a larger window (context_tokens)"


@dataclass(frozen=True, slots=True)
class _Turns:
    """What is said next; `alone` is the last of it as it reads without the answer before it."""

    purpose: CallPurpose
    new: tuple[Message, ...]
    alone: Message | None = None


def _new_turns(
    spec: ModuleSpec, history: History, context: Context, move: Move, *, brief: bool
) -> _Turns:
    candidate, report = history.candidate, history.report
    made = history.since_reopened.attempts
    if made and isinstance(made[-1].result, Malformed) and move == "go on":
        if made[-1].result.unfinished:
            return _Turns("continue", (continue_prompt(spec),))
        return _format_turns(spec, history)
    remark = NOT_ACCEPTED if history.discarded else ""
    if candidate is None or report is None or (move == "sample" and not history.reopened):
        return _Turns("first", first_prompt(spec, context.prompt, brief=brief, remark=remark))
    reopened = history.reopened.text if history.reopened and not made else ""
    because = f"{reopened} {remark}".strip()
    if move != "go on":
        turns = fix_from_scratch(spec, context.prompt, candidate, report, because=because)
        return _Turns("fix", turns)
    tests = context.prompt.tests.values()
    whole = fix_prompt(spec, candidate, report, tests=tests, because=because)
    if _as_written(history, candidate).strip() not in history.conversation[-1].content:
        return _Turns("fix", (whole,))
    turn = fix_prompt(spec, candidate, report, tests=tests, because=because, known=True)
    return _Turns("fix", (turn,), whole)


def _as_written(history: History, candidate: Candidate) -> str:
    """The candidate as the model wrote it, before it was laid out for the tests."""
    for attempt in reversed(history.attempts):
        if attempt.code == candidate and isinstance(attempt.result, Candidate):
            return attempt.result.code
    return candidate.code


def _format_turns(spec: ModuleSpec, history: History) -> _Turns:
    last = history.attempts[-1].result
    assert isinstance(last, Malformed)
    return _Turns("format", (format_prompt(spec, last),))


def _fitted(
    earlier: tuple[Message, ...],
    turns: _Turns,
    limits: ModelLimits,
    history: History,
    cuts: Sequence[Cut],
) -> tuple[Message, ...] | None:
    """The conversation as it fits the model, which may take less than it is said to."""
    room = limits.prompt_tokens
    for _ in range(history.times_too_long(limits.name) + 1):
        whole = earlier + turns.new
        fitted = fit(whole, room, count=limits.count, alone=turns.alone, cuts=cuts)
        if fitted is None:
            return None
        room = int(limits.count(fitted) * _SHORTER)
    return fitted


def _cuts(history: History, context: PromptContext) -> list[Cut]:
    """What a prompt can do without, the least needed first: tests that pass, then prose."""
    report = history.report
    cuts = []
    for path, text in context.tests.items():
        nodes = [failure.node_id for failure in report.failures] if report else []
        nodes += report.not_run if report else ()
        passed = any(is_below(path, node) for node in report.passed) if report else False
        if passed and not any(is_below(path, node) for node in nodes):
            cuts.append(Cut(text.rstrip(), "# left out for want of room: all of it passes"))
    return cuts + [Cut(need.interface, need.bare) for need in context.interfaces.values()]
