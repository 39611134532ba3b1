"""The command `specloop doctor`."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from specloop.cli.doctor_machine import machine, standing
from specloop.cli.doctor_models import examine
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.shown import redactor_of, shown
from specloop.errors import ExitCode, InvalidInput
from specloop.report.describe import count
from specloop.report.doctor_text import Check, Diagnosis, Examined, State, diagnosis_text
from specloop.spec.project import Project
from specloop.spec.read import read_sources


@click.command("doctor")
@project_argument
@json_option
def command(project: Path, *, as_json: bool) -> int:
    """Say what works here, what does not, and how to mend it.

    Nothing is installed, and no model is asked for an answer. Exits with 1 if anything is wrong.
    """
    found = redactor_of().clean(_diagnosis(project))
    if as_json:
        echo_json(found.as_json())
    else:
        click.echo(shown(diagnosis_text(found)))
    return ExitCode.FAILED if found.wrong else ExitCode.OK


def _diagnosis(path: Path) -> Diagnosis:
    if path == Path() and not (path / "project.toml").exists():
        told = Check("project", State.TOLD, "there is no project.toml here: PROJECT names another")
        return Diagnosis((*machine(path.resolve(), None), told))
    try:
        sources = read_sources(path)
    except InvalidInput as error:
        wrong = Check("project", State.WRONG, str(error))
        return Diagnosis((*machine(Path().resolve(), None), wrong))
    project = sources.project
    return Diagnosis(
        (
            *machine(project.root, project.settings),
            _project(project, [str(finding) for finding in sources.errors]),
            *standing(project),
        ),
        _models(project),
    )


def _project(project: Project, errors: list[str]) -> Check:
    if errors:
        return Check("project", State.WRONG, "\n".join(errors), "mend what `specloop check` says")
    if not project.settings.models:
        text = f"{project.name} names no model"
        return Check("project", State.WRONG, text, "add a [[models]] table to project.toml")
    return Check("project", State.OK, f"{project.name}: {count(len(project.modules), 'module')}")


def _models(project: Project) -> tuple[Examined, ...]:
    """All at once, since each may have to wait for a server."""
    tables = project.settings.models
    with ThreadPoolExecutor(len(tables) or 1) as pool:
        return tuple(pool.map(lambda table: examine(table, project.root), tables))
