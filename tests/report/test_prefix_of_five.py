"""What of five attempts in a row was sent before: the specs of a real example, in memory."""

from dataclasses import replace
from pathlib import Path

import pytest

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.engine.inputs import Inputs
from specloop.engine.suites import Suites
from specloop.loop.event import CallStarted, CompletionReceived, ModuleStarted, TestsFinished
from specloop.loop.history import History
from specloop.loop.ladder import ModelLimits
from specloop.loop.next_action import next_action
from specloop.prompt.fit import estimate_tokens
from specloop.report.calls import prefix_share
from specloop.spec.read import read_project
from specloop.spec.row_tests import row_node_id

EXAMPLE = Path(__file__).parents[2] / "examples" / "user_service"
FAILING = 3


def failures(nodes, number):
    text = f"assert {number} == 0"
    return tuple(
        TestFailure(node, "call", "AssertionError", text, f">       {text}\nE       {text}")
        for node in nodes
    )


def five_attempts(spec, context, code):
    """The history of a module whose answers are five versions of `code`, none of which passes."""
    nodes = tuple(row_node_id(spec, row) for row in spec.rows) or ("tests/test_all.py::test",)
    red = TestReport(Verdict.FAILED, nodes, (), failures(nodes, 0))
    events = [ModuleStarted(1.0, spec.name, "sha256:1")]
    events.append(TestsFinished(1.0, spec.name, "red", "", red))
    for number in range(1, 6):
        ask = next_action(spec, History(spec, tuple(events)), context)
        text = code.replace("```python\n", f"```python\nVERSION = {number}\n")
        report = TestReport(Verdict.FAILED, nodes, (), failures(nodes[:FAILING], number))
        events += [
            CallStarted(2.0, spec.name, number, ask.purpose, ask.model, ask.new, 1, None),
            CompletionReceived(3.0, spec.name, number, Completion(text, ask.model)),
            TestsFinished(4.0, spec.name, "candidate", "", report),
        ]
    return History(spec, tuple(events))


@pytest.fixture(scope="module")
def histories():
    project = read_project(EXAMPLE)
    files = {
        path.relative_to(EXAMPLE).as_posix(): path.read_bytes()
        for path in EXAMPLE.rglob("*")
        if path.is_file()
    }
    models = (ModelLimits("m", 100_000, 8_000),)
    suites = Suites(project, Inputs(project, files, lambda _: None), models, frozenset())
    answers = {
        spec.name: sorted((EXAMPLE / "replies" / spec.name).glob("*.md"))[-1].read_text()
        for spec in project.modules
    }
    return [
        five_attempts(
            replace(spec, tests=()), replace(suites.context(spec), attempts=0), answers[spec.name]
        )
        for spec in project.modules
    ]


def test_four_fifths_of_what_is_sent_again_was_sent_before(histories):
    assert prefix_share(histories) >= 0.8


def test_nine_tenths_of_it_was_sent_or_answered_before(histories):
    """A provider's cache holds requests with their answers."""
    known = total = 0
    for history in histories:
        turns = []
        for started, received in history.calls:
            before = tuple(turns)
            turns += started.messages
            if before:
                known += estimate_tokens(before)
                total += estimate_tokens(turns)
            turns.append(Message("assistant", received.completion.text))
    assert known / total > 0.9
