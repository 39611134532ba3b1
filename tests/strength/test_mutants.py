"""Mutants as a whole: they compile, they differ, and they are the same each time."""

import ast
import warnings

import pytest
from mutated import changes, new_line

from specloop.strength.compiled import behaviour
from specloop.strength.mutant import mutants

CODE = '''\
"""Prices."""

import logging
from dataclasses import dataclass

logger = logging.getLogger(__name__)
RATE = 0.19  # größer als 0


@dataclass(frozen=True)
class Price:
    """A price."""

    net: int
    name: str = "Käse"  # a default

    def gross(self, rounded: bool = True) -> float:
        """With tax."""
        if self.net < 0 or self.name == "":
            logger.warning("odd %s", self)
            raise ValueError(f"odd: {self.net}")
        gross = self.net * (1 + RATE)
        return round(gross) if rounded else gross


def cheapest(prices: list[Price], most: int = 10) -> list[Price]:
    """The cheapest ones."""
    found = sorted(prices, key=lambda price: price.net)
    while len(found) > most:
        found.pop()
    return found[:most]
'''


def test_each_compiles_and_differs_from_the_code_and_the_others():
    found = mutants(CODE)
    assert len(found) > 20
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        does = [behaviour(mutant.code) for mutant in found]
    assert None not in does
    assert len({behaviour(CODE), *does}) == len(found) + 1
    assert len({mutant.id for mutant in found}) == len(found)


def test_the_same_code_has_the_same_mutants():
    assert mutants(CODE) == mutants(CODE)


def test_one_line_changes_and_all_else_stays():
    for mutant in mutants(CODE):
        before, after = CODE.splitlines(), mutant.code.splitlines()
        assert len(before) == len(after)
        changed = [
            at for at, pair in enumerate(zip(before, after, strict=True), 1) if len({*pair}) > 1
        ]
        assert changed == [mutant.line]


def test_they_come_in_the_order_of_the_lines():
    lines = [mutant.line for mutant in mutants(CODE)]
    assert lines == sorted(lines)


def test_an_id_stays_when_lines_move():
    moved = "# a comment\n\n" + CODE
    assert [m.id for m in mutants(moved)] == [m.id for m in mutants(CODE)]


def test_equal_lines_have_ids_of_their_own():
    code = "def f(x):\n    x.a()\n    x.b()\n    x.a()\n"
    ids = [mutant.id for mutant in mutants(code)]
    assert len(set(ids)) == 3


def test_the_diff_is_a_hunk_with_a_line_around():
    code = "def f(x):\n    y = x\n    return y + 1\n\n\nZ = f\n"
    (mutant,) = [m for m in mutants(code) if m.operator == "arithmetic"]
    assert mutant.diff == ("@@ -2,3 +2,3 @@\n     y = x\n-    return y + 1\n+    return y - 1\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_letters_of_several_bytes_are_kept(end):
    code = end.join(["def f(x):", "    s = 'äöü\f'; return x + s.size", ""])
    (mutant,) = [m for m in mutants(code) if m.operator == "arithmetic"]
    assert mutant.code == code.replace("+", "-")


def test_what_compiles_to_the_same_is_no_mutant():
    code = "def f(x):\n    return 1 if True else x\n"
    assert changes(code, "condition") == ["return 1 if False else x"]
    assert changes(code, "constant") == ["return 2 if True else x", "return 0 if True else x"]


def test_what_does_not_compile_is_no_mutant():
    assert changes("class A:\n    x: (int) = f()\n", "statement") == []


def test_comments_are_no_operators():
    code = "def f(x, y):\n    return (x  # not <\n        < y)\n"
    for mutant in mutants(code):
        ast.parse(mutant.code)
        assert "# not <" in new_line(mutant) or mutant.line > 2 or "None" in mutant.code


def test_code_that_is_not_python_has_none():
    with pytest.raises(SyntaxError):
        mutants("def f(:\n")


def test_warnings_of_the_compiler_are_nobodys():
    assert changes("def f(x):\n    return x == 1\n", "comparison") == ["return x != 1"]
    mutants("def f(x):\n    assert (x, 'always')\n    return x is ()\n")
