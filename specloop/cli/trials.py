"""The adapters of trials: journals of their own, and what a run has besides."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from specloop.cli.guarded import GuardedObserver
from specloop.cli.shown import redactor_of
from specloop.cli.wiring import make_ready, open_models, open_runner
from specloop.commits.repository import GitRepository
from specloop.engine.inputs import Inputs
from specloop.engine.record import Observer
from specloop.engine.repeat import Means
from specloop.engine.suites import Suites
from specloop.engine.trial import Trial, series_of
from specloop.engine.workers import Interruption
from specloop.journal.guarded import GuardedJournal
from specloop.journal.lock import ProjectLock
from specloop.journal.sqlite import SqliteJournal
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project


@contextmanager
def open_trials(
    project: Project,
    spec: ModuleSpec,
    folder: Path,
    *,
    key: str,
    number: int,
    observe: Callable[[int], Observer],
) -> Iterator[tuple[Trial, ...]]:
    """The trials of the series `key`, as they were left; those of another series are deleted.

    They are under a lock: ProjectLocked where another process works on trials of the module.
    """
    redactor = redactor_of(project)
    with ExitStack() as stack:
        stack.enter_context(ProjectLock(folder / "lock"))
        _forget_others(folder, key)
        yield tuple(
            Trial(
                n,
                spec,
                key,
                journal=GuardedJournal(
                    stack.enter_context(SqliteJournal.open(folder / f"{n:02}.db")), redactor
                ),
                clock=time.time,
                observer=GuardedObserver(observe(n), redactor),
            )
            for n in range(1, number + 1)
        )


def _forget_others(folder: Path, key: str) -> None:
    """Delete the trials, unless all of them are of this series."""
    if all(_series(path) in (None, key) for path in folder.glob("*.db")):
        return
    for path in folder.glob("*.db*"):  # with the files that SQLite has beside a database
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / "blobs", ignore_errors=True)


def _series(path: Path) -> str | None:
    with SqliteJournal.open(path, read_only=True) as journal:
        return series_of(journal.events())


@contextmanager
def open_means(
    project: Project, inputs: Inputs, interruption: Interruption, tell: Callable[[str], None]
) -> Iterator[Means]:
    """What trials need besides their journals; closed at the end whatever happens."""
    models = open_models(project)
    with ExitStack() as stack:
        for model in models.values():
            stack.callback(model.close)
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="specloop-"))
        runner = open_runner(project, Path(scratch), tell)
        stack.callback(runner.close)
        make_ready(project, runner)
        packages = runner.names_of(project.settings.project.packages)
        yield Means(
            limits=project.settings.limits,
            suites=Suites(project, inputs, tuple(models), packages),
            models={limits.name: model for limits, model in models.items()},
            runner=runner,
            repository=GitRepository(project.root, project.branch),
            interruption=interruption,
            clock=time.time,
            tell=tell,
        )
