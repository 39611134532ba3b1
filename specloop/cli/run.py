"""The command `specloop run`."""

import logging
from contextlib import AbstractContextManager
from pathlib import Path

import click
from rich.console import Console

from specloop.cli.notices import notices
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.overrides import with_jobs, with_model, with_sandbox
from specloop.cli.reading import read_all, summary_of
from specloop.cli.show import find_module
from specloop.cli.signals import handle_signals, told_as_interruption
from specloop.cli.wiring import open_outside
from specloop.engine.run import run
from specloop.engine.workers import Interruption
from specloop.errors import ExitCode
from specloop.report.lines import Lines
from specloop.report.live import LiveBoard
from specloop.report.text import ending_text
from specloop.spec.project import Project
from specloop.spec.read import read_sources


@click.command("run")
@project_argument
@click.option("--module", "modules", multiple=True, help="Build only this and what it needs.")
@click.option("--model", help="Ask this model alone.")
@click.option("--jobs", type=click.IntRange(min=1), help="Calls and test runs at once, at most.")
@click.option("--fresh", is_flag=True, help="Forget unfinished attempts; commits stay.")
@click.option(
    "--record", metavar="DIR", type=click.Path(path_type=Path), help="Write replies for replay/DIR."
)
@click.option("--off-peak", is_flag=True, help="Ask models only when they cost less; wait for it.")
@click.option(
    "--sandbox",
    metavar="LEVEL",
    type=click.Choice(["auto", "strong", "basic", "none"]),
    help="Confine tests so: auto, strong, basic or none.",
)
@click.option("--log-format", type=click.Choice(["text", "json"]), default=None)
@click.option("-v", "--verbose", is_flag=True, help="Log every step.")
@click.option("-q", "--quiet", is_flag=True, help="Log warnings only.")
@json_option
def command(
    project: Path,
    *,
    modules: tuple[str, ...],
    model: str | None,
    jobs: int | None,
    fresh: bool,
    record: Path | None,
    off_peak: bool,
    sandbox: str | None,
    log_format: str | None,
    verbose: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Build what the specs ask for: code, tests, fixes, one commit per module, integration.

    Starts a run, or resumes the one that was interrupted. Commits go to a branch of the run's own;
    what is checked out is not touched.
    """
    sources = read_sources(project)
    told = notices(sources)
    found = sources.project
    for name in modules:
        find_module(found, name)
    found = with_sandbox(with_jobs(with_model(found, model), jobs), sandbox)
    level = logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO
    interruption = Interruption()
    handle_signals(interruption)
    observer = _observer(found, log_format, level)
    with (
        told_as_interruption(interruption),
        observer as shown,
        open_outside(found, shown, interruption, record) as outside,
    ):
        for notice in told:
            shown.notice(notice)
        outcome = run(found, outside, fresh=fresh, only=modules, off_peak=off_peak)
    summary = summary_of(found, read_all(found))
    if as_json:
        echo_json(summary.as_json())
    else:
        click.echo(ending_text(summary, outcome, found.branch))
    return ExitCode.OK if outcome.passed else ExitCode.FAILED


def _observer(
    project: Project, log_format: str | None, level: int
) -> AbstractContextManager[LiveBoard | Lines]:
    console = Console(stderr=True)
    if console.is_terminal and log_format is None and level == logging.INFO:
        return LiveBoard([spec.name for spec in project.modules], console)
    return Lines(log_format=log_format or "text", level=level)
