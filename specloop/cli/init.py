"""The command `specloop init`."""

import re
import shlex
import shutil
from importlib.resources import files
from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option
from specloop.commits.place import start_repository
from specloop.errors import ExitCode, InvalidInput
from specloop.report.printable import printable
from specloop.spec.nearest import did_you_mean

STARTER = "starter"
_NOT_COPIED = shutil.ignore_patterns(".specloop", "__pycache__", ".git")


@click.command("init")
@click.argument("folder", metavar="DIR", required=False, type=click.Path(path_type=Path))
@click.option("--example", metavar="NAME", help="Copy this shipped example.")
@click.option("--list", "list_examples", is_flag=True, help="List the shipped examples.")
@json_option
def command(folder: Path | None, *, example: str | None, list_examples: bool, as_json: bool) -> int:
    """Make a new project in DIR, in a git repository of its own with a first commit."""
    shipped = _shipped()
    if list_examples:
        _list(shipped, as_json=as_json)
        return ExitCode.OK
    if folder is None:
        raise click.UsageError("missing argument 'DIR'; for the shipped examples: --list")
    name = example or STARTER
    if name not in shipped:
        hint = did_you_mean(name, set(shipped) - {STARTER})
        raise InvalidInput(f"there is no example {name!r}{hint}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"{str(folder)!r} is there already and not empty; name another folder")
    shutil.copytree(shipped[name], folder, ignore=_NOT_COPIED, dirs_exist_ok=True)
    if name == STARTER:
        _name_project(folder)
    start_repository(folder)
    if as_json:
        echo_json({"folder": str(folder), "example": name})
    else:
        there = shlex.quote(str(folder))
        click.echo(printable(f"made {folder} from {name!r}; next: cd {there} && specloop run"))
    return ExitCode.OK


def _shipped() -> dict[str, Path]:
    """The examples: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(str(files("specloop")))
    inside, beside = package / "examples", package.parent / "examples"
    folder = inside if inside.is_dir() else beside
    return {
        path.name: path for path in sorted(folder.iterdir()) if (path / "project.toml").exists()
    }


def _list(shipped: dict[str, Path], *, as_json: bool) -> None:
    about = {name: _about(path) for name, path in shipped.items() if name != STARTER}
    if as_json:
        echo_json(about)
        return
    for name, text in about.items():
        click.echo(f"{name:16}{text}")


def _about(example: Path) -> str:
    """What the README of an example says in its first sentence after the heading."""
    paragraph = (example / "README.md").read_text("utf-8").split("\n\n")[1]
    return " ".join(paragraph.split()).partition(". ")[0]


def _name_project(folder: Path) -> None:
    """Call the new project what its folder is called, as far as a branch may bear that name."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-_") or "project"
    path = folder / "project.toml"
    text = path.read_text("utf-8").replace('name = "starter"', f'name = "{name}"', 1)
    path.write_text(text, "utf-8")
