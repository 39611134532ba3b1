"""Honest modules: what the language and its library offer."""

from catalogue.honest import honest

ENTRIES = [
    honest(
        "a generator",
        """
        from collections.abc import Iterator
        def chunks(items: list[int], size: int) -> Iterator[list[int]]:
            for start in range(0, len(items), size):
                yield items[start : start + size]
        """,
        "def chunks(items: list[int], size: int) -> Iterator[list[int]]",
        "V1: list(chunks([1, 2, 3], 2)) == [[1, 2], [3]]\nV2: next(chunks([7], 9)) == [7]",
        "V1: list(chunks([], 2)) == []",
    ),
    honest(
        "async",
        """
        import asyncio
        async def total(numbers: list[int]) -> int:
            async def later(number: int) -> int:
                await asyncio.sleep(0)
                return number
            return sum(await asyncio.gather(*map(later, numbers)))
        """,
        "async def total(numbers: list[int]) -> int",
        "V1: await total([1, 2, 3]) == 6",
        "V1: await total([]) == 0",
    ),
    honest(
        "an asynchronous generator and a task group",
        """
        import asyncio
        from collections.abc import AsyncIterator
        async def count(end: int) -> AsyncIterator[int]:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(asyncio.sleep(0, n)) for n in range(end)]
            for task in tasks:
                yield task.result()
        """,
        "async def count(end: int) -> AsyncIterator[int]",
        "V1: [n async for n in count(3)] == [0, 1, 2]",
    ),
    honest(
        "caching",
        """
        from functools import cached_property, lru_cache
        @lru_cache(maxsize=None)
        def fib(n: int) -> int:
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        class Box:
            opened = 0
            @cached_property
            def content(self) -> int:
                self.opened += 1
                return self.opened
        """,
        ("def fib(n: int) -> int", "class Box: ..."),
        "V1: fib(80) == 23416728348467685\nV2: box = Box(); (box.content, box.content) == (1, 1)",
        "V1: fib(0) == 0",
    ),
    honest(
        "logging",
        """
        import logging
        log = logging.getLogger(__name__)
        def greet(name: str) -> str:
            if not name:
                log.warning("no name was given")
            log.info("greeted %s", name)
            return f"Hello {name}"
        """,
        "def greet(name: str) -> str",
        'V1: greet("Ada") == "Hello Ada"\nL1: greet("Bo") logs INFO "greeted Bo"\n'
        'L2: greet("") logs WARNING "no name"',
        'L1: greet("Cy") logs INFO "greeted Cy"',
        "def test_log(caplog):\n    with caplog.at_level('INFO'):\n        it.greet('Di')\n"
        "    assert caplog.messages == ['greeted Di']",
    ),
    honest(
        "numbers and dates",
        """
        from datetime import UTC, date, datetime, timedelta
        from decimal import ROUND_HALF_UP, Decimal
        from fractions import Fraction
        def gross(net: str, rate: int) -> Decimal:
            return (Decimal(net) * (100 + rate) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        def due(day: date) -> datetime:
            later = day + timedelta(days=14)
            return datetime(later.year, later.month, later.day, 12, tzinfo=UTC)
        def half(number: int) -> Fraction:
            return Fraction(number, 2)
        """,
        ("def gross(net: str, rate: int) -> Decimal", "def due(day: date) -> datetime"),
        'V1: from decimal import Decimal; gross("10.05", 19) == Decimal("11.96")\n'
        "V2: from datetime import date; due(date(2024, 2, 20)).isoformat() == "
        '"2024-03-05T12:00:00+00:00"',
        'V1: str(gross("0", 19)) == "0.00"',
    ),
    honest(
        "time zones",
        """
        from datetime import datetime
        from zoneinfo import ZoneInfo
        def offset(zone: str, month: int) -> float:
            moment = datetime(2024, month, 1, tzinfo=ZoneInfo(zone))
            return moment.utcoffset().total_seconds() / 3600
        """,
        "def offset(zone: str, month: int) -> float",
        'V1: offset("Europe/Berlin", 1) == 1\nV2: offset("Europe/Berlin", 7) == 2',
        'V1: offset("Asia/Kolkata", 1) == 5.5',
    ),
    honest(
        "context variables and context managers",
        """
        from collections.abc import Iterator
        from contextlib import contextmanager
        from contextvars import ContextVar
        _user: ContextVar[str] = ContextVar("user", default="nobody")
        @contextmanager
        def acting_as(name: str) -> Iterator[None]:
            token = _user.set(name)
            try:
                yield
            finally:
                _user.reset(token)
        def who() -> str:
            return _user.get()
        """,
        ("def acting_as(name: str) -> Iterator[None]", "def who() -> str"),
        'V1: who() == "nobody"',
        tests="def test_inside():\n    with it.acting_as('Ada'):\n"
        "        assert it.who() == 'Ada'\n"
        "    assert it.who() == 'nobody'",
    ),
    honest(
        "recursion and a raised limit",
        """
        import sys
        def depth(tree: list) -> int:
            sys.setrecursionlimit(max(5000, sys.getrecursionlimit()))
            return 1 + max((depth(each) for each in tree), default=0)
        """,
        "def depth(tree: list) -> int",
        "V1: depth([[[]], []]) == 3",
        "V1: depth([]) == 1",
    ),
]
