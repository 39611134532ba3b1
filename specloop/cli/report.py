"""The command `specloop report`."""

from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import read_all, summary_of
from specloop.cli.shown import redactor_of, shown
from specloop.errors import ExitCode, InvalidInput
from specloop.report.accounts import accounts
from specloop.report.accounts_text import accounts_text
from specloop.spec.read import read_project


@click.command("report")
@project_argument
@json_option
def command(project: Path, *, as_json: bool) -> int:
    """Show what the last run asked and what it cost, and who wrote each module."""
    found = read_project(project)
    reading = read_all(found)
    if not reading.events:
        raise InvalidInput("no run is recorded here yet; start one: specloop run")
    summary = summary_of(found, reading)
    result = accounts(found, reading.events, summary, reading.records, live=reading.live)
    result = redactor_of(found).clean(result)
    if as_json:
        echo_json(result.as_json())
    else:
        click.echo(shown(accounts_text(result)))
    return ExitCode.OK
