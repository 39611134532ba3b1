"""Runs that stop before their end: what is paid for is recorded, and the next run goes on."""

import itertools
import threading

import pytest
from world import World, all_right, answer, make_project

from specloop.attempt.report import TestReport, Verdict
from specloop.engine.workers import Interruption, Workers
from specloop.errors import (
    BudgetExhausted,
    ExitCode,
    Interrupted,
    JournalUnavailable,
    ModelUnavailable,
    RepositoryUnavailable,
)
from specloop.loop.event import CallStarted, CompletionReceived, RunPaused, RunStarted
from specloop.testing import FakeTestRunner, MemoryJournal

PAIR = {"a": (), "b": ()}


class Gate:
    """Holds the call for one module until it is opened, and says when the call is there."""

    def __init__(self, world, module):
        self.reached, self.opened = threading.Event(), threading.Event()
        complete = world.model.complete

        def held(prompt, say):
            if prompt.module == module:
                self.reached.set()
                assert self.opened.wait(10)
            return complete(prompt, say)

        world.model.complete = held


def replied(world):
    return [e.module for e in world.events if isinstance(e, CompletionReceived)]


def test_a_budget_stops_the_run_before_the_call_it_does_not_cover(tmp_path):
    replies = {"a": [answer("a", 2), answer("a")], "b": [answer("b", 2), answer("b")]}
    project = make_project(tmp_path, PAIR, "[limits]\nusd = 1.0\nmodels_in_flight = 1\n")
    world = World(project, replies, cost_usd=0.4)
    with pytest.raises(BudgetExhausted, match="usd = 1 does not cover") as stopped:
        world.run()
    assert "raise it and run again" in str(stopped.value)
    assert len(world.prompts) == 2
    paused = world.events[-1]
    assert isinstance(paused, RunPaused)
    assert paused.exit_code == ExitCode.BUDGET

    again = make_project(tmp_path, PAIR, "[limits]\nusd = 2.0\n")
    assert world.run(again).passed
    assert sorted(world.prompts) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert world.kinds() == ["run_started", "run_paused", "run_resumed", "run_ended"]


def test_calls_in_flight_at_once_never_go_over_the_budget_together(tmp_path):
    names = [f"m{n}" for n in range(8)]
    project = make_project(
        tmp_path, dict.fromkeys(names, ()), "[limits]\nusd = 1.0\nmodels_in_flight = 8\n"
    )
    world = World(project, all_right(names), cost_usd=0.3)
    with pytest.raises(BudgetExhausted):
        world.run()
    assert len(world.prompts) == 3
    assert len(world.committed) == 3


def test_a_call_lost_in_a_crash_counts_at_its_worst(tmp_path):
    project = make_project(tmp_path, {"a": ()}, "[limits]\nusd = 0.5\n")
    world = World(project, all_right(["a"]), cost_usd=0.3)
    assert world.run().passed
    n = next(i for i, e in enumerate(world.events) if isinstance(e, CallStarted)) + 1
    again = World(project, all_right(["a"]), events=world.events[:n], cost_usd=0.3)
    with pytest.raises(BudgetExhausted, match=r"0\.3000 reserved"):
        again.run()
    assert again.prompts == []


def test_tests_go_on_where_the_money_is_gone(tmp_path):
    project = make_project(tmp_path, PAIR, "[limits]\nusd = 0.4\n")
    world = World(project, all_right(PAIR), cost_usd=0.4)
    with pytest.raises(BudgetExhausted):
        world.run()
    assert len(world.committed) == 1


def test_a_model_that_fails_stops_the_run_once_the_others_have_answered(tmp_path):
    replies = {"a": [ModelUnavailable("no server")], "b": [answer("b")]}
    world = World(make_project(tmp_path, PAIR), replies)
    complete, b_is_asked = world.model.complete, threading.Event()

    def b_after_a(prompt, say):
        if prompt.module == "a":
            assert b_is_asked.wait(10)
        else:
            b_is_asked.set()
            for thread in threading.enumerate():
                if thread.name == "specloop-a":
                    thread.join(10)
        return complete(prompt, say)

    world.model.complete = b_after_a
    with pytest.raises(ModelUnavailable, match="no server"):
        world.run()
    assert replied(world) == ["b"]
    assert world.events[-1].exit_code == ExitCode.UNAVAILABLE
    world.model.complete = complete
    world.replies["a"] = [answer("a")]
    assert world.run().passed
    assert world.prompts.count(("b", 1)) == 1


def test_a_repository_that_refuses_stops_the_run_once_calls_have_answered(tmp_path):
    world = World(make_project(tmp_path, PAIR), all_right(PAIR))
    gate = Gate(world, "b")

    def refuse(request):
        assert gate.reached.wait(10)
        gate.opened.set()
        raise RepositoryUnavailable("the branch has moved; run again")

    commit, world.repository.commit = world.repository.commit, refuse
    with pytest.raises(RepositoryUnavailable):
        world.run()
    assert sorted(replied(world)) == ["a", "b"]
    world.repository.commit = commit
    assert world.run().passed
    assert sorted(world.prompts) == [("a", 1), ("b", 1)]


class FullDisk(MemoryJournal):
    """Records an event in the space set aside for it and complains, once, as the real one does."""

    def __init__(self, at):
        super().__init__()
        self.at = at

    def append(self, event):
        super().append(event)
        if len(self.events()) == self.at:
            raise JournalUnavailable("the disk is full")


@pytest.mark.parametrize("at", range(1, 10))
def test_a_full_disk_loses_no_reply_wherever_it_happens(tmp_path, at):
    world = World(make_project(tmp_path, {"a": ()}), all_right(["a"]))
    world.journal = FullDisk(at)
    with pytest.raises(JournalUnavailable):
        world.run()
    assert world.run().passed
    assert world.prompts == [("a", 1)]


def test_an_interruption_records_the_reply_that_is_paid_for(tmp_path):
    world = World(make_project(tmp_path, {"a": ()}), all_right(["a"]))
    gate = Gate(world, "a")

    def interrupt():
        assert gate.reached.wait(10)
        world.interruption.request()
        gate.opened.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(Interrupted, match="run the same command again"):
        world.run()
    thread.join()
    assert replied(world) == ["a"]
    assert world.kinds("a")[-1] == "completion_received"  # its tests were not begun
    assert world.events[-1].exit_code == ExitCode.INTERRUPTED

    world.interruption = Interruption()
    assert world.run().passed
    assert world.prompts == [("a", 1)]


class HeldRunner(FakeTestRunner):
    """Its candidates' tests go on until the runner is closed, and then say that they failed."""

    def __init__(self):
        self.reached, self.closed = threading.Event(), threading.Event()
        super().__init__(self._held)

    def _held(self, job):
        if b"no code yet" in job.files[job.candidate]:
            return TestReport(Verdict.FAILED, job.expected)
        self.reached.set()
        assert self.closed.wait(10)
        return TestReport(Verdict.FAILED, job.expected)

    def close(self):
        self.closed.set()


def test_an_interruption_ends_tests_and_believes_nothing_that_they_say(tmp_path):
    world = World(make_project(tmp_path, {"a": ()}), all_right(["a"]), runner=HeldRunner())

    def interrupt():
        assert world.runner.reached.wait(10)
        world.interruption.request()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(Interrupted):
        world.run()
    thread.join()
    assert world.runner.closed.is_set()
    assert world.kinds("a")[-1] == "completion_received"

    world.interruption, world.runner = Interruption(), FakeTestRunner()
    assert world.run().passed
    assert world.prompts == [("a", 1)]


def test_an_interruption_before_the_start_starts_nothing(tmp_path):
    world = World(make_project(tmp_path, PAIR), all_right(PAIR))
    world.interruption.request()
    with pytest.raises(Interrupted):
        world.run()
    assert world.events == ()
    assert world.prompts == []


def test_workers_do_not_wait_for_ever_for_a_call_after_an_interruption(monkeypatch):
    monkeypatch.setattr("specloop.engine.workers.GRACE_SECONDS", 0)
    interruption, ended, never = Interruption(), [], threading.Event()
    workers = Workers(interruption, lambda: ended.append(True), lambda *_: None)
    workers.submit("a", "call", lambda _: never.wait(10))
    interruption.request()
    assert [workers.take() for _ in range(2)] == [None, None]  # the request, and the time-out
    with pytest.raises(Interrupted):
        workers.take()
    never.set()
    assert ended == [True]


def test_what_work_says_is_heard_in_the_coordinators_thread():
    heard, go_on = [], threading.Event()

    def hear(name, text):
        heard.append((name, text, threading.current_thread()))
        go_on.set()

    def work(say):
        say("half of it")
        assert go_on.wait(10)
        return RunStarted(1.0, "1")

    workers = Workers(Interruption(), lambda: None, hear)
    workers.submit("a", "call", work)
    while (event := workers.take()) is None:
        pass
    assert event == RunStarted(1.0, "1")
    assert heard == [("a", "half of it", threading.main_thread())]


def test_time_that_is_over_starts_no_call(tmp_path):
    project = make_project(tmp_path, {"a": ()}, "[limits]\nminutes = 1\n")
    world = World(project, all_right(["a"]))
    times = itertools.chain([0.0], itertools.repeat(100.0))
    world.clock = lambda: next(times)
    with pytest.raises(BudgetExhausted, match="minutes = 1 are over"):
        world.run()
    assert world.prompts == []


def test_time_that_is_over_starts_no_tests(tmp_path):
    project = make_project(tmp_path, {"a": ()}, "[limits]\nminutes = 1\n")
    world = World(project, all_right(["a"]))
    clock = world.clock
    world.clock = lambda: clock() + (100 if replied(world) else 0)
    with pytest.raises(BudgetExhausted, match="minutes = 1 are over"):
        world.run()
    assert world.kinds("a")[-1] == "completion_received"
    assert len(world.runner.jobs) == 1  # the red check


@pytest.mark.parametrize("error", [ValueError("what is that"), OSError("no space left")])
def test_whatever_ends_a_run_calls_in_flight_are_waited_for(tmp_path, error):
    world = World(make_project(tmp_path, PAIR), all_right(PAIR))
    gate = Gate(world, "b")

    def refuse(request):
        assert gate.reached.wait(10)
        gate.opened.set()
        raise error

    commit, world.repository.commit = world.repository.commit, refuse
    with pytest.raises(type(error)) as raised:
        world.run()
    assert raised.value is error
    assert sorted(replied(world)) == ["a", "b"]
    world.repository.commit = commit
    assert world.run().passed
    assert sorted(world.prompts) == [("a", 1), ("b", 1)]


def test_a_journal_that_refuses_the_pause_too_hides_nothing(tmp_path):
    replies = {"a": [ModelUnavailable("no server")]}
    world = World(make_project(tmp_path, {"a": ()}), replies)
    append = world.journal.append

    def refuse(event):
        if isinstance(event, RunPaused):
            raise JournalUnavailable("the disk is full")
        append(event)

    world.journal.append = refuse
    with pytest.raises(ModelUnavailable, match="no server"):
        world.run()
