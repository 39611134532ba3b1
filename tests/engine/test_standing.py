"""Code that stands already: up to date, stale, adopted, given up, forgotten."""

from dataclasses import replace

from world import World, all_right, answer, code, edit, make_project, spec_text, work_files

from specloop.loop.event import ModuleCommitted, ModuleReopened
from specloop.spec.read import read_project
from specloop.testing import MemoryRepository

TWO = {"base": (), "mid": ("base",)}
TESTED = [
    "module_started",
    "module_reopened",
    "tests_finished",
    "commit_prepared",
    "module_committed",
]


def reopening(world, name):
    """The last reopening of a module."""
    found = [e for e in world.events if isinstance(e, ModuleReopened) and e.module == name]
    return found[-1]


def built(tmp_path, replies=None, **more):
    world = World(make_project(tmp_path, TWO), replies or all_right(TWO), **more)
    assert world.run().passed
    return world


def test_a_changed_row_runs_the_tests_first_and_asks_nobody_if_they_are_green(tmp_path):
    world = built(tmp_path)
    before = len(world.events)
    assert world.run(edit(world, "mid", "mid() == 1", "mid() < 2")).passed
    assert world.kinds("mid", before) == TESTED
    assert world.kinds("base", before) == []
    assert world.prompts.count(("mid", 1)) == 1
    record = world.repository.records()["mid"]
    assert record.trailers["Specloop-Model"] == "small"  # who wrote it, though now nobody was asked
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
    assert "Changed since it was committed: the words of its spec." in prompt.messages[1].content
    assert code("mid").rstrip() in prompt.messages[1].content
    assert "it is the one" in prompt.messages[1].content
    assert world.kinds("mid", before).count("tests_finished") == 2
    assert world.tree["app/mid.py"].decode() == code("mid", 1, "newer")


def test_a_new_interface_makes_dependants_stale_and_a_word_of_prose_does_not(tmp_path):
    world = built(tmp_path)
    before = len(world.events)
    world.edited("app/base.py", 'def base() -> int:\n    """Words."""\n    return 1\n')
    assert world.run().passed
    assert world.kinds("base", before) == TESTED
    assert world.kinds("mid", before) == TESTED
    assert [reopening(world, name).reason for name in TWO] == ["stale", "retest"]
    assert world.committed == ["base", "mid", "base"]

    world.edited("app/base.py", "def base(n: int = 0) -> int:\n    return 1\n")
    assert world.run().passed
    assert [reopening(world, name).reason for name in TWO] == ["stale", "stale"]
    assert world.committed == ["base", "mid", "base", "base", "mid"]
    assert len(world.prompts) == 2


def test_a_pass_counts_as_long_as_what_it_depended_on(tmp_path):
    world = built(tmp_path)
    commits = list(world.repository.commits)
    before = len(world.events)
    world.rewritten("tests/conftest.py", "# other\n")
    assert world.run().passed
    assert [world.kinds(name, before) for name in TWO] == [TESTED, TESTED]
    assert [reopening(world, name).reason for name in TWO] == ["retest", "retest"]
    found = [e.commit for e in world.events[before:] if isinstance(e, ModuleCommitted)]
    assert found == [commit for commit, _, _ in commits[1:]]
    assert world.repository.commits == commits
    assert len(world.prompts) == 2
    events = world.events
    assert world.run().passed
    assert world.events == events


def test_a_pass_that_no_longer_counts_and_is_not_had_again_asks_for_a_fix(tmp_path):
    world = built(tmp_path)
    world.rewritten("tests/conftest.py", "# other\n")
    world.judge.wants["app/mid.py"] = b"newer"
    world.replies["mid"] = [answer("mid", 1, "newer")]
    assert world.run().passed
    assert world.committed == ["base", "mid", "mid"]
    question = world.model.prompts[-1].messages[1].content
    assert "The tests of app/mid.py, or code that it uses, have changed since" in question
    assert code("mid").rstrip() in question
    assert world.prompts == [("base", 1), ("mid", 1), ("mid", 1)]


def test_another_limit_or_package_has_all_tested_again(tmp_path):
    world = built(tmp_path)
    for toml in ("[limits]\ntest_seconds = 7\n", 'test_packages = ["attrs"]\n'):
        before = len(world.events)
        assert world.run(make_project(tmp_path, TWO, toml)).passed
        assert [world.kinds(name, before) for name in TWO] == [TESTED, TESTED]
    assert len(world.prompts) == 2


def test_prose_and_limits_on_calls_have_nothing_tested_again(tmp_path):
    world = built(tmp_path)
    events = world.events
    world.rewritten("README.md", "Words.\n")
    assert world.run(make_project(tmp_path, TWO, "[limits]\nattempts = 3\nusd = 9.0\n")).passed
    assert world.events == events


def test_row_tests_that_were_changed_on_the_branch_are_put_right(tmp_path):
    world = built(tmp_path)
    right = world.tree["tests/spec/test_mid.py"]
    world.edited("tests/spec/test_mid.py", "def test_nothing(): ...\n")
    assert world.run().passed
    assert world.tree["tests/spec/test_mid.py"] == right
    assert world.committed == ["base", "mid", "mid"]
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
    assert "mine" in world.texts()
    assert "return 7" in world.texts()
    assert "was there before specloop built it" in world.texts()


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
    assert again.prompts == []
    assert clone.commits == world.repository.commits
    assert [again.kinds(name) for name in TWO] == [TESTED, TESTED]
    events = again.events
    assert again.run().passed
    assert again.events == events


def test_a_new_module_is_built_into_what_stands(tmp_path):
    world = built(tmp_path, {**all_right(TWO), "new": [answer("new")]})
    (tmp_path / "specs/new.yaml").write_text(spec_text("new", ["mid"]))
    assert world.run(read_project(tmp_path)).passed
    assert world.committed == ["base", "mid", "new"]


def test_a_persons_file_is_committed_as_it_stands_though_the_journal_holds_no_secret(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    (tmp_path / "app").mkdir()
    (tmp_path / "app/base.py").write_text(code("base") + 'DEMO = "sk-canary-0123"\n')
    first = World(project, all_right(["base"]))
    assert first.run().passed
    assert first.prompts == []
    for end in range(3, len(first.events)):
        recorded = [
            replace(event, code=event.code.replace("sk-canary-0123", "[key]"))
            if isinstance(event, ModuleReopened)
            else event
            for event in first.events[:end]
        ]
        again = World(project, all_right(["base"]), events=recorded)
        assert again.run().passed
        assert again.prompts == []
        assert again.tree["app/base.py"] == first.tree["app/base.py"]
