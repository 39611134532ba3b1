"""Arguments that several commands share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

project_argument: Callable[[Any], Any] = click.argument(
    "project", default=".", type=click.Path(path_type=Path)
)
json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print facts as JSON."
)


def echo_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    # JSON escapes all that a terminal would obey, but for DEL.
    click.echo(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))
