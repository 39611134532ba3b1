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
from specloop.spec.read import Sources, read_sources
from specloop.spec.read_settings import PROJECT_FILE
from specloop.spec.settings import ModelTable

_MEND = "mend what `specloop check` says"


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
        remedy = "make one with `specloop init DIR`, or name one: `specloop doctor DIR`"
        told = Check("project", State.TOLD, "there is no project.toml here", remedy)
        return Diagnosis((*machine(path.resolve(), None), told))
    try:
        sources = read_sources(path)
    except InvalidInput as error:
        wrong = Check("project", State.WRONG, str(error), _MEND if error.findings else "")
        return Diagnosis((*machine(Path().resolve(), None), wrong))
    project = sources.project
    sound = _sound(sources)
    return Diagnosis(
        (
            *machine(project.root, project.settings),
            _project(sources, len(project.settings.models) - len(sound)),
            *standing(project),
        ),
        _models(project, sound),
    )


def _sound(sources: Sources) -> list[ModelTable]:
    """The models in whose tables nothing is wrong; of the others, even a name may be a key."""
    wrong = {finding.line for finding in sources.errors if finding.path == PROJECT_FILE}
    unsound = {
        path[1]
        for path, line in sources.toml.lines.items()
        if path[0] == "models" and len(path) > 1 and line in wrong
    }
    tables = sources.project.settings.models
    return [table for position, table in enumerate(tables) if position not in unsound]


def _project(sources: Sources, unsound: int) -> Check:
    project = sources.project
    if sources.errors:
        text = "\n".join(str(finding) for finding in sources.errors)
        later = "; models with errors are looked at after that" if unsound else ""
        return Check("project", State.WRONG, text, _MEND + later)
    if not project.settings.models:
        text = f"{project.name} names no model"
        return Check("project", State.WRONG, text, "add a [[models]] table to project.toml")
    return Check("project", State.OK, f"{project.name}: {count(len(project.modules), 'module')}")


def _models(project: Project, tables: list[ModelTable]) -> tuple[Examined, ...]:
    """All at once, since each may have to wait for a server."""
    with ThreadPoolExecutor(len(tables) or 1) as pool:
        return tuple(pool.map(lambda table: examine(table, project), tables))
