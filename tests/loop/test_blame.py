"""Which modules an integration failure points at."""

import pytest

from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict
from specloop.loop.blame import blame, evidence

FILES = {"app/models.py": "models", "app/service.py": "service", "app/routes.py": "routes"}
TEST = "tests/integration/test_flow.py"


def failure(name="test_a", frames=(), captured=""):
    return TestFailure(f"{TEST}::{name}", "call", "AssertionError", "", "", tuple(frames), captured)


def report(*failures, verdict=Verdict.FAILED, note=""):
    return TestReport(verdict, failures=failures, note=note)


def test_the_innermost_frame_in_a_module_is_to_blame():
    frames = (Frame(TEST, 3), Frame("app/routes.py", 5), Frame("app/service.py", 9))
    lib = Frame("lib/other.py", 1)
    found = blame(report(failure(frames=(*frames, lib))), FILES)
    assert list(found) == ["service"]


@pytest.mark.parametrize(
    "captured",
    [
        'Traceback:\n  File "app/routes.py", line 5, in get\n  File "app/models.py", line 2\n',
        '  File "/tmp/run/project/app/routes.py", line 5\n  File "/r/app/models.py", line 2\n',
        "ERROR    app:routes.py:3 no\napp/routes.py:5: in get\napp/models.py:2: KeyError\n",
    ],
)
def test_a_traceback_that_a_server_printed_counts_where_the_test_has_none(captured):
    found = blame(report(failure(frames=[Frame(TEST, 3)], captured=captured)), FILES)
    assert list(found) == ["models"]


def test_a_traceback_of_the_test_itself_goes_before_what_was_printed():
    told = failure(frames=[Frame("app/routes.py", 5)], captured='File "app/models.py", line 2')
    assert list(blame(report(told), FILES)) == ["routes"]


def test_a_path_that_only_ends_alike_is_another_file():
    told = failure(captured='File "/x/myapp/models.py", line 2\nFile "xapp/models.py", line 2')
    assert list(blame(report(told), FILES)) == ["routes"]  # nowhere: the last in build order


def test_several_modules_are_blamed_in_build_order_each_with_its_failures():
    a = failure("test_a", [Frame("app/routes.py", 1)])
    b = failure("test_b", [Frame("app/models.py", 1)])
    c = failure("test_c", [Frame("app/routes.py", 2)])
    found = blame(report(a, b, c), FILES)
    assert found == {"models": (b,), "routes": (a, c)}
    assert list(found) == ["models", "routes"]


def test_failures_that_point_nowhere_go_back_through_the_build_order():
    nowhere = report(failure(frames=[Frame(TEST, 3)]))
    blamed = [next(iter(blame(nowhere, FILES, earlier))) for earlier in range(5)]
    assert blamed == ["routes", "service", "models", "routes", "service"]


def test_a_failure_that_points_nowhere_waits_while_another_points_somewhere():
    a = failure("test_a", [Frame("app/models.py", 1)])
    assert blame(report(a, failure("test_b")), FILES) == {"models": (a,)}


def test_a_run_that_tells_of_no_failure_is_laid_to_somebody_too():
    # else nobody is reopened, and the same result is looked at for ever
    ended = report(verdict=Verdict.RESOURCE, note="the run reached its limit: memory")
    assert blame(ended, FILES) == {"routes": ()}


def test_a_module_is_shown_its_own_failures_alone():
    a, b = failure("test_a"), failure("test_b")
    shown = evidence(report(a, b, note="n"), (b,))
    assert (shown.failures, shown.note, shown.verdict) == ((b,), "n", Verdict.FAILED)
