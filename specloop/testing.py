"""Fakes of the ports, for tests of specloop and of whatever is built on it.

They keep the promises of the protocols, in memory and without waiting.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha1

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.attempt.report import TestReport, Verdict
from specloop.errors import ModelUnavailable, RepositoryUnavailable
from specloop.loop.event import Event
from specloop.ports import CommitRecord, CommitRequest, Prompt, Say, StaticJob, TestJob
from specloop.prompt.fit import estimate_tokens
from specloop.spec.hours import CheapHours


def unheard(text: str) -> None:
    """Say it to nobody."""


class ScriptedModel:
    """Answers from a list of texts per module; an exception in the list is raised instead.

    `prompts` keeps what was asked, in order.
    """

    def __init__(
        self,
        replies: Mapping[str, Sequence[str | Exception]],
        name: str = "scripted",
        cost_usd: float | None = None,
        cheap_hours: CheapHours | None = None,
    ) -> None:
        self.name = name
        self.prompts: list[Prompt] = []
        self._replies = replies
        self._cost_usd = cost_usd
        self._cheap_hours = cheap_hours

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """The reply of that number."""
        self.prompts.append(prompt)
        replies = self._replies.get(prompt.module, ())
        if prompt.number > len(replies):
            raise ModelUnavailable(f"no reply {prompt.number} for {prompt.module!r} in the script")
        reply = replies[prompt.number - 1]
        if isinstance(reply, Exception):
            raise reply
        return Completion(reply, self.name, usage=Usage(1, 100, 0, 50), cost_usd=self._cost_usd)

    def count(self, messages: Sequence[Message]) -> int:
        """The estimate."""
        return estimate_tokens(messages)

    def cheap_hours(self) -> CheapHours | None:
        """Those given at the start."""
        return self._cheap_hours

    def worst_case(self, prompt: Prompt) -> tuple[int, float | None]:
        """Always the same: 150 tokens at the scripted price."""
        return 150, self._cost_usd

    def close(self) -> None:
        """Nothing is held."""


class FakeTestRunner:
    """Judges by functions of the job; the default passes everything but the empty stub.

    `jobs` keeps what was run.
    """

    def __init__(
        self,
        judge: Callable[[TestJob], TestReport] | None = None,
        inspect: Callable[[StaticJob], TestReport] | None = None,
        format: Callable[[str, str], str] | None = None,
    ) -> None:
        self.jobs: list[TestJob] = []
        self._judge = judge or _passes_unless_stub
        self._inspect = inspect or (lambda _: TestReport(Verdict.PASSED))
        self._format = format or (lambda code, _: code)

    def prepare(self) -> None:
        """Nothing is needed."""

    def names_of(self, packages: Sequence[str]) -> frozenset[str]:
        """The names themselves."""
        return frozenset(packages)

    def inspect(self, job: StaticJob) -> TestReport:
        """What the function says."""
        return self._inspect(job)

    def format(self, code: str, file: str) -> str:
        """What the function says."""
        return self._format(code, file)

    def run(self, job: TestJob) -> TestReport:
        """What the function says."""
        self.jobs.append(job)
        return self._judge(job)

    def close(self) -> None:
        """Nothing runs."""


def _passes_unless_stub(job: TestJob) -> TestReport:
    code = job.files.get(job.candidate, b"")
    passed = not job.candidate or (code != b"" and b"no code yet" not in code)
    verdict = Verdict.PASSED if passed else Verdict.FAILED
    return TestReport(verdict, job.expected, job.expected if passed else ())


class MemoryRepository:
    """A branch as a list of commits, each with the whole tree; the ids are real hashes."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._work = dict(files or {})
        self.commits: list[tuple[str, CommitRequest | None, dict[str, bytes]]] = [
            ("0" * 40, None, dict(self._work))
        ]
        self.failed: dict[str, Mapping[str, bytes]] = {}

    def prepare(self) -> tuple[str, ...]:
        """Nothing is needed."""
        return ()

    def tip(self) -> str:
        """The newest commit."""
        return self.commits[-1][0]

    def read(self, path: str) -> bytes | None:
        """A file of the newest tree."""
        return self.commits[-1][2].get(path)

    def work_files(self) -> Mapping[str, bytes]:
        """The files given at the start."""
        return self._work

    def uncommitted(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Those that the newest tree has not, or has otherwise."""
        return tuple(path for path, data in files.items() if self.read(path) != data)

    def records(self) -> Mapping[str, CommitRecord]:
        """The newest commit of each module."""
        return {
            request.module: CommitRecord(
                request.module, commit, request.key, request.subject, dict(request.trailers)
            )
            for commit, request, _ in self.commits
            if request is not None
        }

    def commit(self, request: CommitRequest) -> str:
        """Add a commit, unless it is there already."""
        made = self.records().get(request.module)
        standing = all(self.read(path) == data for path, data in request.files.items())
        if made is not None and made.key == request.key and standing:
            return made.commit
        if request.parent != self.tip():
            raise RepositoryUnavailable("the branch has moved; run again")
        commit = sha1(repr(request).encode(), usedforsecurity=False).hexdigest()
        self.commits.append((commit, request, {**self.commits[-1][2], **request.files}))
        return commit

    def keep_failed(self, module: str, files: Mapping[str, bytes], message: str, at: int) -> str:
        """Keep the files by the module's name."""
        self.failed[module] = files
        return sha1(repr((module, message, at)).encode(), usedforsecurity=False).hexdigest()


class MemoryJournal:
    """Events in a list."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = list(events)

    def append(self, event: Event) -> None:
        """Keep one event."""
        self._events.append(event)

    def events(self) -> tuple[Event, ...]:
        """All events, oldest first."""
        return tuple(self._events)

    def close(self) -> None:
        """Nothing is held."""


class SilentObserver:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.steps: list[tuple[str, str]] = []
        self.standing: dict[str, bool] = {}
        self.events: list[Event] = []

    def notice(self, text: str) -> None:
        """Keep a notice."""
        self.notices.append(text)

    def doing(self, module: str, text: str) -> None:
        """Keep a step."""
        self.steps.append((module, text))

    def stands(self, module: str, *, passed: bool) -> None:
        """Keep where a module stands."""
        self.standing[module] = passed

    def happened(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)
