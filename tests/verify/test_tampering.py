"""Constructs that no honest module needs; test_honest_code.py has those that look like them."""

import pytest

from specloop.ports import StaticJob
from specloop.verify.static import inspect


def found(code, *imports):
    return inspect(StaticJob("shop/slug.py", code, {}, frozenset(imports)))


def findings(code, *imports):
    return [(finding.line, finding.code) for finding in found(code, *imports)]


FAULTS = {
    "belongs to the tests": [
        "import pytest",
        "import unittest.mock",
        "import pluggy",
        "from _pytest import runner",
        "import importlib; importlib.import_module('pytest')",
        "from importlib import import_module; import_module('py' + 'test').skip()",
        "__import__('_pytest.runner')",
        "import importlib; getattr(importlib, 'import_module')('unittest')",
        "import sys; t = sys.modules['pytest']",
        "import sys as s; t = s.modules['py' 'test']",
        "import sys; t = sys.modules.get('_py' + 'test')",
        "import sys; t = getattr(sys, 'modules')['pytest']",
        "import sys; m = sys.modules; t = m['_pytest']",
        "from sys import modules; modules['pytest'].raises = print",
        "import sys; tested = 'pytest' in sys.modules",
        "import os; name = os.environ['PYTEST_CURRENT_TEST']",
        "import os; name = os.getenv('PYTEST' + '_VERSION')",
        "import os; tested = [name for name in os.environ if name.startswith('PYTEST_')]",
        "open('conftest.py', 'w')",
        "import io; io.open('usercustomize.py', mode='a')",
        "import pathlib; (pathlib.Path('.') / 'sitecustomize.py').touch()",
        "from pathlib import Path; Path('tests/pytest.ini').write_text('')",
        "import os; open(os.path.join('tests', 'conftest.py'), 'x')",
        "rows = open('tests/shop/test_slug.py').read()",
        "import linecache; rows = linecache.getlines('../tests/test_slug.py')",
    ],
    "looks at the code that called this module": [
        "from sys import _getframe",
        "import sys as s; s._getframe(1)",
        "import sys; f = sys._getframe",
        "import sys; f = getattr(sys, '_get' + 'frame')",
        "f = __import__('sys')._getframe(1)",
        "import inspect; inspect.stack()",
        "from inspect import currentframe",
        "import inspect; inspect.getouterframes(None)",
        "import sys; f = sys._current_frames()",
        "import traceback; names = traceback.extract_stack()",
        "import traceback; f = next(traceback.walk_stack(None))",
        "frame = ValueError().__traceback__.tb_frame.f_back.f_locals",
        "caller = (n for n in ()).gi_frame.f_back",
        "f = getattr(ValueError().__traceback__.tb_frame, 'f_back')",
    ],
    "reaches into the interpreter": [
        "import __main__",
        "import sys; m = sys.modules['__main__']",
        "import ctypes",
        "from ctypes import util",
        "import _ctypes",
        "import cffi",
        "import gc; gc.get_objects()",
        "import gc; find = gc.get_referrers",
        "cells = print.__closure__",
        "classes = object.__subclasses__()",
        "classes = ().__class__.__base__.__subclasses__()",
        "classes = str.__mro__[-1].__subclasses__()",
    ],
    "watches or steers how other code runs": [
        "import sys; sys.settrace(None)",
        "import sys; sys.setprofile(None)",
        "import sys; sys.addaudithook(print)",
        "import threading; threading.settrace(None)",
        "import sys; sys.monitoring.use_tool_id(1, 'x')",
    ],
    "imports what may not be imported": [
        "import importlib; importlib.import_module('requests')",
    ],
    "changes where imports come from": [
        "import sys; sys.modules['x'] = 1",
        "import sys; del sys.modules['x']",
        "import sys; sys.modules = {}",
        "import sys; sys.modules.update(x=1)",
        "from sys import modules as m; m.pop('x')",
        "import sys; setattr(sys, 'modules', {})",
        "import sys; sys.path.insert(0, '.')",
        "import sys; sys.path += ['.']",
        "import sys; sys.meta_path.append(None)",
        "import sys; sys.path_hooks[:] = []",
        "import os; os.environ['PYTHONPATH'] = '.'",
        "import os; os.environ.setdefault('PYTHONSTARTUP', 'x.py')",
    ],
    "changes what other code uses": [
        "import builtins; builtins.len = lambda value: 0",
        "import builtins; setattr(builtins, 'isinstance', print)",
        "import builtins; vars(builtins)['len'] = print",
        "__builtins__['len'] = print",
        "__builtins__.open = print",
        "import json; json.loads = lambda text: {}",
        "import json as j; setattr(j, 'loads', print)",
        "import json; json.__dict__['loads'] = print",
        "import os.path; os.path.exists = lambda path: True",
        "import time; time.time = time.monotonic",
        "import json; del json.loads",
        "import decimal; decimal.Decimal.__eq__ = lambda self, other: True",
        "import shop.cart; shop.cart.total = lambda: 0",
        "def f(g):\n    g.__code__ = f.__code__",
        "def f(g):\n    g.__globals__['len'] = 0",
        "def f(g):\n    setattr(g, '__defaults__', (1,))",
    ],
    "ends the program while this module is imported": [
        "import sys; sys.exit(0)",
        "exit()",
        "quit(0)",
        "raise SystemExit",
        "raise SystemExit(0)",
        "raise KeyboardInterrupt",
        "import sys\nif len(sys.argv) > 9:\n    sys.exit('no')",
        "try:\n    import json\nfinally:\n    exit()",
        "class A:\n    raise SystemExit(0)",
        "import sys\nif __name__ != '__main__':\n    sys.exit(0)",
        "if __name__ == '__main__':\n    pass\nelse:\n    exit(0)",
    ],
    "ends the process that called this module": [
        "import os; os._exit(0)",
        "def f():\n    import os\n    os.abort()",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.killpg(os.getpgrp(), 9)",
    ],
    "gives the same answer to everything": [
        "class A:\n    def __eq__(self, other):\n        return True",
        "class A(str):\n    def __eq__(self, other):\n        'Doc.'\n        return True",
        "class A:\n    def __ne__(self, other):\n        return False",
        "class A:\n    __eq__ = lambda self, other: True",
        "A = type('A', (str,), {'__eq__': lambda self, other: True})",
    ],
}


@pytest.mark.parametrize(
    ("code", "fault"), [(code, fault) for fault, codes in FAULTS.items() for code in codes]
)
def test_construct_is_found_once_and_in_its_line(code, fault):
    (finding,) = found(code + "\n", "shop")
    assert (finding.line, finding.code) == (len(code.splitlines()), "tampering")  # it comes last
    assert fault in finding.text


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import sys; name = sys._getframe(1).f_code.co_name", "sys._getframe"),
        ("import sys as s; s.modules['shop'] = None", "sys.modules['shop']"),
        ("import sys; sys.path.insert(0, '.')", "sys.path"),
        ("import json; vars(json)['loads'] = print", "json.__dict__['loads']"),
        ("import json; setattr(json, 'loads', print)", "json.loads"),
        ("def f(g):\n    g.__code__ = f.__code__", "g.__code__"),
        ("exit()", "exit"),
    ],
)
def test_message_names_the_construct(code, name):
    (finding,) = found(code + "\n")
    assert finding.text.startswith(f"{name!r} ")


def test_message_says_what_to_do_instead():
    (finding,) = found("import inspect\n\ncaller = inspect.stack()[1]\n")
    assert (finding.line, finding.text) == (
        3,
        "'inspect.stack' looks at the code that called this module; "
        "take what is needed as a parameter",
    )


def test_long_construct_is_named_in_one_short_line():
    code = f"import os\nos.kill(os.getpid(), {' + '.join('1' * 60)})\n"
    (finding,) = found(code)
    assert finding.text.startswith("'os.kill(os.getpid(), 1 + 1")
    assert "...' ends the process" in finding.text
    assert len(finding.text) < 160


def test_tools_that_the_project_declares_may_be_used():
    assert findings("import pytest\nfrom _pytest import runner\n", "pytest", "_pytest") == []
    assert findings("import importlib\nimportlib.import_module('pytest')\n", "pytest") == []
    assert findings("import os\nos.environ.get('PYTEST_VERSION')\n", "pytest") == []
    assert findings("import pluggy\n", "pluggy") == []
