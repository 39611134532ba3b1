"""What to do next, as values."""

from dataclasses import dataclass

from specloop.attempt.candidate import Candidate
from specloop.attempt.message import Message
from specloop.loop.event import CallPurpose, TestPurpose


@dataclass(frozen=True, slots=True)
class RunTests:
    """Run the module's suite on `candidate`, or on the stub where it is None."""

    candidate: Candidate | None
    purpose: TestPurpose


@dataclass(frozen=True, slots=True)
class AskModel:
    """Ask `model`: `conversation` is sent, of which `new` are the turns not sent before.

    `temperature` overrides the model's own.
    """

    model: str
    number: int
    purpose: CallPurpose
    new: tuple[Message, ...]
    conversation: tuple[Message, ...]
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class CommitModule:
    """Commit the candidate."""

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class FailModule:
    """Give the module up; `candidate` is the last code there was."""

    reason: str
    candidate: Candidate | None = None


Action = RunTests | AskModel | CommitModule | FailModule
