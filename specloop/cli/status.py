"""The command `specloop status`."""

from pathlib import Path

import click

from specloop.cli.memo import Memo, keep, recall, witness
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.errors import ExitCode
from specloop.journal.lock import holder
from specloop.report.printable import printable


@click.command("status")
@project_argument
@json_option
def command(project: Path, *, as_json: bool) -> int:
    """Show every module's state, attempts, tests, cost and commit, during a run and after."""
    root = project.parent if project.name == "project.toml" else project
    live = root.is_dir() and holder(root / ".specloop" / "lock") is not None
    memo = (None if live else recall(root)) or _made(project)
    if as_json:
        echo_json(memo.status)
    else:
        click.echo(printable(memo.text))
    return ExitCode.OK


def _made(project: Path) -> Memo:
    """The status, made from everything that it depends on."""
    # Here, since a status that still holds needs none of them.
    from specloop.cli.reading import read_all, summary_of, test_patterns
    from specloop.report.text import status_text
    from specloop.spec.read import read_project

    first = read_project(project)
    patterns = ("project.toml", *first.settings.project.specs, *test_patterns(first))
    seen = witness(first.root, patterns, first.branch)
    found = read_project(project)  # again: nothing in a status may be older than its witness
    reading = read_all(found)
    summary = summary_of(found, reading)
    memo = Memo(patterns, first.branch, summary.as_json(), status_text(summary))
    # `patterns` follow from what was read first.
    if found == first and not reading.live and (found.root / ".specloop").is_dir():
        keep(found.root, memo, seen)
    return memo
