"""The command `specloop accept`."""

from dataclasses import asdict
from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.commits.accept import accept
from specloop.errors import ExitCode
from specloop.report.describe import count
from specloop.report.printable import printable
from specloop.spec.read import read_project


@click.command("accept")
@project_argument
@json_option
def command(project: Path, *, as_json: bool) -> int:
    """Merge the run's branch into the one checked out.

    Refuses, and says what to do, where uncommitted work would be touched.
    """
    found = read_project(project)
    accepted = accept(found.root, found.branch)
    if as_json:
        echo_json(asdict(accepted))
    elif accepted.kind == "nothing":
        click.echo(printable(f"nothing to do: what is checked out holds all of {found.branch}"))
    else:
        click.echo(
            f"{accepted.kind} to {accepted.commit[:10]}, {count(len(accepted.files), 'file')}:"
        )
        for file in accepted.files:
            click.echo(f"  {printable(file)}")
        if accepted.others:
            click.echo("warning: it brought along commits that no run has made:", err=True)
        for commit in accepted.others:
            click.echo(f"  {printable(commit)}", err=True)
    return ExitCode.OK
