"""The command `specloop check`."""

from dataclasses import asdict
from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.errors import ExitCode, InvalidInput
from specloop.report.describe import count
from specloop.spec.read import read_project


@click.command("check")
@project_argument
@click.option("--strict", is_flag=True, help="Exit with 1 if there is any finding.")
@json_option
def command(project: Path, *, strict: bool, as_json: bool) -> int:
    """Read project.toml and every spec and say what is wrong or doubtful; no model is asked.

    Findings are printed as `path:line: level CODE text`.
    """
    try:
        found = read_project(project)
    except InvalidInput as error:
        if not as_json or not error.findings:
            raise
        echo_json([asdict(finding) for finding in error.findings])
        return ExitCode.USAGE
    if as_json:
        echo_json([asdict(finding) for finding in found.warnings])
    else:
        for finding in found.warnings:
            click.echo(str(finding))
        rows = sum(len(spec.rows) + len(spec.held_out) for spec in found.modules)
        numbers = [count(len(found.modules), "module"), count(rows, "example row")]
        click.echo(f"{found.name}: {', '.join(numbers)}, {_findings(len(found.warnings))}")
    return ExitCode.FAILED if strict and found.warnings else ExitCode.OK


def _findings(warnings: int) -> str:
    return f"no errors, {count(warnings, 'warning')}" if warnings else "no findings"
