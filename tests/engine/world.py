"""A project of a few modules in a world of fakes.

Code is right that returns 1. The integration tests want `joined` in the code of the modules that a
world names so, and lay a failure to the module's line 1.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path

from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict
from specloop.engine.run import Outcome, Outside, run
from specloop.engine.workers import Interruption
from specloop.loop.event import CallStarted, Event, IntegrationFinished, ModuleEvent, ModuleReopened
from specloop.loop.ladder import ModelLimits
from specloop.ports import Clock, TestJob
from specloop.spec.project import Project
from specloop.spec.read import read_project
from specloop.testing import (
    FakeTestRunner,
    MemoryJournal,
    MemoryRepository,
    ScriptedModel,
    SilentObserver,
)

CHAIN: Mapping[str, tuple[str, ...]] = {"base": (), "mid": ("base",), "top": ("mid",), "side": ()}
TOGETHER = "tests/integration/test_all.py"
INTEGRATION = '[integration]\ntests = ["tests/integration"]\nattempts = 3\n'


def code(name: str, value: int = 1, comment: str = "", parameters: str = "") -> str:
    return f"def {name}({parameters}) -> int:\n    'Makes one. {comment}'\n    return {value}\n"


def answer(name: str, value: int = 1, comment: str = "", parameters: str = "") -> str:
    return f"```python\n{code(name, value, comment, parameters)}```\n"


def spec_text(name: str, needs: Iterable[str] = (), more: str = "") -> str:
    return (
        f"task: Make {name}\nfile: app/{name}.py\nexports:\n  - def {name}() -> int\n"
        f"output: it is one\ndependencies: [{', '.join(needs)}]\n"
        f'examples: "O1: {name}() == 1"\n{more}'
    )


def make_project(
    root: Path,
    needs: Mapping[str, tuple[str, ...]] = CHAIN,
    toml: str = "",
    specs: Mapping[str, str] | None = None,
) -> Project:
    """Write the files of a project and read it; `specs` adds to the specs of some modules."""
    files = {
        "project.toml": f'[project]\nname = "p"\n{toml}',
        TOGETHER: "def test_all(): ...\n",
        "tests/conftest.py": "",
    }
    for name, below in needs.items():
        files[f"specs/{name}.yaml"] = spec_text(name, below, (specs or {}).get(name, ""))
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return read_project(root)


def work_files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


class Judge:
    """Passes code that returns 1, and integration where each of `joined` says so in its code.

    `wants` are texts that the code of a module must hold besides, by its file.
    """

    def __init__(self, joined: Iterable[str] = ()) -> None:
        self.joined = tuple(joined)
        self.wants: dict[str, bytes] = {}

    def __call__(self, job: TestJob) -> TestReport:
        if not job.candidate:
            return self._together(job)
        found = job.files[job.candidate]
        if b"return 1" in found and self.wants.get(job.candidate, b"") in found:
            return TestReport(Verdict.PASSED, job.expected, job.expected)
        failures = tuple(_failure(node, job.candidate) for node in job.expected)
        return TestReport(Verdict.FAILED, job.expected, (), failures)

    def _together(self, job: TestJob) -> TestReport:
        files = [f"app/{n}.py" for n in self.joined if b"joined" not in job.files[f"app/{n}.py"]]
        node = f"{TOGETHER}::test_all"
        failures = tuple(_failure(node, file) for file in files)
        verdict = Verdict.FAILED if failures else Verdict.PASSED
        return TestReport(verdict, (node,), () if failures else (node,), failures)


def _failure(node: str, file: str) -> TestFailure:
    return TestFailure(node, "call", "AssertionError", f"not 1: {file}", "", (Frame(file, 1),))


class World:
    """All that is outside, kept for looking at it; `run` may be called again and again."""

    def __init__(
        self,
        project: Project,
        replies: Mapping[str, list[str | Exception]],
        *,
        events: Iterable[Event] = (),
        repository: MemoryRepository | None = None,
        runner: FakeTestRunner | None = None,
        joined: Iterable[str] = (),
        cost_usd: float | None = None,
        ladder: Iterable[str] = ("small",),
    ) -> None:
        self.project = project
        self.replies = dict(replies)
        self.judge = Judge(joined)
        self.runner = runner or FakeTestRunner(self.judge)
        self.repository = repository or MemoryRepository(work_files(project.root))
        self.journal = MemoryJournal(events)
        self.observer = SilentObserver()
        self.interruption = Interruption()
        self.models = {
            ModelLimits(name, 100_000, 4_000): ScriptedModel(self.replies, name, cost_usd)
            for name in ladder
        }
        ticks = count(int(self.events[-1].at) + 1 if self.events else 1000)
        self.clock: Clock = lambda: float(next(ticks))

    def run(
        self,
        project: Project | None = None,
        *,
        fresh: bool = False,
        only: Iterable[str] = (),
        off_peak: bool = False,
    ) -> Outcome:
        outside = Outside(
            models=self.models,
            runner=self.runner,
            repository=self.repository,
            journal=self.journal,
            clock=self.clock,
            observer=self.observer,
            interruption=self.interruption,
        )
        return run(
            project or self.project, outside, fresh=fresh, only=tuple(only), off_peak=off_peak
        )

    def edited(self, path: str, text: str) -> None:
        """A person's commit of one file on the run's branch."""
        commit = f"{len(self.repository.commits):040x}"
        tree = {**self.repository.commits[-1][2], path: text.encode()}
        self.repository.commits.append((commit, None, tree))

    def rewritten(self, path: str, text: str) -> None:
        """A person's edit of one of the user's files in the work tree."""
        files = {**self.repository.work_files(), path: text.encode()}
        commits, self.repository = self.repository.commits, MemoryRepository(files)
        self.repository.commits = commits

    @property
    def events(self) -> tuple[Event, ...]:
        return self.journal.events()

    @property
    def tree(self) -> dict[str, bytes]:
        return self.repository.commits[-1][2]

    @property
    def model(self) -> ScriptedModel:
        """The first of the ladder."""
        return next(iter(self.models.values()))

    @property
    def prompts(self) -> list[tuple[str, int]]:
        """The calls that were really made."""
        return [(p.module, p.number) for model in self.models.values() for p in model.prompts]

    @property
    def committed(self) -> list[str]:
        return [request.module for _, request, _ in self.repository.commits if request]

    def kinds(self, module: str = "", since: int = 0) -> list[str]:
        """The kinds of the events of a module, or of the run itself."""
        return [
            event.kind
            for event in self.events[since:]
            if (event.module if isinstance(event, ModuleEvent) else "") == module
        ]

    def texts(self) -> str:
        """All that any model was ever sent."""
        calls = [event for event in self.events if isinstance(event, CallStarted)]
        return "\n".join(turn.content for call in calls for turn in call.messages)


def all_right(names: Iterable[str] = CHAIN) -> dict[str, list[str | Exception]]:
    return {name: [answer(name)] for name in names}


def edit(world: World, name: str, old: str, new: str) -> Project:
    """The project after an edit of one spec."""
    path = world.project.root / f"specs/{name}.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return read_project(world.project.root)


def reopened(world: World) -> list[ModuleReopened]:
    return [event for event in world.events if isinstance(event, ModuleReopened)]


def rounds(world: World) -> list[bool]:
    return [e.report.ok for e in world.events if isinstance(e, IntegrationFinished)]
