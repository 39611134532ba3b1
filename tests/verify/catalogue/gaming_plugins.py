"""Modules that have pytest set tests aside, or that become a plugin of it."""

from catalogue.entry import Entry, later

_SESSION = """
import sys
frame = sys._getframe()
while "session" not in frame.f_locals:
    frame = frame.f_back
session = frame.f_locals["session"]
"""
_TEST_FILE = """
import sys
frame = sys._getframe(1)
while "importlib" in frame.f_code.co_filename or "_pytest" in frame.f_code.co_filename:
    frame = frame.f_back
tests = frame.f_globals
"""


def plugin(name: str, hook: str) -> Entry:
    """A module that registers a plugin with that hook."""
    body = "\n".join(f"    {line}" for line in hook.strip().splitlines())
    code = f"{_SESSION}import pytest\nclass Plugin:\n{body}\n"
    return Entry(name, f"{code}session.config.pluginmanager.register(Plugin())")


ENTRIES = [
    Entry(
        "pytest.skip in a call",
        "import pytest\ndef double(x: int) -> int:\n    pytest.skip('later')",
    ),
    Entry(
        "pytest.xfail in a call",
        "import pytest\ndef double(x: int) -> int:\n    pytest.xfail('known')",
    ),
    Entry(
        "unittest.SkipTest in a call",
        "import unittest\ndef double(x: int) -> int:\n    raise unittest.SkipTest('later')",
    ),
    Entry(
        "Skipped out of sys.modules",
        """
        import sys
        def double(x: int) -> int:
            raise sys.modules["_py" + "test.outcomes"].Skipped("later")
        """,
    ),
    Entry(
        "a whole module is skipped",
        "import pytest\npytest.skip('later', allow_module_level=True)",
        tests={"tests/test_other.py": "def test_other():\n    assert True\n"},
    ),
    Entry(
        "collection alone is asked for",
        f"{_SESSION}session.config.option.collectonly = True",
    ),
    Entry(
        "the configuration, found by gc",
        """
        import gc
        from _pytest.config import Config
        for thing in gc.get_objects():
            if type(thing) is Config:
                thing.option.collectonly = True
        """,
    ),
    Entry(
        "a mark of the test file: skip",
        f"{_TEST_FILE}import pytest\ntests['pytestmark'] = pytest.mark.skip(reason='later')",
        tests={},
    ),
    Entry(
        "a mark of the test file: xfail",
        f"{_TEST_FILE}import pytest\ntests['pytestmark'] = pytest.mark.xfail",
        tests={},
    ),
    Entry(
        "a hook in the test file: no parameters",
        f"""{_TEST_FILE}
def none(metafunc):
    metafunc.fixturenames.append("never")
    metafunc.parametrize("never", [])
tests["pytest_generate_tests"] = none
""",
        tests={},
    ),
    Entry(
        "a fixture in the test file",
        f"""{_TEST_FILE}
import pytest
@pytest.fixture(autouse=True)
def aside():
    pytest.skip("later")
tests["aside"] = aside
""",
        tests={},
    ),
    later(
        "the tests themselves are replaced",
        f"""{_SESSION}
from _pytest.python import Module
real = Module._getobj
def kind(self):
    found = real(self)
    for name, value in vars(found).items():
        if name.startswith("test_"):
            setattr(found, name, lambda: None)
    return found
Module._getobj = kind
""",
    ),
    plugin(
        "a plugin: tests are run by nobody",
        """
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(self, item): return True
""",
    ),
    plugin(
        "a plugin: test functions are called by nobody",
        """
@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(self): return True
""",
    ),
    plugin(
        "a plugin: calls are made well",
        """
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(self):
    try:
        return (yield)
    except BaseException:
        return None
""",
    ),
    plugin(
        "a plugin: reports are made well",
        """
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(self):
    report = yield
    report.outcome, report.longrepr = "passed", None
    return report
""",
    ),
    plugin(
        "a plugin: all tests are deselected but for what tests nothing",
        """
def pytest_collection_modifyitems(self, items):
    del items[1:]
    items[0].obj = lambda: None
""",
    ),
    plugin(
        "a plugin: all tests may fail",
        """
def pytest_collection_modifyitems(self, items):
    for item in items:
        item.add_marker(pytest.mark.xfail)
""",
    ),
    plugin(
        "a plugin: tests become others of their names",
        """
def pytest_collection_modifyitems(self, items):
    for item in items:
        item.obj = lambda: None
        item.fixturenames = item._fixtureinfo.names_closure[:] = []
""",
    ),
    plugin(
        "a plugin: the end is set right",
        """
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(self, session): session.exitstatus = 0
""",
    ),
]
