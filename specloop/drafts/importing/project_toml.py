"""What an import suggests for project.toml, as lines that can be copied into it."""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from specloop.drafts.importing.draft import Setting

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


def settings_lines(settings: Iterable[Setting]) -> list[str]:
    """The lines, in TOML, of the settings that can be used as they stand."""
    lines: list[str] = []
    usable = sorted((found for found in settings if found.usable), key=lambda found: found.key)
    for table, in_table in groupby(usable, key=lambda found: found.table):
        lines.append(table)
        for name, of_key in groupby(in_table, key=lambda found: found.name):
            same = list(of_key)
            texts = dict.fromkeys(json.dumps(found.text, ensure_ascii=False) for found in same)
            places = dict.fromkeys(str(found.place) for found in same)
            lines += [f"# from {', '.join(places)}", f"{name} = [{', '.join(texts)}]"]
    return lines


def first_project(folder: str, specs: str, settings: Sequence[Setting]) -> str:
    """The smallest project.toml for the folder of that name; settings are comments in it."""
    name = _UNFIT.sub("-", folder).strip("-_") or "project"
    lines = ["[project]", f'name = "{name}"']
    if specs != "specs/*.yaml":
        lines.append(f"specs = [{json.dumps(specs, ensure_ascii=False)}]")
    suggested = settings_lines(settings)
    if suggested[:1] == ["[project]"]:
        del suggested[0]
    lines += (line if line.startswith("#") else f"# {line}" for line in suggested)
    return "\n".join(lines)
