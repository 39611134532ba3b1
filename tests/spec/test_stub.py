"""Stubs that stand in for missing code."""

import asyncio
import textwrap

import pytest
from row_suite import spec_of

from specloop.spec.stub import stub

STUB = """
    def plain(n: int, /, *, m: int = 1) -> int
    async def later(n: int) -> int
    LIMIT: int
    class Page:
        title: str
        def __init__(self, title: str) -> None: ...
        def slug(self) -> str: ...
        @classmethod
        async def load(cls, path: str) -> Page: ...
        @property
        def length(self) -> int: ...
    class NotFound(KeyError)
    @dataclass
    class Point:
        x: int
        y: int = 0
"""


@pytest.fixture
def names():
    scope: dict[str, object] = {}
    exec(stub(spec_of("", exports=textwrap.dedent(STUB))), scope)
    return scope


def test_a_stub_defines_every_export(names):
    assert {"plain", "later", "LIMIT", "Page", "NotFound", "Point"} <= names.keys()


@pytest.mark.parametrize(
    "call",
    [
        "plain(1)",
        "plain(1, m=2)",
        "Page('a')",
        "Page.slug(None)",
        "NotFound('x')",
        "Point(1)",
        "not LIMIT",
    ],
)
def test_nothing_works_on_a_stub(names, call):
    # not even "raises Exception" or "raises NotImplementedError" may hold of it
    with pytest.raises(BaseException, match="no code yet") as caught:
        eval(call, names)
    assert not isinstance(caught.value, Exception)


@pytest.mark.parametrize("call", ["later(1)", "Page.load('x')"])
def test_what_is_awaited_on_a_stub_fails_when_it_is(names, call):
    with pytest.raises(BaseException, match="no code yet"):
        asyncio.run(eval(call, names))


@pytest.mark.parametrize("check", ["LIMIT > 0", "LIMIT + 1", "len(LIMIT)", "LIMIT in {1}"])
def test_nothing_can_be_done_with_a_constant_of_a_stub(names, check):
    with pytest.raises(TypeError):
        eval(check, names)


def test_a_stub_of_no_exports_can_be_imported():
    scope: dict[str, object] = {}
    exec(stub(spec_of("")), scope)
    assert not [name for name in scope if not name.startswith("_") and name != "annotations"]


@pytest.mark.parametrize(
    "call",
    ["plain()", "plain(1, 2)", "plain(n=1)", "plain(1, k=2)", "later()", "Page()", "Page.load()"],
)
def test_a_stub_takes_what_its_signature_says(names, call):
    with pytest.raises(TypeError, match=r"\(\) (takes|missing|got)"):
        eval(call, names)


def test_a_property_of_a_stub_fails_when_it_is_read(names):
    page = object.__new__(names["Page"])
    with pytest.raises(BaseException, match="no code yet"):
        page.length  # noqa: B018  # reading it is the test


@pytest.mark.parametrize(
    "check", ["LIMIT == 60", "LIMIT != 60", "not LIMIT == {}", "str(LIMIT) != ''", "not LIMIT"]
)
def test_a_constant_of_a_stub_cannot_even_be_compared(names, check):
    with pytest.raises(BaseException, match="no code yet"):
        eval(check, names)
