"""A spec, and short ways to write what happened to it."""

from dataclasses import replace

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.loop.event import (
    CallStarted,
    CommitPrepared,
    CompletionReceived,
    ModuleCommitted,
    ModuleFailed,
    ModuleReopened,
    ModuleRetried,
    ModuleStarted,
    TestsFinished,
)
from specloop.loop.history import History
from specloop.loop.ladder import ModelLimits
from specloop.loop.next_action import Context
from specloop.prompt.context import PromptContext
from specloop.spec.module import ModuleSpec
from specloop.spec.parse_export import parse_exports
from specloop.spec.parse_row import parse_row

SPEC = ModuleSpec(
    name="double",
    path="specs/double.yaml",
    title="Double a number",
    task="Double a number",
    file="app/double.py",
    exports=parse_exports("def double(n: int) -> int", 1),
    rows=(parse_row("O1: double(2) == 4", 1, 1),),
)
ROW = "tests/spec/test_double.py::test_O1_1"
RIGHT = "def double(n: int) -> int:\n    return 2 * n\n"
WRONG = "def double(n: int) -> int:\n    return n\n"
LIMITS = (ModelLimits("small", 20_000, 1_000), ModelLimits("large", 40_000, 2_000))
CONTEXT = Context(PromptContext(import_path="app.double"), LIMITS, attempts=8)
PASS = TestReport(Verdict.PASSED, (ROW,), (ROW,))


def fail(message="assert 2 == 4", node_id=ROW, verdict=Verdict.FAILED):
    failure = TestFailure(node_id, "call", "AssertionError", message, f"E   {message}")
    return TestReport(verdict, (node_id,), (), (failure,))


def wrong(number):
    """A wrong answer that is like no other."""
    return f"def double(n: int) -> int:\n    return {number}\n"


def fenced(code):
    return f"```python\n{code}```\n"


def started(inputs="sha256:1", standing=""):
    return ModuleStarted(1.0, "double", inputs, standing)


def asked(number, purpose="fix", model="small", *, opening=False, tokens=150, usd=None):
    turns = (Message("user", f"turn {number}"),)
    if opening or purpose == "first":
        turns = (Message("system", "who you are"), *turns)
    return CallStarted(2.0, "double", number, purpose, model, turns, tokens, usd)


def received(number, text, model="small", *, usd=None, finish_reason="stop"):
    usage = Usage(1, 100, 20, 50)
    completion = Completion(text, model, finish_reason, usage, usd)
    return CompletionReceived(3.0, "double", number, completion)


def call(number, text, purpose="fix", model="small", *, opening=False):
    return (
        asked(number, purpose, model, opening=opening),
        received(number, text, model),
    )


def forged(message="assert 2 == 4"):
    """A report on code that games; all of it tells of the trick."""
    return replace(fail(message), forged=("the code changed pytest itself: _pytest.trick",))


def ran(report, purpose="candidate", code="", suite="", formatted=""):
    return TestsFinished(4.0, "double", purpose, code, report, suite, formatted)


def attempt(number, code, report=None, model="small", *, opening=False, formatted=""):
    """A call whose answer holds `code`, and the tests on it, or on the code as it was laid out."""
    purpose = "first" if number == 1 else "fix"
    return (
        *call(number, fenced(code), purpose, model, opening=opening),
        ran(report or fail(f"assert {number} == 4"), formatted=formatted),
    )


def reopened(code=RIGHT, reason="integration", report=None):
    return ModuleReopened(5.0, "double", reason, "It fails with the others.", code, report)


def prepared():
    return CommitPrepared(6.0, "double", "sha256:key", "0" * 40)


def committed():
    return ModuleCommitted(7.0, "double", "sha256:key", "1" * 40)


def failed(reason="not passed"):
    return ModuleFailed(8.0, "double", reason)


def retried():
    return ModuleRetried(9.0, "double")


def history(*events, spec=SPEC):
    return History(spec, events)
