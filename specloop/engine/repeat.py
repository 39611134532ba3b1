"""Trials of one module, several at once, within limits that hold for all of them together."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from specloop.attempt.completion import Usage
from specloop.engine.perform import Performer
from specloop.engine.run import cores
from specloop.engine.suites import Suites
from specloop.engine.trial import Trial, seconds_in
from specloop.engine.workers import Interruption, Workers, stopping
from specloop.errors import BudgetExhausted, JournalUnavailable, ModelUnavailable, SpecloopError
from specloop.loop.action import AskModel, RunTests
from specloop.loop.budget import Ledger
from specloop.loop.event import CallFailed
from specloop.ports import Clock, Model, Repository, TestRunner
from specloop.spec.module import ModuleSpec
from specloop.spec.settings import LimitsTable


@dataclass(frozen=True, slots=True)
class Means:
    """What trials are made with. The repository is not written to; `tell` shows people a line."""

    limits: LimitsTable
    suites: Suites
    models: Mapping[str, Model]
    runner: TestRunner
    repository: Repository
    interruption: Interruption
    clock: Clock
    tell: Callable[[str], None]


class Repeat:
    """Works on trials of one module until each has ended; those that have are left alone."""

    def __init__(self, spec: ModuleSpec, trials: Sequence[Trial], means: Means) -> None:
        self._spec = spec
        self._trials = trials
        self._means = means
        self._limits = means.limits
        self._workers = Workers(means.interruption, self._stop, self._hear)
        self._context = means.suites.context(spec)
        self._performers = {
            trial.name: Performer(
                means.suites,
                means.models,
                means.runner,
                means.repository,
                trial.record,
                salt=str(trial.number),
            )
            for trial in trials
        }
        self._began = means.clock()
        self._refusal = ""

    def run(self) -> None:
        """Bring every trial to its end.

        Raises BudgetExhausted, Unavailable or Interrupted when it has to stop before; the journals
        then say where to go on.
        """
        for trial in self._trials:
            trial.record.resume()
        ended = self._workers.settle(self._turn)
        if ended is None and any(trial.ended is None for trial in self._trials):
            ended = self._over(self._refusal)
        if ended is not None:
            self._pause(ended)
            raise ended

    def _turn(self, start: bool) -> bool:
        """Start what can be, then wait for one result; False when there is none to wait for."""
        if start and not self._workers.stopping:
            self._start()
        if not self._workers.busy() and not self._workers.stopping:
            return False
        busy = [trial for trial in self._trials if trial.name in self._workers]
        event = self._workers.take()
        if event is None:
            return True
        trial = next(trial for trial in busy if trial.name not in self._workers)
        trial.record.append(event)
        if isinstance(event, CallFailed) and not event.too_long:
            late = self._ledger(trial.record.now()).out_of_time(self._limits, event.at)
            raise self._over(late) if late else ModelUnavailable(event.reason)
        return True

    def _start(self) -> None:
        """Start what can be of the first trials that have not ended, as many as may be at work."""
        self._refusal = ""
        room = self._limits.models_in_flight
        for trial in self._trials:
            if room and trial.ended is None:
                if trial.name not in self._workers:
                    self._advance(trial)
                room -= trial.ended is None

    def _advance(self, trial: Trial) -> None:
        match trial.next(self._context):
            case RunTests() as action:
                self._start_tests(trial, action)
            case AskModel() as action:
                self._start_call(trial, action)

    def _start_tests(self, trial: Trial, action: RunTests) -> None:
        if self._workers.busy("tests") >= (self._limits.test_workers or cores()):
            return
        now = trial.record.now()
        late = self._ledger(now).out_of_time(self._limits, now)
        if late:
            self._refusal = late
            return
        performer = self._performers[trial.name]
        check = performer.check(self._spec, trial.history, action)
        self._workers.submit(
            trial.name, "tests", lambda _: performer.test(self._spec, action, check)
        )

    def _start_call(self, trial: Trial, action: AskModel) -> None:
        performer, now = self._performers[trial.name], trial.record.now()
        ledger = self._ledger(now)
        seconds = ledger.seconds_left(self._limits, now)
        prompt = performer.prompt(self._spec, trial.history, action, seconds)
        worst = performer.worst_case(action, prompt)
        refusal = ledger.refusal(self._limits, now, *worst)
        if refusal:
            # Calls under way give back what they reserved and did not use: it is asked again then.
            self._refusal = refusal
            return
        performer.announce_call(self._spec, action, worst)
        self._workers.submit(
            trial.name, "call", lambda say: performer.ask(self._spec, action, prompt, say)
        )

    def _ledger(self, now: float) -> Ledger:
        """All that the trials have spent and reserved, with the time up to now."""
        spans = [span for trial in self._trials for span in trial.spans]
        return together(self._trials, seconds_in([*spans, (self._began, now)]))

    def _over(self, refusal: str) -> BudgetExhausted:
        done = sum(trial.ended is not None for trial in self._trials)
        return BudgetExhausted(
            f"[limits] {refusal}; {done} of {len(self._trials)} trials have ended: raise it and "
            "type the same command again to go on"
        )

    def _pause(self, ended: Exception) -> None:
        """Note in the open trials why they stop; what ended them is told in any case."""
        code = int(ended.exit_code) if isinstance(ended, SpecloopError) else 1
        for trial in self._trials:
            with suppress(JournalUnavailable):
                trial.record.pause(str(ended), code)

    def _stop(self) -> None:
        self._means.tell(stopping(self._workers.busy("call")))
        self._means.runner.close()

    def _hear(self, name: str, text: str) -> None:
        self._means.tell(f"{name}: {text}")


def together(trials: Sequence[Trial], seconds: float = 0.0) -> Ledger:
    """One ledger of all trials; `seconds` is the time that was worked on them."""
    ledgers = [trial.record.past.ledger for trial in trials]
    return Ledger(
        usage=sum((ledger.usage for ledger in ledgers), Usage()),
        usd=sum(ledger.usd for ledger in ledgers),
        unpriced=sum(ledger.unpriced for ledger in ledgers),
        open_calls=tuple(call for ledger in ledgers for call in ledger.open_calls),
        lost_tokens=sum(ledger.lost_tokens for ledger in ledgers),
        lost_usd=sum(ledger.lost_usd for ledger in ledgers),
        excess=max(ledger.excess for ledger in ledgers),
        seconds=seconds,
    )
