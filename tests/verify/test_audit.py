"""What the interpreter tells of code that hides what it does."""

import base64
from textwrap import dedent

import pytest

from specloop.attempt.report import Verdict
from specloop.ports import TestJob

TESTS = "from m import f\ndef test_a():\n    assert f(2) == 4\n"
RIGHT = "def f(x):\n    return 2 * x\n"


def report(runner, code, tests=TESTS, **more):
    files = {"m.py": dedent(code), "test_m.py": tests, **more}
    content = {path: text.encode() for path, text in files.items()}
    return runner.run(TestJob(content, ("test_m.py",), "m.py"))


def hidden(text):
    packed = base64.b64encode(text.encode()).decode()
    return f"import base64\nexec(base64.b64decode({packed!r}))\n{RIGHT}"


@pytest.mark.parametrize(
    "text",
    [
        "import gc\ngc.get_objects()",
        "import sys\nsys.modules['pytest'].raises = None",
        "import os\nos.environ['PYTEST_CURRENT_TEST']",
        "exec('import pytest')",
        "import ast\nexec(compile(ast.parse('import pytest'), '<x>', 'exec'))",
    ],
)
def test_source_that_is_made_while_it_runs_is_checked(shared_runner, text):
    told = report(shared_runner, hidden(text))
    assert told.verdict is Verdict.FAILED
    assert told.forged


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import gc\nlook = getattr(gc, 'get_' + 'objects'.lower())\nlook()\n", "gc.get_objects"),
        ("import sys\nlook = getattr(sys, '_get' + 'frame'.lower())\nlook()\n", "sys._getframe"),
        (
            "import marshal\ncode = compile('1', '', 'eval')\nmarshal.loads(marshal.dumps(code))\n",
            "marshal.loads",
        ),
        ("def g(): pass\nsetattr(g, '__co' + 'de__', (lambda: 1).__code__)\n", "__code__"),
    ],
)
def test_ways_round_are_told(shared_runner, code, name):
    told = report(shared_runner, code + RIGHT)
    assert told.verdict is Verdict.FAILED
    assert any(name in text for text in told.forged), told.forged


@pytest.mark.parametrize(
    "read", ["p.read_text()", "open(p).read()", "[f for f in [p.open()]]", "os.open(p, 0)"]
)
def test_code_that_reads_its_tests_is_told(shared_runner, read):
    code = f"import os\nfrom pathlib import Path\np = Path('test_m.py')\nx = {read}\n" + RIGHT
    told = report(shared_runner, code)
    assert any("its own tests" in text for text in told.forged), (told.forged, told.failures)


def test_error_may_be_logged_with_its_traceback(shared_runner):
    code = """
        import logging

        def f(x):
            try:
                raise ValueError(x)
            except ValueError:
                logging.exception("as always", stack_info=True)
            return 2 * x
    """
    told = report(shared_runner, code)
    assert told.ok, (told.forged, told.failures)


def test_module_that_is_put_there_is_told(shared_runner):
    code = """
        import pathlib
        pathlib.Path("other.py").write_text("x = 1")
        import other
        def f(x): return 2 * x
    """
    told = report(shared_runner, code)
    assert any("other.py" in text for text in told.forged), told.forged


def test_honest_code_may_run_text(shared_runner):
    code = """
        import ast, collections, dataclasses, enum, functools, inspect, typing

        Pair = collections.namedtuple("Pair", "a b")

        @dataclasses.dataclass(frozen=True)
        class Item:
            number: int

        class Typed(typing.NamedTuple):
            number: int

        class Kind(enum.Enum):
            A = 1

        def doubled(function):
            @functools.wraps(function)
            def inner(x):
                return 2 * function(x)
            return inner

        @doubled
        def same(x):
            return eval("x", {"x": x})

        def f(x):
            assert inspect.signature(same).parameters
            assert ast.literal_eval("[1]") == [1]
            namespace = {}
            exec("y = 1", namespace)
            return same(x)
    """
    told = report(shared_runner, code)
    assert told.verdict is Verdict.PASSED, (told.forged, told.failures)


def test_tests_may_look_where_code_may_not(shared_runner):
    tests = "import gc, sys\nfrom m import f\ndef test_a():\n    gc.get_objects()\n"
    tests += "    sys._getframe()\n    assert f(2) == 4\n"
    assert report(shared_runner, RIGHT, tests).ok
