"""The command `specloop show`."""

from dataclasses import asdict
from pathlib import Path

import click

from specloop.attempt.redaction import Redactor
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import read_past
from specloop.cli.shown import redactor_of, shown
from specloop.errors import ExitCode, InvalidInput
from specloop.loop.past import Past
from specloop.report.text import attempts_text, integration_text
from specloop.spec.module import ModuleSpec
from specloop.spec.nearest import did_you_mean
from specloop.spec.project import Project
from specloop.spec.read import read_project


@click.command("show")
@click.argument("module")
@project_argument
@click.option("--attempt", type=click.IntRange(min=1), help="Show this attempt whole.")
@json_option
def command(module: str, project: Path, *, attempt: int | None, as_json: bool) -> int:
    """Show the attempts at MODULE: verdict and change of each, or one whole with its prompt.

    `specloop show integration` shows what the integration tests said last.
    """
    found = read_project(project)
    past = read_past(found)
    redactor = redactor_of(found)
    if module == "integration":
        return _show_integration(past, redactor, as_json=as_json)
    history = past.history(find_module(found, module))
    if not history.events:
        raise InvalidInput(
            f"nothing is recorded here about module {module!r}; `specloop status` says where it "
            "stands, `specloop run` works on what is not done"
        )
    if attempt is not None and attempt > len(history.calls):
        raise InvalidInput(f"module {module!r} has {len(history.calls)} attempts, not {attempt}")
    if as_json:
        echo_json([asdict(event) for event in redactor.clean(history.events)])
    else:
        click.echo(shown(attempts_text(history, number=attempt), redactor))
    return ExitCode.OK


def _show_integration(past: Past, redactor: Redactor, *, as_json: bool) -> int:
    if past.integration is None:
        raise InvalidInput("the integration tests have not run on what is committed now")
    if as_json:
        echo_json(asdict(redactor.clean(past.integration)))
    else:
        click.echo(shown(integration_text(past.integration), redactor))
    return ExitCode.OK


def find_module(project: Project, name: str) -> ModuleSpec:
    """The module of that name; InvalidInput with the nearest one if there is none."""
    try:
        return project.module(name)
    except KeyError:
        hint = did_you_mean(name, [spec.name for spec in project.modules])
        raise InvalidInput(f"no spec defines a module {name!r}{hint}") from None
