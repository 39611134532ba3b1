"""Trials of one module in a world of fakes: a journal each, one budget, and nothing committed."""

import threading
from itertools import count

import pytest
from world import Judge, answer, make_project, spec_text, work_files

from specloop.attempt.completion import Completion, Usage
from specloop.engine.inputs import Inputs
from specloop.engine.repeat import Means, Repeat, together
from specloop.engine.suites import Suites
from specloop.engine.trial import Trial, seconds_in, series_key, series_of, working_spans
from specloop.engine.workers import Interruption
from specloop.errors import BudgetExhausted, Interrupted, ModelUnavailable
from specloop.loop.event import RunPaused, RunResumed
from specloop.loop.ladder import ModelLimits
from specloop.spec.read import read_project
from specloop.testing import (
    FakeTestRunner,
    MemoryJournal,
    MemoryRepository,
    ScriptedModel,
    SilentObserver,
)

LADDER = (ModelLimits("small", 100_000, 4_000),)


class Chance(ScriptedModel):
    """Gives the next answer of its own list, whichever trial asks; calls may be made at once."""

    def __init__(self, replies, cost_usd=None):
        super().__init__({}, "small", cost_usd)
        self.left = list(replies)
        self.charged = cost_usd  # at worst it is `cost_usd`
        self._lock = threading.Lock()

    def complete(self, prompt, say):
        with self._lock:
            self.prompts.append(prompt)
            reply = self.left.pop(0)
        if isinstance(reply, Exception):
            raise reply
        usage = Usage(1, 100, 0, 50)
        return Completion(reply, self.name, usage=usage, cost_usd=self.charged)


class Series:
    """Trials of the module `base`; `run` may be called again and again."""

    def __init__(self, root, replies, *, number=3, toml="", cost_usd=None):
        self.project = make_project(root, {"base": ()}, toml)
        self.repository = MemoryRepository(work_files(root))
        self.model = Chance(replies, cost_usd)
        self.runner = FakeTestRunner(Judge())
        self.journals = [MemoryJournal() for _ in range(number)]
        self.interruption = Interruption()
        self.observer = SilentObserver()
        self.told = []
        ticks = count(1000)
        self.clock = lambda: float(next(ticks))
        self.trials = ()

    def run(self):
        (spec,) = self.project.modules
        inputs = Inputs(self.project, self.repository.work_files(), self.repository.read)
        suites = Suites(self.project, inputs, LADDER, frozenset())
        key = series_key(self.project, spec, inputs, suites)
        self.trials = tuple(
            Trial(n, spec, key, journal=journal, clock=self.clock, observer=self.observer)
            for n, journal in enumerate(self.journals, 1)
        )
        means = Means(
            limits=self.project.settings.limits,
            suites=suites,
            models={"small": self.model},
            runner=self.runner,
            repository=self.repository,
            interruption=self.interruption,
            clock=self.clock,
            tell=self.told.append,
        )
        Repeat(spec, self.trials, means).run()

    @property
    def passed(self):
        return [trial.ended.passed if trial.ended else None for trial in self.trials]

    def kinds(self, trial):
        return [event.kind for event in self.journals[trial].events()]


ONE = "[limits]\nmodels_in_flight = 1\ntest_workers = 1\n"


def test_every_trial_is_built_afresh_and_nothing_is_committed(tmp_path):
    series = Series(
        tmp_path, [answer("base"), answer("base", 2), answer("base")], number=2, toml=ONE
    )
    before = list(series.repository.commits)
    series.run()
    assert series.passed == [True, True]
    assert [len(trial.history.attempts) for trial in series.trials] == [1, 2]
    assert series.repository.commits == before
    assert series.repository.failed == {}
    assert series.kinds(0) == [
        "run_started",
        "module_started",
        "tests_finished",
        "call_started",
        "completion_received",
        "tests_finished",
        "run_ended",
    ]
    first = [prompt.messages for prompt in series.model.prompts]
    assert first[0] == first[1]


def test_the_same_question_bears_another_key_and_seed_in_each_trial(tmp_path):
    series = Series(tmp_path, [answer("base")] * 3)
    series.run()
    assert len({prompt.messages for prompt in series.model.prompts}) == 1
    assert len({prompt.key for prompt in series.model.prompts}) == 3
    assert len({prompt.seed for prompt in series.model.prompts}) == 3


def test_a_trial_that_is_given_up_ends_with_its_reason(tmp_path):
    toml = f"{ONE}attempts = 2\n"
    series = Series(
        tmp_path, [answer("base", 2), answer("base", 3), answer("base")], number=2, toml=toml
    )
    series.run()
    assert series.passed == [False, True]
    assert series.trials[0].ended.reason == "not passed after 2 of 2 attempts"
    assert series.kinds(0)[-2:] == ["module_failed", "run_ended"]
    series.journals[0] = MemoryJournal(series.journals[0].events()[:-1])  # it died in between
    series.run()
    assert series.trials[0].ended.reason == "not passed after 2 of 2 attempts"
    assert len(series.model.prompts) == 3
    assert series.repository.failed == {}


def test_what_has_ended_is_not_asked_again(tmp_path):
    series = Series(tmp_path, [answer("base")] * 3)
    series.run()
    events = [journal.events() for journal in series.journals]
    series.run()
    assert len(series.model.prompts) == 3
    assert [journal.events() for journal in series.journals] == events


def test_a_series_goes_on_from_every_point_at_which_it_stopped(tmp_path):
    replies = [answer("base", 2), answer("base"), "I cannot.", answer("base")]
    whole = Series(tmp_path, replies, number=2, toml=ONE)
    whole.run()
    for n, journal in enumerate(whole.journals):
        for cut in range(len(journal.events())):
            series = Series(tmp_path, [], number=2, toml=ONE)
            series.journals = [MemoryJournal(other.events()) for other in whole.journals]
            series.journals[n] = MemoryJournal(journal.events()[:cut])
            answered = series.kinds(n).count("completion_received")
            series.model.left = replies[2 * n + answered : 2 * n + 2]
            series.run()
            assert series.passed == [True, True]
            assert len(series.model.prompts) == 2 - answered
            kinds = [kind for kind in series.kinds(n) if kind != "run_resumed"]
            lost = series.kinds(n)[:cut][-1:] == ["call_started"]
            assert len(kinds) == len(journal.events()) + lost  # the call in flight is made again


def test_a_budget_holds_for_all_trials_together_and_raising_it_goes_on(tmp_path):
    toml = f"{ONE}usd = 1.25\n"
    series = Series(tmp_path, [answer("base")] * 3, toml=toml, cost_usd=0.5)
    with pytest.raises(BudgetExhausted, match=r"does not cover.*2 of 3 trials have ended"):
        series.run()
    assert series.passed == [True, True, None]
    assert isinstance(series.journals[2].events()[-1], RunPaused)
    assert len(series.model.prompts) == 2
    series.project = make_project(tmp_path, {"base": ()}, f"{ONE}usd = 1.5\n")
    series.run()
    assert series.passed == [True, True, True]
    ledger = together(series.trials)
    assert ledger.usd == 1.5
    assert ledger.usage == Usage(3, 300, 0, 150)
    assert ledger.open_calls == ()


def test_a_call_waits_for_what_the_others_may_leave_over(tmp_path):
    # Three at once might cost 1.5; two that cost half of what they might leave room for the third.
    toml = "[limits]\nmodels_in_flight = 3\nusd = 1.25\n"
    series = Series(tmp_path, [answer("base")] * 3, toml=toml, cost_usd=0.5)
    series.model.charged = 0.25
    series.run()
    assert series.passed == [True, True, True]
    assert together(series.trials).usd == 0.75


def test_a_call_without_an_answer_ends_the_command_and_is_made_again(tmp_path):
    lost = ModelUnavailable("no server; start it", may_be_charged=True)
    series = Series(
        tmp_path, [answer("base"), lost, answer("base")], number=2, toml=ONE, cost_usd=0.5
    )
    with pytest.raises(ModelUnavailable, match="start it"):
        series.run()
    assert series.passed == [True, None]
    assert together(series.trials).lost_usd == 0.5
    series.run()
    assert series.passed == [True, True]
    assert series.kinds(1).count("call_started") == 2
    assert isinstance(series.journals[1].events()[-1].passed, bool)
    assert together(series.trials).lost_usd == 0.5


def test_time_counts_once_however_many_trials_were_at_work(tmp_path):
    assert seconds_in([(0, 10), (5, 20), (30, 31), (6, 7)]) == 21
    assert seconds_in([]) == 0
    series = Series(tmp_path, [answer("base")] * 3)
    series.run()
    for journal in series.journals:
        ((begin, end),) = working_spans(journal.events())
        assert begin < end
    events = (*series.journals[0].events()[:-1], RunPaused(2000.0, "later", 3), RunResumed(9000.0))
    assert [span[1] for span in working_spans(events)] == [2000.0, 9000.0]


def test_minutes_are_those_of_the_whole_command(tmp_path):
    series = Series(tmp_path, [answer("base")] * 3, toml=f"{ONE}minutes = 1\n")
    ticks = count(1000, 7)  # seconds from one look at the clock to the next
    series.clock = lambda: float(next(ticks))
    with pytest.raises(BudgetExhausted, match="minutes = 1 are over"):
        series.run()
    asked = len(series.model.prompts)
    with pytest.raises(BudgetExhausted, match="minutes = 1 are over"):
        series.run()
    assert len(series.model.prompts) == asked < 3


def test_an_interruption_ends_it_and_the_next_time_it_goes_on(tmp_path):
    series = Series(tmp_path, [answer("base")] * 3, toml=ONE)
    judge = series.runner._judge

    def interrupting(job):
        if len(series.runner.jobs) == 3:  # the red check of the second trial
            series.interruption.request()
        return judge(job)

    series.runner._judge = interrupting
    with pytest.raises(Interrupted):
        series.run()
    assert series.passed == [True, None, None]
    assert any("stopping" in text for text in series.told)
    assert series.kinds(1)[-1] == "run_paused"
    series.runner._judge, series.interruption = judge, Interruption()
    series.run()
    assert series.passed == [True, True, True]
    assert len(series.model.prompts) == 3


def test_a_series_is_another_one_when_anything_that_decides_has_changed(tmp_path):
    toml = '[[models]]\nname = "openai/a"\nprice = { input = 1.0, output = 1.0 }\n'
    project = make_project(tmp_path, {"base": (), "top": ("base",)}, toml)

    def key(project=project, code=b"def base() -> int:\n    return 1\n"):
        inputs = Inputs(project, work_files(tmp_path), {"app/base.py": code}.get)
        suites = Suites(project, inputs, LADDER, frozenset())
        return series_key(project, project.module("top"), inputs, suites)

    def edited(text, needs="base"):
        (tmp_path / "project.toml").write_text(f'[project]\nname = "p"\n{text}')
        (tmp_path / "specs/top.yaml").write_text(spec_text("top", [needs]))
        return read_project(tmp_path)

    same = key()
    assert (
        key(edited(toml.replace("1.0", "2.0") + "[limits]\nusd = 9.0\nmodels_in_flight = 2\n"))
        == same
    )
    assert key(edited(toml.replace("openai/a", "openai/b"))) != same
    assert key(edited(toml + "[limits]\nattempts = 3\n")) != same
    assert key(edited(toml + '[style]\nrules = ["Be brief"]\n')) != same
    assert key(code=b"def base() -> int:\n    return 2\n") != same
    (tmp_path / "tests/conftest.py").write_text("X = 1\n")
    assert key(edited(toml)) != same


def test_the_events_of_a_trial_say_which_series_it_is_of(tmp_path):
    series = Series(tmp_path, [answer("base")] * 3)
    series.run()
    keys = {series_of(journal.events()) for journal in series.journals}
    assert len(keys) == 1
    assert keys != {None}
    assert series_of(()) is None
