import ast

import pytest

from specloop.spec.parse_export import parse_exports

SIGNATURES = [
    ("def f(x: int = 3) -> str", "def f(x: int = 3) -> str: ..."),
    ("def f(x: int = 3) -> str:", "def f(x: int = 3) -> str: ..."),
    ("def f() -> None: ...", "def f() -> None: ..."),
    ("def f(x=lambda: 1) -> dict[str, int]", "def f(x=lambda: 1) -> dict[str, int]: ..."),
    ("def f()  # soon", "def f(): ...  # soon"),
    ("def f(\n    x: int,\n) -> int", "def f(\n    x: int,\n) -> int: ..."),
    ('def f():\n    """Doc: it."""', 'def f():\n    """Doc: it."""'),
    ("async def f()", "async def f(): ..."),
    ("class f", "class f: ..."),
    ("class f(Base, metaclass=Meta)", "class f(Base, metaclass=Meta): ..."),
    ("f: dict[str, int]", "f: dict[str, int]"),
    ("f: int = 3", "f: int = 3"),
    (
        'class f\n  """Doc."""\n  x: int  # field\n  def m(self) -> int\n'
        "  @property\n  def p(self)",
        'class f:\n  """Doc."""\n  x: int  # field\n  def m(self) -> int: ...\n'
        "  @property\n  def p(self): ...",
    ),
    ("@dataclass\nclass f\n  x: int", "@dataclass\nclass f:\n  x: int"),
]


@pytest.mark.parametrize(("text", "source"), SIGNATURES)
def test_signature_is_completed(text: str, source: str) -> None:
    (export,) = parse_exports(text, 4)
    assert (export.name, export.source, export.line) == ("f", source, 4)
    ast.parse(export.source)


def test_several_in_one_text() -> None:
    exports = parse_exports("  class A\n    x: int\n\n  def f() -> A\n  B: int\n", 10)
    assert [(e.name, e.line) for e in exports] == [("A", 10), ("f", 13), ("B", 14)]
    assert exports[0].source == "class A:\n  x: int"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "slugify",
        "x = 1",
        "import os",
        "def",
        "def f(",
        "$",
        "f() -> int",
        "a.b: int",
    ],
)
def test_no_signature(text: str) -> None:
    with pytest.raises(SyntaxError):
        parse_exports(text, 1)
