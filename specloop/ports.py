"""The outside world, as the engine sees it: four protocols, and the values that cross them.

Each has an adapter in a folder of its own and a public fake in `specloop.testing`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.attempt.report import TestFailure, TestReport
from specloop.loop.event import Event
from specloop.spec.hours import CheapHours
from specloop.spec.row import Row


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to a model.

    `module` and `number` (the how-many-eth call for that module, from 1) name the call; `key` is
    the idempotency key that is sent along. `seconds` is the most that the whole call may take,
    retries included; None leaves it to the model's own limits. The same `seed` with the same
    messages asks for the same answer, where a model knows what a seed is.
    """

    module: str
    number: int
    messages: tuple[Message, ...]
    key: str
    temperature: float | None = None  # overrides the model's own
    seed: int = 0
    seconds: float | None = None


Say = Callable[[str], None]


class Model(Protocol):
    """Something that answers prompts."""

    name: str

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """Answer; ModelUnavailable when there is no answer after the adapter's own retries.

        What a person who waits would like to know meanwhile goes to `say`, from any thread.
        """
        ...

    def count(self, messages: Sequence[Message]) -> int:
        """The tokens that a conversation takes, or an upper estimate."""
        ...

    def cheap_hours(self) -> CheapHours | None:
        """When the model costs less; None where its price is the same at all hours, or unknown."""
        ...

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """The most tokens (in and out) and USD that a call may cost; None where unpriced."""
        ...

    def close(self) -> None:
        """End what the adapter has started."""
        ...


@dataclass(frozen=True, slots=True)
class RowsJob:
    """Example rows to be judged again, without pytest, once their tests have passed.

    `module` is the dotted name that `names` are imported from; no names are all of them. `exports`
    are their sources in the spec. `rows` come with the node ids of their tests, in the order in
    which they run.
    """

    module: str
    names: tuple[str, ...]
    exports: tuple[str, ...]
    setup: str
    rows: tuple[tuple[str, Row], ...]


@dataclass(frozen=True, slots=True)
class TestJob:
    """One run of one suite: a pure function of its content.

    `files` maps paths relative to the project's root to bytes: the whole content of the run's
    folder. `candidate` is the path of the file under judgement, or "" for an integration run.
    `targets` are the paths and node ids given to pytest; no target means that the candidate is
    imported and nothing else. `expected` are node ids that must all be collected and pass; empty
    when they are not known yet. `stop_early` ends the run at the first failure,
    `brief` leaves out how a test failed but for its exception. `first` are failures of a run
    before: where all of them fail again in the same way, nothing else need be run.
    """

    __test__ = False

    files: Mapping[str, bytes]
    targets: tuple[str, ...]
    candidate: str = ""
    expected: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = (".",)
    seconds: int = 60
    memory_mb: int = 2048
    stop_early: bool = False
    brief: bool = False
    rows: RowsJob | None = None
    first: tuple[TestFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class StaticJob:
    """What the checks that run no code need to know of one candidate.

    `imports` are dotted names that the code may import besides the standard library, each with all
    that is in it; `exports` maps each name the module must define to its source in the spec.
    `first_party` are the top-level packages of the project, which sorted imports keep apart.
    """

    file: str
    code: str
    exports: Mapping[str, str]
    imports: frozenset[str]
    module_lines: int = 0
    function_lines: int = 0
    ruff: tuple[str, ...] = ()
    first_party: frozenset[str] = frozenset()


class TestRunner(Protocol):
    """Runs suites, and checks code without running it."""

    def prepare(self) -> None:
        """Make the interpreter and the packages ready; RunnerUnavailable if they cannot be."""
        ...

    def names_of(self, packages: Sequence[str]) -> frozenset[str]:
        """The top-level names that distributions (PEP 508) bring to `import`."""
        ...

    def inspect(self, job: StaticJob) -> TestReport:
        """Check the code without running it: a failed report with `static`, or a passed one."""
        ...

    def format(self, code: str, file: str) -> str:
        """The code laid out as it is to be tested and committed; it means the same."""
        ...

    def run(self, job: TestJob) -> TestReport:
        """Run the suite. Callable from several threads at once."""
        ...

    def close(self) -> None:
        """End every test process that still runs; their runs come back as `aborted`."""
        ...


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """One commit of one module on the run's branch.

    `files` maps paths to their new content. `parent` is the tip the commit must be made on. `at`
    is in seconds since the epoch: the id of the commit is a function of this value alone.
    """

    module: str
    key: str
    subject: str
    body: str
    trailers: tuple[tuple[str, str], ...]
    files: Mapping[str, bytes]
    parent: str
    at: int


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """The newest commit of one module on the run's branch; `trailers` as they stand in it."""

    module: str
    commit: str
    key: str
    subject: str
    trailers: Mapping[str, str] = field(default_factory=dict)


class Repository(Protocol):
    """The run's branch, and the user's files as git would know them."""

    def prepare(self) -> tuple[str, ...]:
        """Make the repository and the branch ready and bring it up to HEAD.

        Returns what the user should be told. RepositoryUnavailable where git refuses.
        """
        ...

    def tip(self) -> str:
        """The commit at the end of the run's branch."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file as it stands at the tip, or None."""
        ...

    def work_files(self) -> Mapping[str, bytes]:
        """The user's files in the work tree: tracked, or untracked and not ignored."""
        ...

    def uncommitted(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Those of the paths that do not stand at the tip with this content."""
        ...

    def records(self) -> Mapping[str, CommitRecord]:
        """The newest commit of each module, by its name."""
        ...

    def commit(self, request: CommitRequest) -> str:
        """Make the commit and move the branch; the commit's id.

        Idempotent: a newest commit of that module with the same key, whose files still stand at
        the tip, is returned instead. RepositoryUnavailable when the tip is no longer `parent`.
        """
        ...

    def keep_failed(self, module: str, files: Mapping[str, bytes], message: str, at: int) -> str:
        """Keep a failed candidate under refs/specloop/failed/MODULE; the commit's id."""
        ...


class Journal(Protocol):
    """Events, in order, durable before `append` returns."""

    def append(self, event: Event) -> None:
        """Write one event; JournalUnavailable when it cannot be made durable."""
        ...

    def events(self) -> tuple[Event, ...]:
        """All events, oldest first."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


Clock = Callable[[], float]
