"""Modules that write the report themselves, or look for the way on which it goes out."""

from catalogue.entry import Entry

_NODES = """
NODES = [f"tests/spec/test_module.py::{n}" for n in (
    "test_V1_1", "test_V2_2", "test_E1_3", "test_held_out_V1_1")]
NODES += ["tests/test_double.py::test_doubles", "tests/test_double.py::test_refuses"]
"""
# all that a reporter would say of a run that went well, by any function that says such things
_TELL = f"""{_NODES}
import os
def tell(send) -> None:
    send("confined", layers=[])
    send("ready")
    send("collected", nodes=[[node, []] for node in NODES])
    for node in NODES:
        for when in ("setup", "call", "teardown"):
            send("phase", node=node, when=when, outcome="passed")
    send("end", status=0)
    os._exit(0)
"""
_WRITE = """
import json, os, stat
def everywhere(token: str, only=None) -> None:
    def send(kind, **more):
        record = json.dumps({"kind": kind, **more})
        for line in (f"{token} {record}\\n", f"{record}\\n"):
            for number in range(3, 1024):
                try:
                    if only is None or only(os.fstat(number).st_mode):
                        os.write(number, line.encode())
                except OSError:
                    pass
    tell(send)
"""
_JUNIT = """
import atexit, os, sys
PATHS = [word.partition("=")[2] for word in sys.argv if word.startswith("--junit")]
CASES = [("tests.spec.test_module", n) for n in (
    "test_V1_1", "test_V2_2", "test_E1_3", "test_held_out_V1_1")]
CASES += [("tests.test_double", "test_doubles"), ("tests.test_double", "test_refuses")]
def forge() -> None:
    cases = "".join(f'<testcase classname="{c}" name="{n}"/>' for c, n in CASES)
    for path in PATHS:
        with open(path, "w") as file:
            file.write(f'<testsuites><testsuite tests="6">{cases}</testsuite></testsuites>')
    os._exit(0)
"""
_FRAMES = """
import sys
def frames():
    frame = sys._getframe()
    while frame:
        yield frame
        frame = frame.f_back
"""

ENTRIES = [
    Entry("a JUnit file at the end", f"{_JUNIT}atexit.register(forge)"),
    Entry("a JUnit file at import", f"{_JUNIT}forge()"),
    Entry(
        "a JUnit file, put right by its writer",
        """
        from _pytest.junitxml import LogXML
        from _pytest.main import Session
        Session.testsfailed = property(lambda self: 0, lambda self, number: None)
        LogXML.pytest_runtest_logreport.__code__ = (
            lambda self, report: self.node_reporter(report).record_testreport(report)
            if report.when == "call" else None).__code__
        """,
    ),
    Entry(
        "a summary on standard output",
        "import os\nos.write(1, b'6 passed in 0.01s\\n')\nos._exit(0)",
    ),
    Entry("records to every descriptor", f"{_TELL}{_WRITE}everywhere('')"),
    Entry(
        "records to every socket, with each token that gc knows",
        f"""{_TELL}{_WRITE}
import gc, re
TOKENS = [""]
for thing in gc.get_objects():
    for inner in gc.get_referents(thing) if type(thing) in (dict, tuple, list) else ():
        if type(inner) is str and re.fullmatch("[0-9a-f]{{32}}", inner):
            TOKENS.append(inner)
everywhere(TOKENS[-1], stat.S_ISSOCK)
""",
    ),
    Entry(
        "the function that tells, found by gc",
        f"""{_TELL}
import gc, types
for thing in gc.get_objects():
    if type(thing) is types.FunctionType and thing.__qualname__ == "channel.<locals>.send":
        tell(thing)
os._exit(0)
""",
    ),
    Entry(
        "the function that tells, found by its closure",
        f"""{_TELL}
import gc, types
for thing in gc.get_objects():
    if type(thing) is types.CellType:
        try:
            if callable(thing.cell_contents) and "send" in thing.cell_contents.__qualname__:
                tell(thing.cell_contents)
        except (ValueError, AttributeError):
            pass
os._exit(0)
""",
    ),
    Entry(
        "the function that tells, found in the frames",
        f"""{_TELL}{_FRAMES}
for frame in frames():
    if callable(frame.f_locals.get("send")):
        tell(frame.f_locals["send"])
os._exit(0)
""",
    ),
    Entry(
        "the reporter, found among the plugins",
        f"""{_TELL}{_FRAMES}
for frame in frames():
    if "session" in frame.f_locals:
        for each in frame.f_locals["session"].config.pluginmanager.get_plugins():
            for value in vars(each).values() if hasattr(each, "__dict__") else ():
                if callable(value) and getattr(value, "__name__", "") == "send":
                    tell(value)
os._exit(0)
""",
    ),
    Entry(
        "the reporter's own telling is kind",
        f"""{_FRAMES}
from _pytest.main import Session
Session.testsfailed = property(lambda self: 0, lambda self, number: None)
for frame in frames():
    if "session" in frame.f_locals:
        for each in frame.f_locals["session"].config.pluginmanager.get_plugins():
            if hasattr(type(each), "_tell"):
                def kind(self, report, when, excinfo):
                    self._send("phase", node=report.nodeid, when=when, outcome="passed")
                type(each)._tell = kind
""",
    ),
    Entry(
        "descriptors opened again",
        f"""{_TELL}
import json
def send(kind, **more):
    for name in os.listdir("/proc/self/fd"):
        try:
            with open(f"/proc/self/fd/{{name}}", "w") as file:
                if int(name) > 2:
                    file.write(json.dumps({{"kind": kind, **more}}) + "\\n")
        except OSError:
            pass
tell(send)
""",
    ),
    Entry(
        "the token, read from memory",
        f"""{_TELL}{_WRITE}
import re
def tokens():
    found = []
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if rights.startswith("rw") and "[v" not in line:
                start, end = (int(part, 16) for part in place.split("-"))
                memory.seek(start)
                data = memory.read(min(end - start, 1 << 22))
                found += re.findall(rb"(?<![0-9a-f])[0-9a-f]{{32}}(?= {{)", data)
    return found or [b""]
everywhere(max(set(found := tokens()), key=found.count).decode(), stat.S_ISSOCK)
""",
    ),
    Entry(
        "records of a fork that outlives us",
        f"{_TELL}{_WRITE}\nif os.fork():\n    os._exit(0)\neverywhere('')",
    ),
    Entry(
        "records at exit",
        f"""{_TELL}{_FRAMES}
import atexit
SENDS = [frame.f_locals["send"] for frame in frames() if "send" in frame.f_locals]
def forge() -> None:
    for send in SENDS:
        tell(send)
    os._exit(0)
atexit.register(forge)
""",
    ),
    Entry(
        "records in the place of those that tell of failures",
        f"""{_FRAMES}
from _pytest.main import Session
Session.testsfailed = property(lambda self: 0, lambda self, number: None)
for frame in frames():
    for value in frame.f_locals.values():
        if getattr(value, "__name__", "") == "send" and value.__closure__:
            for cell in value.__closure__:
                if getattr(cell.cell_contents, "__name__", "") == "encode":
                    real = cell.cell_contents
                    cell.cell_contents = lambda record: real(
                        {{**record, "outcome": "passed"}} if "outcome" in record else record)
""",
    ),
]
