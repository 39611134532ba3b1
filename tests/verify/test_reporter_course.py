"""What people and their plugins do with tests is no forgery; what code does to the reporter is."""

from textwrap import dedent

import pytest

from specloop.attempt.report import Verdict
from specloop.ports import TestJob

SUITE = "tests/test_u.py"
DECORATORS = """
import functools

def twice(function):
    @functools.wraps(function)
    def inner(*args, **more):
        function(*args, **more)
        return function(*args, **more)
    return inner

def plainly(function):
    def inner():
        function()
    return inner

class Base:
    made = 0
"""
DECORATED = """
import pytest, unittest
from m import Base, plainly, twice

@twice
def test_a(tmp_path): assert tmp_path.exists()

@plainly
def test_b(): assert True

@pytest.mark.parametrize("number", [1, 2])
@twice
def test_c(number): assert number

class TestD(Base):
    @twice
    def test_d(self): assert self.made == 0

class TestE(Base, unittest.TestCase):
    def setUp(self): self.made = 1
    @twice
    def test_e(self): self.assertEqual(self.made, 1)
"""
CONFTESTS = {
    "a function, once collected": """
        def pytest_collection_modifyitems(items):
            for item in items:
                item.obj = lambda: None
    """,
    "a function, in its set-up": """
        import pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_setup(item): item.obj = lambda: None
    """,
    "how it is run": """
        def pytest_runtest_setup(item): item.runtest = lambda: None
    """,
    "items of its own": """
        import pytest
        class Item(pytest.Item):
            def runtest(self): pass
        def pytest_collection_modifyitems(session, items):
            items.append(Item.from_parent(session, name="own"))
    """,
    "tests made of a text": """
        text = "def test_b(): pass"
        def pytest_collection_modifyitems(items):
            made = {"__file__": __file__}
            exec(text, made)
            items[0].obj = made["test_b"]
    """,
    "a plugin that goes": """
        class Plugin:
            def pytest_runtest_setup(self, item): item.config.pluginmanager.unregister(self)
        def pytest_configure(config): config.pluginmanager.register(Plugin())
    """,
}


def job(code, tests, **more):
    files = {"m.py": dedent(code), SUITE: tests, "pytest.ini": "[pytest]\n", **more}
    content = {path: text.encode() for path, text in files.items()}
    return TestJob(content, (SUITE,), "m.py")


def test_decorators_and_base_classes_of_the_code_under_test_make_no_test(shared_runner):
    report = shared_runner.run(job(DECORATORS, DECORATED))
    assert (report.verdict, report.forged) == (Verdict.PASSED, ()), report.failures


@pytest.mark.parametrize("case", CONFTESTS)
def test_conftest_may_change_tests(shared_runner, case):
    conftest = {"tests/conftest.py": dedent(CONFTESTS[case])}
    report = shared_runner.run(job("", "def test_a(): pass\n", **conftest))
    assert (report.verdict, report.forged) == (Verdict.PASSED, ()), report.failures


def test_calls_of_hooks_may_be_written_down(shared_runner):
    ini = {"pytest.ini": "[pytest]\naddopts = --debug=trace.log\n"}
    report = shared_runner.run(job("", "def test_a(): pass\n", **ini))
    assert (report.verdict, report.forged) == (Verdict.PASSED, ()), report.failures


DECEIVES = {
    "what it tells with": "reporter._send = lambda *what, **more: None",
    "how it tells": "type(reporter)._tell = lambda *what: None",
    "what it compares with": "reporter.changed = list",
}


@pytest.mark.parametrize("case", DECEIVES)
def test_reporter_that_is_changed_is_told(shared_runner, case):
    tests = "from m import one\ndef test_a(): assert one() == 1\n"
    code = f"""
import sys
session = next(each.session for each in sys.meta_path if hasattr(each, "session"))
plugins = session.config.pluginmanager.get_plugins()
reporter = next(each for each in plugins if hasattr(each, "_send"))
{DECEIVES[case]}
def one(): return 1
"""
    report = shared_runner.run(job(code, tests))
    assert report.forged == ("the code changed pytest itself: the reporter",)
