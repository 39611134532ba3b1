"""Suites that end by themselves: what they report."""

import threading
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import pytest

from specloop.attempt.report import Frame, Verdict
from specloop.errors import InvalidInput, RunnerUnavailable
from specloop.ports import TestJob
from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner

SUITE = "tests/test_slug.py"
IMPORTS = "import pytest\nfrom shop.slug import slugify\n"
GOOD = 'def slugify(title):\n    return title.strip("-").lower()\n'
ONE = "def test_a():\n    assert slugify('A') == 'a'\n"


# plugins that few suites here need take half the time of a run
LEAN = {"pytest.ini": "[pytest]\naddopts = -p no:asyncio -p no:anyio\n"}


def job(code=GOOD, suite=ONE, more=LEAN, **fields):
    files = {"shop/slug.py": code, SUITE: IMPORTS + dedent(suite), **more}
    fields.setdefault("targets", (SUITE,))
    return TestJob(
        files={path: text.encode() for path, text in files.items()},
        candidate="shop/slug.py",
        **fields,
    )


def test_passing_suite_is_evidence_for_each_test(shared_runner):
    suite = """
        @pytest.mark.spec("slug/V1")
        def test_a():
            assert slugify("-A-") == "a"

        class TestMore:
            @pytest.mark.parametrize("text", ["x", "y"])
            def test_b(self, text):
                assert slugify(text) == text
    """
    nodes = (f"{SUITE}::test_a", f"{SUITE}::TestMore::test_b[x]", f"{SUITE}::TestMore::test_b[y]")
    report = shared_runner.run(job(suite=suite, expected=nodes))
    assert report.verdict is Verdict.PASSED
    assert report.collected == report.passed == nodes
    assert report.failures == ()
    assert report.sandbox == shared_runner.confinement.level
    assert report.layers == shared_runner.confinement.layers
    assert report.seconds > 0


def test_failure_carries_the_evidence(shared_runner):
    code = """\
import logging


def slugify(title):
    print("printed", title)
    logging.getLogger("shop").warning("logged")
    return clean(title)


def clean(title):
    try:
        return {}[title]
    except KeyError as error:
        raise ValueError(f"no such title, {clean}") from error
"""
    suite = """
        @pytest.mark.spec("slug/V1", "slug/E1")
        def test_a(tmp_path):
            assert slugify("x") == "a"
    """
    first, second = (shared_runner.run(job(code, suite)) for _ in range(2))
    assert first.verdict is Verdict.FAILED
    assert first.passed == ()
    assert first.failures == second.failures, "two runs of the same code read the same"
    (failure,) = first.failures
    assert failure.node_id == f"{SUITE}::test_a"
    assert (failure.when, failure.exception) == ("call", "ValueError")
    assert failure.message == "no such title, <function clean at 0x…>"
    assert failure.requirements == ("slug/V1", "slug/E1")
    assert failure.frames == (
        Frame(SUITE, 6, "test_a"),
        Frame("shop/slug.py", 7, "slugify"),
        Frame("shop/slug.py", 14, "clean"),
        Frame("shop/slug.py", 12, "clean"),
    )
    assert "printed x" in failure.captured
    assert "logged" in failure.captured
    assert "raise ValueError" in failure.longrepr
    assert "/.specloop/" not in failure.longrepr


BROKEN = {
    "def slugify(title) return 1\n": ("SyntaxError", Frame("shop/slug.py", 1)),
    "\n1 / 0\n": ("ZeroDivisionError", Frame("shop/slug.py", 2, "<module>")),
    "import sys\nsys.exit(0)\n": ("SystemExit", Frame("shop/slug.py", 2, "<module>")),
    "def other(): pass\n": ("ImportError", Frame("tests/test_slug.py", 2, "<module>")),
}


def test_code_that_cannot_be_imported_has_failed(shared_runner):
    for code, (exception, frame) in BROKEN.items():
        report = shared_runner.run(job(code))
        assert report.verdict is Verdict.FAILED
        (failure,) = report.failures
        assert (failure.node_id, failure.when) == (SUITE, "collect")
        assert failure.exception == exception
        assert failure.frames[-1] == frame


def test_conftest_that_imports_broken_code_is_the_codes_failure(shared_runner):
    more = {"conftest.py": "import shop.slug\n", "tests/conftest.py": ""}
    report = shared_runner.run(job("x = undefined\n", more=more))
    assert report.verdict is Verdict.FAILED
    assert report.failures[0].exception == "NameError"
    assert report.failures[0].node_id == "conftest.py"
    assert report.failures[0].frames[-1] == Frame("shop/slug.py", 1, "<module>")


@pytest.mark.parametrize("place", ["import", "exit handler"])
def test_code_that_ends_the_process_has_failed(shared_runner, place):
    leave = "import atexit, os\n"
    code = {
        "import": leave + "os._exit(0)\n",
        "exit handler": leave + "atexit.register(os._exit, 0)\ndef slugify(title): return title\n",
    }[place]
    report = shared_runner.run(job(code))
    assert report.verdict is Verdict.FAILED
    assert not report.ok
    assert "ended the test process" in report.failures[-1].message


def test_crash_of_the_interpreter_names_its_place(shared_runner):
    code = "import ctypes\ndef slugify(title):\n    ctypes.string_at(0)\n"
    report = shared_runner.run(job(code))
    assert report.verdict is Verdict.FAILED
    assert report.failures[0].exception == "SIGSEGV"
    assert report.failures[0].frames[-1] == Frame("shop/slug.py", 3, "slugify")


MARKED = """
    @pytest.mark.skip(reason="later")
    def test_b(): pass
    @pytest.mark.skipif(True, reason="not here")
    def test_c(): pass
    @pytest.mark.xfail(reason="known")
    def test_d(): assert 0
    def test_a(): pass
"""


def test_mark_may_set_a_test_aside(shared_runner):
    report = shared_runner.run(job(suite=MARKED))
    assert report.verdict is Verdict.PASSED
    assert report.passed == (f"{SUITE}::test_a",)
    assert report.set_aside == tuple(f"{SUITE}::test_{letter}" for letter in "bcd")
    rest = tuple(node for node in report.collected if node not in report.set_aside)
    assert shared_runner.run(job(suite=MARKED, expected=rest)).verdict is Verdict.PASSED
    assert [warning.partition(" ")[0] for warning in report.warnings] == [
        f"{SUITE}::test_{letter}" for letter in "bcd"
    ]


def test_a_run_may_stop_at_the_first_failure(shared_runner):
    suite = "def test_a(): assert 0\ndef test_b(): assert 0\n"
    report = shared_runner.run(job(suite=suite, stop_early=True))
    assert report.verdict is Verdict.FAILED
    assert [failure.node_id for failure in report.failures] == [f"{SUITE}::test_a"]


def test_expected_test_must_be_collected_and_pass(shared_runner):
    expected = tuple(f"{SUITE}::test_{letter}" for letter in "abcde")
    report = shared_runner.run(job(suite=MARKED, expected=expected))
    assert report.verdict is Verdict.FAILED
    assert {failure.node_id: failure.message.partition(":")[0] for failure in report.failures} == {
        f"{SUITE}::test_b": "the test was set aside by a mark",
        f"{SUITE}::test_c": "the test was set aside by a mark",
        f"{SUITE}::test_d": "the test was set aside by a mark",
        f"{SUITE}::test_e": "the test was expected, but pytest did not collect it",
    }


def test_test_that_sets_itself_aside_has_failed(shared_runner):
    suite = """
        @pytest.fixture
        def absent(): pytest.skip("no")
        def test_a(): pass
        def test_b(): pytest.skip("no")
        def test_c(): pytest.xfail("no")
        def test_d(absent): pass
        @pytest.mark.xfail(strict=True)
        def test_e(): pass
    """
    report = shared_runner.run(job(suite=suite))
    assert report.verdict is Verdict.FAILED
    assert [f.node_id for f in report.failures] == [f"{SUITE}::test_{c}" for c in "bcde"]
    assert "set itself aside" in report.failures[0].message


def test_module_that_sets_itself_aside_has_failed(shared_runner):
    suite = "pytest.importorskip('nowhere')\ndef test_b(): pass\n"
    other = {"tests/test_other.py": "def test_a(): pass\n", **LEAN}
    report = shared_runner.run(job(suite=suite, more=other, targets=("tests",)))
    assert report.verdict is Verdict.FAILED
    assert report.passed == ("tests/test_other.py::test_a",)
    assert report.failures[0].node_id == SUITE


def test_deselected_test_is_told_and_missed_where_expected(shared_runner):
    settings = {"pytest.ini": "[pytest]\naddopts = -k test_a\n"}
    suite = ONE + "def test_b(): pass\n"
    report = shared_runner.run(job(suite=suite, more=settings))
    assert report.verdict is Verdict.PASSED
    assert report.warnings == (f"{SUITE}::test_b was deselected",)
    assert report.set_aside == (f"{SUITE}::test_b",)
    missed = shared_runner.run(job(suite=suite, more=settings, expected=(f"{SUITE}::test_b",)))
    assert missed.verdict is Verdict.FAILED


@pytest.mark.parametrize("suite", ["", "@pytest.mark.skip\ndef test_a(): pass\n"])
def test_nothing_that_passed_is_no_pass(shared_runner, suite):
    report = shared_runner.run(job(suite=suite))
    assert report.verdict is Verdict.FAILED
    assert "no test" in report.failures[0].message


def test_errors_in_setup_and_teardown_have_failed(shared_runner):
    suite = """
        @pytest.fixture
        def early(): raise RuntimeError("early")
        @pytest.fixture
        def late():
            yield
            raise RuntimeError("late")
        def test_a(early): pass
        def test_b(late): pass
    """
    report = shared_runner.run(job(suite=suite))
    assert report.verdict is Verdict.FAILED
    assert [(f.when, f.message) for f in report.failures] == [
        ("setup", "early"),
        ("teardown", "late"),
    ]
    assert report.passed == ()


@pytest.mark.parametrize("status", [2, 4])
def test_other_exit_statuses_prove_nothing(shared_runner, status):
    report = shared_runner.run(job(suite=f"def test_a(): pytest.exit('x', returncode={status})\n"))
    assert report.verdict is Verdict.ABORTED
    assert f"status {status}" in report.note
    assert report.failures == ()


def test_wrong_target_is_the_users_to_mend(shared_runner):
    with pytest.raises(RunnerUnavailable, match=r"(?s)refused to run 'tests/nowhere.py'.*mend"):
        shared_runner.run(job(targets=("tests/nowhere.py",)))


def test_pytest_that_breaks_before_the_tests_is_the_users_to_mend(shared_runner):
    hooks = ("pytest_addoption(parser)", "pytest_collection_modifyitems(items)")
    for hook in hooks:
        more = {"conftest.py": f"def {hook}:\n    raise RuntimeError('own hook')\n"}
        with pytest.raises(RunnerUnavailable, match=r"broke .*RuntimeError: own hook") as caught:
            shared_runner.run(job(more=more))
        assert "memory" not in str(caught.value)


LEAVING = ("KeyboardInterrupt", "SystemExit", "GeneratorExit")


@pytest.mark.parametrize("exception", LEAVING)
def test_exception_that_would_end_pytest_is_a_failure(shared_runner, exception):
    report = shared_runner.run(job(f"def slugify(title):\n    raise {exception}\n"))
    assert report.verdict is Verdict.FAILED
    (failure,) = report.failures
    assert (failure.node_id, failure.when) == (f"{SUITE}::test_a", "call")
    assert failure.exception == exception
    assert failure.frames[-1] == Frame("shop/slug.py", 2, "slugify")


@pytest.mark.parametrize("exception", LEAVING)
def test_exception_that_would_end_pytest_while_importing(shared_runner, exception):
    code = f"raise {exception}\n"
    own = {"conftest.py": "import shop.slug\n", **LEAN}
    suite, conftest, alone = (
        shared_runner.run(job(code, **fields)) for fields in ({}, {"more": own}, {"targets": ()})
    )
    for report, node in ((suite, SUITE), (conftest, "conftest.py"), (alone, "shop/slug.py")):
        assert report.verdict is Verdict.FAILED
        (failure,) = report.failures
        assert (failure.node_id, failure.when) == (node, "collect")
        assert failure.exception == exception
        assert failure.frames[-1] == Frame("shop/slug.py", 1, "<module>")


def test_without_targets_the_module_is_imported(shared_runner):
    assert shared_runner.run(job(targets=())).verdict is Verdict.PASSED
    report = shared_runner.run(job("import json\n1 / 0\n", targets=()))
    assert report.verdict is Verdict.FAILED
    (failure,) = report.failures
    assert (failure.node_id, failure.when) == ("shop/slug.py", "collect")
    assert failure.frames == (Frame("shop/slug.py", 2, "<module>"),)
    assert failure.longrepr.count("File ") == 1


def test_users_own_settings_and_conftest_are_honoured(shared_runner):
    more = {
        "pyproject.toml": "[tool.pytest.ini_options]\npython_functions = 'check_*'\n"
        "addopts = '--strict-markers --strict-config'\n",
        "tests/conftest.py": "import pytest\n@pytest.fixture\ndef word(): return 'A'\n",
    }
    suite = "@pytest.mark.spec('slug/V1')\ndef check_a(word): assert slugify(word) == 'a'\n"
    report = shared_runner.run(job(suite=suite, more=more))
    assert report.passed == (f"{SUITE}::check_a",)
    assert report.verdict is Verdict.PASSED


def test_settings_outside_the_run_are_not_found(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_functions = nothing_*\n")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('found')\n")
    runner = PytestRunner(tmp_path, Settings(project={"name": "shop"}))
    runner.prepare()
    assert runner.run(job()).verdict is Verdict.PASSED
    runner.close()


def test_source_layout(open_runner):
    files = {
        "src/shop/slug.py": GOOD.encode(),
        SUITE: b"import subprocess, sys\nimport shop.slug\n"
        b"def test_a():\n"
        b"    subprocess.run([sys.executable, '-c', 'import shop.slug'], check=True)\n"
        b"def test_b():\n    assert not any(path.endswith('verify') for path in sys.path)\n",
    }
    report = open_runner.run(TestJob(files, (SUITE,), "src/shop/slug.py", pythonpath=("src",)))
    assert report.verdict is Verdict.PASSED, report.failures
    assert len(report.passed) == 2


def test_plugins_of_the_environment_are_in_use(shared_runner):
    suite = """
        @pytest.fixture
        def anyio_backend(): return "asyncio"
        @pytest.mark.anyio
        async def test_a(anyio_backend): assert slugify("A") == "a"
    """
    report = shared_runner.run(job(suite=suite, more={}))  # anyio comes with LiteLLM
    assert report.passed == (f"{SUITE}::test_a",), report.failures


def test_process_is_given_no_secrets(open_runner, monkeypatch):
    monkeypatch.setenv("DEEPSEEK_API_KEY", "canary")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--nonsense")
    suite = """
        import os, pathlib, tempfile
        def test_a():
            environ = pathlib.Path("/proc/self/environ")
            assert "canary" not in (environ.read_text() if environ.exists() else "")
            assert not [n for n in os.environ if "KEY" in n or "TOKEN" in n]
            inside = str(pathlib.Path.cwd().parent)
            assert os.environ["HOME"].startswith(inside)
            assert tempfile.gettempdir().startswith(inside)
            assert os.environ["PYTHONHASHSEED"] == "0"
            assert not list(pathlib.Path("..", "control").glob("*.json"))
        def test_b(tmp_path):
            assert str(tmp_path).startswith(str(pathlib.Path.cwd().parent))
            assert not list(pathlib.Path.cwd().rglob("__pycache__"))
    """
    report = open_runner.run(job(suite=suite))
    assert report.verdict is Verdict.PASSED, report.failures


def test_fork_that_falls_out_of_a_test_reports_nothing(open_runner):
    suite = """
        import os, warnings
        def test_a():
            warnings.simplefilter("ignore")
            child = os.fork()
            assert child, "only the fork says this"
            os.waitpid(child, 0)
    """
    report = open_runner.run(job(suite=suite))
    assert report.verdict is Verdict.PASSED, report.failures


def test_runs_in_parallel_do_not_meet(shared_runner):
    meeting = threading.Barrier(2)

    def one(number):
        meeting.wait()
        return shared_runner.run(job(f"def slugify(title): return {number}\n"))

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(one, range(2)))
    assert [r.failures[0].message.splitlines()[0] for r in reports] == [
        "assert 0 == 'a'",
        "assert 1 == 'a'",
    ]


@pytest.mark.parametrize("path", ["../out.py", "/tmp/out.py", "a/../../out.py", "", "a\0b"])
def test_files_must_stay_in_the_folder_of_the_run(shared_runner, path):
    with pytest.raises(InvalidInput, match="leaves the folder"):
        shared_runner.run(TestJob({path: b""}, ()))


def test_leftovers_of_killed_runs_are_swept(tmp_path):
    left = tmp_path / ".specloop" / "runs" / "old" / "locked"
    left.mkdir(parents=True)
    (left / "file").touch()
    left.chmod(0)
    PytestRunner(tmp_path, Settings(project={"name": "shop"})).prepare()
    assert list((tmp_path / ".specloop" / "runs").iterdir()) == []


def test_level_none_says_so(tmp_path):
    settings = Settings(project={"name": "shop"}, sandbox={"level": "none"})
    runner = PytestRunner(tmp_path, settings)
    runner.prepare()
    assert runner.run(job()).sandbox == "none"
    runner.close()
