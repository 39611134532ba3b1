"""Building modules: what is ready is worked on at once, within the limits on calls and tests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from specloop.engine.site import Site
from specloop.engine.standing import Opening
from specloop.errors import BudgetExhausted, ExitCode, ModelUnavailable
from specloop.loop.action import AskModel, CommitModule, FailModule, RunTests
from specloop.loop.event import CallFailed
from specloop.loop.next_action import Context, next_action
from specloop.spec.hours import CheapHours, moment
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project


@dataclass(frozen=True, slots=True)
class Width:
    """How many calls and test runs may be under way at once."""

    calls: int
    tests: int


class Scheduler:
    """Builds the modules of a project until each has passed, has failed or is blocked.

    Models that have `hours`, by their names, are asked in these alone.
    """

    def __init__(
        self,
        site: Site,
        width: Width,
        only: Collection[str],
        hours: Mapping[str, CheapHours] | None = None,
    ) -> None:
        self._site = site
        self._hours = hours or {}
        self._opening = Opening(site.inputs, site.suites, site.repository, site.record)
        self._width = width
        self._limits = site.project.settings.limits
        self._order = [spec for spec in longest_chain_first(site.project) if spec.name in only]

    def build(self) -> dict[str, str]:
        """One pass over all modules: the state of each, "passed", "failed" or "blocked".

        Raises what ended the pass early (an interruption, a budget, a broken world) when
        everything that was under way is recorded.
        """
        self._states: dict[str, str] = {}
        self._contexts: dict[str, Context] = {}
        self._refusal = ""
        ended = self._site.workers.settle(self._turn)
        if ended is not None:
            raise ended
        if len(self._states) < len(self._order):
            raise self._over(self._refusal)
        return self._states

    def _turn(self, start: bool) -> bool:
        """Start what can be, then wait for one result; False when there is none to wait for."""
        workers = self._site.workers
        if start and not workers.stopping:
            self._start()
        if not workers.busy() and not workers.stopping:
            if not start or self._cheap_from is None:
                return False
            self._wait(*self._cheap_from)
            return True
        event = workers.take()
        if event is not None:
            self._site.record.append(event)
        if isinstance(event, CallFailed) and not event.too_long:
            late = self._site.record.out_of_time(self._limits)
            raise self._over(late) if late else ModelUnavailable(event.reason)
        return True

    def _over(self, refusal: str) -> BudgetExhausted:
        return BudgetExhausted(f"[limits] {refusal}; raise it and run again to resume")

    def _wait(self, until: float, model: str) -> None:
        """Let time pass, none of which the run is worked on."""
        record = self._site.record
        text = f"waits until {moment(until)} UTC, when {model} costs less"
        self._site.observer.doing("", text)
        record.pause(text, ExitCode.OK)
        while record.clock() < until and not self._site.workers.stopping:
            self._site.workers.take()
        record.resume()

    def _start(self) -> None:
        """Start whatever can be; a module that ends makes others ready, so until nothing moves."""
        self._refusal = ""
        self._cheap_from: tuple[float, str] | None = None  # and the model that is waited for
        moved = True
        while moved:
            moved = False
            for spec in self._order:
                if spec.name not in self._states and spec.name not in self._site.workers:
                    moved = self._advance(spec) or moved

    def _advance(self, spec: ModuleSpec) -> bool:
        """Take a module one step further; False when it has to wait."""
        needs = [self._states.get(name) for name in spec.dependencies]
        if any(state in ("failed", "blocked") for state in needs):
            self._states[spec.name] = "blocked"
            self._site.observer.stands(spec.name, passed=False)
            return True
        if any(state != "passed" for state in needs):
            return False
        if spec.name not in self._contexts:
            context = self._contexts[spec.name] = self._site.suites.context(spec)
            if self._opening.open(spec, context):
                self._states[spec.name] = "passed"
                self._site.observer.stands(spec.name, passed=True)
                return True
        return self._act(spec)

    def _act(self, spec: ModuleSpec) -> bool:
        history = self._site.record.history(spec)
        match next_action(spec, history, self._contexts[spec.name]):
            case None:
                self._states[spec.name] = "passed" if history.failed is None else "failed"
                return True
            case CommitModule(candidate=candidate):
                self._site.record.append(self._site.performer.commit(spec, history, candidate))
                return True
            case FailModule() as action:
                self._site.record.append(self._site.performer.fail(spec, action))
                return True
            case RunTests() as action:
                return self._start_tests(spec, action)
            case AskModel() as action:
                return self._start_call(spec, action)

    def _start_tests(self, spec: ModuleSpec, action: RunTests) -> bool:
        if self._site.workers.busy("tests") >= self._width.tests:
            return False
        late = self._site.record.out_of_time(self._limits)
        if late:
            self._refusal = late
            return False
        check = self._site.performer.check(spec, self._site.record.history(spec), action)
        red = action.purpose == "red"
        self._site.observer.doing(spec.name, "red check" if red else "runs tests")
        self._site.workers.submit(
            spec.name, "tests", lambda _: self._site.performer.test(spec, action, check)
        )
        return True

    def _start_call(self, spec: ModuleSpec, action: AskModel) -> bool:
        if self._site.workers.busy("call") >= self._width.calls:
            return False
        ledger, now = self._site.record.past.ledger, self._site.record.now()
        if self._is_dear(action.model, self._site.record.clock()):
            return False
        history, seconds = self._site.record.history(spec), ledger.seconds_left(self._limits, now)
        prompt = self._site.performer.prompt(spec, history, action, seconds)
        worst = self._site.performer.worst_case(action, prompt)
        refusal = ledger.refusal(self._limits, now, *worst)
        if refusal:
            # Calls under way give back what they reserved and did not use: it is asked again then.
            self._refusal = refusal
            return False
        self._site.performer.announce_call(spec, action, worst)
        self._site.observer.doing(spec.name, f"asks {action.model}")
        self._site.workers.submit(
            spec.name, "call", lambda say: self._site.performer.ask(spec, action, prompt, say)
        )
        return True

    def _is_dear(self, model: str, now: float) -> bool:
        """Whether the model is to be asked later, when it costs less."""
        hours = self._hours.get(model)
        if hours is None or hours.hold(now):
            return False
        change = hours.change(now)
        if change is not None:
            self._cheap_from = min((change, model), self._cheap_from or (change, model))
        return True


def longest_chain_first(project: Project) -> tuple[ModuleSpec, ...]:
    """The modules, those first on which the longest chain of others waits."""
    below = {spec.name: 1 for spec in project.modules}
    for spec in reversed(project.modules):
        for name in spec.dependencies:
            below[name] = max(below[name], 1 + below[spec.name])
    return tuple(sorted(project.modules, key=lambda spec: -below[spec.name]))
