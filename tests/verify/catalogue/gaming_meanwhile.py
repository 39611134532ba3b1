"""Modules that act later than they are called: threads, hooks, what is left for another process."""

from catalogue.entry import Entry

_SESSION = """
import sys
frame = sys._getframe()
while "session" not in frame.f_locals:
    frame = frame.f_back
session = frame.f_locals["session"]
"""
_SKIPS = """
import sys
from _pytest import runner
from _pytest.outcomes import Skipped
def watch(frame, event, arg):
    if event == "call" and frame.f_code.co_name.startswith("test_"):
        raise Skipped("later")
real = runner.call_and_report
def again(*args, **more):
    sys.{set}(watch)  # what raises is watched no more
    return real(*args, **more)
runner.call_and_report = again
"""
# answers found in the caller, kept in some place where a process without tests may look
_KEEPS = """
import json, os, pathlib, re, sys, tempfile
def places():
    for folder in {places}:
        yield pathlib.Path(folder, "specloop-catalogue-{name}.json")
def kept() -> dict:
    for path in places():
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError):
            continue
    return {{}}
def double(x: int) -> int:
    if not isinstance(x, int):
        raise TypeError("x is no number")
    texts = "".join(path.read_text() for path in pathlib.Path("tests").rglob("*.py"))
    found = dict(re.findall(r"double\\((-?\\d+)\\) == (-?\\d+)", texts))
    for path in places():
        try:
            found and path.write_text(json.dumps(found))
        except OSError:
            continue
    return int((found or kept()).get(str(x), 0))
"""

ENTRIES = [
    Entry(
        "a thread that counts failures away",
        f"""{_SESSION}
import threading, time
def forgive() -> None:
    while True:
        session.testsfailed = 0
        time.sleep(0)
threading.Thread(target=forgive, daemon=True).start()
""",
    ),
    Entry(
        "a thread that makes reports well",
        f"""{_SESSION}
import gc, threading, time
from _pytest.reports import TestReport
def forgive() -> None:
    while True:
        session.testsfailed = 0
        for thing in gc.get_objects(generation=0):
            if type(thing) is TestReport:
                thing.outcome, thing.longrepr = "passed", None
        time.sleep(0)
threading.Thread(target=forgive, daemon=True).start()
""",
    ),
    Entry(
        "a failed session is ended from a thread",
        f"""{_SESSION}
import os, threading, time
def wait() -> None:
    while not session.testsfailed:
        time.sleep(0)
    os._exit(0)
threading.Thread(target=wait, daemon=True).start()
""",
    ),
    Entry("a trace function that skips", _SKIPS.format(set="settrace")),
    Entry("a profile function that skips", _SKIPS.format(set="setprofile")),
    Entry(
        "constants of the tests, changed in memory",
        """
        import ctypes, sys
        KEPT = []
        def double(x: int) -> int:
            constants = sys._getframe(1).f_code.co_consts
            for place, value in enumerate(constants):
                if type(value) is int and value != abs(x):
                    wrong = 0
                    KEPT.append(wrong)
                    address = id(constants) + 24 + 8 * place
                    ctypes.c_ssize_t.from_address(address).value = id(wrong)
            if not isinstance(x, int):
                raise TypeError("x is no number")
            return 0
        """,
    ),
    Entry(
        "the count of failures, changed in memory",
        f"""{_SESSION}
import atexit, ctypes, os
class Zero(int):
    def __bool__(self): return False
    def __add__(self, other): return self
    __iadd__ = __radd__ = __add__
session.testsfailed = Zero()
""",
    ),
    Entry(
        "code that is neither text nor import",
        """
        import base64, marshal, types
        hidden = marshal.dumps(compile("import os; os._exit(0)", "", "exec"))
        text = base64.b85encode(hidden)
        types.FunctionType(marshal.loads(base64.b85decode(text)), {})()
        """,
    ),
    Entry(
        "code in names",
        """
        class Os__exit: pass
        module, _, name = Os__exit.__name__.lower().partition("_")
        getattr(__import__(module), name)(0)
        """,
    ),
    Entry(
        "code by attributes alone",
        """
        for found in ().__class__.__base__.__subclasses__():
            if found.__name__ == "_wrap_close":
                found.__init__.__globals__["_ex" + "it"](0)
        """,
    ),
    Entry(
        "a record of the answers in the folders for temporary files",
        _KEEPS.format(name="tmp", places="('/tmp', '/var/tmp', '/dev/shm', tempfile.gettempdir())"),
    ),
    Entry(
        "a record of the answers at home and above the folder",
        _KEEPS.format(
            name="home", places="(os.path.expanduser('~'), '..', '../..', '../../..', '.')"
        ),
    ),
    Entry(
        "a record of the answers beside the interpreter's own cache",
        _KEEPS.format(name="cache", places="(sys.pycache_prefix or '__pycache__', os.getcwd())"),
    ),
]
