"""The command `specloop import`."""

from collections.abc import Mapping
from pathlib import Path

import click

from specloop.cli.options import echo_json, json_option
from specloop.drafts.importing.account import account_data, account_text
from specloop.drafts.importing.draft import Imported
from specloop.drafts.importing.layouts import LAYOUTS, import_drafts
from specloop.drafts.importing.project_toml import first_project
from specloop.errors import ExitCode, InvalidInput
from specloop.report.printable import printable
from specloop.spec.read_settings import PROJECT_FILE


@click.command("import")
@click.argument("source", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["auto", *LAYOUTS]),
    default="auto",
    help="The tool that the files are of; auto: look.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("specs"),
    help="The folder for the drafts; specs/ by default.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@json_option
def command(source: Path, *, kind: str, out: Path, dry_run: bool, as_json: bool) -> int:
    """Draft specs from what GitHub spec-kit, OpenSpec or Kiro keeps in PATH.

    PATH is the root of a repository, or a folder or file of such a tool in it. It is only read.
    """
    imported = import_drafts(source, kind)
    paths = {w.draft.name: out / f"{w.draft.name}.yaml" for w in imported.drafts}
    shown = {name: str(path) for name, path in paths.items()}
    if not imported.drafts:
        account = account_text(imported, shown)
        raise InvalidInput(f"{account}\nnothing in it makes a draft; see above what was found")
    if not dry_run:
        _write(imported, out, paths)
    folder = _without_project(out, Path(imported.root))
    project = _project_text(imported, out, folder) if folder else None
    if as_json:
        data = account_data(imported, shown)
        echo_json({"written": not dry_run, **data, "project_toml": project})
        return ExitCode.OK
    if dry_run:
        for written in imported.drafts:
            click.echo(f"--- {printable(shown[written.draft.name])}\n{printable(written.text)}")
    click.echo(printable(account_text(imported, shown)))
    if folder is not None:
        path = str(folder / PROJECT_FILE)
        told = f"there is no {PROJECT_FILE} yet, which `check` needs; write {path!r}, such as:"
        click.echo(printable(f"\n{told}\n\n{project}"))
    done = "nothing was written" if dry_run else "answer what is open, then run `specloop check`"
    click.echo(f"\n{done}")
    return ExitCode.OK


def _without_project(out: Path, root: Path) -> Path | None:
    """The folder that lacks a project.toml for the specs in `out`; None where one stands above.

    It is the source's root, which the files in drafts are relative to, if `out` is in it.
    """
    above = out.resolve().parents
    if not above or any((folder / PROJECT_FILE).exists() for folder in above):
        return None
    return root if root in above else above[0]


def _project_text(imported: Imported, out: Path, folder: Path) -> str:
    pattern = (out.resolve().relative_to(folder) / "*.yaml").as_posix()
    return first_project(folder.name, pattern, imported.settings)


def _write(imported: Imported, out: Path, paths: Mapping[str, Path]) -> None:
    """Write all drafts, or none where one of them is there already."""
    there = sorted(str(path) for path in paths.values() if path.exists() or path.is_symlink())
    if there:
        text = f"{', '.join(map(repr, there))} would be overwritten; nothing was written"
        raise InvalidInput(f"{text}: move them away, or give another folder with --out")
    if out.exists() and not out.is_dir():
        raise InvalidInput(f"{str(out)!r} is not a folder; give another one with --out")
    out.mkdir(parents=True, exist_ok=True)
    for written in imported.drafts:
        with paths[written.draft.name].open("x", encoding="utf-8", newline="\n") as file:
            file.write(written.text)
