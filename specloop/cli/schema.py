"""The command `specloop schema`."""

import json

import click

from specloop.spec.schema import Kind, json_schema


@click.command("schema")
@click.argument("kind", required=False, type=click.Choice(["spec", "project"]))
def command(kind: Kind | None) -> None:
    """Print the JSON Schema of a spec or of project.toml, for editors.

    Without a kind it is one that takes either.
    """
    click.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))
