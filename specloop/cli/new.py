"""The command `specloop new`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path, PurePosixPath

import click

from specloop.cli.options import echo_json, json_option
from specloop.drafts.shelf import Shelved, find_templates
from specloop.drafts.template import NAME_KEY, Template, Unset, fill
from specloop.errors import ExitCode, InvalidInput
from specloop.report.printable import printable
from specloop.spec import path_rules
from specloop.spec.nearest import did_you_mean
from specloop.spec.problems import Problems
from specloop.spec.read_settings import PROJECT_FILE, read_settings
from specloop.spec.read_spec import NAME

_GLOB = re.compile(r"[*?\[]")


@click.command("new")
@click.argument("name", metavar="NAME", required=False)
@click.option("--template", metavar="T", default="function", help="Start from this template.")
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True, help="Fill in a placeholder."
)
@click.option("--list", "list_templates", is_flag=True, help="List the templates.")
@json_option
def command(
    name: str | None,
    *,
    template: str,
    settings: tuple[str, ...],
    list_templates: bool,
    as_json: bool,
) -> int:
    """Write the spec of a new module from a template, and list what is left to fill in."""
    root = Path.cwd()
    shelf = find_templates(root)
    if list_templates:
        _list(shelf, as_json=as_json)
        return ExitCode.OK
    if name is None:
        raise click.UsageError("missing argument 'NAME'; for the templates: --list")
    _check_name(name)
    patterns = _patterns(root)
    if template not in shelf:
        hint = did_you_mean(template, shelf) or "; `specloop new --list` lists them"
        raise InvalidInput(f"there is no template {template!r}{hint}")
    chosen = shelf[template].read()
    filled = fill(chosen, _values(settings, chosen) | {NAME_KEY: name})
    path = _folder(patterns[0]) / f"{name}.yaml"
    _write(root, path, filled.text)
    matched = any(_matches(root, path, pattern) for pattern in patterns)
    if as_json:
        unset = [asdict(left.placeholder) | {"lines": left.lines} for left in filled.unset]
        echo_json({"path": str(path), "template": template, "matched": matched, "unset": unset})
    else:
        click.echo(printable(_told(path, template, filled.unset)))
    if not matched:
        text = f"warning: {str(path)!r} matches none of `specs` in {PROJECT_FILE}; name it there"
        click.echo(printable(text), err=True)
    return ExitCode.OK


def _list(shelf: Mapping[str, Shelved], *, as_json: bool) -> None:
    about = {name: _about(shelved) for name, shelved in sorted(shelf.items())}
    if as_json:
        echo_json(about)
        return
    for name, text in about.items():
        click.echo(printable(f"{name:15} {text}"))


def _about(shelved: Shelved) -> str:
    """What a template says of itself; of one that cannot be used, why not."""
    try:
        return shelved.read().about or shelved.path
    except InvalidInput as error:
        return str(error).partition("\n")[0]


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or name == "integration":
        text = f"{name!r} cannot name a module; use letters, digits, _ and -, a letter or _ first"
        raise InvalidInput(f"{text}, not 'integration'")


def _patterns(root: Path) -> list[str]:
    """Where specs are, as the project.toml in `root` says."""
    if not (root / PROJECT_FILE).exists():
        text = f"there is no {PROJECT_FILE} in {str(root)!r}; go to the folder of a project"
        raise InvalidInput(f"{text}, or make one with `specloop init DIR`")
    problems = Problems(PROJECT_FILE)
    read = read_settings(root, problems)
    if read is None or problems.found:
        raise InvalidInput.of(problems.found)
    patterns = read[0].project.specs
    if not patterns:
        text = f'no specs are named in {PROJECT_FILE}; write specs = ["specs/*.yaml"]'
        raise InvalidInput(text)
    return patterns


def _values(settings: Iterable[str], template: Template) -> dict[str, str]:
    """The values that were set, by the names of their placeholders."""
    known = {placeholder.name for placeholder in template.placeholders} - {NAME_KEY}
    values: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise InvalidInput(f"--set {setting!r} lacks a value; write --set {key}=VALUE")
        if key == NAME_KEY:
            raise InvalidInput(f"--set {key}=… is not used; the name is the argument NAME")
        if key not in known:
            hint = did_you_mean(key, known) or f"; known: {', '.join(sorted(known))}"
            raise InvalidInput(f"the template has no placeholder {key!r}{hint}")
        if key in values:
            raise InvalidInput(f"{key!r} is set twice; keep one of them")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise InvalidInput(f"the value of {key!r} is not UTF-8; give it in that encoding")
        values[key] = value
    return values


def _folder(pattern: str) -> PurePosixPath:
    """The folder that a glob begins with."""
    parts = PurePosixPath(pattern).parts[:-1]
    return PurePosixPath(*takewhile(lambda part: not _GLOB.search(part), parts))


def _write(root: Path, path: PurePosixPath, text: str) -> None:
    there = next(folder for folder in path.parents if (root / folder).exists())
    fault = path_rules.missing(root, str(there))
    if fault is not None:
        raise InvalidInput(fault)
    (root / path.parent).mkdir(parents=True, exist_ok=True)
    try:
        with (root / path).open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        text = f"{str(path)!r} is there already; choose another NAME, or edit that file"
        raise InvalidInput(text) from None


def _matches(root: Path, path: PurePosixPath, pattern: str) -> bool:
    try:
        return root / path in root.glob(pattern)
    except (ValueError, NotImplementedError):  # no glob at all, which `check` complains of
        return False


def _told(path: PurePosixPath, template: str, unset: Iterable[Unset]) -> str:
    """What was written, what is left to fill in, and what to do next."""
    lines = [f"wrote {path} from {template!r}"]
    for left in unset:
        place = f"{path}:{left.lines[0]}: {{{left.placeholder.name}}} {left.placeholder.hint}"
        lines += ["", f"{place}; e.g." if left.example else place.rstrip()]
        # As it stands in the file, so that it can be copied into it.
        lines += [left.example] if left.example else []
    if len(lines) > 1:
        return "\n".join([*lines, "", "fill in what stands above, then: specloop check"])
    return "\n".join([*lines, "next: specloop check"])
