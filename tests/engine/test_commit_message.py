"""What commits say, and how it is read again."""

from dataclasses import replace

import pytest
from world import INTEGRATION, Judge, World, all_right, answer, make_project

from specloop.attempt.completion import Usage
from specloop.attempt.report import OneOpinion, TestReport, Verdict
from specloop.engine import trailers
from specloop.spec.read import read_project
from specloop.testing import FakeTestRunner

LONG = "a task of so many words that no subject of a commit could ever hold it without a cut"


@pytest.fixture
def request_of(tmp_path):
    """The request of the first commit in a world of one module."""

    def build(replies, specs=None, **more):
        world = World(make_project(tmp_path, {"base": ()}, specs=specs), replies, **more)
        assert world.run().passed
        return world.repository.commits[1][1]

    return build


def test_a_commit_says_what_was_checked(request_of):
    held_out = 'held_out: "O1: base() < 2"\n'
    request = request_of({"base": [answer("base", 2), "no", answer("base")]}, {"base": held_out})
    assert request.subject == "base: Make base"
    assert "- 2 example rows in tests/spec/test_base.py" in request.body
    assert "requirements with example rows: O1" in request.body
    assert list(request.files) == ["app/base.py", "tests/spec/test_base.py"]
    told = dict(request.trailers)
    assert list(told)[:2] == ["Specloop-Module", "Specloop-Key"]
    assert told["Specloop-Key"] == request.key
    assert told["Specloop-Attempts"] == "3"
    assert told["Specloop-Tokens"] == "300 in, 0 cached, 150 out"
    assert told["Specloop-Cost"] == "unpriced"
    assert told["Specloop-Tests"] == "2 passed, 1 held out"
    assert told["Specloop-Sandbox"] == "none"


def test_a_commit_says_what_held_and_what_only_pytest_has_judged(request_of):
    def judge(job):
        report = Judge()(job)
        alone = tuple(OneOpinion(node, "no plain data") for node in job.expected[:1])
        layers = ("limits", "landlock", "seccomp")
        return replace(report, sandbox="strong", layers=layers, one_opinion=alone)

    held_out = 'held_out: "O1: base() < 2"\n'
    request = request_of(
        {"base": [answer("base")]}, {"base": held_out}, runner=FakeTestRunner(judge)
    )
    assert request.body.endswith(
        "\n- 1 of 2 example rows by pytest alone"
        "\n- layers of the sandbox that held: limits, landlock, seccomp"
    )
    assert dict(request.trailers)["Specloop-Sandbox"] == "strong"


def test_a_known_price_is_told(request_of):
    request = request_of({"base": [answer("base", 2), answer("base")]}, cost_usd=0.00205)
    assert dict(request.trailers)["Specloop-Cost"] == "0.0041 USD"


def test_a_long_task_is_cut_in_the_subject(tmp_path):
    make_project(tmp_path, {"base": ()})
    path = tmp_path / "specs/base.yaml"
    path.write_text(path.read_text().replace("Make base", LONG))
    world = World(read_project(tmp_path), all_right(["base"]))
    world.run()
    subject = world.repository.records()["base"].subject
    assert len(subject) <= 72
    assert subject.startswith("base: a task of so many words")
    assert subject.endswith("…")


def test_a_commit_is_a_function_of_the_journal(tmp_path):
    one, other = (
        World(make_project(tmp_path, {"base": ()}, INTEGRATION), all_right(["base"]))
        for _ in range(2)
    )
    one.run()
    other.run()
    assert one.repository.tip() == other.repository.tip()


@pytest.mark.parametrize("usage", [Usage(3, 5120, 2048, 1890), Usage()])
def test_tokens_are_read_as_they_were_written(usage):
    assert trailers.read_tokens(trailers.tokens(usage), usage.calls) == usage


@pytest.mark.parametrize("usd", [0.0041, 0.0, None, 12.5])
def test_costs_are_read_as_they_were_written(usd):
    assert trailers.read_cost(trailers.cost(usd)) == usd


def test_tests_are_read_as_they_were_written():
    passed = ("tests/spec/test_a.py::test_O1_1", "tests/spec/test_a.py::test_held_out_O1_1", "t::x")
    value = trailers.tests(TestReport(Verdict.PASSED, passed, passed))
    assert value == "3 passed, 1 held out"
    assert trailers.read_tests(value) == (3, 1)


@pytest.mark.parametrize("value", ["", "many", "3 passed", "unpriced", "1.0 EUR"])
def test_what_somebody_else_wrote_is_nothing(value):
    assert trailers.read_tests(value) == (0, 0)
    assert trailers.read_tokens(value, 2) == Usage(2)
    assert trailers.read_cost(value) is None
