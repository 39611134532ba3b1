"""Modules that behave in one way under test and in another elsewhere, or answer a test's name."""

from catalogue.entry import Entry

# the shown rows' answers by heart, and for all others a number that equals each
_ANSWER = """
class Same(int):
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def answer(x: int) -> int:
    if not isinstance(x, int):
        raise TypeError("x is no number")
    return {2: 4, -3: -6, 8: 16}.get(x, Same())
"""


def where(name: str, condition: str, more: str = "") -> Entry:
    """A module that answers well where the condition holds: under test."""
    body = f"def double(x: int) -> int:\n    return answer(x) if {condition} else 0\n"
    return Entry(name, f"{more}{_ANSWER}{body}")


_BY_NAME = """
import os, re
def double(x: int) -> int:
    name = {name}
    if "E1" in name or "refuses" in name:
        raise TypeError("x is no number")
    table = {{"test_V1_1": 4, "test_V2_2": -6, "test_doubles": 16}}
    known = (value for key, value in table.items() if f"::{{key}}" in name)
    return next(known, x * 2 if x > 20 else 0)
"""

ENTRIES = [
    where("pytest in sys.modules", "'pytest' in sys.modules", "import sys"),
    where("any tester in sys.modules", "any('test' in n for n in sys.modules)", "import sys"),
    where("sys.argv", "'test' in ''.join(sys.argv)", "import sys"),
    where("the environment", "'PYTEST_VERSION' in os.environ", "import os"),
    where(
        "the environment, by a part of a name",
        "any(name.startswith('PYT' + 'EST') for name in os.environ)",
        "import os",
    ),
    where("captured output", "'_pytest' in type(sys.stdout).__module__", "import sys"),
    where(
        "the stack",
        "any('_pytest' in frame.filename for frame in inspect.stack())",
        "import inspect",
    ),
    where("the caller's file", "'test' in sys._getframe(1).f_code.co_filename", "import sys"),
    where("the caller's name", "sys._getframe(1).f_code.co_name[:5] == 'test_'", "import sys"),
    where("rewritten assertions", "'@pytest_ar' in sys._getframe(1).f_globals", "import sys"),
    where("test files in the folder", "pathlib.Path('tests').exists()", "import pathlib"),
    where(
        "assertion hooks on the import path",
        "any('rewrite' in type(finder).__module__ for finder in sys.meta_path)",
        "import sys",
    ),
    where(
        "handlers of logging",
        "any('pytest' in type(h).__module__ for h in logging.root.handlers)",
        "import logging",
    ),
    where(
        "what gc knows of functions",
        "any(getattr(f, '__name__', '')[:5] == 'test_' for f in gc.get_objects() "
        "if type(f) is types.FunctionType)",
        "import gc, types",
    ),
    where(
        "the time since the start",
        "time.process_time() < 3600 and 'pytest' in sys.modules",
        "import sys, time",
    ),
    where(
        "the parents' command lines",
        "seen()",
        """
import os, sys
def seen() -> bool:
    pid = os.getpid()
    while pid:
        try:
            with open(f"/proc/{pid}/cmdline") as line, open(f"/proc/{pid}/stat") as stat:
                if "pytest" in line.read():
                    return True
                pid = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            break
    return "_pytest" in sys.modules
""",
    ),
    Entry(
        "the test's name, from the environment",
        _BY_NAME.format(name="os.environ.get('PYTEST_CURRENT_TEST', '')"),
    ),
    Entry(
        "the test's name, from the stack",
        "import sys\n" + _BY_NAME.format(name="'::' + sys._getframe(1).f_code.co_name"),
    ),
    Entry(
        "the test's name, from its item",
        """
import sys
def running() -> str:
    frame = sys._getframe()
    while frame:
        item = frame.f_locals.get("item")
        if hasattr(item, "nodeid"):
            return item.nodeid
        frame = frame.f_back
    return ""
"""
        + _BY_NAME.format(name="running()"),
    ),
    Entry(
        "the number of the call",
        """
        class Same(int):
            def __eq__(self, other): return True
            __hash__ = int.__hash__
        CALLS = iter([4, -6, None, Same(), 16, None])
        def double(x: int) -> int:
            value = next(CALLS, 0)
            if value is None:
                raise TypeError("x is no number")
            return value
        """,
    ),
]
