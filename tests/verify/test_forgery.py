"""Code that would pass without doing what it should."""

import subprocess
from textwrap import dedent

import pytest

from specloop.attempt.report import Verdict
from specloop.ports import TestJob
from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner

SUITE = "tests/test_u.py"
WRONG = "\n\ndef double(x):\n    return 0\n"
TESTS = """
import pytest
from m import double
def test_a(): assert double(2) == 4
def test_b():
    with pytest.raises(TypeError):
        double(None)
"""


def job(code, tests=TESTS, **more):
    files = {"m.py": dedent(code), SUITE: tests, "pytest.ini": "[pytest]\n", **more}
    content = {path: text.encode() for path, text in files.items()}
    return TestJob(content, (SUITE,), "m.py")


FILES = {
    "a test file": (SUITE, "Path('tests/test_u.py').write_text('def test_a(): pass')"),
    "a removed file": ("pytest.ini", "Path('pytest.ini').unlink()"),
    "a planted conftest": ("tests/conftest.py", "Path('tests/conftest.py').write_text('')"),
    "planted settings": ("tests/pytest.ini", "Path('tests/pytest.ini').write_text('[pytest]')"),
    "a file written back": (
        SUITE,
        "p = Path('tests/test_u.py'); t = p.read_text(); p.write_text(''); p.write_text(t)",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_code_that_changes_its_tests_has_failed(open_runner, case):
    name, code = FILES[case]
    right = "\n\ndef double(x):\n    return x + x\n"
    report = open_runner.run(job(f"from pathlib import Path\n{code}{right}"))
    assert report.verdict is Verdict.FAILED
    failure = report.failures[-1]
    assert failure.message == f"the code changed the files that it is tested with: {name}"
    assert failure.exception == ""


def test_tests_may_write_files_of_their_own(shared_runner):
    tests = """
from pathlib import Path
def test_a(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    Path("out.toml").write_text("")
    Path("data.json").write_text("")
"""
    report = shared_runner.run(job("", tests, **{"data.json": "{}"}))
    assert report.verdict is Verdict.PASSED, report.failures


PATCHES = {
    "reporter": "main = sys.modules['__main__']\n"
    "main.Reporter._tell = lambda self, report, *_: self._send('phase', node=report.nodeid,"
    " when=report.when, outcome='passed')\n",
    "os.write": "import os\nos.write = lambda *_: 10**9\n",
    "pytest.raises": "from contextlib import nullcontext\n"
    "sys.modules['pytest'].raises = lambda *_: nullcontext()\n",
    "builtins.AssertionError": "import builtins\nbuiltins.AssertionError = KeyError\n",
    "pytest.CallInfo.from_call": "sys.modules['_pytest.runner'].CallInfo.from_call = None\n",
    "_pytest.python.Function.runtest": "sys.modules['_pytest.python'].Function.runtest = print\n",
    "_pytest.runner.pytest_runtest_call": "def nothing(item): pass\n"
    "sys.modules['_pytest.runner'].pytest_runtest_call.__code__ = nothing.__code__\n",
}


@pytest.mark.parametrize("case", PATCHES)
def test_code_that_patches_its_judge_has_failed(shared_runner, case):
    report = shared_runner.run(job(f"import sys\n{PATCHES[case]}{WRONG}"))
    assert report.verdict is Verdict.FAILED
    told = report.failures[-1].message
    if "pytest" in case or "builtins" in case:
        assert told.startswith("the code changed pytest itself: ")
        assert case.rpartition(".")[2] in told


def test_patch_that_a_test_takes_back_is_no_forgery(shared_runner):
    tests = """
import builtins, pytest
def test_a(monkeypatch):
    monkeypatch.setattr(builtins, "len", lambda x: 7)
    monkeypatch.setattr(pytest, "raises", None)
    assert len("") == 7
"""
    report = shared_runner.run(job("", tests))
    assert report.verdict is Verdict.PASSED, report.failures


def test_git_finds_no_repository_around_the_run(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    config = (tmp_path / ".git" / "config").read_text()
    tests = """
import os, pathlib, subprocess, pytest
@pytest.mark.parametrize("folder", [".", "..", "tests"])
def test_a(folder, tmp_path):
    for place in (folder, tmp_path):
        done = subprocess.run(["git", "config", "user.name", "x"], cwd=place)
        assert done.returncode != 0
def test_b(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    subprocess.run(["git", "config", "user.name", "x"], cwd=tmp_path, check=True)
"""
    sandbox = {"level": "basic", "subprocess": True}
    runner = PytestRunner(tmp_path, Settings(project={"name": "shop"}, sandbox=sandbox))
    runner.prepare()
    report = runner.run(job("", tests))
    runner.close()
    assert report.verdict is Verdict.PASSED, report.failures
    assert (tmp_path / ".git" / "config").read_text() == config
