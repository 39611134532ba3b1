"""No text of a model's or a program's can steer the terminal."""

import io
import logging

import pytest
from rich.console import Console
from two_modules import ROW, Standing, called, make_project

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.engine.run import Outcome
from specloop.loop.event import CallFailed, ModuleFailed, RunPaused, RunStarted, TestsFinished
from specloop.loop.past import Past
from specloop.report.describe import describe, verdict
from specloop.report.lines import Lines
from specloop.report.live import LiveBoard
from specloop.report.printable import printable
from specloop.report.text import attempts_text, ending_text, status_text

EVIL = "\x1b]0;pwned\x07\x1b[2J\u202e"
SHOWN = r"\x1b]0;pwned\x07\x1b[2J\u202e"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (EVIL, SHOWN),
        ("a\tb\nc é 猫 🎉", "a\tb\nc é 猫 🎉"),
        ("\x00\r\x7f\x9b", r"\x00\x0d\x7f\x9b"),
        ("\u200e\u200f\u2066\u2069", r"\u200e\u200f\u2066\u2069"),
        ("half \ud83d", r"half \ud83d"),
        ("\u061c\u2028\u2029", r"\u061c\u2028\u2029"),
        ("pay\u200bpal \u2060\ufeff\u00ad", r"pay\u200bpal \u2060\ufeff\xad"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("1\b2\r3\v4\f5\x90\x9d", r"1\x082\x0d3\x0b4\x0c5\x90\x9d"),
        ("\u2764\ufe0f ﷺ ไทย \u0301", "\u2764\ufe0f ﷺ ไทย \u0301"),
        (SHOWN, SHOWN),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(text, shown):
    assert printable(text) == shown


def test_events_and_verdicts():
    failed = TestReport(Verdict.FAILED, ("a",), (), (TestFailure(EVIL, "call", "E", "m", ""),))
    assert verdict(failed) == f"0 of 1 tests passed; failed: {SHOWN}"
    assert describe(ModuleFailed(0, "a", EVIL)) == f"failed: {SHOWN}"


def test_show_and_status(tmp_path):
    standing = Standing(make_project(tmp_path), {}, {})
    red = TestReport(Verdict.FAILED, (ROW,), (), (TestFailure(ROW, "call", "E", "m", EVIL),))
    events = [standing.start("a"), *called("a", 1, f"Look: {EVIL}")]
    events += [TestsFinished(4, "a", "candidate", "", red), ModuleFailed(5, "a", EVIL)]
    history = Past(events).history(standing.project.module("a"))
    for text in (attempts_text(history), attempts_text(history, number=1)):
        assert f"failed: {SHOWN}" in text
        assert EVIL not in text
    assert f"Look: {SHOWN}" in attempts_text(history, number=1)
    summary = standing.summary(RunStarted(0, "1"), *events, RunPaused(9, EVIL, 3))
    for text in (status_text(summary), ending_text(summary, Outcome({}, EVIL), "b")):
        assert SHOWN in text
        assert "\x1b" not in text


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_lines(capsys, log_format):
    lines = Lines(log_format=log_format, level=logging.DEBUG)
    lines.notice(EVIL)
    lines.doing("a", EVIL)
    lines.happened(CallFailed(0, "a", 1, EVIL, may_be_charged=False))
    written = capsys.readouterr().err
    assert written.count("pwned") == 3
    assert not set(EVIL[:1] + EVIL[-1:] + "\x07") & set(written)


def test_the_live_table():
    stream = io.StringIO()
    with LiveBoard(["a"], Console(file=stream, force_terminal=True, width=200)) as board:
        board.notice(EVIL)
        board.doing("a", EVIL)
    assert stream.getvalue().count(SHOWN) >= 2
    assert "\x1b]0" not in stream.getvalue()
    assert "\u202e" not in stream.getvalue()
