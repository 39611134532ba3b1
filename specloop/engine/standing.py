"""Where a module stands when it becomes ready: up to date, to be resumed, or to be built."""

from specloop.engine.inputs import Inputs
from specloop.engine.record import Record
from specloop.loop.action import FailModule
from specloop.loop.event import ModuleReopened, ModuleRetried, ModuleStarted
from specloop.loop.history import History
from specloop.loop.next_action import Context, next_action
from specloop.ports import Repository
from specloop.spec.module import ModuleSpec


def open_module(
    spec: ModuleSpec, context: Context, inputs: Inputs, repository: Repository, record: Record
) -> bool:
    """Bring the journal to where the loop can go on; True if the module is up to date.

    What was begun with the same inputs is resumed. What was given up stays so, unless the rule
    that ended it has been changed since. Code that stands already is tested before a model is
    asked.
    """
    history = record.history(spec)
    fingerprint = inputs.fingerprint(spec)
    begun = history.inputs == fingerprint
    if begun and not history.finished:
        _reopen_existing(spec, history, inputs, repository, record)
        return False
    made = repository.records().get(spec.name)
    if made is not None and made.key == inputs.key(spec):
        return True
    if begun and history.failed is not None:
        retry(spec, context, record)
        return False
    record.append(ModuleStarted(record.now(), spec.name, fingerprint))
    _reopen_existing(spec, record.history(spec), inputs, repository, record)
    return False


def retry(spec: ModuleSpec, context: Context, record: Record) -> bool:
    """Take up a module that was given up, if the stop rules would let it go on now."""
    history = record.history(spec)
    if isinstance(next_action(spec, history.before_failure, context), FailModule):
        return False
    record.append(ModuleRetried(record.now(), spec.name))
    return True


def forget(spec: ModuleSpec, record: Record) -> None:
    """Forget attempts that led to no commit, so that the module is begun afresh."""
    history = record.history(spec)
    if history.inputs and (not history.finished or history.failed is not None):
        record.append(ModuleStarted(record.now(), spec.name, inputs=""))


def _reopen_existing(
    spec: ModuleSpec, history: History, inputs: Inputs, repository: Repository, record: Record
) -> None:
    """Where a module was just started and its file exists, the file is what is begun with."""
    code = inputs.code(spec)
    if code is None or not isinstance(history.last, ModuleStarted):
        return
    built = spec.name in repository.records()
    record.append(
        ModuleReopened(
            at=record.now(),
            module=spec.name,
            reason="stale" if built else "existing",
            text=(
                "The spec, its tests, an interface it uses or the file itself have changed since "
                f"{spec.file} was committed."
                if built
                else f"{spec.file} was there before specloop built it."
            ),
            code=code.decode("utf-8", "replace"),
        )
    )
