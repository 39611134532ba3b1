import pytest

from specloop.attempt.report import Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import StaticJob
from specloop.verify.static import inspect


def findings(code, exports=None, imports=(), **limits):
    job = StaticJob("shop/slug.py", code, exports or {}, frozenset(imports), **limits)
    return [(finding.line, finding.code) for finding in inspect(job)]


def export(code, source):
    """The findings' texts for one exported name."""
    name = source.replace("class ", "").replace("async ", "").replace("def ", "")
    name = name.partition("(")[0].partition(":")[0].strip()
    return [f"{f.code} {f.text}" for f in inspect(StaticJob("m.py", code, {name: source}, set()))]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1\n", []),
        ("x = \n", [(1, "syntax")]),
        ("x = 1\n\ndef f(:\n", [(3, "syntax")]),
        ("x = 'a\0b'\n", [(0, "syntax")]),
        ("(" * 5000, [(1, "syntax")]),
        ("x = '\\d'\n", []),
        ("def f():\n    pass\n\nreturn f\n", [(4, "syntax")]),
        ("def f(a, a):\n    pass\n", [(1, "syntax")]),
        ("if x:\n    pass\n" + "elif x:\n    pass\n" * 1500, [(0, "syntax")]),
        ("x = a" + ".b" * 1500, [(0, "syntax")]),
        ("# -*- coding: utf-8 -*-\nx = 'ä'\n", []),
        ("#!/usr/bin/env python3\n# coding: latin-1\nx = 1\n", [(2, "encoding")]),
        ("# coding: utf-7\nx = 1\n", [(1, "encoding")]),
        ("# coding: nonsense\nx = 1\n", [(0, "syntax")]),
    ],
)
def test_text_that_is_no_python_is_found_in_its_line(code, expected):
    assert findings(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from __future__ import annotations\nimport os, json\nfrom collections import abc\n", []),
        ("import shop.cart\nfrom shop.cart import Cart\n", []),
        ("import requests\n", [(1, "import")]),
        ("import os, requests.api as r\n", [(1, "import")]),
        ("def f():\n    from requests import get\n", [(2, "import")]),
        ("from yaml import dump, load\n", [(1, "import")]),
        ("import yaml, requests.api, requests.auth\n", [(1, "import"), (1, "import")]),
        ("from . import cart\n", [(1, "import")]),
        ("from ..shop.cart import Cart\n", [(1, "import")]),
    ],
)
def test_imports(code, expected):
    assert findings(code, imports={"shop"}) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import shop.cart\nfrom shop import cart\nfrom shop.cart import Cart\n", []),
        ("import shop.cart.prices\n", []),
        ("import shop.till\n", [(1, "import")]),
        ("from shop import cart, till\n", [(1, "import")]),
        ("import shop\n", [(1, "import")]),
        ("import shop.carts\n", [(1, "import")]),
        ("from shop.till import open_till, close_till\n", [(1, "import"), (1, "import")]),
    ],
)
def test_module_of_a_package_may_be_all_that_is_allowed(code, expected):
    assert findings(code, imports={"shop.cart"}) == expected


def test_refused_import_says_what_may_be_imported():
    code = "from requests.api import get, post\nimport shop.till\n"
    job = StaticJob("m.py", code, {}, frozenset({"httpx", "shop.cart"}))
    assert [finding.text for finding in inspect(job)] == [
        "'requests' may not be imported; use the standard library and httpx, shop.cart alone",
        "'shop.till' may not be imported; use the standard library and httpx, shop.cart alone",
    ]


def test_limits_of_size():
    code = "def f():\n    a = 1\n    b = 2\n    return a + b\n\n\n"
    assert findings(code) == []
    assert findings(code, module_lines=4, function_lines=4) == []
    assert findings(code, module_lines=3) == [(0, "lines")]
    assert findings(code, function_lines=3) == [(1, "function-lines")]


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("def f(a: int, b=1): pass", "def f(a, b=2): ..."),
        ("def f(a: 'int') -> \"str\": pass", "def f(a: int) -> str: ..."),
        ("def f(*, b, a): pass", "def f(*, a, b): ..."),
        ("def f(a, /, *b, c=1, **d): pass", "def f(a, /, *b, c=2, **d): ..."),
        ("async def f(): pass", "async def f(): ..."),
        ("@cache\ndef f(): pass", "def f(): ..."),
        ("try:\n    def f(a): pass\nexcept E:\n    def f(b): pass", "def f(a): ..."),
        ("if X:\n    NAME = 1\nelse:\n    NAME = 2", "NAME: int"),
        ("NAME: int = 1", "NAME: int"),
        ("OTHER, NAME = 1, 2", "NAME: int"),
        ("def NAME(): pass", "NAME: Callable"),
        ("class C: pass", "class C(Base): ..."),
        (
            "class C:\n    a: int\n    def m(self): pass",
            "class C:\n    a: int\n    def m(self): ...",
        ),
        ("class C:\n    def __init__(self): self.a = 1", "class C:\n    a: int"),
        ("class C:\n    @property\n    def a(self): pass", "class C:\n    a: int"),
        (
            "class B:\n    def m(self): pass\nclass C(B): pass",
            "class C:\n    def m(self): ...",
        ),
        ("@dataclass\nclass C:\n    a: int", "class C:\n    def __init__(self, a: int): ..."),
        (
            "class C:\n    @staticmethod\n    def m(a): pass",
            "class C:\n    @staticmethod\n    def m(a): ...",
        ),
    ],
)
def test_exports_that_are_as_declared(code, source):
    assert export(code, source) == []


@pytest.mark.parametrize(
    ("code", "source", "text"),
    [
        ("x = 1", "def f(a: int) -> str: ...", "export 'f' is missing; define `def f(a: int)"),
        ("from json import f", "def f(a): ...", "export 'f' is only imported; define it in"),
        (
            "try:\n    from json import a as C\nfinally: pass",
            "class C: ...",
            "'C' is only imported",
        ),
        ("import json as NAME", "NAME: int", "export 'NAME' is only imported"),
        ("f = 1", "def f(a): ...", "export 'f' must be a function: `def f(a)`"),
        ("def f(b): pass", "def f(a): ...", "signature 'f' takes (b); it must be `def f(a)`"),
        ("def f(a, b=1): pass", "def f(a): ...", "signature 'f' takes (a, b)"),
        ("def f(b, a): pass", "def f(a, b): ...", "signature 'f' takes (b, a)"),
        ("def f(a=1): pass", "def f(a): ...", "signature 'f' gives 'a' a default"),
        ("def f(a): pass", "def f(a=1): ...", "signature 'f' gives 'a' no default"),
        ("def f(*, a): pass", "def f(a): ...", "takes 'a' in another way (keyword only)"),
        ("def f(a: str): pass", "def f(a: int): ...", "annotates 'a' with 'str'"),
        ("def f(a): pass", "def f(a: int): ...", "annotates 'a' with 'nothing'"),
        ("def f(): pass", "def f() -> int: ...", "returns 'nothing declared'"),
        ("def f(): pass", "async def f(): ...", "is not async; it must be `async def f()`"),
        ("async def f(): pass", "def f(): ...", "is async"),
        ("x = 1", "NAME: int", "export 'NAME: int' is missing; assign 'NAME' at the top"),
        ("def f():\n    NAME = 1", "NAME: int", "export"),
        ("def C(): pass", "class C: ...", "export class 'C' is missing"),
        ("class C: pass", "class C:\n    a: int", "export 'C.a' is missing"),
        ("class C: pass", "class C:\n    def m(self): ...", "export 'C.m' is missing"),
        ("class C: pass", "class C:\n    def __init__(self): ...", "export 'C.__init__' is"),
        (
            "class C:\n    def m(self, a): pass",
            "class C:\n    def m(self): ...",
            "signature 'C.m' takes (self, a)",
        ),
        (
            "class C:\n    def m(self): pass",
            "class C:\n    @property\n    def m(self): ...",
            "signature 'C.m' must be a property",
        ),
    ],
)
def test_exports_that_are_not_as_declared(code, source, text):
    (found,) = export(code, source)
    assert text in found


def test_ruff_finds_what_the_project_asks_for_and_cannot_be_silenced():
    code = "import os  # noqa\n\nx = undefined\n"
    assert findings(code) == []
    assert findings(code, ruff=("F",)) == [(1, "F401"), (3, "F821")]
    assert findings("x = 1\n", ruff=("F", "E", "ANN")) == []


def test_ruff_that_cannot_run_is_no_finding():
    with pytest.raises(RunnerUnavailable, match=r"mend \[style\] ruff \['NOSUCH'\]"):
        findings("x = 1\n", ruff=("NOSUCH",))


def test_findings_make_a_failed_report(shared_runner):
    bad = StaticJob("m.py", "import nowhere\n", {}, frozenset())
    assert shared_runner.inspect(bad).verdict is Verdict.FAILED
    assert shared_runner.inspect(bad).static[0].code == "import"
    assert shared_runner.inspect(StaticJob("m.py", "x = 1\n", {}, frozenset())).ok
