"""Interfaces that dependants are shown."""

import ast
import inspect

import pytest

from specloop.spec.interface import import_path, interface

CODE = '''
"""A module docstring."""
from __future__ import annotations

import os
from dataclasses import dataclass, field

SECRET_SEED = os.urandom(8)
LIMIT: int = 60
NAMES = ("a", "b")
first, second = 1, 2


def slugify(title: str, /, max_length: int = LIMIT, *, strict: bool = False) -> str:
    """Return a slug."""
    return title[:max_length] + _helper()


async def later(n: int) -> int:
    return n


def _helper():
    return "hidden body"


@dataclass(frozen=True)
class Page:
    """A page."""

    title: str
    words: int = 0
    tags: list[str] = field(default_factory=list)
    _cache = {}

    @property
    def slug(self) -> str:
        """Its slug."""
        return slugify(self.title)

    @classmethod
    async def load(cls, path: str) -> Page:
        return cls(path)

    def __len__(self) -> int:
        return self.words

    def _private(self) -> None:
        print("hidden body")

    class Meta:
        table = "pages"
'''


def test_an_interface_is_signatures_without_bodies():
    text = interface(CODE)
    for part in (
        "def slugify(title: str, /, max_length: int=LIMIT, *, strict: bool=False) -> str:",
        "async def later(n: int) -> int:",
        '"""Return a slug."""',
        "LIMIT: int = 60",
        "NAMES = ...",
        "@dataclass(frozen=True)\nclass Page:",
        "title: str\n",
        "words: int = 0",
        "tags: list[str] = ...",
        "@property\n    def slug(self) -> str:",
        "@classmethod\n    async def load(cls, path: str) -> Page:",
        "def __len__(self) -> int:",
        "table = 'pages'",
    ):
        assert part in text
    for part in ("hidden body", "_helper", "_cache", "_private", "return", "import", "urandom"):
        assert part not in text
    ast.parse(text)


def test_a_field_with_a_default_stays_one():
    scope: dict[str, object] = {}
    header = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    exec(header + interface(CODE, ["Page"]), scope)
    parameters = inspect.signature(scope["Page"]).parameters
    assert parameters["title"].default is inspect.Parameter.empty
    assert parameters["tags"].default is not inspect.Parameter.empty


def test_docstrings_can_be_left_out():
    text = interface(CODE, docstrings=False)
    assert '"""' not in text
    assert "class Page:" in text


def test_only_the_names_asked_for_are_shown():
    text = interface(CODE, ["slugify", "_helper"])
    assert "class Page" not in text
    assert "LIMIT: int" not in text
    assert "def _helper():" in text


def test_what_is_behind_an_interface_may_change():
    other = CODE.replace("hidden body", "another").replace("title[:max_length]", "title.lower()")
    other = other.replace("os.urandom(8)", "None").replace("_cache = {}", "_cache = []")
    assert other != CODE
    names = ["slugify", "later", "Page", "LIMIT"]
    assert interface(other, names) == interface(CODE, names)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max_length: int = LIMIT", "max_length: int = 50"),
        ('-> str:\n    """Return', '-> bytes:\n    """Return'),
        ("async def later", "def later"),
        ("frozen=True", "frozen=False"),
        ("words: int = 0", "words: int"),
        (" = field(default_factory=list)", ""),
        ("LIMIT: int = 60", "LIMIT: int = 61"),
        ("__len__", "__bool__"),
        ("    @property\n", ""),
    ],
)
def test_what_is_part_of_an_interface(old, new):
    assert CODE.count(old) == 1
    assert interface(CODE.replace(old, new), docstrings=False) != interface(CODE, docstrings=False)


def test_an_interface_of_broken_code_is_refused():
    with pytest.raises(SyntaxError):
        interface("def f(:\n")
    assert interface('x = "\\d"\n') == "x = '\\\\d'"  # a doubtful escape is no concern of ours


@pytest.mark.parametrize(
    ("file", "pythonpath", "dotted"),
    [
        ("shop/slug.py", ["."], "shop.slug"),
        ("slug.py", ["."], "slug"),
        ("src/shop/slug.py", ["src"], "shop.slug"),
        ("src/shop/slug.py", [".", "src"], "shop.slug"),
        ("src/shop/slug.py", ["src/", "."], "shop.slug"),
        ("shop/__init__.py", ["."], "shop"),
        ("shop/pages/__init__.py", [""], "shop.pages"),
        ("srcs/a.py", ["src", "."], "srcs.a"),
    ],
)
def test_import_paths(file, pythonpath, dotted):
    assert import_path(file, pythonpath) == dotted
