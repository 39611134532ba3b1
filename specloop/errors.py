"""Everything that ends a command early, and the exit code it ends with.

    SpecloopError
    ├── InvalidInput          2  project.toml, a spec or the command line is wrong
    ├── BudgetExhausted       3  a limit in [limits] ended the run
    ├── Unavailable           4  the world outside failed
    │   ├── ModelUnavailable     no key, no server, no reply
    │   ├── RunnerUnavailable    tests cannot be run: interpreter, packages, sandbox
    │   ├── RepositoryUnavailable  git refuses
    │   ├── JournalUnavailable   the journal cannot be read or written
    │   └── ProjectLocked        another run of the project is going on
    └── Interrupted         130  Ctrl-C or SIGTERM

A candidate that fails its tests is none of these: it is a value. Each message says what, where,
and what to do next.
"""

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BUDGET = 3
    UNAVAILABLE = 4
    INTERRUPTED = 130


class SpecloopError(Exception):
    """A failure that ends the command; `str()` of it is the message for the user."""

    exit_code = ExitCode.FAILED


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong, or doubtful, in a file the user wrote.

    `path` is relative to the project's root, `line` counts from 1, `level` is "error",
    "warning" or "advice".
    """

    path: str
    line: int
    level: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.level} {self.code} {self.text}"


class InvalidInput(SpecloopError):
    """What the user wrote cannot be used; nothing was started."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings

    @classmethod
    def of(cls, findings: list[Finding]) -> "InvalidInput":
        """An error that lists `findings`, one a line, in the order of files and lines."""
        ordered = tuple(sorted(findings))
        return cls("\n".join(str(finding) for finding in ordered), ordered)


class BudgetExhausted(SpecloopError):
    """A limit was reached; the journal is intact."""

    exit_code = ExitCode.BUDGET


class Unavailable(SpecloopError):
    """Something outside specloop failed; the journal is intact, running again resumes."""

    exit_code = ExitCode.UNAVAILABLE


class ModelUnavailable(Unavailable):
    """A model could not be asked, or gave no reply after the retries.

    `may_be_charged` says whether a request went out for which money may have been taken,
    `too_long` that the model refused the prompt for its length.
    """

    def __init__(
        self, message: str, *, may_be_charged: bool = False, too_long: bool = False
    ) -> None:
        super().__init__(message)
        self.may_be_charged = may_be_charged
        self.too_long = too_long


class RunnerUnavailable(Unavailable):
    """Tests could not be run at all: no verdict was reached."""


class RepositoryUnavailable(Unavailable):
    """Git refused, or the repository is in a state in which specloop must not write."""


class JournalUnavailable(Unavailable):
    """The journal cannot be opened, read or written."""


class ProjectLocked(Unavailable):
    """Another run of the same project holds its lock."""


class Interrupted(SpecloopError):
    """The user asked the run to stop."""

    exit_code = ExitCode.INTERRUPTED
