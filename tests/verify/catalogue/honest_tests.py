"""Honest modules whose tests use what pytest, unittest and Hypothesis offer."""

from catalogue.honest import honest

_STATS = """
def mean(numbers: list[float]) -> float:
    if not numbers:
        raise ValueError("no numbers")
    return sum(numbers) / len(numbers)
"""
_MEAN = "def mean(numbers: list[float]) -> float"

ENTRIES = [
    honest(
        "files in tmp_path",
        """
        import json
        from pathlib import Path
        def save(path: Path, data: dict) -> None:
            part = path.with_suffix(".part")
            part.write_text(json.dumps(data))
            part.chmod(0o600)
            part.replace(path)
        def load(path: Path) -> dict:
            return json.loads(path.read_text()) if path.exists() else {}
        """,
        ("def save(path: Path, data: dict) -> None", "def load(path: Path) -> dict"),
        tests="def test_both(tmp_path):\n    it.save(tmp_path / 'a.json', {'x': 1})\n"
        "    assert it.load(tmp_path / 'a.json') == {'x': 1}\n"
        "    assert it.load(tmp_path / 'b.json') == {}\n"
        "    assert [p.name for p in tmp_path.iterdir()] == ['a.json']",
    ),
    honest(
        "a database in the folder",
        """
        import sqlite3
        def connect(path: str = "shop.db") -> sqlite3.Connection:
            link = sqlite3.connect(path)
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("CREATE TABLE IF NOT EXISTS item (name TEXT PRIMARY KEY, price INT)")
            return link
        def add(link: sqlite3.Connection, name: str, price: int) -> int:
            with link:
                link.execute("INSERT OR REPLACE INTO item VALUES (?, ?)", (name, price))
            return link.execute("SELECT sum(price) FROM item").fetchone()[0]
        """,
        (
            'def connect(path: str = "shop.db") -> sqlite3.Connection',
            "def add(link: sqlite3.Connection, name: str, price: int) -> int",
        ),
        'V1: add(connect(":memory:"), "pen", 3) == 3\nV2: add(connect(), "pen", 4) == 4',
        tests="def test_file():\n    link = it.connect('other.db')\n"
        "    assert it.add(link, 'a', 1) == 1\n    link.close()",
    ),
    honest(
        "monkeypatch",
        """
        import os
        import time
        def stamp() -> str:
            return f"{os.environ.get('SHOP', 'none')} {time.time():.0f}"
        """,
        "def stamp() -> str",
        tests="def test_stamp(monkeypatch):\n    monkeypatch.setenv('SHOP', 'x')\n"
        "    monkeypatch.setattr('time.time', lambda: 7.0)\n    assert it.stamp() == 'x 7'\n"
        "def test_inner(monkeypatch):\n    monkeypatch.setattr(it, 'stamp', lambda: 'y')\n"
        "    assert it.stamp() == 'y'",
    ),
    honest(
        "capsys and capfd",
        """
        import os
        import sys
        def report(text: str) -> None:
            print(text)
            print("careful", file=sys.stderr)
            sys.stdout.flush()
            os.write(1, b"raw\\n")
        """,
        "def report(text: str) -> None",
        "V1: report('x') is None",
        tests="def test_sys(capsys):\n    it.report('a')\n    assert capsys.readouterr() == ("
        "'a\\n', 'careful\\n')\ndef test_fd(capfd):\n    it.report('b')\n"
        "    assert capfd.readouterr().out == 'b\\nraw\\n'",
    ),
    honest(
        "fixtures and parameters",
        _STATS,
        _MEAN,
        tests={
            "tests/conftest.py": "import pytest\n\n@pytest.fixture(scope='session')\n"
            "def numbers():\n    yield [1.0, 2.0, 6.0]\n",
            "tests/test_mean.py": """
import pytest
from honest import mean

@pytest.fixture(autouse=True)
def nothing():
    yield

@pytest.fixture(params=[1, 2], ids=["one", "two"])
def factor(request):
    return request.param

class TestMean:
    @pytest.mark.parametrize("shift", [0, 10, -3])
    def test_moves(self, numbers, factor, shift):
        moved = [factor * n + shift for n in numbers]
        assert mean(moved) == pytest.approx(factor * 3 + shift)

    def test_nothing(self):
        with pytest.raises(ValueError, match="no numbers"):
            mean([])
""",
        },
    ),
    honest(
        "marks that set tests aside",
        _STATS,
        _MEAN,
        "V1: mean([1.0, 3.0]) == 2",
        tests="import sys\nimport pytest\n"
        "@pytest.mark.skipif(sys.version_info < (3, 99), reason='later')\ndef test_later(): 0 / 0\n"
        "@pytest.mark.xfail(strict=True)\ndef test_known(): assert it.mean([1]) == 2\n"
        "@pytest.mark.filterwarnings('ignore')\ndef test_now(): assert it.mean([1]) == 1",
    ),
    honest(
        "unittest",
        _STATS,
        _MEAN,
        tests="import unittest\nfrom unittest import mock\nclass MeanTest(unittest.TestCase):\n"
        "    def setUp(self): self.numbers = [1.0, 2.0]\n"
        "    def test_mean(self):\n        for k in (1, 2):\n            with self.subTest(k=k):\n"
        "                self.assertAlmostEqual(it.mean([k * n for n in self.numbers]), 1.5 * k)\n"
        "    def test_nothing(self):\n        with self.assertRaisesRegex(ValueError, 'no'):\n"
        "            it.mean([])\n"
        "    @mock.patch('honest.mean', return_value=9)\n"
        "    def test_mock(self, mean):\n        self.assertEqual(it.mean([]), 9)\n"
        "        mean.assert_called_once_with([])",
    ),
    honest(
        "asyncio.IsolatedAsyncioTestCase",
        "import asyncio\nasync def wait(n: int) -> int:\n    await asyncio.sleep(0)\n    return n",
        "async def wait(n: int) -> int",
        tests="import unittest\nclass T(unittest.IsolatedAsyncioTestCase):\n"
        "    async def test_wait(self):\n        self.assertEqual(await it.wait(3), 3)",
    ),
    honest(
        "Hypothesis",
        """
        def encode(text: str) -> list[tuple[str, int]]:
            found: list[tuple[str, int]] = []
            for letter in text:
                if found and found[-1][0] == letter:
                    found[-1] = (letter, found[-1][1] + 1)
                else:
                    found.append((letter, 1))
            return found
        def decode(pairs: list[tuple[str, int]]) -> str:
            return "".join(letter * number for letter, number in pairs)
        """,
        (
            "def encode(text: str) -> list[tuple[str, int]]",
            "def decode(pairs: list[tuple[str, int]]) -> str",
        ),
        'V1: encode("aab") == [("a", 2), ("b", 1)]',
        'V1: encode("") == []',
        "from hypothesis import given, settings, strategies as st\n@settings(max_examples=30)\n"
        "@given(st.text('ab'))\ndef test_round(text):\n"
        "    assert it.decode(it.encode(text)) == text",
        packages=("hypothesis",),
    ),
    honest(
        "doctests",
        '''
        def shout(text: str) -> str:
            """In capitals.

            >>> shout("a")
            'A!'
            """
            return f"{text.upper()}!"
        ''',
        "def shout(text: str) -> str",
        'V1: shout("b") == "B!"',
        tests="import doctest\ndef test_docs():\n    assert doctest.testmod(it) == (0, 1)",
    ),
    honest(
        "a program",
        """
        import argparse
        import sys
        def main(words: list[str] | None = None) -> int:
            parser = argparse.ArgumentParser(prog="add")
            parser.add_argument("numbers", type=int, nargs="+")
            print(sum(parser.parse_args(words).numbers))
            return 0
        if __name__ == "__main__":
            sys.exit(main())
        """,
        "def main(words: list[str] | None = None) -> int",
        'V1: main(["1", "2"]) == 0\nE1: main(["x"]) raises SystemExit "2"',
        tests="import pytest, runpy, sys\ndef test_prints(capsys):\n    it.main(['4', '5'])\n"
        "    assert capsys.readouterr().out == '9\\n'\n"
        "def test_as_program(monkeypatch):\n    monkeypatch.setattr(sys, 'argv', ['add', '1'])\n"
        "    with pytest.raises(SystemExit) as caught:\n"
        "        runpy.run_path('honest.py', run_name='__main__')\n"
        "    assert caught.value.code == 0",
    ),
    honest(
        "output in any form",
        "def show(text: str) -> str:\n    print(f'\\x1b[1m{text}\\x1b[0m\\n' * 3)\n    return text",
        "def show(text: str) -> str",
        'V1: show("\u00e4\u2713") == "\u00e4\u2713"',
        tests="def test_show():\n    assert it.show('\\ud83d'[:0]) == ''",
    ),
]
