"""The worker's answer, judged: whether it agrees with pytest that each row holds."""

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from specloop.verify.opinion.answer import Answer, Error, Raised, read_error
from specloop.verify.opinion.evaluate import Evaluator
from specloop.verify.opinion.opaque import Unclear
from specloop.verify.opinion.plan import Plan, RowPlan
from specloop.verify.opinion.values import Malformed, shown

Outcome = Literal["agreed", "disagreed", "one opinion only"]
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
_SHOWN = 3  # values in a text


@dataclass(frozen=True, slots=True)
class RowOpinion:
    """What came of one row; `why` is a line for a person, "" where it agreed."""

    node: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came of all rows, in their order."""

    rows: tuple[RowOpinion, ...] = ()

    @property
    def disagreed(self) -> tuple[RowOpinion, ...]:
        """The rows that passed in pytest alone: the module must not be taken."""
        return tuple(row for row in self.rows if row.outcome == "disagreed")

    @property
    def single(self) -> tuple[RowOpinion, ...]:
        """The rows of which there is one opinion only."""
        return tuple(row for row in self.rows if row.outcome == "one opinion only")


def judge(plan: Plan, records: Sequence[Mapping[str, Any]], ended_well: bool) -> Opinion:
    """What the worker's records say of each row of the plan.

    Whatever is wrong with the answer is a disagreement. Where the plan is not alone, what may come
    of that is one opinion only; what is forged stays a disagreement. Records of other kinds than
    "row" and "import" are passed over. `ended_well` says whether the worker came to its end by
    itself.
    """
    told, strange = _sorted(plan, records)
    opinions = []
    for number, row in enumerate(plan.rows):
        opinion, forged = _of_row(plan, row, told.get(number, ()), ended_well)
        if strange:
            opinion = RowOpinion(row.node, "disagreed", strange)
        if opinion.outcome == "disagreed" and not plan.alone and not forged:
            why = f"a conftest.py prepares what is not there outside of pytest; {opinion.why}"
            opinion = RowOpinion(row.node, "one opinion only", why)
        opinions.append(opinion)
    return Opinion(tuple(opinions))


def _sorted(
    plan: Plan, records: Sequence[Mapping[str, Any]]
) -> tuple[dict[int, list[Mapping[str, Any]]], str]:
    """The records of each row by its number, and what is wrong with the answer as a whole."""
    asked = {number for number, row in enumerate(plan.rows) if row.program}
    told: dict[int, list[Mapping[str, Any]]] = {}
    strange = ""
    for record in records:
        kind = record.get("kind") if isinstance(record, Mapping) else None
        if kind == "import":
            strange = (
                f"outside of pytest the module could not be imported: {_said(record, 'error')}"
            )
        elif kind == "row":
            number = record.get("row")
            if type(number) is not int or number not in asked:
                strange = strange or "outside of pytest a row was answered that was not asked"
            else:
                told.setdefault(number, []).append(record)
    return told, strange


def _of_row(
    plan: Plan, row: RowPlan, records: Sequence[Mapping[str, Any]], ended_well: bool
) -> tuple[RowOpinion, bool]:
    """The opinion, and whether what was told is forged."""
    if row.why:
        return RowOpinion(row.node, "one opinion only", row.why), False
    try:
        if not records:
            raise _Differs(_missing(ended_well))
        if len(records) > 1:
            raise _Forged("the row was answered twice")
        answer = Answer(row, records[0])
        if answer.raised is not None:
            raise _Differs(f"raised {answer.raised} before its check")
        _JUDGES[row.row.kind](plan, row, answer)
    except Unclear as error:
        return RowOpinion(row.node, "one opinion only", str(error)), False
    except _Differs as error:
        forged = isinstance(error, _Forged)
        return RowOpinion(row.node, "disagreed", _line(row, str(error))), forged
    except Malformed as error:
        why = _line(row, f"the answer is malformed: {error}")
        return RowOpinion(row.node, "disagreed", why), True
    return RowOpinion(row.node, "agreed"), False


def _missing(ended_well: bool) -> str:
    return "the row was not answered" if ended_well else "the process ended before the row's answer"


def _line(row: RowPlan, what: str) -> str:
    return f"`{row.row.source}`: outside of pytest {' '.join(what.split())}"


class _Differs(Exception):
    """The worker does not agree; the text says in what."""


class _Forged(_Differs):
    """The worker told what no honest module gives."""


def _said(record: Mapping[str, Any], key: str) -> str:
    try:
        return str(read_error(record.get(key)))
    except Malformed:
        return "it does not say why"


def _judge_true(plan: Plan, row: RowPlan, answer: Answer) -> None:
    assert row.parts is not None
    if not row.steps:
        raise Unclear("the row asks nothing of the module")
    if name := answer.equal_to_all():
        raise _Forged(f"it gave {name} that equals whatever it is compared with")
    if name := answer.not_as_promised(row):
        raise _Forged(f"it gave {name}, where its signature promises plain data")
    exact = all(value.exact for value in answer.values.values())
    try:
        holds = Evaluator(row.names, answer.told, lenient=not exact).truth(row.parts.check)
    except Raised as error:
        raise _Differs(f"it raised {error}") from None
    except Unclear:
        raise
    except (Malformed, _Differs):
        raise
    except Exception as error:
        if not exact:
            raise Unclear(f"it takes more than plain data ({type(error).__name__})") from None
        raise _Differs(f"{_gave(row, answer)}, so that its check raises {error!r}") from None
    if not holds:
        raise _Differs(_gave(row, answer))
    _refuse_decided(row, answer)


def _refuse_decided(row: RowPlan, answer: Answer) -> None:
    """Unclear where the answer is that of a comparison which the worker itself made."""
    assert row.parts is not None
    for index in answer.used & row.parts.deciding:
        if _may_be_a_verdict(answer.values[index].data):
            raise Unclear("the row's own code compares, where the module's objects are")


def _may_be_a_verdict(value: Any) -> bool:  # noqa: ANN401
    """Whether a comparison may have made the value: True, 1, "yes", or a collection of such."""
    if isinstance(value, list | tuple | set | frozenset | dict):
        values = value.values() if isinstance(value, dict) else value
        return any(isinstance(each, bool) or each is None for each in values)
    return isinstance(value, int | str | None)


def _gave(row: RowPlan, answer: Answer) -> str:
    used = sorted(answer.used or answer.values)
    texts = [shown(answer.values[index].data) for index in used][:_SHOWN]
    return f"it gave {', '.join(texts)}" if texts else "it does not hold"


def _judge_raises(plan: Plan, row: RowPlan, answer: Answer) -> None:
    name, text = row.row.name, row.row.text
    error = answer.errors.get(0)
    if error is None and name.endswith("Warning"):
        raise Unclear("warnings are exceptions where pytest's settings say so")
    if error is None:
        raise _Differs(f"{_gave(row, answer)} and raised nothing")
    if not _is_of(plan, row, error, name):
        raise _Differs(f"it raised {error}")
    if text is not None and text not in error.message:
        raise _Differs(f"it raised {error}")


def _is_of(plan: Plan, row: RowPlan, error: Error, name: str) -> bool:
    """Whether the exception is of the class that the row names."""
    root, _, _ = name.partition(".")
    last = name.rpartition(".")[2]
    if root not in row.names.other:
        real = getattr(builtins, name, None)
        wanted = real.__name__ if isinstance(real, type) else name
        if not isinstance(real, type) and plan.names:
            raise Unclear(f"{name!r} is not known outside of pytest")
        if isinstance(real, type):
            return ("builtins", wanted) in error.classes
    if any(known.rpartition(".")[2] == last for _, known in error.classes):
        return True
    if root in plan.names:
        return False
    raise Unclear(f"{name!r} may be another name of {str(error).partition(':')[0]}")


def _judge_logs(plan: Plan, row: RowPlan, answer: Answer) -> None:
    level, text = _LEVELS[row.row.name], row.row.text or ""
    if answer.errors:
        raise _Differs(f"it raised {answer.errors[0]}")
    if any(found == level and text in message for found, message in answer.logs):
        return
    texts = ", ".join(shown(message) for _, message in answer.logs[:_SHOWN])
    raise _Differs(f"it logged {texts or 'nothing'}")


_JUDGES = {"true": _judge_true, "raises": _judge_raises, "logs": _judge_logs}
