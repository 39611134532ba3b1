"""What came of building one module several times: one value, as JSON and as text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Usage
from specloop.attempt.likeness import Likeness, likeness
from specloop.engine.repeat import together
from specloop.engine.trial import Trial
from specloop.loop.budget import Ledger
from specloop.report.columns import columns
from specloop.report.describe import cost, count, tokens


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How one trial ended; `first` and `code` are the first and the last code that it gave."""

    trial: int
    passed: bool
    reason: str
    attempts: int
    usage: Usage
    cost_usd: float | None
    first: str | None
    code: str | None

    @classmethod
    def of(cls, trial: Trial) -> "TrialResult":
        """The result of a trial that has ended."""
        history, ended = trial.history, trial.ended
        assert ended is not None
        made = history.attempts
        first = made[0].result if made else None
        return cls(
            trial=trial.number,
            passed=ended.passed,
            reason=ended.reason,
            attempts=len(made),
            usage=history.usage,
            cost_usd=history.cost_usd,
            first=first.code if isinstance(first, Candidate) else None,
            code=history.candidate.code if history.candidate else None,
        )


@dataclass(frozen=True, slots=True)
class Repeated:
    """A module built several times.

    `passing` compares the code that passed, `first_answers` what the first answers held. `usage`
    and `cost_usd` are of all trials; `lost_tokens` and `lost_usd` are the most that calls may have
    taken whose reply never came (USD None where unpriced).
    """

    module: str
    models: tuple[str, ...]
    trials: tuple[TrialResult, ...]
    usage: Usage
    cost_usd: float | None
    lost_tokens: int
    lost_usd: float | None
    passing: Likeness
    first_answers: Likeness

    @property
    def passed(self) -> int:
        """How many trials passed."""
        return sum(trial.passed for trial in self.trials)

    @property
    def at_once(self) -> int:
        """How many passed with the first answer."""
        return sum(trial.passed and trial.attempts == 1 for trial in self.trials)

    @property
    def pass_rate(self) -> float:
        """The share of trials that passed."""
        return self.passed / len(self.trials)

    @property
    def mean_tokens(self) -> float:
        """Tokens, in and out, of a trial."""
        return (self.usage.input_tokens + self.usage.output_tokens) / len(self.trials)

    @property
    def mean_usd(self) -> float | None:
        """What a trial cost; None where a call has no known price."""
        return None if self.cost_usd is None else self.cost_usd / len(self.trials)

    def as_json(self) -> dict[str, Any]:
        """The shape that `specloop repeat --json` prints."""
        return {
            "module": self.module,
            "models": list(self.models),
            "trials": [asdict(trial) for trial in self.trials],
            "passed": self.passed,
            "passed_at_once": self.at_once,
            "pass_rate": self.pass_rate,
            "total": {"usage": asdict(self.usage), "cost_usd": self.cost_usd},
            "mean": {"tokens": self.mean_tokens, "cost_usd": self.mean_usd},
            "lost": {"tokens": self.lost_tokens, "cost_usd": self.lost_usd},
            "likeness": {
                "passing": _numbers(self.passing),
                "first_answers": _numbers(self.first_answers),
            },
        }


def repeated(module: str, models: Sequence[str], trials: Sequence[Trial]) -> Repeated:
    """What came of trials, each of which has ended."""
    results = tuple(TrialResult.of(trial) for trial in trials)
    ledger: Ledger = together(trials)
    return Repeated(
        module=module,
        models=tuple(models),
        trials=results,
        usage=ledger.usage,
        cost_usd=ledger.cost_usd,
        lost_tokens=ledger.lost_tokens,
        lost_usd=None if ledger.lost_tokens and not ledger.lost_usd else ledger.lost_usd,
        passing=likeness([one.code for one in results if one.passed and one.code is not None]),
        first_answers=likeness([one.first for one in results if one.first is not None]),
    )


def _numbers(found: Likeness) -> dict[str, Any]:
    return {**asdict(found), "identical_share": found.identical_share}


def repeated_text(found: Repeated) -> str:
    """The trials in columns, and what they say together."""
    number = len(found.trials)
    rows = [("trial", "verdict", "attempts", "tokens", "cost", ""), *map(_cells, found.trials)]
    lines = [
        f"{found.module}, {count(number, 'trial')} with {', '.join(found.models)}",
        "",
        *columns(rows),
        "",
        f"{found.passed} of {number} passed ({100 * found.passed // number} %), "
        f"{found.at_once} of them with the first answer",
        f"together: {tokens(found.usage)} tokens, {cost(found.cost_usd)}",
        f"a trial: {found.mean_tokens:.0f} tokens, {cost(found.mean_usd)}",
    ]
    if found.lost_tokens:
        lost = f"up to {found.lost_tokens} tokens, {cost(found.lost_usd)}"
        lines.append(f"lost in calls whose reply never came: {lost}")
    lines.append(f"code that passed: {_said(found.passing)}")
    lines.append(f"first answers: {_said(found.first_answers)}")
    return "\n".join(lines)


def _cells(trial: TrialResult) -> tuple[str, ...]:
    verdict = "passed" if trial.passed else "failed"
    priced = cost(trial.cost_usd) if trial.attempts else "-"
    reason = f"({trial.reason})" if trial.reason else ""
    return str(trial.trial), verdict, str(trial.attempts), tokens(trial.usage), priced, reason


def _said(found: Likeness) -> str:
    """A comparison in words."""
    if not found.pairs:
        return f"nothing to compare, with {count(found.codes, 'code')}"
    text = f"{found.identical} of {count(found.pairs, 'pair')} alike"
    if found.similarity is None:
        return text
    # Rounded down: what differs is not said to be the same.
    return f"{text}, similarity of the others {int(100 * found.similarity) / 100:.2f}"
