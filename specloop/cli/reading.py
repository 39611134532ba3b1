"""What commands that change nothing read: the journal and the branch, during a run and after."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from specloop.commits.repository import GitRepository
from specloop.engine.inputs import Inputs
from specloop.journal.lock import holder
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.event import Event
from specloop.loop.past import Past
from specloop.ports import CommitRecord
from specloop.report.summary import Summary, summarise
from specloop.spec.project import Project


@dataclass(frozen=True, slots=True)
class Reading:
    """A project as it stands: what is recorded, what is committed, what the user's files ask for.

    `events` are those of the journal, which `past` follows from. `tip` is None before the run's
    branch exists.
    """

    events: tuple[Event, ...]
    past: Past
    inputs: Inputs
    records: Mapping[str, CommitRecord]
    tip: str | None
    live: bool


def read_past(project: Project) -> Past:
    """What the journal holds; nothing where no run has begun."""
    return Past(_read_events(project))


def _read_events(project: Project) -> tuple[Event, ...]:
    path = project.root / ".specloop" / "journal.db"
    if not path.exists():
        return ()
    with SqliteJournal.open(path, read_only=True) as journal:
        return journal.events()


def read_all(project: Project, files: Mapping[str, bytes] | None = None) -> Reading:
    """Read everything once.

    `files` are the user's. Without them, their tests alone are read, which is quicker and tells all
    but what decides a test beside them.
    """
    # Asked first: a run that ends in between is then seen with all that it recorded.
    live = holder(project.root / ".specloop" / "lock") is not None
    events = _read_events(project)
    past = Past(events)
    files = _test_files(project) if files is None else files
    repository = GitRepository(project.root, project.branch)
    tip = repository.find_tip()
    if tip is None:
        return Reading(events, past, Inputs(project, files, lambda _: None), {}, None, live)
    inputs = Inputs(project, files, cache(repository.read))
    return Reading(events, past, inputs, repository.records(), tip, live)


def summary_of(project: Project, found: Reading) -> Summary:
    """Where the project stands."""
    return summarise(project, found.past, found.inputs, found.records, found.tip, live=found.live)


def user_files(project: Project) -> Mapping[str, bytes]:
    """The files that a run would take for the user's, also where there is no repository yet."""
    repository = GitRepository(project.root, project.branch)
    if repository.exists():
        return repository.work_files()
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(project.root):
        here = Path(folder)
        folders[:] = [name for name in folders if not _is_foreign(here / name)]
        for path in (here / name for name in names):
            if path.is_file() and not path.is_symlink():
                found[path.relative_to(project.root).as_posix()] = path.read_bytes()
    return found


def _is_foreign(folder: Path) -> bool:
    """Whether a folder holds what no person wrote: hidden, cached or installed things."""
    return folder.name.startswith((".", "__pycache__")) or (folder / "pyvenv.cfg").exists()


def test_patterns(project: Project) -> tuple[str, ...]:
    """Globs, from the root, of the user's tests: all that fingerprints are made from."""
    tests = [test for spec in project.modules for test in spec.tests]
    named = [test.partition("::")[0] for test in (*tests, *project.settings.integration.tests)]
    return tuple(
        f"{name}/**/*.py" if (project.root / name).is_dir() else name
        for name in dict.fromkeys(named)
    )


def _test_files(project: Project) -> dict[str, bytes]:
    """The user's tests as they stand in the work tree."""
    return {
        file.relative_to(project.root).as_posix(): file.read_bytes()
        for pattern in test_patterns(project)
        for file in project.root.glob(pattern)
        if file.is_file()
    }
