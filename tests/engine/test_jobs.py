"""What a test run is given: never what code under test must not read."""

from dataclasses import replace

from world import INTEGRATION, Judge, World, all_right, answer, make_project

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.ports import RowsJob
from specloop.testing import FakeTestRunner

BASE = {"base": ()}
HELD = {"base": 'setup: ONE = 1\nheld_out: "O1: base() < 2 * ONE"\n'}
TOML = f"""
{INTEGRATION}
[[models]]
name = "replay/answers/mine"
"""


def test_no_run_has_the_specs_or_recorded_answers_in_its_folder(tmp_path):
    for path in ("answers/mine/base/01.md", "answers/mine.txt", "tests/data/specs/base.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    world = World(make_project(tmp_path, BASE, TOML), all_right(BASE))
    assert world.run().passed
    red, candidate, together = world.runner.jobs
    for job in (red, candidate, together):
        assert not {"specs/base.yaml", "answers/mine/base/01.md"} & job.files.keys()
        kept = {"project.toml", "answers/mine.txt", "tests/data/specs/base.yaml"}
        assert kept <= job.files.keys()


def test_the_rows_go_along_with_the_code_but_not_with_the_stub(tmp_path):
    toml = '[integration]\ntests = ["tests/integration"]\n'
    world = World(make_project(tmp_path, BASE, toml, HELD), all_right(BASE))
    assert world.run().passed
    red, candidate, together = world.runner.jobs
    (spec,) = world.project.modules
    assert red.rows is None
    assert together.rows is None
    shown, hidden = candidate.expected
    rows = ((shown, spec.rows[0]), (hidden, spec.held_out[0]))
    assert candidate.rows == RowsJob(
        "app.base", ("base",), (spec.exports[0].source,), "ONE = 1", rows
    )


def test_a_module_without_rows_has_none_to_be_judged_again(tmp_path):
    files = {
        "specs/base.yaml": "task: Make base\nfile: app/base.py\ntests: [tests/test_base.py]\n"
        "exports: ['def base() -> int']\n",
        "tests/test_base.py": "def test_base(): ...\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    project = make_project(tmp_path, {})
    node = "tests/test_base.py::test_base"

    def judge(job):
        return Judge()(replace(job, expected=(node,)))

    world = World(project, all_right(BASE), runner=FakeTestRunner(judge))
    assert world.run().passed
    assert [job.rows for job in world.runner.jobs] == [None, None]


def test_what_failed_in_a_long_run_goes_first_in_the_next(tmp_path):
    row, *others = nodes = tuple(f"tests/spec/test_base.py::test_O1_{n}" for n in range(1, 10))

    def judge(job):
        if Judge()(job).ok:
            return TestReport(Verdict.PASSED, nodes, nodes)
        failure = TestFailure(row, "call", "AssertionError", "assert 2 == 1", "")
        left = tuple(others) if job.first else ()
        passed = () if job.first else tuple(others)
        return TestReport(Verdict.FAILED, nodes, passed, (failure,), seconds=2.0, not_run=left)

    replies = {"base": [answer("base", n) for n in (2, 3, 4, 1)]}
    world = World(make_project(tmp_path, BASE), replies, runner=FakeTestRunner(judge))
    assert world.run().reason == "failed: base"  # the same failure three times
    assert [len(job.first) for job in world.runner.jobs] == [0, 0, 1, 0]
    assert world.runner.jobs[2].first[0].node_id == row
    assert "Not run: 8 other tests" in world.texts()
