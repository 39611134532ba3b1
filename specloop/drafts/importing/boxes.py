"""Tasks as boxes to tick: what the lists of all tools have in common."""

import re
from collections.abc import Sequence

from specloop.drafts.importing.draft import Place, Task
from specloop.drafts.importing.markdown import Item
from specloop.drafts.importing.paths import python_files


def split_id(text: str, ids: re.Pattern[str]) -> tuple[str, str]:
    """The id that a text begins with, and the rest; `ids` has a group for either."""
    found = ids.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


def task_of(place: Place, id_: str, text: str, details: Sequence[str] = ()) -> Task:
    """The task, with the Python files that its text and its details name."""
    files, tests = python_files(" ".join((text, *details)))
    return Task(id_, text, place, files, tests, tuple(details))


def without_file(box: Item) -> str:
    """Why a task is left out that names no Python file."""
    done = "done already, and " if box.box in "xX" else ""
    return f"tasks: {done}no Python file is named"
