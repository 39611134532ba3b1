"""What doctor looks at on this machine and in the project, without any model."""

import shutil
import sys
from pathlib import Path

from specloop.cli.doctor_sandbox import confinement
from specloop.commits.git import Git
from specloop.commits.place import find_place
from specloop.errors import RepositoryUnavailable, RunnerUnavailable
from specloop.journal.lock import holder
from specloop.report.describe import count
from specloop.report.doctor_text import Check, State
from specloop.spec.project import Project
from specloop.spec.settings import ProjectTable, Settings
from specloop.verify.environment import Environment

_GIGABYTE = 10**9
_LEAST_FREE = 0.5  # gigabytes: run folders, packages, what git and the journal write


def machine(folder: Path, settings: Settings | None) -> list[Check]:
    """Git, the interpreter of the tests, the sandbox and the disk; without settings, their own."""
    settings = settings or Settings(project=ProjectTable(name="none"))
    tests, python = _tests(folder, settings.project)
    return [
        _git(folder),
        tests,
        *confinement(settings.sandbox, python, folder),
        _disk(folder),
    ]


def standing(project: Project) -> list[Check]:
    """The repository of a project, and whether a run is going on."""
    return [_repository(project), _run(project.root)]


def _git(folder: Path) -> Check:
    try:
        version = Git(folder).line("--version")
    except RepositoryUnavailable as error:
        return Check("git", State.WRONG, str(error), "install git, and see that it is on PATH")
    return Check("git", State.OK, version)


def _tests(folder: Path, project: ProjectTable) -> tuple[Check, Path]:
    """The interpreter of the tests; our own where theirs cannot be had as yet."""
    own = Path(sys.executable)
    environment = Environment(folder, project, lambda _: None)
    packages = [*project.packages, *project.test_packages]
    if not environment.ready():
        text = f"{count(len(packages), 'package')} not installed yet into .specloop/venv"
        told = f"{text}; a run does it, or `specloop check --install`"
        return Check("tests", State.TOLD, told), own
    try:
        python = environment.python()
    except RunnerUnavailable as error:
        return Check("tests", State.WRONG, str(error)), own
    if project.python or packages:
        return Check("tests", State.OK, f"run with {str(python)!r}"), python
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("tests", State.OK, f"run with specloop's own interpreter, Python {version}"), own


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free / _GIGABYTE
    text = f"{free:.1f} GB free at {str(folder)!r}"
    if free < _LEAST_FREE:
        return Check("disk", State.WRONG, text, f"free {_LEAST_FREE} GB at least")
    return Check("disk", State.OK, text)


def _repository(project: Project) -> Check:
    try:
        place = find_place(project.root)
        if place is None:
            return Check("repository", State.TOLD, "none yet; a run makes one")
        place.require_settled()
        place.head()
    except RepositoryUnavailable as error:
        return Check("repository", State.WRONG, str(error))
    return Check("repository", State.OK, f"runs commit to the branch {project.branch!r}")


def _run(root: Path) -> Check:
    found = holder(root / ".specloop" / "lock")
    if found is None:
        return Check("run", State.OK, "none is going on")
    who = f"process {found.pid} on host {found.host!r}" if found.pid else "somebody"
    return Check("run", State.TOLD, f"{who} is running this project")
