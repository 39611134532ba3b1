"""A journal, sorted."""

from happened import PASS, SPEC, attempt, committed, fail, reopened, started

from specloop.loop.event import IntegrationFinished, RunEnded, RunPaused, RunResumed, RunStarted
from specloop.loop.past import Past


def finished(report, at=5.0):
    return IntegrationFinished(at, "c" * 40, "sha256:tests", report)


def test_a_history_begins_at_the_last_start():
    past = Past([RunStarted(0, "1"), started("sha256:old"), *attempt(1, "x = 1\n"), started()])
    assert past.history(SPEC).events == (started(),)


def test_events_of_other_modules_are_apart():
    past = Past([RunStarted(0, "1"), started()])
    assert past.history(SPEC).inputs == "sha256:1"
    assert Past([RunStarted(0, "1")]).history(SPEC).events == ()


def test_a_run_is_open_until_it_ends():
    events = [RunStarted(0, "1"), RunPaused(1, "stop", 130), RunResumed(2)]
    assert Past(events).run_open
    assert not Past([*events, RunEnded(3, passed=True)]).run_open
    assert not Past().run_open


def test_integration_rounds_are_counted_in_a_run():
    past = Past([RunStarted(0, "1"), finished(fail()), finished(fail()), finished(PASS)])
    assert (past.integrations, past.failed_integrations) == (3, 2)
    past.take(RunEnded(6, passed=True))
    assert past.failed_integrations == 2
    past.take(RunStarted(7, "1"))
    assert (past.integrations, past.failed_integrations) == (0, 0)
    assert past.integration == finished(PASS)


def test_a_result_is_out_of_date_once_a_module_is_committed_again():
    # even if the commit is the one that was there: the model gave the same code again
    past = Past([RunStarted(0, "1"), started(), committed(), finished(fail()), reopened()])
    assert past.integration == finished(fail())
    past.take(committed())
    assert past.integration is None


def test_the_latest_time_is_that_of_any_event():
    assert Past([RunStarted(9, "1"), RunPaused(4, "stop", 130)]).last_at == 9
