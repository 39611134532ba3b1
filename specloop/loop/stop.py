"""When to go on with a model, when to ask the next one of the ladder, when to give up.

Models lose most of their power to mend their own code within a few rounds, so that a round which
changes nothing twice over is not worth its price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from specloop.attempt.report import TestReport
from specloop.loop.attempts import Attempt
from specloop.loop.history import History
from specloop.loop.ladder import ModelLimits
from specloop.prompt.reply import Malformed

MALFORMED_IN_A_ROW = 3
SAME_FAILURE_IN_A_ROW = 3
SAME_CODE_IN_A_ROW = 2
SAME_CODE = "the model answered with the same code again"
FORGED_IN_A_ROW = 2
FORGED = "the model twice tried to decide its own verdict"
SAMPLES = 4  # of one model, where another stands behind it
SAME_SAMPLES_IN_A_ROW = 12  # no chance will bring another
SAMPLE_TEMPERATURE = 0.8  # so that no sample is like the one before
AFTER_NOTHING = 0.7  # a model that said nothing would say so again at temperature 0

Move = Literal["go on", "afresh", "sample"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this model: in the conversation there is, or in a new one.

    The move "afresh" shows it the code as it stands, "sample" the spec alone. `temperature`
    overrides the model's own.
    """

    model: str
    move: Move = "go on"
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Ask nobody any more."""

    reason: str


def decide(history: History, models: Sequence[ModelLimits], attempts: int) -> Ask | GiveUp:
    """Who is asked next about a module that is not right yet; `attempts` 0 is no limit."""
    made = history.since_reopened.attempts
    if attempts and len(made) >= attempts:
        return GiveUp(f"not passed after {len(made)} of {attempts} attempts")
    if not made:
        goes_on = bool(history.conversation) and not (models[0].samples or history.discarded)
        return Ask(models[0].name, "go on" if goes_on else "afresh")
    names = [model.name for model in models]
    place = names.index(made[-1].model) if made[-1].model in names else -1
    later = models[place + 1 :]
    mine = [attempt for attempt in made if attempt.model == made[-1].model]
    if _ends_alike([attempt.forged or None for attempt in mine], FORGED_IN_A_ROW):
        return _next(later, FORGED)
    if place >= 0 and models[place].samples:
        return _sample(models[place], mine, later)
    stalled = SAME_CODE if history.unchanged else why_stalled(mine)
    if stalled is not None:
        return _next(later, stalled)
    if made[-1].forged:
        return Ask(names[max(place, 0)], "afresh")
    nothing = isinstance(mine[-1].result, Malformed) and mine[-1].result.kind == "empty"
    return Ask(names[max(place, 0)], temperature=AFTER_NOTHING if nothing else None)


def _next(later: Sequence[ModelLimits], stalled: str) -> Ask | GiveUp:
    return Ask(later[0].name, "afresh") if later else GiveUp(stalled)


def _sample(
    model: ModelLimits, mine: Sequence[Attempt], later: Sequence[ModelLimits]
) -> Ask | GiveUp:
    if later and len(mine) >= SAMPLES:
        return Ask(later[0].name, "afresh")
    if _ends_alike([_shape(attempt) or "" for attempt in mine], SAME_SAMPLES_IN_A_ROW):
        return GiveUp(f"{SAME_SAMPLES_IN_A_ROW} samples in a row held nothing new")
    return Ask(model.name, "sample", SAMPLE_TEMPERATURE)


def why_stalled(made: Sequence[Attempt]) -> str | None:
    """Why another call of the same kind would be wasted, or None."""
    if _ends_alike([isinstance(a.result, Malformed) or None for a in made], MALFORMED_IN_A_ROW):
        return f"{MALFORMED_IN_A_ROW} answers in a row held no usable code"
    if _ends_alike([_shape(attempt) for attempt in made], SAME_CODE_IN_A_ROW):
        return SAME_CODE
    if _ends_alike([_signature(a.report) for a in made], SAME_FAILURE_IN_A_ROW):
        return f"the same failure {SAME_FAILURE_IN_A_ROW} times in a row"
    return None


def _ends_alike(values: Sequence[object], count: int) -> bool:
    tail = values[-count:]
    return len(tail) == count and tail[0] is not None and all(v == tail[0] for v in tail)


def _shape(attempt: Attempt) -> str | None:
    """What the code is but for its layout; None where there is none."""
    return attempt.code.shape if attempt.code else None


def _signature(report: TestReport | None) -> object:
    """What makes two failing reports the same, or None."""
    if report is None:
        return None
    # What failed before is run first, so that the order says nothing.
    failures = frozenset((f.node_id, f.exception, f.message) for f in report.failures)
    static = tuple((f.code, f.text) for f in report.static)
    return (report.verdict, failures, static)
