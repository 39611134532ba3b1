"""Calls of async exports: where a row must await them, and where it need not."""

from pathlib import Path

import pytest
from subjects import SPEC, texts

RATES = """\
task: Fetch exchange rates
file: rates/fetch.py
exports:
  - "async def rate(currency: str) -> float"
  - "async def pages(currency: str) -> AsyncIterator[str]"
  - "def cached(currency: str) -> float"
  - |
    class Bank:
        async def rate(self, currency: str) -> float
        def name(self) -> str
        @classmethod
        async def opened(cls) -> "Bank"
  - |
    @asynccontextmanager
    async def bank() -> AsyncIterator[Bank]
output:
  - O1: the rate
setup: |
  import asyncio
  from unittest.mock import AsyncMock
  BANK = Bank()
  STRANGER = AsyncMock()
examples: |
  O1: {}
"""
LINE = 24


def missing_await(root: Path, row: str) -> list[tuple[int, str]]:
    everything = texts(root, RATES.format(row))
    assert {path for path, *_ in everything} <= {SPEC}
    return [(line, text) for _, line, code, text in everything if code == "R108"]


FORGOTTEN = [
    ("rate('USD') == 1", "rate('USD')"),
    ("1 <= rate('USD')", "rate('USD')"),
    ("rate('USD')", "rate('USD')"),
    ("not rate('USD')", "rate('USD')"),
    ("cached('USD') and rate('EUR')", "rate('EUR')"),
    ("rate('USD') raises LookupError", "rate('USD')"),
    ("rate('USD') logs INFO 'USD'", "rate('USD')"),
    ("rate('USD')['rate'] == 1", "rate('USD')"),
    ("all(rate(name) == 1 for name in ['EUR'])", "rate(name)"),
    ("assert rate('USD') == 1; cached('USD') == 1", "rate('USD')"),
    ("Bank().rate('USD') == 1", "Bank().rate('USD')"),
    ("BANK.rate('USD') == 1", "BANK.rate('USD')"),
    ("bank = Bank(); bank.rate('USD') == 1", "bank.rate('USD')"),
    ("Bank.opened() is not None", "Bank.opened()"),
    ("ask = rate; ask('USD') == 1", "ask('USD')"),
]


@pytest.mark.parametrize(("row", "call"), FORGOTTEN)
def test_a_coroutine_is_taken_for_its_result(tmp_path: Path, row: str, call: str) -> None:
    text = f"{call!r} gives a coroutine, and nothing awaits it; write `(await {call})`"
    assert missing_await(tmp_path, row) == [(LINE, text)]


MEANT = [
    "await rate('USD') == 1",
    "(await rate('USD')) raises LookupError",
    "asyncio.run(rate('USD')) == 1",
    "await asyncio.gather(rate('USD'), rate('EUR')) == [1, 1]",
    "asyncio.iscoroutine(rate('USD'))",
    "task = rate('USD'); await task == 1",
    "[page async for page in pages('USD')] == []",
    "pages('USD') is not pages('USD')",
    "ask = lambda: rate('USD') == 1; ask()",
    "cached('USD') == 1",
    "BANK.name() == 'bank'",
    "STRANGER.rate('USD') == 1",
    "rate = cached; rate('USD') == 1",
    "Bank = AsyncMock; Bank().rate('USD') == 1",
    "bank() is not None",
    "rate is not cached",
]


@pytest.mark.parametrize("row", MEANT)
def test_nothing_is_said(tmp_path: Path, row: str) -> None:
    assert missing_await(tmp_path, row) == []
