"""A run is a resume from an empty journal, and from every other."""

import pytest
from world import CHAIN, INTEGRATION, World, answer, code, make_project, work_files

from specloop.loop.event import (
    CallStarted,
    CommitPrepared,
    CompletionReceived,
    ModuleCommitted,
    RunResumed,
)
from specloop.testing import FakeTestRunner, MemoryRepository

# a fix, an answer without code, a module that integration reopens
REPLIES = {
    "base": [answer("base", 2), answer("base")],
    "mid": ["I cannot.", answer("mid"), answer("mid", 3), answer("mid", 1, "joined")],
    "top": [answer("top")],
    "side": [answer("side", 2), answer("side", 3), answer("side")],
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("project"), toml=INTEGRATION)
    world = World(project, REPLIES, joined=["mid"])
    assert world.run().passed
    return world


def resumed(undisturbed, events, commits):
    repository = MemoryRepository(work_files(undisturbed.project.root))
    repository.commits = undisturbed.repository.commits[: 1 + commits]
    return World(undisturbed.project, REPLIES, events=events, repository=repository, joined=["mid"])


def calls(events):
    asked = [e for e in events if isinstance(e, CallStarted)]
    replied = [e for e in events if isinstance(e, CompletionReceived)]
    return len(asked), len(replied)


def test_the_story_has_everything_in_it(undisturbed):
    kinds = {event.kind for event in undisturbed.events}
    assert {"module_reopened", "integration_finished", "commit_prepared"} <= kinds
    assert calls(undisturbed.events) == (10, 10)
    assert undisturbed.committed[-1] == "mid"


def test_from_every_prefix_the_same_tree_is_reached(undisturbed):
    whole = undisturbed.events
    for n in range(len(whole) + 1):
        prefix = whole[:n]
        made = sum(isinstance(event, ModuleCommitted) for event in prefix)
        states = [made]
        if prefix and isinstance(prefix[-1], CommitPrepared):
            states.append(made + 1)  # the branch had moved before the process died
        for commits in states:
            world = resumed(undisturbed, prefix, commits)
            assert world.run().passed, n
            assert world.tree == undisturbed.tree, n
            assert len(set(world.committed)) == len(CHAIN)
            assert len(world.committed) == len(undisturbed.committed), n
            # whatever was answered is not asked again; what was in flight is, once
            asked, replied = calls(prefix)
            assert len(world.prompts) == 10 - replied, n
            assert calls(world.events) == (10 + asked - replied, 10), n


def test_a_commit_whose_event_was_lost_is_found_and_not_repeated(undisturbed):
    whole = undisturbed.events
    n = next(i for i, event in enumerate(whole) if isinstance(event, CommitPrepared)) + 1
    world = resumed(undisturbed, whole[:n], 1)
    world.run()
    assert world.repository.commits[1] == undisturbed.repository.commits[1]
    found = next(e for e in world.events[n:] if isinstance(e, ModuleCommitted))
    assert found.commit == undisturbed.repository.commits[1][0]


def test_a_commit_that_was_intended_is_made_as_it_was_intended(undisturbed):
    whole = undisturbed.events
    n = next(i for i, event in enumerate(whole) if isinstance(event, CommitPrepared)) + 1
    world = resumed(undisturbed, whole[:n], 0)
    world.run()
    assert world.repository.commits[1][0] == undisturbed.repository.commits[1][0]
    intents = [e for e in world.events if isinstance(e, CommitPrepared)]
    assert intents[0] == whole[n - 1]
    assert len(intents) == sum(isinstance(e, ModuleCommitted) for e in world.events)


def test_a_commit_that_was_intended_goes_on_top_of_a_persons(undisturbed):
    whole = undisturbed.events
    n = next(i for i, event in enumerate(whole) if isinstance(event, CommitPrepared)) + 1
    world = resumed(undisturbed, whole[:n], 0)
    world.repository.commits.append(("a" * 40, None, {**world.tree, "NEWS": b"mine"}))
    assert world.run().passed
    assert world.tree == {**undisturbed.tree, "NEWS": b"mine"}


def test_a_start_without_its_reopening_goes_on_with_the_file_that_stands(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    (tmp_path / "app").mkdir()
    (tmp_path / "app/base.py").write_text(code("base", 1, "mine"))
    whole = World(project, {})
    assert whole.run().passed
    assert whole.kinds("base")[:2] == ["module_started", "module_reopened"]
    world = World(project, {}, events=whole.events[:2])
    assert world.run().passed
    assert world.tree == whole.tree


def test_time_never_runs_backwards_whatever_the_clock_does(undisturbed):
    n = len(undisturbed.events) // 2
    made = sum(isinstance(event, ModuleCommitted) for event in undisturbed.events[:n])
    world = resumed(undisturbed, undisturbed.events[:n], made)
    world.clock = lambda: 3.0
    assert world.run().passed
    latest = max(event.at for event in undisturbed.events[:n])
    assert {event.at for event in world.events[n:]} == {latest}


def test_a_process_that_goes_on_says_so_first_and_once(undisturbed):
    n = len(undisturbed.events) // 2
    world = resumed(
        undisturbed,
        undisturbed.events[:n],
        sum(isinstance(e, ModuleCommitted) for e in undisturbed.events[:n]),
    )
    world.run()
    assert isinstance(world.events[n], RunResumed)
    assert world.kinds().count("run_resumed") == 1
    assert world.kinds().count("run_started") == 1


def test_a_finished_run_does_nothing(undisturbed):
    world = resumed(undisturbed, undisturbed.events, len(undisturbed.repository.commits))
    assert world.run().passed
    assert world.events == undisturbed.events
    assert world.prompts == []
    assert world.runner.jobs == []


def test_a_crash_before_the_end_was_noted_takes_no_work(undisturbed):
    world = resumed(undisturbed, undisturbed.events[:-1], len(undisturbed.repository.commits))
    assert world.run().passed
    assert [e.kind for e in world.events[len(undisturbed.events) - 1 :]] == [
        "run_resumed",
        "run_ended",
    ]
    assert world.prompts == []


def test_crash_after_crash_each_call_in_flight_is_repeated_once(undisturbed):
    events = undisturbed.events
    n = next(i for i, event in enumerate(events) if isinstance(event, CallStarted)) + 1
    asked, replied = calls(events[:n])
    assert (asked, replied) == (1, 0)
    once = resumed(undisturbed, events[:n], 0)
    once.run()
    again = next(i for i, e in enumerate(once.events) if i >= n and isinstance(e, CallStarted))
    twice = resumed(undisturbed, once.events[: again + 1], 0)
    assert twice.run().passed
    assert calls(twice.events)[0] <= 10 + 2
    assert twice.tree == undisturbed.tree


def test_without_a_journal_the_commits_tell(undisturbed):
    world = resumed(undisturbed, (), len(undisturbed.repository.commits))
    assert world.run().passed
    assert world.prompts == []
    # every test is run once more: no commit says what the world was like when it passed
    assert world.kinds() == ["run_started", "integration_finished", "run_ended"]
    assert len(world.runner.jobs) == len(CHAIN) + 1
    assert world.committed == undisturbed.committed
    events = world.events
    assert world.run().passed
    assert world.events == events


def test_a_pass_in_the_journal_is_not_committed_once_the_suite_is_another(undisturbed):
    whole = undisturbed.events
    n = next(i for i, event in enumerate(whole) if isinstance(event, CommitPrepared)) + 1
    for prefix, commits in ((whole[: n - 1], 0), (whole[:n], 0), (whole[:n], 1)):
        world = resumed(undisturbed, prefix, commits)
        module = whole[n - 1].module
        world.rewritten("tests/conftest.py", "# other\n")
        assert world.run().passed
        assert world.kinds(module, len(prefix))[:2] == ["module_reopened", "tests_finished"]
        assert world.tree == undisturbed.tree
        assert len(set(world.prompts)) == len(world.prompts)


def test_a_verdict_of_another_suite_is_put_to_no_model(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    whole = World(project, {"base": [answer("base", 2), answer("base")]})
    assert whole.run().passed
    n = whole.kinds("base").index("completion_received") + 3  # the run's start, the tests
    world = World(project, {}, events=whole.events[:n])
    assert world.kinds("base")[-1] == "tests_finished"
    world.rewritten("tests/conftest.py", "# other\n")
    world.runner = FakeTestRunner()  # in which that code is right
    assert world.run().passed
    assert world.prompts == []
    assert world.tree["app/base.py"].decode() == code("base", 2)


def test_a_red_check_is_made_again_in_another_suite(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    whole = World(project, {"base": [answer("base")]})
    assert whole.run().passed
    n = whole.kinds("base").index("tests_finished") + 2
    world = World(project, {"base": [answer("base")]}, events=whole.events[:n])
    world.rewritten("tests/conftest.py", "# other\n")
    assert world.run().passed
    assert world.kinds("base", n)[:2] == ["module_started", "tests_finished"]


def test_what_a_person_wrote_after_a_crash_is_tested_and_not_overwritten(undisturbed):
    project, whole = undisturbed.project, undisturbed.events
    mine = code("side", 1, "mine")
    begun = next(i for i, e in enumerate(whole) if getattr(e, "module", "") == "side") + 1
    for n in range(begun, len(whole)):
        prefix = whole[:n]
        made = sum(isinstance(event, ModuleCommitted) for event in prefix)
        world = resumed(undisturbed, prefix, made)
        world.edited("app/side.py", mine)
        assert world.run().passed, n
        assert world.tree["app/side.py"].decode() == mine, n
        assert [m for m, _ in world.prompts].count("side") == 0, n
    assert project.module("side").file == "app/side.py"


def test_a_commit_made_before_a_crash_and_edited_since_is_not_made_again(undisturbed):
    whole = undisturbed.events
    n = next(i for i, event in enumerate(whole) if isinstance(event, CommitPrepared)) + 1
    module = whole[n - 1].module
    for path in ("NEWS", f"app/{module}.py"):
        world = resumed(undisturbed, whole[:n], 1)
        text = code(module, 1, "mine")
        world.edited(path, text)
        assert world.run().passed
        assert world.tree[path].decode() == text
        mine = [c for c, request, _ in world.repository.commits if request is None][-1]
        later = [c for c, _, _ in world.repository.commits]
        assert later.index(mine) == 2  # nothing was moved from under it


def test_a_file_that_was_lost_is_written_again_from_the_journal(tmp_path):
    world = World(make_project(tmp_path, {"base": ()}), {"base": [answer("base")]})
    assert world.run().passed
    before = len(world.events)
    for stop in (None, *range(1, 6)):
        events = world.events[: before + stop] if stop else world.events
        again = World(world.project, {}, events=events)  # a branch without the commit
        assert again.run().passed, stop
        assert again.tree["app/base.py"].decode() == code("base")
        assert again.prompts == []
        world = again if stop is None else world


def test_the_time_in_which_nothing_ran_does_not_count(tmp_path):
    project = make_project(tmp_path, {"base": ()}, "[limits]\nminutes = 1\n")
    whole = World(project, {"base": [answer("base")]})
    assert whole.run().passed
    for n in range(len(whole.events) + 1):
        commits = sum(isinstance(event, ModuleCommitted) for event in whole.events[:n])
        world = World(project, {"base": [answer("base")]}, events=whole.events[:n])
        world.repository.commits = whole.repository.commits[: 1 + commits]
        world.clock = lambda: 1_000_000.0
        assert world.run().passed, n
