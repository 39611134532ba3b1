"""Code that stands already: up to date, stale, adopted, given up, forgotten."""

import pytest
from world import World, all_right, answer, code, make_project, spec_text, work_files

from specloop.loop.event import ModuleReopened, ModuleStarted
from specloop.spec.read import read_project
from specloop.testing import MemoryRepository

TWO = {"base": (), "mid": ("base",)}


def edit(world, name, old, new):
    """The project after an edit of one spec."""
    path = world.project.root / f"specs/{name}.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    return read_project(world.project.root)


def built(tmp_path, replies=None, **more):
    world = World(make_project(tmp_path, TWO), replies or all_right(TWO), **more)
    assert world.run().passed
    return world


def test_a_changed_row_runs_the_tests_first_and_asks_nobody_if_they_are_green(tmp_path):
    world = built(tmp_path)
    before = len(world.events)
    assert world.run(edit(world, "mid", "mid() == 1", "mid() < 2")).passed
    assert world.kinds("mid", before) == [
        "module_started",
        "module_reopened",
        "tests_finished",
        "commit_prepared",
        "module_committed",
    ]
    assert world.kinds("base", before) == []
    assert world.prompts.count(("mid", 1)) == 1
    record = world.repository.records()["mid"]
    assert record.trailers["Specloop-Model"] == "none"
    assert record.trailers["Specloop-Attempts"] == "0"
    assert b"mid() < 2" in world.tree["tests/spec/test_mid.py"]
    assert world.run(edit(world, "mid", "mid() < 2", "mid() < 2")).passed


def test_a_changed_spec_that_the_code_does_not_meet_is_asked_for_on_that_code(tmp_path):
    world = built(tmp_path)
    before = len(world.events)
    world.judge.wants["app/mid.py"] = b"newer"
    world.replies["mid"] = [answer("mid", 1, "newer")]
    assert world.run(edit(world, "mid", "it is one", "it is the one")).passed
    prompt = world.model.prompts[-1]
    assert (prompt.module, prompt.number) == ("mid", 1)
    assert "have changed since app/mid.py was committed" in prompt.messages[1].content
    assert code("mid").rstrip() in prompt.messages[1].content
    assert "it is the one" in prompt.messages[1].content
    assert world.kinds("mid", before).count("tests_finished") == 2
    assert world.tree["app/mid.py"].decode() == code("mid", 1, "newer")


def test_a_new_interface_makes_dependants_stale_and_a_word_of_prose_does_not(tmp_path):
    world = built(tmp_path, {**all_right(TWO), "base": [answer("base")]})
    before = len(world.events)
    world.repository.commits.append(
        (
            "a" * 40,
            None,
            {**world.tree, "app/base.py": b'def base() -> int:\n    """Words."""\n    return 1\n'},
        )
    )
    assert world.run().passed
    assert world.kinds("base", before)[:3] == [
        "module_started",
        "module_reopened",
        "tests_finished",
    ]
    assert world.kinds("mid", before) == []

    before = len(world.events)
    other = b"def base(n: int = 0) -> int:\n    return 1\n"
    world.repository.commits.append(("b" * 40, None, {**world.tree, "app/base.py": other}))
    assert world.run().passed
    assert world.kinds("mid", before)[-1] == "module_committed"
    assert len(world.prompts) == 2


def test_a_persons_version_on_the_branch_is_tested_and_taken(tmp_path):
    world = built(tmp_path)
    mine = b"def mid() -> int:\n    return 1  # mine\n"
    world.repository.commits.append(("a" * 40, None, {**world.tree, "app/mid.py": mine}))
    assert world.run().passed
    assert world.tree["app/mid.py"] == mine
    assert len(world.prompts) == 2
    assert world.run().passed
    assert world.kinds().count("run_started") == 2


def test_a_file_that_was_there_before_is_adopted_if_it_passes(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    (tmp_path / "app").mkdir()
    (tmp_path / "app/base.py").write_text(code("base", 1, "mine"))
    world = World(project, {})
    assert world.run().passed
    assert world.prompts == []
    assert world.committed == ["base"]
    reopened = next(e for e in world.events if isinstance(e, ModuleReopened))
    assert reopened.reason == "existing"
    assert reopened.text == "app/base.py was there before specloop built it."


def test_a_file_that_was_there_before_is_what_a_fix_begins_with(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    (tmp_path / "app").mkdir()
    (tmp_path / "app/base.py").write_text(code("base", 7, "mine"))
    world = World(project, all_right(["base"]))
    assert world.run().passed
    assert "return 7  # mine" in world.texts()
    assert "was there before specloop built it" in world.texts()


@pytest.fixture
def given_up(tmp_path):
    """A world in which `base` failed after two attempts, and would pass with the third."""
    project = make_project(tmp_path, TWO, "[limits]\nattempts = 2\n")
    replies = {**all_right(TWO), "base": [answer("base", 2), answer("base", 3), answer("base")]}
    world = World(project, replies)
    assert not world.run().passed
    return world


def raised(world):
    path = world.project.root / "project.toml"
    path.write_text(path.read_text().replace("attempts = 2", "attempts = 3"))
    return read_project(world.project.root)


def test_what_was_given_up_stays_so_while_nothing_changes(given_up):
    events = given_up.events
    outcome = given_up.run()
    assert outcome.states == {"base": "failed", "mid": "blocked"}
    assert given_up.events == events


def test_what_was_given_up_goes_on_where_it_was_once_attempts_are_raised(given_up):
    before = len(given_up.events)
    assert given_up.run(raised(given_up)).passed
    assert given_up.prompts == [("base", 1), ("base", 2), ("base", 3), ("mid", 1)]
    assert given_up.kinds("base", before)[0] == "module_retried"
    assert "module_started" not in given_up.kinds("base", before)
    last = next(p for p in given_up.model.prompts if p.number == 3)
    assert code("base", 3).rstrip() in last.messages[-1].content
    record = given_up.repository.records()["base"]
    assert record.trailers["Specloop-Attempts"] == "3"


def test_a_crash_right_after_the_retry_goes_on_as_well(given_up):
    project = raised(given_up)
    done = World(
        *(project, given_up.replies),
        events=given_up.events,
    )
    assert done.run(project).passed
    n = next(i for i, e in enumerate(done.events) if e.kind == "module_retried") + 1
    again = World(
        *(project, given_up.replies),
        events=done.events[:n],
    )
    assert again.run(project).passed
    assert again.tree == done.tree
    assert again.prompts == [("base", 3), ("mid", 1)]


def test_what_was_given_up_begins_again_after_its_spec_was_changed(given_up):
    project = edit(given_up, "base", "it is one", "it is the one")
    outcome = given_up.run(project)
    assert outcome.states["base"] == "failed"
    assert [n for m, n in given_up.prompts if m == "base"] == [1, 2, 1, 2]


def test_fresh_forgets_attempts_but_no_commit(given_up):
    given_up.run(fresh=True)
    assert [n for m, n in given_up.prompts if m == "base"] == [1, 2, 1, 2]
    starts = [e.inputs for e in given_up.events if isinstance(e, ModuleStarted)]
    assert starts[1] == ""
    assert given_up.run(raised(given_up)).passed
    events = given_up.events
    assert given_up.run(raised(given_up), fresh=True).passed
    assert given_up.events == events


def test_fresh_forgets_an_attempt_that_was_interrupted(tmp_path):
    world = built(tmp_path)
    n = next(i for i, e in enumerate(world.events) if e.kind == "completion_received") + 1
    again = World(world.project, all_right(TWO), events=world.events[:n])
    assert again.run(fresh=True).passed
    assert again.prompts == [("base", 1), ("mid", 1)]


def test_a_project_may_be_begun_again_elsewhere_from_its_commits(tmp_path):
    world = built(tmp_path)
    clone = MemoryRepository(work_files(tmp_path))
    clone.commits = list(world.repository.commits)
    again = World(world.project, {}, repository=clone)
    assert again.run().passed
    assert again.events == ()


def test_a_new_module_is_built_into_what_stands(tmp_path):
    world = built(tmp_path, {**all_right(TWO), "new": [answer("new")]})
    (tmp_path / "specs/new.yaml").write_text(spec_text("new", ["mid"]))
    assert world.run(read_project(tmp_path)).passed
    assert world.committed == ["base", "mid", "new"]
