"""The command `specloop report`."""

from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import read_all
from specloop.cli.shown import redactor_of, shown
from specloop.errors import ExitCode, InvalidInput
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.event import Event
from specloop.report.accounts import accounts
from specloop.report.accounts_text import accounts_text
from specloop.report.summary import summarise
from specloop.spec.project import Project
from specloop.spec.read import read_project


@click.command("report")
@project_argument
@json_option
def command(project: Path, *, as_json: bool) -> int:
    """Show what the last run asked and what it cost, and who wrote each module."""
    found = read_project(project)
    reading = read_all(found)
    events = _events(found)
    summary = summarise(
        found, reading.past, reading.inputs, reading.records, reading.tip, live=reading.live
    )
    result = accounts(found, events, summary, reading.records, live=reading.live)
    result = redactor_of(found).clean(result)
    if as_json:
        echo_json(result.as_json())
    else:
        click.echo(shown(accounts_text(result)))
    return ExitCode.OK


def _events(project: Project) -> tuple[Event, ...]:
    path = project.root / ".specloop" / "journal.db"
    if not path.exists():
        raise InvalidInput("no run is recorded here yet; start one: specloop run")
    with SqliteJournal.open(path, read_only=True) as journal:
        return journal.events()
