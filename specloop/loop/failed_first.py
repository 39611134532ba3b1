"""The failures that a test run begins with: where they all come again, nothing else need run."""

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.loop.event import TestsFinished
from specloop.loop.history import History

SHORTEST = 1.0  # seconds: below, there is nothing to save, and the order of tests may matter


def failed_first(history: History) -> tuple[TestFailure, ...]:
    """The failures of the run before, if that was whole, long, and went well for the most part."""
    runs = (event for event in history.since_reopened.events if isinstance(event, TestsFinished))
    ran = [run.report for run in runs if run.purpose != "red" and not run.report.static]
    return ran[-1].failures if ran and _is_worth_it(ran[-1]) else ()


def _is_worth_it(report: TestReport) -> bool:
    whole = report.verdict is Verdict.FAILED and not (report.not_run or report.forged)
    failing = {failure.node_id for failure in report.failures}
    few = failing <= set(report.collected) and 2 * len(failing) < len(report.collected)
    return whole and few and report.seconds >= SHORTEST
