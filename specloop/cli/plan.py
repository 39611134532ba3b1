"""The command `specloop plan`."""

from dataclasses import asdict
from pathlib import Path

import click

from specloop.cli.notices import notices
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import read_all
from specloop.cli.show import find_module
from specloop.cli.wiring import model_limits
from specloop.engine.plan import make_plan
from specloop.errors import ExitCode
from specloop.report.plan_text import plan_text
from specloop.spec.read import read_sources


@click.command("plan")
@project_argument
@click.option("--prompt", "prompt_of", metavar="MODULE", help="Print the module's first prompt.")
@json_option
def command(project: Path, *, prompt_of: str | None, as_json: bool) -> int:
    """Say what a run would do and why: order, what is stale, calls and tokens at worst."""
    sources = read_sources(project)
    for notice in notices(sources):
        click.echo(notice, err=True)
    found = sources.project
    if prompt_of is not None:
        find_module(found, prompt_of)
    models = tuple(model_limits(table) for table in found.settings.models)
    reading = read_all(found)
    plan = make_plan(found, reading.inputs, reading.records, models)
    if prompt_of is not None:
        step = next(step for step in plan.steps if step.module == prompt_of)
        for message in step.prompt:
            click.echo(f"--- {message.role} ---\n{message.content}")
    elif as_json:
        echo_json(asdict(plan))
    else:
        click.echo(plan_text(plan))
    return ExitCode.OK
