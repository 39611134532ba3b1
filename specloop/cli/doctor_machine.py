"""What doctor looks at on this machine and in the project, without any model."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from specloop.commits.git import Git
from specloop.commits.place import find_place
from specloop.errors import RepositoryUnavailable, RunnerUnavailable
from specloop.journal.lock import holder
from specloop.report.describe import count
from specloop.report.doctor_text import Check, State
from specloop.spec.project import Project
from specloop.spec.settings import LimitsTable, ProjectTable, SandboxTable, Settings
from specloop.verify import sandbox
from specloop.verify.environment import Environment

_GIGABYTE = 10**9
_LEAST_FREE = 0.5  # gigabytes: run folders, packages, what git and the journal write
_SANDBOX = {
    "basic": "limits on memory, processor time and files; network and your files stay open",
    "none": "no limits, network and your files stay open; a run wants --sandbox none as well",
}
# Sets each limit as a test process does, and says which do not hold. A system may take one for
# memory and pay no heed to it.
_TRY = """
import json, mmap, resource, sys
failed = []
for name, wanted in json.loads(sys.argv[1]).items():
    try:
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (value, value))
    except (AttributeError, ValueError, OSError):
        failed.append(name)
        continue
    if name == "RLIMIT_AS":
        try:
            mmap.mmap(-1, value)
            failed.append(name)
        except OSError:
            pass
print(json.dumps(failed))
"""


def machine(folder: Path, settings: Settings | None) -> list[Check]:
    """Git, the interpreter of the tests, the sandbox and the disk; without settings, their own."""
    project = settings.project if settings else ProjectTable(name="none")
    return [
        _git(folder),
        _tests(folder, project),
        _sandbox(
            settings.sandbox if settings else SandboxTable(),
            settings.limits if settings else LimitsTable(),
        ),
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


def _tests(folder: Path, project: ProjectTable) -> Check:
    environment = Environment(folder, project, lambda _: None)
    packages = [*project.packages, *project.test_packages]
    if not environment.ready():
        text = f"{count(len(packages), 'package')} not installed yet into .specloop/venv"
        return Check("tests", State.TOLD, f"{text}; a run does it, or `specloop check --install`")
    try:
        python = environment.python()
    except RunnerUnavailable as error:
        return Check("tests", State.WRONG, str(error))
    if project.python or packages:
        return Check("tests", State.OK, f"run with {str(python)!r}")
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("tests", State.OK, f"run with specloop's own interpreter, Python {version}")


def _sandbox(table: SandboxTable, limits: LimitsTable) -> Check:
    try:
        level = sandbox.level_of(table)
    except RunnerUnavailable as error:
        return Check("sandbox", State.WRONG, str(error))
    failed = _not_held(sandbox.limits(level, limits.test_seconds, limits.memory_mb))
    text = f"{level}: {_SANDBOX[level]}"
    if failed:
        text += f"; this system does not hold to {', '.join(failed)}"
    state = State.TOLD if failed or level == "none" else State.OK
    return Check("sandbox", state, text)


def _not_held(limits: dict[str, int]) -> list[str]:
    """Those of the limits that a process of this machine is not kept to."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _TRY, json.dumps(limits)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return sorted(limits)
    failed: list[str] = json.loads(done.stdout)
    return failed


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
