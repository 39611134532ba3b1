import pytest

from specloop.attempt.redaction import Redactor
from specloop.errors import RunnerUnavailable
from specloop.ports import StaticJob, TestJob
from specloop.spec.settings import Settings
from specloop.verify.guarded import GuardedRunner
from specloop.verify.runner import PytestRunner

KEY = "sk-canary-0123456789abcdef"
TEST = f"""\
import pytest

@pytest.mark.parametrize("key", ["{KEY}"])
def test_key(key):
    print(key)
    assert not key
"""


@pytest.fixture
def guarded(tmp_path):
    def open_one(**project):
        settings = Settings(project={"name": "shop", **project})
        return GuardedRunner(PytestRunner(tmp_path, settings), Redactor.of([KEY]))

    return open_one


def test_reports_hold_no_key(guarded):
    runner = guarded()
    assert runner.ready()
    runner.prepare()
    report = runner.run(TestJob({"test_it.py": TEST.encode()}, ("test_it.py",)))
    runner.close()
    (failure,) = report.failures
    assert failure.node_id == "test_it.py::test_key[[key]]"
    assert "assert not '[key]'" in failure.longrepr
    assert failure.captured.count("[key]") == 1
    assert KEY not in repr(report)


def test_findings_hold_no_key(guarded):
    report = guarded().inspect(StaticJob("x.py", f"import os\nos.{KEY!r}", {}, frozenset()))
    assert report.static
    assert KEY not in repr(report)


def test_nor_does_the_reason_why_nothing_can_run(guarded):
    with pytest.raises(RunnerUnavailable, match=r"own/\[key\]") as caught:
        guarded(python=f"own/{KEY}").prepare()
    assert KEY not in str(caught.value)
