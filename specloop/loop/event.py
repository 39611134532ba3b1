"""What happened, as values. The journal holds these and nothing else.

`at` is in seconds since the epoch, as the coordinator's clock said; the order of events is that of
the journal, never that of their clocks. `module` is the module's name.
"""

from dataclasses import dataclass
from typing import Literal

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.attempt.report import TestReport

CallPurpose = Literal["first", "fix", "format", "continue"]
TestPurpose = Literal["red", "candidate", "standing"]
ReopenReason = Literal["stale", "existing", "retest", "integration"]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; all that follows until `RunEnded` belongs to it, whatever dies in between."""

    at: float
    version: str
    kind: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class RunResumed:
    """The run goes on in a new process; no time passed for it since the event before."""

    at: float
    kind: Literal["run_resumed"] = "run_resumed"


@dataclass(frozen=True, slots=True)
class RunPaused:
    """The run stopped before its end: interrupted, out of budget, or the world failed."""

    at: float
    reason: str
    exit_code: int
    kind: Literal["run_paused"] = "run_paused"


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Nothing is left to do. `reason` says in one line what did not pass."""

    at: float
    passed: bool
    reason: str = ""
    kind: Literal["run_ended"] = "run_ended"


@dataclass(frozen=True, slots=True)
class ModuleStarted:
    """Work on a module began afresh; `inputs` is the fingerprint of what it is built from.

    `standing` is the digest of its file on the branch at that time, "" where there was none.
    """

    at: float
    module: str
    inputs: str
    standing: str = ""
    kind: Literal["module_started"] = "module_started"


@dataclass(frozen=True, slots=True)
class ModuleReopened:
    """Code that stands already is looked at again, because of `reason`; `text` says it in words.

    `report` is the evidence against it, where there is any yet.
    """

    at: float
    module: str
    reason: ReopenReason
    text: str
    code: str
    report: TestReport | None = None
    kind: Literal["module_reopened"] = "module_reopened"


@dataclass(frozen=True, slots=True)
class ModuleRetried:
    """A module that had failed goes on, since the rule that stopped it no longer does."""

    at: float
    module: str
    kind: Literal["module_retried"] = "module_retried"


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A model is about to be asked.

    `messages` are the turns that are new in this call: the conversation is these and the replies,
    in order. `worst_tokens` and `worst_usd` stay reserved until the reply is recorded.
    `temperature` is None where the model's own holds.
    """

    at: float
    module: str
    number: int
    purpose: CallPurpose
    model: str
    messages: tuple[Message, ...]
    worst_tokens: int
    worst_usd: float | None
    temperature: float | None = None
    kind: Literal["call_started"] = "call_started"

    @property
    def opens(self) -> bool:
        """Whether a conversation begins with it."""
        return self.purpose == "first" or self.messages[0].role == "system"


@dataclass(frozen=True, slots=True)
class CompletionReceived:
    """The reply to call `number` of the module."""

    at: float
    module: str
    number: int
    completion: Completion
    kind: Literal["completion_received"] = "completion_received"


@dataclass(frozen=True, slots=True)
class CallFailed:
    """Call `number` of the module got no reply, and will be made again when the run goes on.

    A prompt that was `too_long` for the model is shortened first.
    """

    at: float
    module: str
    number: int
    reason: str
    may_be_charged: bool
    too_long: bool = False
    kind: Literal["call_failed"] = "call_failed"


@dataclass(frozen=True, slots=True)
class TestsFinished:
    """A suite ran, or the static checks refused the code; `code` is the digest of the code.

    `suite` is the digest of everything that was run: the verdict holds as long as it stays so.
    `formatted` is the code as it was tested, "" where that is as it was given.
    """

    __test__ = False

    at: float
    module: str
    purpose: TestPurpose
    code: str
    report: TestReport
    suite: str = ""
    formatted: str = ""
    kind: Literal["tests_finished"] = "tests_finished"


@dataclass(frozen=True, slots=True)
class CommitPrepared:
    """The intent to commit: the commit's id is a function of this event and the candidate."""

    at: float
    module: str
    key: str
    parent: str
    kind: Literal["commit_prepared"] = "commit_prepared"


@dataclass(frozen=True, slots=True)
class ModuleCommitted:
    """The branch of the run holds the module; `found` says that it did so before."""

    at: float
    module: str
    key: str
    commit: str
    found: bool = False
    kind: Literal["module_committed"] = "module_committed"


@dataclass(frozen=True, slots=True)
class ModuleFailed:
    """A stop rule ended the work on a module."""

    at: float
    module: str
    reason: str
    kind: Literal["module_failed"] = "module_failed"


@dataclass(frozen=True, slots=True)
class IntegrationFinished:
    """The integration tests ran on the commit `commit`.

    `tests` is the digest of the tests alone, `suite` that of everything that was run.
    """

    at: float
    commit: str
    tests: str
    report: TestReport
    suite: str = ""
    kind: Literal["integration_finished"] = "integration_finished"


ModuleEvent = (
    ModuleStarted
    | ModuleReopened
    | ModuleRetried
    | CallStarted
    | CompletionReceived
    | CallFailed
    | TestsFinished
    | CommitPrepared
    | ModuleCommitted
    | ModuleFailed
)
RunEvent = RunStarted | RunResumed | RunPaused | RunEnded | IntegrationFinished
Event = ModuleEvent | RunEvent
