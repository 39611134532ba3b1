"""Building modules: what is ready is worked on at once, within the limits on calls and tests."""

from dataclasses import dataclass

from specloop.engine.inputs import Inputs
from specloop.engine.perform import Performer
from specloop.engine.record import Observer, Record
from specloop.engine.standing import open_module
from specloop.engine.suites import Suites
from specloop.engine.workers import Workers
from specloop.errors import BudgetExhausted, ModelUnavailable, SpecloopError
from specloop.loop.action import AskModel, CommitModule, FailModule, RunTests
from specloop.loop.event import CallFailed
from specloop.loop.next_action import Context, next_action
from specloop.ports import Repository
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project


@dataclass(frozen=True, slots=True)
class Width:
    """How many calls and test runs may be under way at once."""

    calls: int
    tests: int


class Scheduler:
    """Builds the modules of a project until each has passed, has failed or is blocked."""

    def __init__(
        self,
        project: Project,
        inputs: Inputs,
        suites: Suites,
        repository: Repository,
        performer: Performer,
        workers: Workers,
        record: Record,
        observer: Observer,
        width: Width,
    ) -> None:
        self._limits = project.settings.limits
        self._order = longest_chain_first(project)
        self._inputs = inputs
        self._suites = suites
        self._repository = repository
        self._performer = performer
        self._workers = workers
        self._record = record
        self._observer = observer
        self._width = width

    def build(self) -> dict[str, str]:
        """One pass over all modules: the state of each, "passed", "failed" or "blocked".

        Raises what ended the pass early (an interruption, a budget, a broken world) when
        everything that was under way is recorded.
        """
        self._states: dict[str, str] = {}
        self._contexts: dict[str, Context] = {}
        self._refusal = ""
        ended: SpecloopError | None = None
        while True:
            try:
                if ended is None and not self._workers.stopping:
                    self._start()
                if not self._workers.busy() and not self._workers.stopping:
                    break
                event = self._workers.take()
                if event is not None:
                    self._record.append(event)
                if isinstance(event, CallFailed):
                    raise ModelUnavailable(event.reason)
            except SpecloopError as error:
                ended = ended or error  # what is under way is paid for: it is waited for
                if not self._workers.busy():
                    break
        if ended is not None:
            raise ended
        if len(self._states) < len(self._order):
            raise BudgetExhausted(f"[limits] {self._refusal}; raise it and run again to resume")
        return self._states

    def _start(self) -> None:
        """Start whatever can be; a module that ends makes others ready, so until nothing moves."""
        self._refusal = ""
        moved = True
        while moved:
            moved = False
            for spec in self._order:
                if spec.name not in self._states and spec.name not in self._workers:
                    moved = self._advance(spec) or moved

    def _advance(self, spec: ModuleSpec) -> bool:
        """Take a module one step further; False when it has to wait."""
        needs = [self._states.get(name) for name in spec.dependencies]
        if any(state in ("failed", "blocked") for state in needs):
            self._states[spec.name] = "blocked"
            return True
        if any(state != "passed" for state in needs):
            return False
        if spec.name not in self._contexts:
            context = self._contexts[spec.name] = self._suites.context(spec)
            if open_module(spec, context, self._inputs, self._repository, self._record):
                self._states[spec.name] = "passed"
                return True
        return self._act(spec)

    def _act(self, spec: ModuleSpec) -> bool:
        history = self._record.history(spec)
        match next_action(spec, history, self._contexts[spec.name]):
            case None:
                self._states[spec.name] = "passed" if history.failed is None else "failed"
                return True
            case CommitModule(candidate=candidate):
                self._record.append(self._performer.commit(spec, history, candidate))
                return True
            case FailModule() as action:
                self._record.append(self._performer.fail(spec, action))
                return True
            case RunTests() as action:
                return self._start_tests(spec, action)
            case AskModel() as action:
                return self._start_call(spec, action)

    def _start_tests(self, spec: ModuleSpec, action: RunTests) -> bool:
        if self._workers.busy("tests") >= self._width.tests:
            return False
        static, job = self._performer.test_jobs(spec, self._record.history(spec), action)
        red = action.purpose == "red"
        self._observer.doing(spec.name, "red check" if red else "runs tests")
        self._workers.submit(
            spec.name, "tests", lambda: self._performer.test(spec, action, static, job)
        )
        return True

    def _start_call(self, spec: ModuleSpec, action: AskModel) -> bool:
        if self._workers.busy("call") >= self._width.calls:
            return False
        prompt = self._performer.prompt(spec, self._record.history(spec), action)
        worst = self._performer.worst_case(action, prompt)
        refusal = self._record.past.ledger.refusal(self._limits, self._record.now(), *worst)
        if refusal:
            # Calls under way give back what they reserved and did not use: it is asked again then.
            self._refusal = refusal
            return False
        self._performer.announce_call(spec, action, worst)
        self._observer.doing(spec.name, f"asks {action.model}")
        self._workers.submit(spec.name, "call", lambda: self._performer.ask(spec, action, prompt))
        return True


def longest_chain_first(project: Project) -> tuple[ModuleSpec, ...]:
    """The modules, those first on which the longest chain of others waits."""
    below = {spec.name: 1 for spec in project.modules}
    for spec in reversed(project.modules):
        for name in spec.dependencies:
            below[name] = max(below[name], 1 + below[spec.name])
    return tuple(sorted(project.modules, key=lambda spec: -below[spec.name]))
