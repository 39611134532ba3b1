"""The command `specloop check`."""

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import user_files
from specloop.cli.shown import redactor_of, shown
from specloop.cli.wiring import make_ready, model_limits, open_runner
from specloop.engine.inputs import Inputs
from specloop.engine.plan import too_long
from specloop.engine.red_check import RedCheck
from specloop.engine.suites import Suites
from specloop.errors import ExitCode, Finding, InvalidInput, Unavailable
from specloop.report.describe import count
from specloop.spec.lint.rules import RULES, lint, without_ignored
from specloop.spec.project import Project
from specloop.spec.read import Sources, read_sources


@click.command("check")
@project_argument
@click.option("--strict", is_flag=True, help="Exit with 1 if there is any finding.")
@click.option("--no-tests", is_flag=True, help="Only read: run no row and no test.")
@click.option("--install", is_flag=True, help="Install the project's packages if they are missing.")
@json_option
def command(project: Path, *, strict: bool, no_tests: bool, install: bool, as_json: bool) -> int:
    """Read project.toml and every spec and say what is wrong or doubtful; no model is asked.

    Rows and tests are run without any code, too: what passes then proves nothing. Findings are
    printed as `path:line: level CODE text`.
    """
    try:
        sources = read_sources(project)
    except InvalidInput as error:
        if not as_json or not error.findings:
            raise
        echo_json([asdict(finding) for finding in redactor_of().clean(error.findings)])
        return ExitCode.USAGE
    found, unavailable = _findings(sources, tests=not no_tests, install=install)
    found = redactor_of(sources.project).clean(found)
    if as_json:
        echo_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            click.echo(shown(str(finding)))
        click.echo(_summary(sources.project, found))
    if unavailable is not None:  # what was found is told all the same
        raise unavailable
    if any(finding.level == "error" for finding in found):
        return ExitCode.USAGE
    return ExitCode.FAILED if strict and found else ExitCode.OK


def _findings(
    sources: Sources, *, tests: bool, install: bool
) -> tuple[tuple[Finding, ...], Unavailable | None]:
    """What was found, and why rows and tests could not be tried although they had to be."""
    project = sources.project
    found = list(lint(sources, date.today()))
    if sources.errors:
        return without_ignored(found, project), None
    judged = {*RULES, "W115"}
    models = tuple(model_limits(table) for table in project.settings.models)
    inputs = Inputs(project, user_files(project), lambda _: None)
    for spec, text in too_long(project, inputs, models):
        line = sources.files[spec.name].tree.line
        found.append(Finding(spec.path, line, "warning", "W115", text))
    # What is undefined for certain would be told twice.
    wrong = any(finding.level == "error" for finding in without_ignored(found, project, ()))
    unavailable = None
    if tests and not wrong:
        try:
            tried = _try_without_code(sources, inputs, install=install)
        except Unavailable as error:
            tried, unavailable = None, error
        found += tried or ()
        if tried is not None and not any(finding.code == "W120" for finding in tried):
            judged |= {"R107", "S122", "W107"}
    return without_ignored(found, project, judged), unavailable


def _try_without_code(
    sources: Sources, inputs: Inputs, *, install: bool
) -> tuple[Finding, ...] | None:
    """What the red check finds; None where the packages that the tests need are missing."""
    with tempfile.TemporaryDirectory(prefix="specloop-") as scratch:
        runner = open_runner(sources.project, Path(scratch), _say)
        if not install and not runner.ready():
            _say(
                "rows and tests were not tried without code, since the project's packages are not "
                "installed yet: `specloop check --install` does that, and so does a run"
            )
            return None
        try:
            make_ready(sources.project, runner)
            suites = Suites(sources.project, inputs, (), frozenset())
            return RedCheck(sources, suites, runner).findings()
        finally:
            runner.close()


def _say(text: str) -> None:
    click.echo(shown(text), err=True)


def _summary(project: Project, found: Iterable[Finding]) -> str:
    rows = sum(len(spec.rows) + len(spec.held_out) for spec in project.modules)
    numbers = [count(len(project.modules), "module"), count(rows, "example row")]
    levels = Counter(finding.level for finding in found)
    told = [count(levels[level], level) for level in ("error", "warning") if levels[level]]
    if levels["advice"]:
        told.append(f"{levels['advice']} advice")
    return f"{project.name}: {', '.join((*numbers, *(told or ['no findings'])))}"
