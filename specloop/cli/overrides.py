"""What the command line sets in the place of project.toml."""

from dataclasses import replace

import click

from specloop.spec.project import Project
from specloop.spec.settings import ModelTable


def with_model(project: Project, name: str | None) -> Project:
    """The project with this model alone, with its table where project.toml has one."""
    if not name:
        return project
    named = [table for table in project.settings.models if table.name == name]
    models = named or [ModelTable(name=name)]
    return replace(project, settings=project.settings.model_copy(update={"models": models}))


def with_jobs(project: Project, jobs: int | None) -> Project:
    """The project with this limit on calls and test runs at once."""
    if not jobs:
        return project
    width = {"models_in_flight": jobs, "test_workers": jobs}
    limits = project.settings.limits.model_copy(update=width)
    return replace(project, settings=project.settings.model_copy(update={"limits": limits}))


def with_sandbox(project: Project, level: str | None) -> Project:
    """The project with this level; UsageError where project.toml alone asks for none."""
    table = project.settings.sandbox
    if table.level == "none" and level != "none":
        raise click.UsageError(
            "project.toml sets [sandbox] level = 'none'; say it on the command line too: "
            "--sandbox none"
        )
    if not level:
        return project
    sandbox = table.model_copy(update={"level": level})
    return replace(project, settings=project.settings.model_copy(update={"sandbox": sandbox}))
