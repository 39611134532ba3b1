"""What the last run asked and what it took: sums by module and by model, and who wrote what."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Usage, total
from specloop.attempt.report import OneOpinion
from specloop.loop.event import Event
from specloop.loop.history import History
from specloop.loop.past import Past
from specloop.ports import CommitRecord
from specloop.report.calls import Call, calls_of, prefix_share
from specloop.report.summary import ModuleSummary, Summary, Tests
from specloop.spec.project import Project

_TO_BE_BUILT = ("running", "pending")


@dataclass(frozen=True, slots=True)
class Account:
    """Sums over some calls.

    `faults` are requests that failed and were made again. `lost_tokens` and `lost_usd` are the most
    that the lost calls may have taken. USD are None where a price is not known. `later_input` and
    `later_cached` are the input tokens of calls that were not the first about their module.
    """

    calls: int = 0
    answers: int = 0
    unreadable: int = 0
    faults: int = 0
    failed: int = 0
    lost: int = 0
    lost_tokens: int = 0
    lost_usd: float | None = 0.0
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = 0.0
    later_input: int = 0
    later_cached: int = 0

    @classmethod
    def of(cls, calls: Iterable[Call]) -> "Account":
        """The sums over `calls`."""
        made = tuple(calls)
        lost = [call.started for call in made if call.fate == "lost"]
        answers = [call.completion for call in made if call.completion is not None]
        later = [call.completion.usage for call in made if call.completion and call.is_later]
        return cls(
            calls=len(made),
            answers=len(answers),
            unreadable=sum(not call.readable for call in made),
            faults=sum(len(completion.faults) for completion in answers),
            failed=sum(call.fate == "failed" for call in made),
            lost=len(lost),
            lost_tokens=sum(started.worst_tokens for started in lost),
            lost_usd=total(started.worst_usd for started in lost),
            usage=sum((completion.usage for completion in answers), Usage()),
            cost_usd=total(completion.cost_usd for completion in answers),
            later_input=sum(usage.input_tokens for usage in later),
            later_cached=sum(usage.cached_tokens for usage in later),
        )

    @property
    def cached_share(self) -> float | None:
        """The share of later input that providers say was cached; None where there is none."""
        return self.later_cached / self.later_input if self.later_input else None

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {**asdict(self), "cached_share": self.cached_share}


@dataclass(frozen=True, slots=True)
class ModuleAccount:
    """One module: what the run asked about it, and what stands.

    `state` is None for a module that has no spec any more. `writer` is the model that wrote what is
    `committed`, or the newest code of a module that failed before anything was; None where there is
    no such code, or no model wrote it. `solved_by` is "first answer" or "loop", None where the run
    asked nothing, or the module did not pass. `one_opinion` are those of its `rows` example rows
    that passed by pytest alone.
    """

    name: str
    state: str | None
    writer: str | None
    committed: bool
    attempts: int
    tests: Tests
    solved_by: str | None
    prefix_share: float | None
    account: Account
    rows: int = 0
    one_opinion: tuple[OneOpinion, ...] = ()


@dataclass(frozen=True, slots=True)
class Warned:
    """What is doubtful about an answer."""

    module: str
    number: int
    model: str
    text: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """The last run of a project; `seconds` is the time in which it was worked on."""

    project: str
    state: str
    seconds: float
    modules: tuple[ModuleAccount, ...]
    models: tuple[tuple[str, Account], ...]
    total: Account
    prefix_share: float | None
    warnings: tuple[Warned, ...]

    def solved(self, by: str) -> int:
        """How many modules were solved so."""
        return sum(module.solved_by == by for module in self.modules)

    @property
    def not_yet(self) -> int:
        """How many modules the run asked about that are still to be built."""
        return sum(one.state in _TO_BE_BUILT for one in self._unsolved())

    @property
    def not_solved(self) -> int:
        """How many modules the run asked about that do not stand, and will not without a change."""
        return len(self._unsolved()) - self.not_yet

    def _unsolved(self) -> list[ModuleAccount]:
        return [one for one in self.modules if one.account.calls and one.solved_by is None]

    def as_json(self) -> dict[str, Any]:
        """The shape that `specloop report --json` prints."""
        return {
            "project": self.project,
            "state": self.state,
            "seconds": self.seconds,
            "total": self.total.as_json(),
            "prefix_share": self.prefix_share,
            "solved": {
                "first_answer": self.solved("first answer"),
                "loop": self.solved("loop"),
                "not": self.not_solved,
                "not_yet": self.not_yet,
            },
            "modules": [
                {**asdict(module), "account": module.account.as_json()} for module in self.modules
            ],
            "models": [
                {"name": name, "account": account.as_json()} for name, account in self.models
            ],
            "warnings": [asdict(one) for one in self.warnings],
        }


def accounts(
    project: Project,
    events: Iterable[Event],
    summary: Summary,
    records: Mapping[str, CommitRecord],
    *,
    live: bool,
) -> Accounts:
    """The accounts of the last run in the journal; `summary` says where the project stands."""
    recorded = tuple(events)
    past = Past(recorded)
    specs = {spec.name: spec for spec in project.modules}
    calls = calls_of(recorded, specs, live=live)
    asked = dict.fromkeys(call.started.module for call in calls)
    histories = {name: past.history(spec) for name, spec in specs.items()}
    standing = {module.name: module for module in summary.modules}
    modules = tuple(
        _module(
            name,
            [call for call in calls if call.started.module == name],
            histories.get(name),
            standing.get(name),
            records.get(name),
        )
        for name in dict.fromkeys((*specs, *asked))
    )
    models = dict.fromkeys(call.started.model for call in calls)
    return Accounts(
        project=project.name,
        state=summary.state,
        seconds=past.ledger.seconds,
        modules=modules,
        models=tuple(
            (name, Account.of(call for call in calls if call.started.model == name))
            for name in models
        ),
        total=Account.of(calls),
        prefix_share=prefix_share(histories[name] for name in asked if name in histories),
        warnings=tuple(_warned(calls)),
    )


def _module(
    name: str,
    calls: list[Call],
    history: History | None,
    summary: ModuleSummary | None,
    made: CommitRecord | None,
) -> ModuleAccount:
    answers = sum(call.completion is not None for call in calls)
    solved_by = None
    if answers and summary and summary.state == "passed":
        # What was begun anew since then, and passed as it stood, has no attempts any more.
        solved_by = "first answer" if max(answers, summary.attempts) == 1 else "loop"
    report = history.report if history else None
    return ModuleAccount(
        name=name,
        state=summary.state if summary else None,
        writer=_writer(history, made),
        committed=made is not None,
        attempts=summary.attempts if summary else 0,
        tests=summary.tests if summary else Tests(),
        solved_by=solved_by,
        prefix_share=prefix_share([history]) if history and calls else None,
        account=Account.of(calls),
        rows=len((*history.spec.rows, *history.spec.held_out)) if history else 0,
        one_opinion=report.one_opinion if report and report.ok else (),
    )


def _writer(history: History | None, made: CommitRecord | None) -> str | None:
    """Who wrote what is committed, else the newest code of a module that failed."""
    if made is not None:
        said = made.trailers.get("Specloop-Model", "none")
        return None if said == "none" else said
    attempts = history.attempts if history and history.failed is not None else ()
    models = [one.model for one in attempts if isinstance(one.result, Candidate)]
    return models[-1] if models else None


def _warned(calls: Iterable[Call]) -> Iterable[Warned]:
    for call in calls:
        started = call.started
        if call.completion and call.completion.warning:
            yield Warned(started.module, started.number, started.model, call.completion.warning)
