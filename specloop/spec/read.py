"""A whole project, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from specloop.errors import Finding, InvalidInput
from specloop.spec import path_rules
from specloop.spec.dependencies import (
    check_apart_from_tests,
    check_packages,
    check_unique,
    resolve,
)
from specloop.spec.problems import Problems
from specloop.spec.project import Project
from specloop.spec.read_settings import PROJECT_FILE, read_settings
from specloop.spec.read_spec import SpecFile, read_spec
from specloop.spec.settings import Settings
from specloop.spec.toml_text import TomlText


@dataclass(frozen=True, slots=True)
class Sources:
    """A project, its project.toml, and the file of each module, by the module's name.

    `errors` are what keeps the project from being used: the modules behind them may lack.
    """

    project: Project
    toml: TomlText
    files: Mapping[str, SpecFile]
    errors: tuple[Finding, ...] = ()


def read_project(path: Path) -> Project:
    """The project of a project.toml, or of the folder that holds one.

    Raises InvalidInput with everything that was found wrong in it.
    """
    sources = read_sources(path)
    if sources.errors:
        raise InvalidInput.of(list(sources.errors))
    return sources.project


def read_sources(path: Path) -> Sources:
    """As much of a project as can be read; InvalidInput where project.toml cannot."""
    root = _root(path)
    problems = Problems(PROJECT_FILE)
    read = read_settings(root, problems)
    if read is None:
        raise InvalidInput.of(problems.found)
    settings, toml = read
    files: list[SpecFile] = []
    found: list[Finding] = []
    unread: list[str] = []
    for spec_path in _spec_paths(root, settings, toml, problems):
        of_spec = Problems(spec_path)
        file = read_spec(root, spec_path, settings, of_spec)
        if file is None:
            unread.append(PurePosixPath(spec_path).stem)
            found += of_spec.found
        else:
            files.append(file)
    check_unique(files)
    check_packages(files)
    check_apart_from_tests(files, settings)
    modules = resolve(files, settings, unread)
    found += [*problems.found, *(finding for file in files for finding in file.problems.found)]
    by_name = {file.spec.name: file for file in files}
    return Sources(
        Project(root, settings, tuple(modules)),
        toml,
        {spec.name: replace(by_name[spec.name], spec=spec) for spec in modules},
        tuple(sorted(found)),
    )


def _root(path: Path) -> Path:
    if path.name == PROJECT_FILE and not path.is_dir():
        path = path.parent
    elif path.is_file():
        text = f"{str(path)!r} is not a project; give a {PROJECT_FILE} or the folder that holds one"
        raise InvalidInput(text)
    if not (path / PROJECT_FILE).exists():
        text = f"there is no {PROJECT_FILE} in {str(path)!r}; give the path of a project"
        raise InvalidInput(f"{text}, or make one with `specloop init DIR`")
    return path.resolve()


def _spec_paths(root: Path, settings: Settings, toml: TomlText, problems: Problems) -> list[str]:
    """The paths of the specs, sorted; hidden folders are left out."""
    found: set[str] = set()
    for position, pattern in enumerate(settings.project.specs):
        line = toml.line(("project", "specs", position))
        if problems.has(line) or path_rules.outside(pattern) is not None:
            continue
        matches = _matches(root, pattern)
        if not matches:
            text = f"no file matches {pattern!r}; write a spec there, or mend the pattern"
            problems.add(line, "P106", text)
        found |= matches
    if not settings.project.specs:
        line = toml.line(("project", "specs"))
        problems.add(line, "P106", 'no specs are named; write specs = ["specs/*.yaml"]')
    return sorted(found)


def _matches(root: Path, pattern: str) -> set[str]:
    try:
        paths = [path.relative_to(root) for path in root.glob(pattern) if path.is_file()]
    except (ValueError, NotImplementedError, OSError, IndexError):
        return set()
    return {p.as_posix() for p in paths if not any(part.startswith(".") for part in p.parts)}
