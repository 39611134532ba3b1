"""Runs that ask models only while they cost less. The clock is the tests'."""

from datetime import UTC, datetime

import pytest
from world import World, all_right, answer, make_project

from specloop.errors import InvalidInput
from specloop.loop.event import CallStarted, RunPaused, RunResumed, RunStarted
from specloop.spec.hours import CheapHours, Window
from specloop.testing import ScriptedModel

NIGHT = CheapHours((Window(frozenset(range(1, 8)), 0, 60 * 4),))


def at(hour, minute=0, second=0):
    return datetime(2026, 11, 24, hour, minute, second, tzinfo=UTC).timestamp()


class Clock:
    """A second passes at each look; `leaps` are (from, to): the clock goes on from `to`."""

    def __init__(self, start, *leaps):
        self.now = start
        self.leaps = dict(leaps)

    def __call__(self):
        self.now += 1
        for begin in [begin for begin in self.leaps if self.now >= begin]:
            self.now = max(self.now, self.leaps.pop(begin))
        return self.now


def night_world(tmp_path, clock, toml="", needs=None):
    project = make_project(tmp_path, needs or {"a": (), "b": ("a",)}, toml)
    world = World(project, all_right(project.modules and [m.name for m in project.modules]))
    world.models = {
        limits: ScriptedModel(world.replies, limits.name, cheap_hours=NIGHT)
        for limits in world.models
    }
    world.clock = clock
    return world


def calls(world):
    return [event.at for event in world.events if isinstance(event, CallStarted)]


def test_calls_wait_for_the_hours_and_say_until_when(tmp_path):
    world = night_world(tmp_path, Clock(at(22), (at(22, 0, 20), at(24 - 1, 59, 58))))
    assert world.run(off_peak=True).passed
    assert "small costs more until Wed 00:00 UTC" in world.observer.notices
    paused = next(event for event in world.events if isinstance(event, RunPaused))
    assert (paused.exit_code, paused.reason) == (
        0,
        "waits until Wed 00:00 UTC, when small costs less",
    )
    assert ("", paused.reason) in world.observer.steps
    assert min(calls(world)) >= at(23, 59, 59)


def test_no_call_begins_once_the_hours_have_ended(tmp_path):
    clock = Clock(at(3, 59, 30), (at(4), at(23, 59, 50)))
    names = {f"m{n}": (f"m{n - 1}",) if n else () for n in range(8)}
    world = night_world(tmp_path, clock, needs=names)
    assert world.run(off_peak=True).passed
    hours = [datetime.fromtimestamp(when, UTC).hour for when in calls(world)]
    assert set(hours) == {3, 0}
    assert "small costs less until Tue 04:00 UTC" in world.observer.notices


def test_time_that_is_waited_for_counts_for_nothing(tmp_path):
    clock = Clock(at(22), (at(22, 0, 20), at(23, 59, 58)))
    world = night_world(tmp_path, clock, "[limits]\nminutes = 5\n")
    assert world.run(off_peak=True).passed
    assert [type(event) for event in world.events].count(RunResumed) == 1


def test_the_hours_are_those_of_the_clock_that_was_set_right(tmp_path):
    world = night_world(tmp_path, Clock(at(1)))
    world.journal.append(RunStarted(at(12, 0, 0) + 365 * 86_400, "1"))
    assert world.run(off_peak=True).passed
    assert calls(world)


def test_an_interruption_ends_the_wait(tmp_path):
    clock = Clock(at(22))
    world = night_world(tmp_path, clock)
    doing = world.observer.doing

    def interrupt(module, text):
        doing(module, text)
        if text.startswith("waits"):
            world.interruption.request()

    world.observer.doing = interrupt
    with pytest.raises(Exception, match="interrupted"):
        world.run(off_peak=True)
    assert calls(world) == []


def test_a_model_without_cheap_hours_is_no_reason_to_wait(tmp_path):
    world = World(make_project(tmp_path, {"a": ()}), {"a": [answer("a")]})
    with pytest.raises(InvalidInput, match=r"--off-peak: no model of project\.toml has hours"):
        world.run(off_peak=True)
    assert world.events == ()
    assert world.run().passed
