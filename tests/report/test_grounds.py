"""What a verdict rests on, told to people."""

import pytest
from two_modules import GREEN, HIDDEN, RED, ROW, Standing, called, fenced, make_project

from specloop.attempt.report import OneOpinion, StaticFinding, TestReport, Verdict
from specloop.loop.event import IntegrationFinished, ModuleReopened, RunStarted, TestsFinished
from specloop.loop.past import Past
from specloop.report.accounts import accounts
from specloop.report.accounts_text import accounts_text
from specloop.report.grounds import grounds, unconfirmed
from specloop.report.text import attempts_text, integration_text

OBJECT, CONFTEST = "an object (Money) was compared", "a conftest.py prepares what is not there"
BOTH = (OneOpinion(ROW, OBJECT), OneOpinion(HIDDEN, CONFTEST))
LAYERS = ("limits", "landlock", "seccomp")


def report(**fields):
    given = {"sandbox": "strong", "layers": LAYERS, **fields}
    return TestReport(Verdict.PASSED, (ROW, HIDDEN), (ROW, HIDDEN), **given)


@pytest.fixture
def standing(tmp_path):
    return Standing(make_project(tmp_path), {}, {})


def story(standing, found):
    events = [standing.start("a"), *called("a", 1, fenced(1))]
    events += [TestsFinished(4, "a", "candidate", "", found)]
    return Past(events).history(standing.project.module("a"))


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (report(), ("sandbox: strong (limits, landlock, seccomp)",)),
        (report(sandbox="none", layers=()), ("sandbox: none",)),
        (GREEN, ("sandbox: strong",)),  # as older journals have it
        (
            report(one_opinion=(*BOTH, OneOpinion("t.py::test_V1_2", OBJECT))),
            (
                "sandbox: strong (limits, landlock, seccomp)",
                f"by pytest alone: test_O1_1, test_V1_2; {OBJECT}",
                f"by pytest alone: test_held_out_O1_1 (held out); {CONFTEST}",
            ),
        ),
        (TestReport(Verdict.FAILED, static=(StaticFinding(1, "X", "one"),)), ()),
        (TestReport(Verdict.ABORTED, note="ended"), ()),
    ],
)
def test_a_report(found, lines):
    assert grounds(found) == lines


def test_rows_are_counted_by_reason():
    assert unconfirmed(BOTH[:1], 12) == f"1 of 12 example rows (1: {OBJECT})"
    assert unconfirmed(BOTH, 2) == f"2 of 2 example rows (1: {OBJECT}; 1: {CONFTEST})"
    detailed = [OneOpinion(each.node_id, f"{CONFTEST}; `row {n}`") for n, each in enumerate(BOTH)]
    assert unconfirmed(tuple(detailed), 2) == f"2 of 2 example rows (2: {CONFTEST})"


def test_show_tells_it_of_each_verdict(standing):
    text = attempts_text(story(standing, report(one_opinion=BOTH[:1])))
    assert "\n  2 of 2 tests passed\n  sandbox: strong (limits, landlock, seccomp)\n" in text
    assert f"\n  by pytest alone: test_O1_1; {OBJECT}\n" in text


def test_show_names_the_tests_that_were_not_run(standing):
    found = TestReport(RED.verdict, RED.collected, (), RED.failures, not_run=(HIDDEN,))
    history = story(standing, found)
    assert "1 others were not run" in attempts_text(history)
    assert "not run: " not in attempts_text(history)
    assert f"\nnot run: {HIDDEN}\n" in attempts_text(history, number=1)


def test_show_tells_it_where_no_model_was_asked(standing):
    events = [standing.start("a"), ModuleReopened(2, "a", "stale", "changed: tests", "x = 1\n")]
    events += [TestsFinished(4, "a", "standing", "", report())]
    text = attempts_text(Past(events).history(standing.project.module("a")))
    assert text.endswith("2 of 2 tests passed\n  sandbox: strong (limits, landlock, seccomp)")


def test_the_integration_run_tells_it(standing):
    text = integration_text(IntegrationFinished(0, "c" * 40, "t", report()))
    assert text.endswith("\n  sandbox: strong (limits, landlock, seccomp)")


def test_what_was_refused_before_the_tests_had_no_sandbox(standing):
    found = TestReport(Verdict.FAILED, static=(StaticFinding(1, "X", "one"),))
    events = [RunStarted(0, "1"), *story(standing, found).events]
    assert standing.summary(*events).modules[0].sandbox is None
    assert "sandbox" not in attempts_text(story(standing, found))


def test_the_report_sums_up_what_has_one_opinion(standing):
    def told(found):
        events = [RunStarted(0, "1"), *story(standing, found).events, standing.commit("a", 1)]
        summary = standing.summary(*events)
        made = accounts(standing.project, events, summary, standing.records, live=False)
        return made, accounts_text(made)

    made, text = told(report(one_opinion=BOTH[:1]))
    assert text.endswith(
        "\npassed by pytest alone, without a second opinion:\n"
        f"  a: 1 of 1 example row (1: {OBJECT})"
    )
    assert made.as_json()["modules"][0]["one_opinion"] == ({"node_id": ROW, "why": OBJECT},)
    assert made.modules[0].rows == 1
    assert "second opinion" not in told(report())[1]
    assert "second opinion" not in told(RED)[1]
