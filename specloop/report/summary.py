"""Where a project stands: one value, made from journal and branch, for every kind of reader."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from specloop.attempt.completion import Usage
from specloop.attempt.report import TestReport
from specloop.engine.inputs import Inputs
from specloop.engine.stale import changed_since, in_words
from specloop.engine.trailers import read_cost, read_tests, read_tokens
from specloop.errors import ExitCode
from specloop.loop.event import Event, RunEnded, RunPaused
from specloop.loop.history import History
from specloop.loop.past import Past
from specloop.ports import CommitRecord
from specloop.report.describe import failure_line
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.row_tests import is_held_out


@dataclass(frozen=True, slots=True)
class Tests:
    """Numbers of tests; the held-out ones are among the others.

    `not_run` were not tried, since what had failed before failed again: they may pass or not.
    """

    passed: int = 0
    failed: int = 0
    held_out: int = 0
    not_run: int = 0

    @property
    def in_words(self) -> str:
        """What passed, as "12/14"; only what failed where not all ran; "-" where nothing did."""
        if self.not_run:
            return f"{self.failed} failed"
        total = self.passed + self.failed
        return f"{self.passed}/{total}" if total else "-"


@dataclass(frozen=True, slots=True)
class ModuleSummary:
    """One module; `state` is passed, failed, blocked, running, pending or stale."""

    name: str
    file: str
    state: str
    reason: str | None = None
    attempts: int = 0
    commit: str | None = None
    tests: Tests = field(default_factory=Tests)
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    sandbox: str | None = None


@dataclass(frozen=True, slots=True)
class IntegrationSummary:
    """The integration tests; `state` is passed, failed, blocked, pending or none.

    `failures` are a line each, with the node id.
    """

    state: str
    attempts: int = 0
    tests: Tests = field(default_factory=Tests)
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole project; usage and cost are those of its last run.

    `reason` says why that stopped, or what it waits for while it goes on.
    """

    project: str
    state: str
    modules: tuple[ModuleSummary, ...]
    integration: IntegrationSummary
    usage: Usage
    cost_usd: float | None
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape that `specloop status --json` prints."""
        value = asdict(self)
        for key in ("held_out", "not_run"):  # there are none in that suite
            del value["integration"]["tests"][key]
        return value


def summarise(
    project: Project,
    past: Past,
    inputs: Inputs,
    records: Mapping[str, CommitRecord],
    tip: str | None,
    *,
    live: bool,
) -> Summary:
    """Compare what is recorded with what the specs ask for now.

    `tip` is that of the run's branch, None before there is one; `live` says that a run is going on.
    """
    integration = _integration(project, past, inputs, tip)
    modules: dict[str, ModuleSummary] = {}
    for spec in project.modules:
        modules[spec.name] = _module(
            spec,
            past.history(spec),
            records.get(spec.name),
            inputs,
            blocked=[n for n in spec.dependencies if modules[n].state in ("failed", "blocked")],
            live=live,
            together=integration.state,
        )
    stuck = any(module.state in ("failed", "blocked") for module in modules.values())
    if integration.state == "pending" and stuck:
        integration = replace(integration, state="blocked")
    ledger = past.ledger
    return Summary(
        project=project.name,
        state=_state(modules.values(), integration, past.last, live=live),
        modules=tuple(modules.values()),
        integration=integration,
        usage=ledger.usage,
        cost_usd=ledger.cost_usd,
        reason=_reason(past.last, live=live),
    )


def _module(
    spec: ModuleSpec,
    history: History,
    made: CommitRecord | None,
    inputs: Inputs,
    *,
    blocked: list[str],
    live: bool,
    together: str,
) -> ModuleSummary:
    begun = history.inputs == inputs.fingerprint(spec)
    current = made is not None and made.key == inputs.key(spec)
    reason: str | None = None
    if begun and not history.finished:
        state = "running" if live else "pending"
        reason = None if live else "interrupted; run again to resume"
    elif begun and history.failed is not None and not (current and together == "passed"):
        state, reason = "failed", history.failed
    elif current:
        state = "passed"
    elif blocked:
        state, reason = "blocked", f"{blocked[0]!r} did not pass"
    elif made is not None:
        state, reason = "stale", f"changed: {in_words(changed_since(spec, inputs, made))}"
    else:
        state = "pending"
    facts = _from_history(history) if history.attempts or made is None else _from_commit(made)
    return ModuleSummary(
        spec.name, spec.file, state, reason, commit=made.commit if made else None, **facts
    )


def _from_history(history: History) -> dict[str, Any]:
    report = history.report
    return {
        "attempts": len(history.attempts),
        "tests": count_tests(report) if report else Tests(),
        "usage": history.usage,
        "cost_usd": history.cost_usd if history.attempts else None,
        # what is refused before the tests is not run at all
        "sandbox": report.sandbox if report and not report.static else None,
    }


def _from_commit(made: CommitRecord) -> dict[str, Any]:
    """What the trailers of a commit say, where the journal that made it is not at hand."""
    trailers = made.trailers
    passed, held_out = read_tests(trailers.get("Specloop-Tests", ""))
    said = trailers.get("Specloop-Attempts", "")
    attempts = int(said) if re.fullmatch(r"[0-9]{1,9}", said) else 0  # people edit messages, too
    return {
        "attempts": attempts,
        "tests": Tests(passed, 0, held_out),
        "usage": read_tokens(trailers.get("Specloop-Tokens", ""), attempts),
        "cost_usd": read_cost(trailers.get("Specloop-Cost", "")),
        "sandbox": trailers.get("Specloop-Sandbox"),
    }


def count_tests(report: TestReport) -> Tests:
    """The numbers in a report."""
    failed = {failure.node_id for failure in report.failures}
    held_out = sum(is_held_out(node_id) for node_id in (*report.passed, *failed))
    return Tests(len(report.passed), len(failed), held_out, len(report.not_run))


def _integration(
    project: Project, past: Past, inputs: Inputs, tip: str | None
) -> IntegrationSummary:
    if not project.settings.integration.tests:
        return IntegrationSummary("none")
    last = past.integration
    if last is None:
        return IntegrationSummary("pending", past.integrations)
    if last.commit != tip or last.tests != inputs.integration_tests():
        return IntegrationSummary("pending", past.integrations)
    state = "passed" if last.report.ok else "failed"
    tests = count_tests(last.report)
    failures = tuple(failure_line(failure) for failure in last.report.failures)
    return IntegrationSummary(state, past.integrations, tests, failures)


def _state(
    modules: Iterable[ModuleSummary],
    integration: IntegrationSummary,
    last: Event | None,
    *,
    live: bool,
) -> str:
    states = {module.state for module in modules}
    if live:
        return "running"
    if states <= {"passed"} and integration.state in ("passed", "none"):
        return "passed"
    if last is not None and not isinstance(last, RunEnded):
        return "interrupted"
    if "failed" in states or integration.state == "failed":
        return "failed"
    return "not started"


def _reason(last: Event | None, *, live: bool) -> str | None:
    if not isinstance(last, (RunPaused, RunEnded)):
        return None
    if live and not (isinstance(last, RunPaused) and last.exit_code == ExitCode.OK):
        return None  # it stopped so before, and goes on now
    return last.reason or None
