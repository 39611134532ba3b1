"""The table that is shown while a run goes on."""

import io
from dataclasses import replace

import pytest
from rich.console import Console
from two_modules import HIDDEN, RED, called, fenced

from specloop.loop.event import TestsFinished
from specloop.report.live import LiveBoard


def shown(*events):
    """What the table says at last, without colours."""
    stream = io.StringIO()
    console = Console(file=stream, width=200)
    with LiveBoard(["a", "b"], console) as board:
        for event in events:
            board.happened(event)
    return stream.getvalue()


def test_a_run_that_ended_early_leaves_the_count_of_the_one_before():
    whole = TestsFinished(0, "a", "candidate", "", RED)
    early = replace(whole, report=replace(RED, passed=(), not_run=(HIDDEN,)))
    assert "1/2" in shown(whole)
    assert "1/2" in shown(whole, early)
    assert "0/2" not in shown(whole, early)


@pytest.mark.parametrize(("usd", "said"), [(None, "unpriced"), (0.25, "0.2500 USD")])
def test_a_cost_is_shown_when_one_is_known(usd, said):
    started, received = called("a", 1, fenced(1), usd)
    before = shown(started)
    assert "asks small for the code (call 1)" in before
    assert "USD" not in before
    assert "unpriced" not in before
    after = shown(started, received)
    assert after.count(said) == 3  # what happened, the module and the foot
    assert f"0 of 2 modules · 100 in (20 cached), 50 out · {said} · " in after
