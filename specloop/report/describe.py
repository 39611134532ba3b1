"""Events and numbers in words, the same wherever a person reads them."""

from collections.abc import Sequence

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.errors import ExitCode
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CompletionReceived,
    Event,
    IntegrationFinished,
    ModuleCommitted,
    ModuleFailed,
    ModuleReopened,
    RunEnded,
    RunPaused,
    TestsFinished,
)
from specloop.report.printable import printable
from specloop.spec.row_tests import is_held_out


def describe(event: Event) -> str:
    """The event in a few words, "" where a person need not know of it."""
    return printable(_described(event))


def _described(event: Event) -> str:
    match event:
        case CallStarted():
            return f"{_asked(event)} (call {event.number})"
        case CompletionReceived(completion=completion):
            return _answered(completion)
        case CallFailed():
            return f"no answer: {event.reason}"
        case TestsFinished(purpose="red", report=report):
            return (
                f"red check: {len(report.failures)} of {len(report.collected)} tests wait for code"
            )
        case TestsFinished(report=report) | IntegrationFinished(report=report):
            together = "integration: " if isinstance(event, IntegrationFinished) else ""
            return together + verdict(report)
        case ModuleReopened():
            return f"reopened: {event.text}"
        case ModuleCommitted(found=found):
            return f"{'still stands' if found else 'committed'} as {event.commit[:10]}"
        case ModuleFailed():
            return f"failed: {event.reason}"
        case RunPaused() | RunEnded():
            return _ended(event)
        case _:
            return ""


def _asked(event: CallStarted) -> str:
    afresh = " afresh" if event.number > 1 and event.opens else ""
    match event.purpose:
        case "first":
            return f"asks {event.model}{afresh} for the code"
        case "fix":
            return f"asks {event.model}{afresh} for a fix"
        case "format":
            return f"asks {event.model} again, since its answer held no usable code"
        case "continue":
            return f"asks {event.model} for the rest of its answer"


def _ended(event: RunPaused | RunEnded) -> str:
    if isinstance(event, RunPaused) and event.exit_code == ExitCode.OK:
        return event.reason
    return "stopped" if event.reason else "all passed"  # the reason is told at the end


def _answered(completion: Completion) -> str:
    said = f"answer of {completion.usage.output_tokens} tokens, {cost(completion.cost_usd)}"
    faults = len(completion.faults)
    return f"{said}, after {count(faults, 'failed request')}" if faults else said


def verdict(report: TestReport) -> str:
    """A report in a line."""
    return printable(_judged(report))


def _judged(report: TestReport) -> str:
    if report.forged:
        return f"refused: {report.forged[0]}{_more(report.forged)}"
    if report.static:
        return f"refused before the tests: {report.static[0].text}{_more(report.static)}"
    numbers = (
        f"{len(report.passed)} of {max(len(report.collected), len(report.passed))} tests passed"
    )
    if report.ok:
        return numbers
    if report.verdict is not Verdict.FAILED:
        return f"{report.verdict}: {report.note}"
    names = [name_of(f.node_id) for f in report.failures]
    shown = ", ".join(dict.fromkeys(names[:3])) + (", …" if len(names) > 3 else "")
    if report.not_run:
        return f"failed again in the same way: {shown}; {len(report.not_run)} others were not run"
    return f"{numbers}; failed: {shown}" if names else f"{numbers}; {report.note}"


def _more(found: Sequence[object]) -> str:
    return f" (+{len(found) - 1} more)" if len(found) > 1 else ""


def failure_line(failure: TestFailure) -> str:
    """A failure in a line: the test, and the first line of what it says."""
    said = f"{failure.exception}: {failure.message}".strip(": ").partition("\n")[0]
    return printable(f"{failure.node_id}: {said}")


def name_of(node_id: str) -> str:
    """A node id without its path; held-out rows keep their secret from models, not from people."""
    name = node_id.rpartition("::")[2]
    return f"{name} (held out)" if is_held_out(node_id) else name


def cost(usd: float | None) -> str:
    """A price for people."""
    return "unpriced" if usd is None else f"{usd:.4f} USD"


def tokens(usage: Usage) -> str:
    """The tokens of some calls for people."""
    cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
    return f"{usage.input_tokens} in{cached}, {usage.output_tokens} out"


def count(number: int, what: str) -> str:
    """A number of things: "1 module", "2 modules"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def duration(seconds: float) -> str:
    """A time for people: "7 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"
