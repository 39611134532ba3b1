"""The command `specloop status`."""

from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import read_summary
from specloop.errors import ExitCode
from specloop.report.text import status_text
from specloop.spec.read import read_project


@click.command("status")
@project_argument
@json_option
def command(project: Path, *, as_json: bool) -> int:
    """Show every module's state, attempts, tests, cost and commit, during a run and after."""
    summary = read_summary(read_project(project))
    if as_json:
        echo_json(summary.as_json())
    else:
        click.echo(status_text(summary))
    return ExitCode.OK
