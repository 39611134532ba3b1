"""Constructs that no honest module needs, and those that look like them."""

import pytest

from specloop.ports import StaticJob
from specloop.verify.static import inspect


def findings(code, *imports):
    job = StaticJob("shop/slug.py", code, {}, frozenset(imports))
    return [(finding.line, finding.code) for finding in inspect(job)]


@pytest.mark.parametrize(
    "code",
    [
        "import pytest",
        "import unittest.mock",
        "from _pytest import runner",
        "import __main__",
        "import ctypes",
        "from ctypes import util",
        "from sys import _getframe",
        "import sys as s; s._getframe(1)",
        "import inspect; inspect.stack()",
        "from inspect import currentframe",
        "import gc; gc.get_objects()",
        "import gc; find = gc.get_referrers",
        "import os; os._exit(0)",
        "import sys; sys.modules['x'] = 1",
        "import sys; del sys.modules['x']",
        "import sys; sys.modules = {}",
        "import sys; sys.modules.update(x=1)",
        "from sys import modules; modules['pytest'].raises = print",
        "import sys; m = sys.modules['__main__']",
        "import importlib; importlib.import_module('requests')",
        "from importlib import import_module; import_module('pytest')",
        "__import__('_pytest.runner')",
        "frame = ValueError().__traceback__.tb_frame.f_back",
    ],
)
def test_construct_is_found_once(code):
    assert findings(code + "\n") == [(1, "tampering")]


@pytest.mark.parametrize(
    "code",
    [
        "import importlib.resources; importlib.resources.files('shop')",
        "import importlib; importlib.import_module('json')",
        "import importlib; importlib.import_module('shop.cart')",
        "def load(name):\n    return __import__(name)",
        "import sys; sys.modules.get('json'); sys.modules[__name__]; 'x' in sys.modules",
        "import inspect; inspect.signature(print)",
        "import gc; gc.collect()",
        "import os, sys; sys.exit(os.getpid())",
        "if __name__ == '__main__':\n    print()",
        "import traceback; traceback.format_exc()",
        "stack = []; stack.append(1); modules = {}; modules['x'] = 1",
        "class A:\n    def currentframe(self):\n        return self.stack()",
    ],
)
def test_honest_code_is_left_alone(code):
    assert findings(code + "\n", "shop.cart") == []


def test_tools_that_the_project_declares_may_be_imported():
    assert findings("import pytest\nfrom _pytest import runner\n", "pytest", "_pytest") == []
    assert findings("import importlib\nimportlib.import_module('pytest')\n", "pytest") == []
