"""The command `specloop check`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.errors import ExitCode, Finding, InvalidInput
from specloop.report.describe import count
from specloop.report.printable import printable
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.project import Project
from specloop.spec.read import read_sources


@click.command("check")
@project_argument
@click.option("--strict", is_flag=True, help="Exit with 1 if there is any finding.")
@json_option
def command(project: Path, *, strict: bool, as_json: bool) -> int:
    """Read project.toml and every spec and say what is wrong or doubtful; no model is asked.

    Findings are printed as `path:line: level CODE text`.
    """
    try:
        sources = read_sources(project)
    except InvalidInput as error:
        if not as_json or not error.findings:
            raise
        echo_json([asdict(finding) for finding in error.findings])
        return ExitCode.USAGE
    found = without_ignored(lint(sources, date.today()), sources.project)
    if as_json:
        echo_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            click.echo(printable(str(finding)))
        click.echo(_summary(sources.project, found))
    if any(finding.level == "error" for finding in found):
        return ExitCode.USAGE
    return ExitCode.FAILED if strict and found else ExitCode.OK


def _summary(project: Project, found: Iterable[Finding]) -> str:
    rows = sum(len(spec.rows) + len(spec.held_out) for spec in project.modules)
    numbers = [count(len(project.modules), "module"), count(rows, "example row")]
    levels = Counter(finding.level for finding in found)
    told = [count(levels[level], level) for level in ("error", "warning") if levels[level]]
    if levels["advice"]:
        told.append(f"{levels['advice']} advice")
    return f"{project.name}: {', '.join((*numbers, *(told or ['no findings'])))}"
