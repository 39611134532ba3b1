"""Where the adapters of a run are chosen, and put behind what keeps secrets from them."""

import ctypes
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from specloop.cli.confined import TellingRunner
from specloop.cli.guarded import GuardedObserver
from specloop.cli.shown import redactor_of
from specloop.commits.place import state_folder
from specloop.commits.repository import GitRepository
from specloop.engine.record import Observer
from specloop.engine.run import Outside
from specloop.engine.workers import Interruption
from specloop.errors import InvalidInput, ModelUnavailable
from specloop.journal.guarded import GuardedJournal
from specloop.journal.lock import ProjectLock
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.ladder import ModelLimits
from specloop.models.guarded import GuardedModel
from specloop.models.profile import profile_of
from specloop.models.recording import RecordingModel
from specloop.models.registry import CheckedModel, open_model
from specloop.ports import Model
from specloop.spec.project import Project
from specloop.spec.settings import ModelTable
from specloop.verify.guarded import GuardedRunner
from specloop.verify.runner import PytestRunner

_PR_SET_DUMPABLE = 4  # of prctl(2)


def model_limits(table: ModelTable) -> ModelLimits:
    """What bounds a model, from its table and its family's profile; tokens are estimated."""
    profile = profile_of(table)
    return ModelLimits(
        table.name,
        profile.context_tokens,
        profile.max_output_tokens,
        samples=profile.samples,
    )


def open_runner(project: Project, scratch: Path, notify: Callable[[str], None]) -> GuardedRunner:
    """A runner beside a run that may be going on: it lays its files out in `scratch`.

    As root, tests run as a user who has to pass through that folder.
    """
    scratch.chmod(0o711)
    settings = project.settings
    if settings.sandbox.level == "none":  # which the command line has to say, too
        sandbox = settings.sandbox.model_copy(update={"level": "auto"})
        settings = settings.model_copy(update={"sandbox": sandbox})
    _hide()
    return GuardedRunner(
        PytestRunner(project.root, settings, scratch, notify), redactor_of(project)
    )


def make_ready(project: Project, runner: GuardedRunner) -> None:
    """Prepare the runner; what has to be installed is under the project's lock, as in a run."""
    if runner.ready():
        runner.prepare()
        return
    with ProjectLock(state_folder(project.root) / "lock"):
        runner.prepare()


@contextmanager
def open_outside(
    project: Project, observer: Observer, interruption: Interruption, record: Path | None = None
) -> Iterator[Outside]:
    """Everything a run needs, under the project's lock; closed at the end whatever happens.

    `record` is a folder to write the models' replies to.
    """
    redactor = redactor_of(project)
    observer = GuardedObserver(observer, redactor)
    observer.doing("", "waits for the models")  # LiteLLM takes seconds to import
    models = open_models(project)
    if record is not None:
        models = {limits: RecordingModel(model, record) for limits, model in models.items()}
    with ExitStack() as stack:
        state = state_folder(project.root)
        stack.enter_context(ProjectLock(state / "lock"))
        journal = stack.enter_context(SqliteJournal.open(state / "journal.db"))
        _hide()
        notify = partial(observer.doing, "")
        tests = PytestRunner(project.root, project.settings, notify=notify)
        runner = (
            TellingRunner(tests, redactor, observer.notice)
            if project.settings.sandbox.level == "auto"
            else GuardedRunner(tests, redactor)
        )
        stack.callback(runner.close)
        for model in models.values():
            stack.callback(model.close)
        yield Outside(
            models=models,
            runner=runner,
            repository=GitRepository(project.root, project.branch),
            journal=GuardedJournal(journal, redactor),
            clock=time.time,
            observer=observer,
            interruption=interruption,
        )


def open_models(project: Project) -> dict[ModelLimits, Model]:
    """The ladder, which is told no secret and counts tokens as each model does.

    The first model must be able to answer before anything is started: ModelUnavailable.
    """
    redactor = redactor_of(project)
    guarded = {
        limits: GuardedModel(model, redactor) for limits, model in _checked_models(project).items()
    }
    return {replace(limits, count=model.count): model for limits, model in guarded.items()}


def _checked_models(project: Project) -> dict[ModelLimits, CheckedModel]:
    if not project.settings.models:
        raise InvalidInput(
            "project.toml names no model; add one, such as:\n\n"
            '[[models]]\nname = "ollama_chat/qwen2.5-coder:7b"\n'
            'api_base = "http://localhost:11434"'
        )
    models = {
        model_limits(table): open_model(table, project.root) for table in project.settings.models
    }
    first, *others = models.values()
    first.check()
    for model in others:
        # A name that means nothing is wrong now; a key may be missing as long as nobody needs it.
        with suppress(ModelUnavailable):
            model.check()
    return models


def _hide() -> None:
    """Keep other processes of the same user from our memory and from /proc/PID/environ.

    Where the kernel is Linux, that is, and the user not root. Tests run as the same user, and what
    they have to do with the keys that we were started with is nothing.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
