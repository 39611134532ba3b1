"""The command `specloop plan`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from specloop.attempt.completion import Usage
from specloop.cli.notices import notices
from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import read_all
from specloop.cli.show import find_module
from specloop.cli.shown import redactor_of, shown
from specloop.cli.wiring import model_limits
from specloop.engine.estimate import Offer
from specloop.engine.plan import make_plan
from specloop.errors import ExitCode
from specloop.models.litellm_model import LiteLLMModel
from specloop.models.local import LocalModel
from specloop.models.price import cheap_hours_of, cost_of, tariff_of
from specloop.models.registry import open_model
from specloop.models.retry import BILLED_TRIES
from specloop.report.plan_text import plan_text
from specloop.spec.read import read_sources
from specloop.spec.settings import ModelTable


@click.command("plan")
@project_argument
@click.option("--prompt", "prompt_of", metavar="MODULE", help="Print the module's first prompt.")
@json_option
def command(project: Path, *, prompt_of: str | None, as_json: bool) -> int:
    """Say what a run would do and why: order, what is stale, calls and tokens at worst."""
    sources = read_sources(project)
    for notice in notices(sources):
        click.echo(shown(notice), err=True)
    found = sources.project
    if prompt_of is not None:
        find_module(found, prompt_of)
    offers = tuple(_offer(table, found.root) for table in found.settings.models)
    reading = read_all(found)
    plan = make_plan(found, reading.inputs, reading.records, offers)
    plan = redactor_of(found).clean(plan)  # so that the prompt is the one that is sent
    if prompt_of is not None:
        step = next(step for step in plan.steps if step.module == prompt_of)
        for message in step.prompt:
            click.echo(shown(f"--- {message.role} ---\n{message.content}"))
    elif as_json:
        echo_json(asdict(plan))
    else:
        click.echo(shown(plan_text(plan)))
    return ExitCode.OK


def _offer(table: ModelTable, root: Path) -> Offer:
    def cost(usage: Usage, at: Sequence[float]) -> float | None:
        return cost_of(usage, tariff_of(table, usage.input_tokens), at=at)

    retried = isinstance(open_model(table, root), (LiteLLMModel, LocalModel))
    return Offer(
        limits=model_limits(table),
        cost=cost,
        requests=BILLED_TRIES if retried else 1,
        cheap_hours=cheap_hours_of(table),
    )
