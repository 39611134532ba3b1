"""A whole run: build, integrate, build again what integration reopened, until all is settled."""

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from specloop import __version__
from specloop.engine.inputs import Inputs
from specloop.engine.integration import Integration, Settled
from specloop.engine.perform import Performer
from specloop.engine.record import Observer, Record
from specloop.engine.scheduler import Scheduler, Width
from specloop.engine.site import Site
from specloop.engine.standing import forget
from specloop.engine.suites import Suites
from specloop.engine.workers import Interruption, Workers, stopping
from specloop.errors import ExitCode, InvalidInput, JournalUnavailable, SpecloopError
from specloop.loop.ladder import ModelLimits
from specloop.ports import Clock, Journal, Model, Repository, TestRunner
from specloop.spec.hours import CheapHours, moment
from specloop.spec.project import Project


@dataclass(frozen=True, slots=True)
class Outside:
    """The adapters of one run. `models` is the escalation ladder, each with its sizes."""

    models: Mapping[ModelLimits, Model]
    runner: TestRunner
    repository: Repository
    journal: Journal
    clock: Clock
    observer: Observer
    interruption: Interruption


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the state of each module it looked at, and what did not pass.

    `idle` says that there was nothing to do.
    """

    states: Mapping[str, str]
    reason: str = ""
    idle: bool = False

    @property
    def passed(self) -> bool:
        """Whether everything that was asked for stands."""
        return not self.reason


def run(
    project: Project,
    outside: Outside,
    *,
    fresh: bool = False,
    only: Collection[str] = (),
    off_peak: bool = False,
) -> Outcome:
    """Bring the run's branch to where the specs ask for; resumes whatever was begun.

    `only` names the modules to build, and all that they need; integration is then left for later.
    With `off_peak`, models are asked in the hours in which they cost less, which are waited for.
    Raises BudgetExhausted, Unavailable or Interrupted when it has to stop before its end; the
    journal then says where to go on.
    """
    hours = _cheap_hours(outside) if off_peak else {}
    for text in outside.repository.prepare():
        outside.observer.notice(text)
    outside.runner.prepare()
    record = Record(outside.journal, outside.clock, outside.observer, __version__)
    record.resume()
    try:
        outcome = _settle(project, outside, record, hours, fresh=fresh, only=only)
    except SpecloopError as error:
        with suppress(JournalUnavailable):  # what ended the run is what has to be told
            record.pause(str(error), int(error.exit_code))
        raise
    if only and outcome.passed:
        record.pause(f"only {', '.join(only)} had to be built", ExitCode.OK)
    else:
        record.end(passed=outcome.passed, reason=outcome.reason)
    return replace(outcome, idle=not record.written)


def _cheap_hours(outside: Outside) -> Mapping[str, CheapHours]:
    """The hours of the models that have any; tells until when they are, or are not, cheap."""
    found = {
        model.name: hours for model in outside.models.values() if (hours := model.cheap_hours())
    }
    if not found:
        raise InvalidInput(
            "--off-peak: no model of project.toml has hours in which it is known to cost less; "
            "give them as off_peak in its price, or leave the option out"
        )
    now = outside.clock()
    for name, hours in found.items():
        change = hours.change(now)
        if change is not None:
            state = "costs less" if hours.hold(now) else "costs more"
            outside.observer.notice(f"{name} {state} until {moment(change)} UTC")
    return found


def _settle(
    project: Project,
    outside: Outside,
    record: Record,
    hours: Mapping[str, CheapHours],
    *,
    fresh: bool,
    only: Collection[str],
) -> Outcome:
    site, width = _prepare_site(project, outside, record)
    scheduler = Scheduler(site, width, _with_needs(project, only), hours)
    integration = Integration(site)
    if fresh:
        for spec in project.modules:
            forget(spec, record)
    while True:
        states = scheduler.build()
        reason = _what_failed(states)
        if reason or only:
            return Outcome(states, reason)
        result = integration.round()
        if isinstance(result, Settled):
            return Outcome(states, result.reason)


def _prepare_site(project: Project, outside: Outside, record: Record) -> tuple[Site, Width]:
    settings = project.settings
    repository = outside.repository
    inputs = Inputs(project, repository.work_files(), repository.read)
    missing = repository.uncommitted(inputs.judged_by())
    if missing:
        outside.observer.notice(
            f"not committed, used as they stand: {', '.join(missing)}; whoever checks the run's "
            "commits out will not find them"
        )
    suites = Suites(
        project,
        inputs,
        tuple(outside.models),
        outside.runner.names_of(settings.project.packages),
    )
    models = {limits.name: model for limits, model in outside.models.items()}
    performer = Performer(suites, models, outside.runner, repository, record)

    def stop() -> None:
        outside.observer.notice(stopping(workers.busy("call")))
        outside.runner.close()

    workers = Workers(outside.interruption, stop, outside.observer.doing)
    width = Width(settings.limits.models_in_flight, settings.limits.test_workers or cores())
    site = Site(project, inputs, suites, repository, performer, workers, record, outside.observer)
    return site, width


def _with_needs(project: Project, only: Collection[str]) -> frozenset[str]:
    """The names of the modules asked for and of all that they need; without any, all names."""
    asked = [spec for spec in project.modules if spec.name in only] or project.modules
    return frozenset(spec.name for one in asked for spec in (one, *project.needs(one)))


def _what_failed(states: Mapping[str, str]) -> str:
    failed = [name for name, state in states.items() if state == "failed"]
    blocked = [name for name, state in states.items() if state == "blocked"]
    parts = [f"failed: {', '.join(failed)}"] if failed else []
    parts += [f"blocked: {', '.join(blocked)}"] if blocked else []
    return "; ".join(parts)


def cores() -> int:
    """How many test runs go on at once where nobody says."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
