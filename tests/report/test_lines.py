"""What is logged without being asked for: what a person who waits would like to know."""

import logging

import pytest

from specloop.report.lines import Lines

TOLD = (
    "HTTP 429: slow down; asks again in 7 s",
    "loading tiny.gguf",
    "fetching the weights of SmolLM2, 105 MB, once",
    "installing 3 packages into .specloop/venv",
)
STEPS = (
    "asks small",
    "receives, 1200 characters so far",
    "red check",
    "runs tests",
    "runs the integration tests",
    "waits for the first word, 20 s",
    "waits until 2027-01-01 22:00 UTC, when small costs less",  # the pause after it is an event
)


@pytest.mark.parametrize(
    ("level", "logged"), [(logging.INFO, TOLD), (logging.DEBUG, (*TOLD, *STEPS))]
)
def test_what_keeps_a_call_waiting_is_logged_and_mere_steps_only_on_request(capsys, level, logged):
    lines = Lines(level=level)
    for text in (*TOLD, *STEPS):
        lines.doing("a", text)
    written = capsys.readouterr().err
    assert [text for text in (*TOLD, *STEPS) if text in written] == list(logged)
