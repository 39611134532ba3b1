"""The command `specloop repeat`."""

from functools import cache
from pathlib import Path

import click

from specloop.cli.notices import notices
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.overrides import with_jobs, with_model
from specloop.cli.reading import user_files
from specloop.cli.show import find_module
from specloop.cli.shown import redactor_of, shown
from specloop.cli.signals import handle_signals, told_as_interruption
from specloop.cli.trials import open_means, open_trials
from specloop.cli.wiring import model_limits
from specloop.commits.place import state_folder
from specloop.commits.repository import GitRepository
from specloop.engine.inputs import Inputs
from specloop.engine.repeat import Repeat
from specloop.engine.suites import Suites
from specloop.engine.trial import series_key
from specloop.engine.workers import Interruption
from specloop.errors import ExitCode, InvalidInput
from specloop.loop.event import Event, RunEvent
from specloop.report.describe import describe
from specloop.report.trials import repeated, repeated_text
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.read import read_sources


@click.command("repeat")
@click.argument("module")
@project_argument
@click.option(
    "-n",
    "number",
    type=click.IntRange(min=1, max=99),
    default=5,
    show_default=True,
    metavar="N",
    help="So many trials.",
)
@click.option("--model", help="Ask this model alone.")
@click.option("--jobs", type=click.IntRange(min=1), help="Trials and test runs at once, at most.")
@json_option
def command(
    module: str, project: Path, *, number: int, model: str | None, jobs: int | None, as_json: bool
) -> int:
    """Build MODULE N times afresh, without committing: how many pass, how the results differ.

    What is stopped is taken up again when the same command is typed; a series that has ended is
    shown again, and no model is asked.
    """
    sources = read_sources(project)
    for notice in notices(sources):
        _tell(notice)
    found = with_jobs(with_model(sources.project, model), jobs)
    spec = find_module(found, module)
    inputs = _read_inputs(found, spec)
    ladder = tuple(model_limits(table) for table in found.settings.models)
    key = series_key(found, spec, inputs, Suites(found, inputs, ladder, frozenset()))
    folder = state_folder(found.root) / "repeat" / spec.name
    with open_trials(found, spec, folder, key=key, number=number, observe=_Progress) as trials:
        if all(trial.ended for trial in trials):
            _tell(f"measured before; to measure anew, delete the folder {str(folder)!r}")
        else:
            interruption = Interruption()
            handle_signals(interruption)
            with (
                told_as_interruption(interruption),
                open_means(found, inputs, interruption, _tell) as means,
            ):
                Repeat(spec, trials, means).run()
        result = repeated(spec.name, [one.name for one in ladder], trials)
    result = redactor_of(found).clean(result)
    if as_json:
        echo_json(result.as_json())
    else:
        click.echo(shown(repeated_text(result)))
    return ExitCode.OK


def _read_inputs(project: Project, spec: ModuleSpec) -> Inputs:
    """The user's files, and what the module needs as it stands on the run's branch."""
    repository = GitRepository(project.root, project.branch)
    tip = repository.find_tip()
    read = cache(repository.read) if tip else lambda _: None
    inputs = Inputs(project, user_files(project), read)
    missing = [need.name for need in project.needs(spec) if inputs.code(need) is None]
    if missing:
        raise InvalidInput(
            f"module {spec.name!r} needs {', '.join(map(repr, missing))}, of which there is no "
            f"code yet; build it first: specloop run --module {' --module '.join(missing)}"
        )
    return inputs


class _Progress:
    """An observer that prints a line on standard error for each event of a trial."""

    def __init__(self, number: int) -> None:
        self._name = f"trial {number}"

    def notice(self, text: str) -> None:
        """Print a notice."""
        _tell(f"{self._name}: {text}")

    def doing(self, module: str, text: str) -> None:
        """What is done is told when it is done."""

    def stands(self, module: str, *, passed: bool) -> None:
        """No trial is up to date, and none is blocked."""

    def happened(self, event: Event) -> None:
        """Print an event of the module."""
        text = "" if isinstance(event, RunEvent) else describe(event)
        if text:
            _tell(f"{self._name}: {text}")


def _tell(text: str) -> None:
    click.echo(shown(text), err=True)
