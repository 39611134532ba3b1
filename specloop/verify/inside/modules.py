"""Modules: what is imported ahead of the runs, and what a run must not find imported."""

import importlib
import sys
import threading
from collections.abc import Iterable
from importlib.machinery import FrozenImporter, ModuleSpec, PathFinder
from pathlib import Path

NEVER = ("antigravity", "idlelib", "lib2to3", "this", "turtledemo")  # they do things
OWN = __name__.partition(".")[0]


def import_ahead(names: Iterable[str]) -> list[str]:
    """Import the modules; the one that started threads, if any.

    It is the last one: with threads no fork is safe. A module that cannot be imported is passed
    over: a run that needs it will say so.
    """
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:  # also SystemExit: what is installed is not ours
            continue
        if threads() > 1:
            return [name]
    return []


def threads() -> int:
    """The threads of this process, those that no Python started included, where Linux tells."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def put_first(folders: list[str]) -> None:
    """Have modules of the project found first, also where others of that name are imported.

    A fresh interpreter with these folders in front would find them in this order, too: what it has
    built in, what lies in the folders, what is installed.
    """
    sys.path[:0] = folders
    for name in filter(sys.modules.__contains__, _names_in(folders)):
        if name in sys.builtin_module_names or FrozenImporter.find_spec(name):
            continue
        if _lies_in(folders, PathFinder.find_spec(name)):
            forget(name)


def forget(name: str) -> None:
    """Drop a module and all below it, as if they had never been imported."""
    for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[each]


def _names_in(folders: list[str]) -> set[str]:
    existing = [Path(folder) for folder in folders if Path(folder).is_dir()]
    return {entry.name.partition(".")[0] for folder in existing for entry in folder.iterdir()}


def _lies_in(folders: list[str], spec: ModuleSpec | None) -> bool:
    if spec is None:
        return False
    places = [spec.origin or "", *(spec.submodule_search_locations or ())]
    return any(place.startswith(f"{folder}/") for place in places for folder in folders)
