"""What a run would do, and what modules are built from."""

from dataclasses import replace

import pytest
from world import CHAIN, World, all_right, make_project, work_files

from specloop.attempt.candidate import Candidate
from specloop.engine.estimate import Offer
from specloop.engine.inputs import Inputs
from specloop.engine.plan import make_plan
from specloop.engine.suites import Suites
from specloop.loop.ladder import ModelLimits
from specloop.prompt.fit import estimate_tokens
from specloop.report.plan_text import plan_text
from specloop.spec.hours import CheapHours, windows_of
from specloop.spec.read import read_project

LIMITS = (ModelLimits("small", 10_000, 1_000),)
FOUR_ATTEMPTS = """
[[models]]
name = "ollama/small"

[limits]
attempts = 4
"""
NIGHT = CheapHours(windows_of(["22:00-06:00"]))


def per_million(rate_in, rate_out):
    """The cost of usage at such rates, and at half of them where NIGHT holds at every time."""

    def cost(usage, at):
        usd = (usage.input_tokens * rate_in + usage.output_tokens * rate_out) / 1_000_000
        return usd / 2 if at and all(map(NIGHT.hold, at)) else usd

    return cost


SMALL = Offer(LIMITS[0], per_million(1.0, 2.0))
LARGE = Offer(ModelLimits("large", 40_000, 8_000), per_million(10.0, 20.0), requests=2)
UNPRICED = Offer(ModelLimits("own", 8_000, 2_000), lambda usage, at: None, requests=2)


def plan(world, project=None, offers=(SMALL,)):
    project = project or world.project
    inputs = Inputs(project, work_files(project.root), world.repository.read)
    return make_plan(project, inputs, world.repository.records(), offers)


def test_a_plan_of_a_new_project_builds_all_in_order(tmp_path):
    world = World(make_project(tmp_path, toml=FOUR_ATTEMPTS), all_right())
    found = plan(world)
    assert [step.module for step in found.steps] == [m.name for m in world.project.modules]
    assert {step.does for step in found.steps} == {"build"}
    mid = next(step for step in found.steps if step.module == "mid")
    assert "def base() -> int" in mid.prompt[1].content
    assert world.events == ()


def test_what_is_expected_is_a_first_answer_and_a_fix(tmp_path):
    found = plan(World(make_project(tmp_path, toml=FOUR_ATTEMPTS), all_right()))
    asked = [estimate_tokens(step.prompt) for step in found.steps]
    answer = 1_000  # 100 lines would be 1,200 tokens, but the model says no more
    assert found.expected_tokens == sum(2 * tokens + 3 * answer for tokens in asked)
    usd = sum(2 * tokens + answer + 2 * 2 * answer for tokens in asked) / 1_000_000
    assert found.expected_usd == pytest.approx(usd)
    assert found.expected_usd == pytest.approx(sum(step.expected_usd for step in found.steps))
    assert (found.cheap_hours, found.cheap_usd) == ("", None)


@pytest.mark.parametrize(
    ("offers", "tokens", "usd"),
    [
        # four attempts at four modules: 9,000 x 1 + 1,000 x 2
        ((SMALL,), 16 * 10_000, 16 * 0.011),
        # charged for twice: 32,000 x 10 + 8,000 x 20
        ((SMALL, LARGE), 16 * 80_000, 16 * 2 * 0.48),
        ((LARGE, SMALL), 16 * 80_000, 16 * 2 * 0.48),
        ((SMALL, UNPRICED), 16 * 16_000, None),
    ],
)
def test_the_worst_is_every_attempt_in_full_at_the_dearest_model(tmp_path, offers, tokens, usd):
    assert len(CHAIN) == 4
    found = plan(World(make_project(tmp_path, toml=FOUR_ATTEMPTS), all_right()), offers=offers)
    assert found.worst_tokens == tokens
    assert found.worst_usd == (None if usd is None else pytest.approx(usd))
    assert f"asks {offers[0].limits.name} first: " in plan_text(found)


def test_without_a_limit_there_is_no_worst(tmp_path):
    toml = FOUR_ATTEMPTS.replace("= 4", "= 0")
    found = plan(World(make_project(tmp_path, toml=toml), all_right()))
    assert (found.worst_tokens, found.worst_usd) == (None, None)
    assert "no limit on attempts" in plan_text(found)


def test_an_unpriced_model_has_no_cost(tmp_path):
    found = plan(World(make_project(tmp_path, toml=FOUR_ATTEMPTS), all_right()), offers=(UNPRICED,))
    assert (found.expected_usd, found.cheap_usd, found.worst_usd) == (None, None, None)
    assert "the price is not known" in plan_text(found)
    assert "USD" not in plan_text(found)


def test_a_plan_says_when_a_model_costs_less(tmp_path):
    offer = replace(SMALL, cheap_hours=NIGHT)
    found = plan(World(make_project(tmp_path, toml=FOUR_ATTEMPTS), all_right()), offers=(offer,))
    assert found.cheap_usd == pytest.approx(found.expected_usd / 2)
    text = plan_text(found)
    cheaper = f"costs less Mon-Sun 00:00-06:00, 22:00-24:00 UTC: {found.cheap_usd:.4f} USD"
    assert cheaper in text
    assert f"tokens expected ({found.expected_usd:.4f} USD), " in text
    assert f"{found.worst_tokens} at worst ({found.worst_usd:.4f} USD)" in text


def test_a_plan_says_what_is_stale_and_why(tmp_path):
    world = World(make_project(tmp_path), all_right())
    world.run()
    assert {step.does for step in plan(world).steps} == {"nothing"}
    assert (plan(world).worst_tokens, plan(world).worst_usd) == (0, 0.0)
    assert "asks" not in plan_text(plan(world))

    spec = tmp_path / "specs/mid.yaml"
    spec.write_text(spec.read_text().replace("it is one", "it is the one"))
    steps = {step.module: step for step in plan(world, read_project(tmp_path)).steps}
    assert (steps["mid"].does, steps["mid"].reason) == ("test", "changed: the words of its spec")
    assert steps["mid"].changed == ("body",)
    assert steps["top"].does == "nothing"


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("-> int", "-> float", ("interface",)),
        ("it is one", "it is the one", ("body",)),
        ("mid() == 1", "mid() == 2", ("examples",)),
        ("task: ", "# a comment\ntask: ", ()),
        ("file: app/mid.py", "file: app/middle.py", ("interface",)),
    ],
)
def test_a_plan_names_the_part_that_made_a_module_stale(tmp_path, old, new, changed):
    world = World(make_project(tmp_path), all_right())
    world.run()
    spec = tmp_path / "specs/mid.yaml"
    assert spec.read_text().count(old) == 1
    spec.write_text(spec.read_text().replace(old, new))
    steps = {step.module: step for step in plan(world, read_project(tmp_path)).steps}
    assert steps["mid"].changed == changed
    moved = new.endswith("middle.py")
    assert steps["mid"].does == ("build" if moved else "test" if changed else "nothing")


def test_a_plan_names_the_interface_and_the_code_that_made_a_module_stale(tmp_path):
    world = World(make_project(tmp_path), all_right())
    world.run()
    tip = world.repository.commits[-1][2]
    tip["app/base.py"] = tip["app/base.py"].replace(b"def base()", b"def base(n: int = 1)")
    steps = {step.module: step for step in plan(world).steps}
    assert steps["base"].changed == ("code",)
    assert steps["mid"].changed == ("uses base",)
    assert steps["mid"].reason == "changed: the interface of 'base'"


def test_a_plan_sees_files_that_stand_already(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    (tmp_path / "app").mkdir()
    (tmp_path / "app/base.py").write_text("x = 1\n")
    step = plan(World(project, {})).steps[0]
    assert (step.does, step.reason) == ("test", "app/base.py is there already")


def test_a_plan_without_a_model_has_no_numbers(tmp_path):
    found = plan(World(make_project(tmp_path), {}), offers=())
    assert (found.model, found.expected_tokens, found.worst_tokens) == ("", 0, 0)
    assert plan_text(found).endswith("names no model yet")


@pytest.fixture
def with_tests(tmp_path):
    specs = {"mid": "tests: [tests/test_mid.py, tests/more]\n"}
    (tmp_path / "tests/more/deep").mkdir(parents=True)
    for path in ("test_mid.py", "more/deep/test_x.py", "test_other.py", "more/data.json"):
        (tmp_path / "tests" / path).write_text(f"# {path}\n")
    return World(make_project(tmp_path, specs=specs), all_right())


def inputs_of(world, **changes):
    files = {**work_files(world.project.root), **changes}
    return Inputs(world.project, files, world.repository.read)


def test_a_modules_tests_are_its_files_and_those_in_its_folders(with_tests):
    mid = with_tests.project.module("mid")
    found = inputs_of(with_tests).tests(mid)
    assert sorted(found) == ["tests/more/deep/test_x.py", "tests/test_mid.py"]


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("tests/test_mid.py", True),
        ("tests/more/deep/test_x.py", True),
        ("tests/more/test_new.py", True),
        ("tests/test_other.py", False),
        ("README.md", False),
    ],
)
def test_what_a_fingerprint_is_made_of(with_tests, path, counts):
    mid = with_tests.project.module("mid")
    before = inputs_of(with_tests).fingerprint(mid)
    assert (inputs_of(with_tests, **{path: b"# new"}).fingerprint(mid) != before) is counts


def test_generated_files_are_never_taken_from_the_work_tree(with_tests):
    changed = inputs_of(with_tests, **{"app/mid.py": b"x", "tests/spec/test_mid.py": b"y"})
    assert not {"app/mid.py", "tests/spec/test_mid.py"} & changed.user_files.keys()


def test_a_suite_runs_rows_and_the_users_tests(with_tests):
    inputs = inputs_of(with_tests)
    suites = Suites(with_tests.project, inputs, LIMITS, frozenset({"attrs"}))
    mid = with_tests.project.module("mid")
    job = suites.job(mid, suites.stub(mid))
    assert job.targets == ("tests/spec/test_mid.py", "tests/test_mid.py", "tests/more")
    assert b"no code yet" in job.files["app/mid.py"]
    assert "project.toml" in job.files
    assert "specs/mid.yaml" not in job.files
    context = suites.context(mid)
    assert context.prompt.tests["tests/test_mid.py"] == "# test_mid.py\n"
    assert context.prompt.import_path == "app.mid"


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("tests/conftest.py", True),
        ("tests/more/data.json", True),
        ("tests/test_other.py", True),
        ("README.md", False),
        ("specs/top.yaml", False),
        ("project.toml", False),
    ],
)
def test_what_a_verdict_depends_on(with_tests, path, counts):
    def suite(**changes):
        suites = Suites(with_tests.project, inputs_of(with_tests, **changes), LIMITS, frozenset())
        mid = Candidate("app/mid.py", "x = 1\n")
        return suites.suite(with_tests.project.module("mid"), mid), suites.integration_suite()

    before, after = suite(), suite(**{path: b"# new"})
    assert (before[0] != after[0]) is counts
    assert (before[1] != after[1]) is counts


def test_a_users_package_of_tests_is_left_as_it_is(tmp_path):
    project = make_project(tmp_path, {"base": ()})
    (tmp_path / "tests/spec").mkdir()
    (tmp_path / "tests/spec/__init__.py").write_text("# mine\n")
    world = World(project, all_right(["base"]))
    world.run()
    assert world.runner.jobs[0].files["tests/spec/__init__.py"] == b"# mine\n"


def test_static_checks_know_what_may_be_imported(with_tests):
    suites = Suites(with_tests.project, inputs_of(with_tests), LIMITS, frozenset({"attrs"}))
    mid = with_tests.project.module("mid")
    job = suites.static_job(mid, Candidate("app/mid.py", "x = 1\n"))
    assert job.imports == {"attrs", "app.base"}
    assert list(job.exports) == ["mid"]


def test_what_a_module_is_judged_by(with_tests):
    assert set(inputs_of(with_tests).judged_by()) == {
        *(f"specs/{name}.yaml" for name in CHAIN),
        *("tests/test_mid.py", "tests/more/deep/test_x.py"),
    }


def test_files_that_no_commit_holds_are_told_of(with_tests):
    del with_tests.repository.commits[0][2]["tests/test_mid.py"]
    with_tests.repository.commits[0][2]["specs/mid.yaml"] = b"# as it was\n"
    with_tests.run()
    told = with_tests.observer.notices
    assert len(told) == 1
    assert "not committed, used as they stand: specs/mid.yaml, tests/test_mid.py" in told[0]
