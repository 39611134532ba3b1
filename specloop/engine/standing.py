"""Where a module stands when it becomes ready: up to date, to be resumed, or to be built."""

from specloop.attempt.candidate import Candidate
from specloop.engine.inputs import Inputs
from specloop.engine.record import Record
from specloop.engine.stale import changed_since, in_words
from specloop.engine.suites import Suites
from specloop.loop.action import FailModule
from specloop.loop.event import (
    ModuleReopened,
    ModuleRetried,
    ModuleStarted,
    ReopenReason,
)
from specloop.loop.history import History
from specloop.loop.next_action import Context, next_action
from specloop.ports import Repository
from specloop.spec.module import ModuleSpec

_WHY: dict[ReopenReason, str] = {
    "existing": "{file} was there before specloop built it.",
    "stale": "Changed since it was committed: {changed}.",
    "retest": "The tests of {file}, or code that it uses, have changed since it passed.",
}


class Opening:
    """Brings the journal to the point from which the loop can go on with a module.

    What was begun with the same inputs is resumed. What was given up stays so, unless what ended
    it has changed since. Code that stands already is tested before a model is asked, and a pass
    counts as long as nothing has changed that it depended on.
    """

    def __init__(
        self, inputs: Inputs, suites: Suites, repository: Repository, record: Record
    ) -> None:
        self._inputs = inputs
        self._suites = suites
        self._repository = repository
        self._record = record

    def open(self, spec: ModuleSpec, context: Context) -> bool:
        """Append what is needed; True if the module is up to date and nothing is to be done."""
        history = self._record.history(spec)
        begun = history.inputs == self._inputs.fingerprint(spec)
        standing = self._suites.standing(spec)
        if begun and not history.finished and _digest(standing) in history.standing:
            self._go_on(spec, history, standing)
            return False
        if standing is not None and self._is_current(spec):
            if self._suites.suite(spec, standing) in history.passed:
                return True
            self._begin(spec, standing, "retest")
            return False
        if begun and history.failed is not None:
            self._take_up(spec, history, context)
            return False
        if begun and standing is None and history.commit and history.candidate:
            # The branch lost the commit. The journal has the code still, and nothing is forgotten.
            self._reopen(spec, self._why(spec), history.candidate)
        else:
            self._begin(spec, standing, self._why(spec))
        return False

    def _go_on(self, spec: ModuleSpec, history: History, standing: Candidate | None) -> None:
        """Unfinished work: the loop knows what is next, unless a verdict is out of date."""
        reopened = history.reopened
        if isinstance(history.last, ModuleStarted) and standing is not None:
            self._reopen(spec, self._why(spec), standing)
        elif standing is not None and reopened is not None and self._differs(history, standing):
            # The journal holds no secrets: what stands is as the person wrote it.
            self._reopen(spec, reopened.reason, standing)
        elif not isinstance(history.last, (ModuleStarted, ModuleReopened)):
            self._test_again(spec, history)

    def _differs(self, history: History, standing: Candidate) -> bool:
        """Whether a model has not been asked yet, and code is looked at that is not what stands."""
        return not history.since_reopened.calls and history.candidate != standing

    def _take_up(self, spec: ModuleSpec, history: History, context: Context) -> None:
        """A module that was given up: tested again if its suite has changed, or retried."""
        if not self._test_again(spec, history) and may_go_on(spec, history, context):
            self._record.append(ModuleRetried(self._record.now(), spec.name))

    def _test_again(self, spec: ModuleSpec, history: History) -> bool:
        """Go back to the tests if the suite that ran last is no longer what it was."""
        candidate = history.candidate
        suite = self._suites.suite(spec, history.tested_code or self._suites.stub(spec))
        if history.tested in ("", suite):  # "": without tests of its own there is no red check
            return False
        if candidate is None:
            self._begin(spec, None, "retest")
        else:
            self._reopen(spec, "retest", candidate)
        return True

    def _begin(self, spec: ModuleSpec, code: Candidate | None, reason: ReopenReason) -> None:
        self._record.append(
            ModuleStarted(
                at=self._record.now(),
                module=spec.name,
                inputs=self._inputs.fingerprint(spec),
                standing=_digest(self._suites.standing(spec)),
            )
        )
        if code is not None:
            self._reopen(spec, reason, code)

    def _reopen(self, spec: ModuleSpec, reason: ReopenReason, code: Candidate) -> None:
        made = self._repository.records().get(spec.name)
        changed = in_words(changed_since(spec, self._inputs, made)) if made else ""
        text = _WHY[reason].format(file=spec.file, changed=changed)
        self._record.append(ModuleReopened(self._record.now(), spec.name, reason, text, code.code))

    def _why(self, spec: ModuleSpec) -> ReopenReason:
        return "stale" if spec.name in self._repository.records() else "existing"

    def _is_current(self, spec: ModuleSpec) -> bool:
        """Whether what is committed is what would be built, with the tests that go with it."""
        made = self._repository.records().get(spec.name)
        current = made is not None and made.key == self._inputs.key(spec)
        return current and self._suites.rows_stand(spec)


def _digest(code: Candidate | None) -> str:
    return "" if code is None else code.digest


def may_go_on(spec: ModuleSpec, history: History, context: Context) -> bool:
    """Whether the stop rules, as they are now, would let a module that was given up go on."""
    return not isinstance(next_action(spec, history.before_failure, context), FailModule)


def forget(spec: ModuleSpec, record: Record) -> None:
    """Forget attempts that led to no commit, so that the module is begun afresh."""
    history = record.history(spec)
    if history.inputs and (not history.finished or history.failed is not None):
        record.append(ModuleStarted(record.now(), spec.name, inputs=""))
