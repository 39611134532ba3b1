"""The table that is shown while a run goes on."""

import io

import pytest
from rich.console import Console
from two_modules import called, fenced

from specloop.report.live import LiveBoard


def shown(*events):
    """What the table says at last, without colours."""
    stream = io.StringIO()
    console = Console(file=stream, width=200)
    with LiveBoard(["a", "b"], console) as board:
        for event in events:
            board.happened(event)
    return stream.getvalue()


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
