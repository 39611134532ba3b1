"""Rows evaluated by the worker and judged here: honest modules agree, forged values do not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import specloop.verify
from specloop.spec.parse_row import parse_row
from specloop.verify.opinion.judge import judge
from specloop.verify.opinion.plan import plan

INSIDE = Path(specloop.verify.__file__).parent / "inside"
# Loads the package as the way in does, and tells over a pipe that the code does not know.
WORKER = """
import importlib, importlib.util, json, os, sys
folder, pipe = sys.argv[1], int(sys.argv[2])
spec = importlib.util.spec_from_file_location(
    "specloop_inside", folder + "/__init__.py", submodule_search_locations=[folder]
)
sys.modules["specloop_inside"] = importlib.util.module_from_spec(spec)
rows = importlib.import_module("specloop_inside.rows")
order = json.loads(sys.stdin.read())
for name in [name for name in sys.modules if name.startswith("specloop_inside")]:
    del sys.modules[name]
sys.path.insert(0, os.getcwd())
def send(kind, encode=json.JSONEncoder().encode, write=os.write, **fields):
    data = (encode({"kind": kind, **fields}) + "\\n").encode()
    while data:
        data = data[write(pipe, data):]
sys.exit(rows.work(order, send))
"""


def answer(folder, order):
    """The worker's records, and whether it ended well."""
    reading, writing = os.pipe()
    command = [sys.executable, "-B", "-c", WORKER, str(INSIDE), str(writing)]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[writing],
    ) as process:
        os.close(writing)
        process.stdin.write(json.dumps(order).encode())
        process.stdin.close()
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        status = process.wait()
    return [json.loads(line) for line in told.splitlines()], status == 0


def opinion(folder, code, rows, setup="", names=("*",), alone=True, plain=()):
    """Outcome and reason of each row."""
    (folder / "shop.py").write_text(code, encoding="utf-8")
    parsed = [(f"row{at}", parse_row(f"V1: {row}", at, at)) for at, row in enumerate(rows)]
    planned = plan("shop", names, setup, parsed, alone, plain)
    return judge(planned, *answer(folder, planned.order())).rows


def outcomes(*args, **named):
    return [each.outcome for each in opinion(*args, **named)]


HONEST = """
import asyncio
import collections
import datetime
import decimal
import enum
import fractions
import functools
import json
import logging
import pathlib
import typing
import uuid

logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger(__name__)
seen = []

class Colour(enum.IntEnum):
    RED = 1

class Size(str, enum.Enum):
    BIG = "big"

class Point(typing.NamedTuple):
    x: int
    y: int

class Late(ValueError):
    pass

class Money:
    def __init__(self, pence):
        self.pence = pence
    def __eq__(self, other):
        return self.pence == getattr(other, "pence", other)
    __hash__ = None
    def __str__(self):
        return f"£{self.pence / 100:.2f}"
    def __add__(self, other):
        return Money(self.pence + other.pence)

class Folded(str):
    def __eq__(self, other):
        return self.casefold() == other.casefold()
    __hash__ = str.__hash__

class Stack:
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)
        return len(self.items)
    def pop(self):
        return self.items.pop()
    def count(self, item):
        return self.items.count(item)
    def startswith(self, item):
        return self.items[0] == item
    def __len__(self):
        return len(self.items)
    def __iter__(self):
        return iter(self.items)

def same(value):
    return value

def slug(title):
    if not title:
        raise ValueError("empty slug")
    log.info("slug of %s", title)
    return title.lower().replace(" ", "-")

def counted(text):
    return collections.Counter(text)

def grouped(words):
    found = collections.defaultdict(list)
    for word in words:
        found[len(word)].append(word)
    return found

def numbers(limit):
    yield from range(limit)

async def later(value):
    await asyncio.sleep(0)
    return value

@functools.cache
def once():
    return object()

def note(value):
    seen.append(value)
    return len(seen)

def due():
    return datetime.date(2024, 2, 29)

def moment():
    return datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)

def price(text):
    return decimal.Decimal(text)

def half():
    return fractions.Fraction(1, 2)

def home():
    return pathlib.Path("a") / "b"

def quits():
    raise SystemExit("bye")

def rank(items):
    items.sort()
    return items
"""
HONEST_SETUP = """
import datetime as dt
import json
import math
import shop
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
import pytest

TITLE = "Summer Sale"
WANTED = {"summer": 1}
NUMBERS = [3, 1, 2]
FIRST, SECOND = "summer-sale", 2

def pushed(*items):
    stack = Stack()
    for item in items:
        stack.push(item)
    return stack

def is_right(title):
    return slug(title) == "right"

def verdict(title):
    return "yes" if is_right(title) else "no"

def long(titles):
    return [slug(title) for title in titles if len(title) > 1]
"""
TWO = [
    "slug(TITLE) == FIRST",
    "slug(TITLE) == 'summer' + '-sale' and len(slug('abc')) == 3",
    "slug('') raises ValueError 'empty'",
    "same(None) is None and same(True) is True and same([]) is not None",
    "same({'summer': 1}) == WANTED",
    "same(-0.0) == 0.0 and same(float('nan')) != same(float('nan'))",
    "same(2 ** 90000) == 2 ** 90000",
    "same('\\udc80') == '\\udc80' and same('\\ud83d\\ude00') != '\\U0001f600'",
    "same({1, 'a', None, (2, b'x')}) == {'a', 1, (2, b'x'), None}",
    "same(1.1 + 2.2) == pytest.approx(3.3)",
    "math.isclose(same(1.1 + 2.2), 3.3)",
    "[slug(title) for title in ('A B', 'C')] == ['a-b', 'c']",
    "all(slug(title) == wanted for title, wanted in [('A B', 'a-b'), ('C', 'c')])",
    "{title: slug(title) for title in ('A', 'B')} == {'A': 'a', 'B': 'b'}",
    "Colour.RED == 1 and same(Size.BIG) == 'big'",
    "same(Point(1, 2)) == (1, 2) and Point(1, 2).x == 1",
    "repr(Point(1, 2)) == 'Point(x=1, y=2)' and int(Colour.RED) == 1",
    "counted('aab') == {'a': 2, 'b': 1} and counted('a')['z'] == 0",
    "grouped(['a', 'bb']) == {1: ['a'], 2: ['bb']}",
    "list(numbers(3)) == [0, 1, 2] and sum(n for n in numbers(4)) == 6",
    "(await later(3)) == 3 and [await later(n) for n in (1, 2)] == [1, 2]",
    "note('a'); note('b') == 2",
    "stack = pushed(1, 2); stack.pop() == 2 and len(stack) == 1",
    "stack = pushed(1, 2, 2); stack.count(2) == 2 and list(stack) == [1, 2, 2]",
    "stack = Stack(); stack.push('a'); stack.startswith('a')",
    "[item * 2 for item in pushed(1, 2)] == [2, 4]",
    "due() == dt.date(2024, 2, 29) and moment() - moment() == dt.timedelta(0)",
    "moment() > dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)",
    "price('1.10') == Decimal('1.1') and half() == Fraction(1, 2)",
    "home() == Path('a/b')",
    "quits() raises SystemExit 'bye'",
    "json.loads('{') raises json.JSONDecodeError",
    "same(3 / 0) raises ZeroDivisionError",
    "(lambda: 1 / 0)() raises ArithmeticError",
    "slug('A b') logs INFO 'slug of A b'",
    "long(['A', 'BC']) == ['bc']",
    "rank(NUMBERS) == [1, 2, 3] and NUMBERS == [1, 2, 3]",
    "isinstance(same([1]), list) and same('abc').startswith('ab')",
    "(found := same(3)) == 3 and found + 1 == 4",
    "type(same(3)) is int and same((1, 2))[-1] == 2 and same('abc')[:2] == 'ab'",
    "str(Money(350)) == '£3.50' and Money(3).pence == 3 and (Money(1) + Money(2)).pence == 3",
    "sorted(same({'b': 1, 'a': 2})) == ['a', 'b'] and 'b' in same({'b': 1}).keys()",
    "Folded('ABC') == 'ABC'",
    "f'{slug(TITLE)}!' == 'summer-sale!'",
    "same(1) == 1 if same(True) else same(2) == 3",
    "1 < same(2) <= SECOND < 10",
    "sorted(same([3, 1]), key=lambda n: -n) == [3, 1]",
]
ONE = [
    "Money(3) == 3",
    "Money(1) == Money(1)",
    "Folded('ABC') == 'abc'",
    "once() is once()",
    "same(Late) is Late",
    "is_right('Right')",
    "is_right('Right') is True",
    "verdict('Right') == 'yes'",
    "[is_right(title) for title in ('Right',)] == [True]",
    "all(item > 0 for item in pushed(1, 2)) or len(pushed()) == 3",
    "1 == 1 + 0",
    "same(pytest) is not None",
]


def test_honest_rows_have_two_opinions(tmp_path):
    found = opinion(tmp_path, HONEST, TWO, HONEST_SETUP)
    assert [(TWO[at], each.why) for at, each in enumerate(found) if each.outcome != "agreed"] == []


def test_rows_about_objects_have_one_opinion(tmp_path):
    found = opinion(tmp_path, HONEST, ONE, HONEST_SETUP)
    pairs = zip(ONE, found, strict=True)
    assert [pair for pair in pairs if pair[1].outcome != "one opinion only"] == []
    assert all(each.why for each in found)


def test_a_row_that_does_not_hold_is_told_for_a_person(tmp_path):
    rows = ["slug('A') == 'b'", "slug('') raises TypeError", "slug('A') raises ValueError"]
    rows += ["slug('A') logs INFO 'other'", "slug('A') logs ERROR 'slug'", "same(1 / 0) == 1"]
    found = opinion(tmp_path, HONEST, rows)
    assert [each.outcome for each in found] == ["disagreed"] * len(rows)
    assert found[0].why == "`slug('A') == 'b'`: outside of pytest it gave 'a'"
    assert "it raised ValueError: 'empty slug'" in found[1].why
    assert "it gave 'a' and raised nothing" in found[2].why
    assert "it logged 'slug of A'" in found[3].why
    assert "it raised ZeroDivisionError" in found[5].why


def test_what_a_conftest_prepares_makes_a_difference_no_disagreement(tmp_path):
    rows = ["slug('A') == 'b'", "slug('A') == 'a'"]
    first, second = opinion(tmp_path, HONEST, rows, alone=False)
    assert first.outcome == "one opinion only"
    assert "conftest.py" in first.why
    assert second.outcome == "agreed"
    assert outcomes(tmp_path, EQUAL, ["Equal() == 3"], alone=False) == ["disagreed"]


def test_a_row_is_evaluated_with_the_state_that_earlier_rows_left(tmp_path):
    assert outcomes(tmp_path, HONEST, ["note(1) == 1", "note(1) == 2"]) == ["agreed", "agreed"]


def test_a_module_that_cannot_be_imported_disagrees(tmp_path):
    (found,) = opinion(tmp_path, "raise RuntimeError('not here')", ["f() == 1"], names=["f"])
    assert found.outcome == "disagreed"
    assert "could not be imported: RuntimeError: 'not here'" in found.why


def test_the_rows_after_the_end_of_the_process_disagree(tmp_path):
    code = "import os\ndef f(): return 1\ndef g(): os._exit(0)"
    found = opinion(tmp_path, code, ["f() == 1", "g() == 2", "f() == 1"])
    assert [each.outcome for each in found] == ["agreed", "disagreed", "disagreed"]


EQUAL = """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 1
    def __len__(self): return 60
    def __contains__(self, item): return True
    def __bool__(self): return True
    def __lt__(self, other): return True
"""
GAMES = {
    "an object that equals everything": (EQUAL + "def f(x): return Equal()", ["f(1) == 2"]),
    "on the right side": (EQUAL + "def f(x): return Equal()", ["2 == f(1)"]),
    "a text that equals everything": (
        "class Text(str):\n    def __eq__(self, other): return True\n"
        "    def __hash__(self): return 1\ndef f(x): return Text('x')",
        ["f(1) == 'a'", "'a' in [f(1)]"],
    ),
    "a number that equals everything": (
        "class Number(int):\n    def __eq__(self, other): return True\n"
        "    __hash__ = int.__hash__\ndef f(x): return Number(1)",
        ["f(1) == 7"],
    ),
    "a dict that equals everything": (
        "class Table(dict):\n    def __eq__(self, other): return True\ndef f(x): return Table()",
        ["f(1) == {'a': 1}"],
    ),
    "nested in a list": (EQUAL + "def f(x): return [Equal()]", ["f(1) == [3]"]),
    "nested in a dict": (EQUAL + "def f(x): return {'a': (Equal(),)}", ["f(1) == {'a': (3,)}"]),
    "texts alone": (
        "class Some:\n    def __eq__(self, other): return isinstance(other, str)\n"
        "def f(x): return Some()",
        ["f(1) == 'a'"],
    ),
    "truthy rather than true": (
        "class Some:\n    def __eq__(self, other): return 'yes'\ndef f(x): return Some()",
        ["f(1) == 'a'"],
    ),
    "a metaclass that says it is a text": (
        "class Meta(type):\n    def __instancecheck__(cls, other): return True\n"
        "    def __eq__(cls, other): return True\n    def __hash__(cls): return hash(str)\n"
        "    def mro(cls): return [cls, object]\n"
        "class Text(metaclass=Meta):\n    __class__ = str\n"
        "    def __eq__(self, other): return True\ndef f(x): return Text()",
        ["f(1) == 'a'"],
    ),
    "len": (
        "import builtins\nbuiltins.len = lambda x: 60\ndef f(x): return 'a'",
        ["len(f(1)) == 60"],
    ),
    "all and any": (
        "import builtins\nbuiltins.all = builtins.any = lambda x: True\ndef f(x): return [0]",
        ["all(f(1))", "any(n == 3 for n in f(1))"],
    ),
    "isinstance": (
        "import builtins\nbuiltins.isinstance = lambda *a: True\ndef f(x): return 3",
        ["isinstance(f(1), str)"],
    ),
    "sorted": (
        "import builtins\nbuiltins.sorted = lambda *a, **k: [1, 2]\ndef f(x): return [2, 3]",
        ["sorted(f(1)) == [1, 2]"],
    ),
    "str and type": (
        "import builtins\nbuiltins.str = lambda *a: 'right'\nbuiltins.type = lambda x: int\n"
        "def f(x): return 3",
        ["str(f(1)) == 'right'"],
    ),
    "the caller's constants": (
        "import sys\ndef f(x):\n    for depth in range(1, 9):\n"
        "        try: frame = sys._getframe(depth)\n"
        "        except ValueError: break\n"
        "        for each in (*frame.f_code.co_consts, *frame.f_locals.values()):\n"
        "            if isinstance(each, str) and each.startswith('want'): return each\n"
        "            for code in getattr(getattr(each, '__code__', None), 'co_consts', ()):\n"
        "                if isinstance(code, str) and code.startswith('want'): return code\n",
        ["f(1) == 'wanted'", "wanted = 'wanted'; f(1) == wanted", "f(1).startswith('want')"],
    ),
    "the heap": (
        "import gc\ndef f(x):\n    for each in gc.get_objects():\n"
        "        if isinstance(each, dict):\n            for found in list(each.values()):\n"
        "                if isinstance(found, str) and found.endswith('-wanted'): return found\n",
        ["f(1) == 'the-' 'wanted'"],
    ),
    "the caller's source": (
        "import inspect, linecache\ndef f(x):\n    for info in inspect.stack():\n"
        "        for line in info.code_context or ():\n"
        "            if '==' in line: return line.split('== ')[1].strip().strip(\"'\")\n",
        ["f(1) == 'wanted'"],
    ),
    "the caller's variables": (
        "import ctypes, sys\ndef f(x):\n    frame = sys._getframe(1)\n"
        "    for name in list(frame.f_locals):\n"
        "        if name == 'wanted':\n            frame.f_locals[name] = 'got'\n"
        "            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), 0)\n"
        "    return 'got'",
        ["wanted = 'right'; f(1) == wanted"],
    ),
    "the test file": (
        "import pathlib\ndef f(x):\n    for path in pathlib.Path('.').rglob('*'):\n"
        "        if 'test' in path.name or path.suffix == '.yaml': return path.read_text()\n",
        ["f(1) == 'wanted'"],
    ),
    "the name of the test": (
        "import os\ndef f(x): return 'a' if 'PYTEST_CURRENT_TEST' in os.environ else 'b'",
        ["f(1) == 'a'"],
    ),
    "pytest": (
        "import sys\ndef f(x): return 'a' if 'pytest' in sys.modules else 'b'",
        ["f(1) == 'a'"],
    ),
    "another exception": (
        "def f(x): raise Exception('wanted')",
        ["f(1) raises ValueError 'wanted'"],
    ),
    "an exception of that name": (
        "class Other(Exception): pass\nOther.__name__ = Other.__qualname__ = 'ValueError'\n"
        "Other.__module__ = 'builtins'\ndef f(x): raise Other('wanted')",
        ["f(1) raises ValueError"],
    ),
    "a message that contains everything": (
        "class All(str):\n    def __contains__(self, other): return True\n"
        "class Wrong(ValueError):\n    def __str__(self): return All('x')\ndef f(x): raise Wrong()",
        ["f(1) raises ValueError 'wanted'"],
    ),
    "logging": (
        "import logging\nclass All(str):\n    def __contains__(self, other): return True\n"
        "class Record(logging.LogRecord):\n    def getMessage(self): return All('x')\n"
        "logging.setLogRecordFactory(Record)\nlogging.Handler.handle = lambda *a: True\n"
        "def f(x): logging.getLogger().error('')",
        ["f(1) logs ERROR 'wanted'"],
    ),
    "asyncio": (
        "import asyncio\nasyncio.run = lambda row: row.close()\nasync def f(x): return 3",
        ["(await f(1)) == 4"],
    ),
    "json": (
        "import json, json.encoder\njson.dumps = lambda *a: ''\n"
        "json.encoder.encode_basestring_ascii = lambda s: '\"wanted\"'\ndef f(x): return 'b'",
        ["f(1) == 'wanted'"],
    ),
    "a record forged at the end": (
        "import atexit, json, os\ndef forge():\n"
        "    row = dict(kind='row', row=0, values=[[0, 2]], errors=[], begun=True)\n"
        "    row.update(error=None, logs=[])\n"
        "    for pipe in range(3, 1000):\n"
        "        try: os.write(pipe, (json.dumps(row) + chr(10)).encode())\n"
        "        except OSError: pass\n"
        "atexit.register(forge)\ndef f(x): return 2",
        ["f(1) == 2"],
    ),
    "the end of the process": ("import os\ndef f(x): os._exit(0)", ["f(1) == 2"]),
    "an endless exception": ("def f(x): raise SystemExit(0)", ["f(1) == 2"]),
}


@pytest.mark.parametrize("name", GAMES)
def test_what_is_forged_does_not_agree(name, tmp_path):
    code, rows = GAMES[name]
    (tmp_path / "test_shop.py").write_text("wanted in the file", encoding="utf-8")
    found = opinion(tmp_path, code, rows, names=["f"])
    assert [each.outcome for each in found] == ["disagreed"] * len(rows), found


def test_an_object_that_knows_where_it_is_has_one_opinion_at_most(tmp_path):
    code = (
        "import sys\nclass Equal:\n"
        "    def __eq__(self, other): return 'pytest' in sys.modules\ndef f(): return Equal()"
    )
    assert outcomes(tmp_path, code, ["f() == 3", "[f()] == [3]"]) == ["one opinion only"] * 2


AWARE = """
import sys
class Equal:
    def __eq__(self, other): return "pytest" in sys.modules
    def __len__(self): return 3
class Text(str):
    def __eq__(self, other): return "pytest" in sys.modules
    __hash__ = str.__hash__
def obj(): return Equal()
def text(): return Text("x" * 3)
def long(): return [Text("x" * 2_000_000)]
def many(): return ["y"] * 30_000
def fold(): return Text("abc")
async def wait(): return [Equal()]
"""


def test_where_plain_data_are_promised_no_object_will_do(tmp_path):
    rows = ["obj() == 'a'", "found = obj(); found == 'a'", "text() == 'abc'", "long() == ['a']"]
    rows += ["(await wait()) == ['a']", "len(obj()) == 3"]
    names = ["obj", "text", "long", "many", "fold", "wait"]
    found = opinion(tmp_path, AWARE, rows, names=names, plain=names)
    assert [each.outcome for each in found] == ["disagreed"] * len(rows), found
    assert "promises plain data" in found[0].why
    held = ["fold() == 'abc'", "len(many()) == 30_000", "(lambda: obj())() == 'a'"]
    found = outcomes(tmp_path, AWARE, held, names=names, plain=names)
    assert found == ["agreed", "agreed", "one opinion only"]


def test_an_object_is_neither_none_nor_true_whatever_it_says(tmp_path):
    found = outcomes(tmp_path, EQUAL, ["Equal() is None", "len(Equal()) is True"])
    assert found == ["disagreed", "disagreed"]


def test_the_worker_has_neither_what_a_row_expects_nor_its_text():
    rows = ["f(TITLE) == EXPECTED[0]", "len(f('a')) == 61", "f('b') raises E 'secret-text'"]
    rows += ["f('c') logs INFO 'secret-log'", "f('d').startswith('secret-start')"]
    rows += ["a = 'secret-name'; f('e') == a", "all(f(a) == b for a, b in [('g', 'secret-pair')])"]
    parsed = [(f"secret{at}", parse_row(f"V1: {row}", at, at)) for at, row in enumerate(rows)]
    setup = "TITLE = 'input'\nEXPECTED = ('secret', 1)"
    order = json.dumps(plan("shop", ["f", "E"], setup, parsed).order())
    assert "input" in order
    assert "secret" not in order
    assert "61" not in order


def test_logs_are_kept_where_the_module_sets_logging_up(tmp_path):
    code = """
import logging, logging.config
logging.config.dictConfig({"version": 1, "root": {"level": "ERROR", "handlers": []}})
def f(): logging.getLogger("shop").info("saved")
def off(): logging.disable(logging.CRITICAL)
def level(): return logging.getLogger().level
"""
    rows = ["f() logs INFO 'saved'", "level() == 40", "off() is None", "f() logs INFO 'saved'"]
    rows += ["f() logs ERROR 'saved'", "level() == 40"]
    found = outcomes(tmp_path, code, rows)
    assert found == ["agreed"] * 4 + ["disagreed", "agreed"]


def test_a_module_may_export_any_name(tmp_path):
    names = ["row", "re", "record", "len", "tell"]
    code = "\n".join(f"def {name}(x): return x + 1" for name in names)
    rows = [f"{name}(1) == 2" for name in names]
    assert outcomes(tmp_path, code, rows, names=names) == ["agreed"] * len(rows)


def test_what_a_person_is_told_does_nothing_to_a_terminal(tmp_path):
    code = (
        "Bad = type('\\x1b[31mBad', (Exception,), {})\n"
        "def f(x):\n    if x: raise Bad('\\x1b')\n    return Bad()"
    )
    found = opinion(tmp_path, code, ["f(1) == 1", "f(0) == 1"], names=["f"], plain=["f"])
    assert [each.outcome for each in found] == ["disagreed", "disagreed"]
    assert all(each.why.isprintable() for each in found)
