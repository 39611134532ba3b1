"""Variations of what rows call."""

import ast

import pytest

from specloop.strength.vary import literal, variations

ROWS = [
    ("f(5)", {"f(6)", "f(4)", "f(0)", "f(-5)", "f(10)"}, set()),
    ("f('ab')", {'f("a")', 'f("abb")', 'f("")', 'f("AB")', 'f(" ab ")', 'f("abé")'}, {"f('ab')"}),
    ("f('')", {'f("a")', 'f(" ")'}, set()),
    ("f(0.5)", {"f(1.5)", "f(0.25)", "f(0.0)"}, set()),
    ("f(True)", {"f(False)"}, {"f(2)"}),
    ("f([1, 2])", {"f([1, 2, 2])", "f([1])", "f([])", "f([2, 2])"}, set()),
    ("f((1, 2))", {"f((1,))", "f((1, 2, 2))"}, {"f(())"}),
    ("f(1, k=2)", {"f(1, k=3)", "f(2, k=2)"}, {"f(1)"}),
    ("len(f('x' * 60))", {"len(f('x' * 61))", "len(f('x' * 59))"}, set()),
    ("await f(1)", {"await f(2)"}, set()),
    ("f(TITLE)", set(), {"f()"}),
    ("f(f'a{1}')", set(), {"f(f'a{2}')"}),
    ("f(1)[0] + 3", {"f(2)[0] + 3"}, {"f(1)[1] + 3", "f(1)[0] + 4"}),
    ("3 + ", set(), set()),
]


@pytest.mark.parametrize(("expression", "wanted", "unwanted"), ROWS)
def test_variations(expression, wanted, unwanted):
    found = list(variations(expression))
    assert wanted <= set(found)
    assert not unwanted & set(found)
    for one in found:
        ast.parse(one, mode="eval")


def test_natural_ones_come_first():
    found = list(variations('cut("summer", 6)'))
    assert found[:4] == [
        'cut("summe", 6)',
        'cut("summer", 7)',
        'cut("summerr", 6)',
        'cut("summer", 5)',
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a", '"a"'),
        ('say "é"', '"say \\"é\\""'),
        ("tab\t", "'tab\\t'"),
        (["a", 1], '["a", 1]'),
        (None, "None"),
        ((1,), "(1,)"),
    ],
)
def test_literals_are_written_as_specs_write_them(value, written):
    assert literal(value) == written
    assert ast.literal_eval(written) == value
