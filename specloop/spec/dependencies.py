"""What the specs of a project say of each other: names, files and dependencies."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from specloop.spec import path_rules
from specloop.spec.module import ModuleSpec
from specloop.spec.nearest import did_you_mean
from specloop.spec.order import build_order, find_cycles
from specloop.spec.read_spec import SpecFile
from specloop.spec.settings import Settings


def check_unique(files: Iterable[SpecFile]) -> None:
    """Find names and files that two specs share; capitals do not tell them apart."""
    keys: tuple[tuple[str, str, Callable[[ModuleSpec], str]], ...] = (
        ("name", "S201", lambda spec: spec.name),
        ("file", "S202", lambda spec: spec.file),
    )
    for key, code, value_of in keys:
        first: dict[str, SpecFile] = {}
        for file in files:
            value = value_of(file.spec)
            other = first.setdefault(value.casefold(), file)
            if other is not file:
                text = f"the {key} {value!r} is that of {other.spec.path!r}, too; change one"
                file.problems.add(file.line(key), code, text)


def check_packages(files: Iterable[SpecFile]) -> None:
    """Find modules such as app.py that share their name with a folder of others, app/."""
    by_file = {file.spec.file: file for file in files}
    for file in by_file.values():
        for folder in PurePosixPath(file.spec.file).parents:
            other = by_file.get(f"{folder}.py")
            if other is not None:
                text = f"{other.spec.file!r} and the folder of {file.spec.file!r} have one name,"
                text += " and Python can import only one of them; rename one"
                other.problems.add(other.line("file"), "S205", text)


def check_apart_from_tests(files: Iterable[SpecFile], settings: Settings) -> None:
    """Find generated files that stand where tests do."""
    files = list(files)
    targets = [*settings.integration.tests, *(test for file in files for test in file.spec.tests)]
    places = {path_rules.node_path(target) for target in targets} - {"."}
    for file in files:
        path = PurePosixPath(file.spec.file)
        place = next((str(p) for p in (path, *path.parents) if str(p) in places), None)
        if place is not None:
            text = f"the file {file.spec.file!r} is among the tests of {place!r}; move one of them"
            file.problems.add(file.line("file"), "S114", text)


def resolve(
    files: Iterable[SpecFile], settings: Settings, unread: Iterable[str]
) -> list[ModuleSpec]:
    """The modules in build order, their dependencies told from packages.

    `unread` are names of modules whose specs could not be read. A module behind an error lacks.
    """
    packages = {name for p in settings.project.packages if (name := _canonical(p)) is not None}
    by_name = {file.spec.name: file for file in files}
    specs = {name: _resolved(file, {*by_name, *unread}, packages) for name, file in by_name.items()}
    needs = {name: [d for d in spec.dependencies if d in specs] for name, spec in specs.items()}
    for cycle in find_cycles(needs):
        file = by_name[cycle[0]]
        position = file.spec.dependencies.index(cycle[1])
        text = f"modules depend on each other: {' -> '.join(cycle)}; remove one of these"
        if len(cycle) == 2:
            text = f"the module depends on itself: {' -> '.join(cycle)}; remove the entry"
        file.problems.add(file.line("dependencies", position), "S204", text)
    return [specs[name] for name in build_order(needs)]


def _resolved(file: SpecFile, modules: set[str], packages: set[str]) -> ModuleSpec:
    own: dict[str, None] = {}  # a set that keeps its order
    foreign: dict[str, None] = {}
    for position, entry in enumerate(file.spec.dependencies):
        line = file.line("dependencies", position)
        if entry in modules:
            own[entry] = None
        elif _canonical(entry) in packages:
            foreign[entry] = None
        elif not file.problems.has(line):
            file.problems.add(line, "S203", _unknown(file.spec.name, entry, modules | packages))
    return replace(file.spec, dependencies=tuple(own), packages=tuple(foreign))


def _unknown(name: str, entry: str, known: set[str]) -> str:
    if entry in sys.stdlib_module_names:
        return f"{entry!r} is in the standard library, which needs no entry; remove it"
    text = f"module {name!r} depends on {entry!r}, which no spec defines and no package"
    hint = did_you_mean(entry, known - {name})
    return f"{text} in [project] packages provides{hint or '; add it, or remove the entry'}"


def _canonical(requirement: str) -> str | None:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return None
