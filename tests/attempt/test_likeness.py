"""What counts when codes are compared, and what does not."""

import pytest

from specloop.attempt.likeness import Likeness, likeness, nodes, similarity

TOTAL = '''\
"""Sums."""


def total(numbers: list[int]) -> int:
    """Add all up."""
    found = 0
    for number in numbers:
        found += number  # one by one
    return found
'''
SAME = """\
def total(numbers: list[int]) -> int:
    s = 0
    for n in numbers: s += n
    return (s)
"""
OTHER = """\
def total(numbers: list[int]) -> int:
    return sum(numbers)
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TOTAL, SAME),
        ("class E(Exception):\n    '''Doc.'''", "class E(Exception):\n    pass"),
        ("k = lambda x: x[1]", "k = lambda item: item[1]"),
        ("n = [a for a in b if a]", "n = [c for c in b if c]"),
        ("n = {k: v for k, v in b}", "n = {x: y for x, y in b}"),
        (
            "def f():\n    try:\n        g()\n    except E as e:\n        return e",
            "def f():\n    try:\n        g()\n    except E as error:\n        return error",
        ),
        (
            "def f(x):\n    match x:\n        case {**a}:\n            return a",
            "def f(x):\n    match x:\n        case {**b}:\n            return b",
        ),
        (
            "def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = 2\n    g()",
            "def f():\n    m = 1\n    def h():\n        nonlocal m\n        m = 2\n    h()",
        ),
        (
            "def f():\n    n = 1\n    return [n for m in n]",
            "def f():\n    a = 1\n    return [a for b in a]",
        ),
    ],
)
def test_layout_prose_and_inner_names_do_not_count(one, other):
    assert nodes(one) == nodes(other)
    assert similarity(one, other) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(a):\n    return a", "def f(b):\n    return b"),
        ("def f(a: int): ...", "def f(a: str): ..."),
        ("LIMIT = 3", "MOST = 3"),
        ("class A:\n    x = 1", "class A:\n    y = 1"),
        ("def f():\n    global n\n    n = 1", "def f():\n    global m\n    m = 1"),
        ("def f():\n    a = b = 1\n    return a", "def f():\n    a = b = 1\n    return b"),
        ("def f(n):\n    def g():\n        n = 1\n", "def f(n):\n    def g():\n        return n\n"),
        ("a.b", "a.c"),
        ("a[1:]", "a[:1]"),
        ("f(g(a), b)", "f(g(a, b))"),
        ("x = 1", "x = '1'"),
        ("x = None", "x = ..."),
        ("if a:\n    b()\nc()", "if a:\n    b()\n    c()"),
        ("if a:\n    b()\nelse:\n    c()", "if a:\n    b()\n    c()"),
        ("{**a, 'b': 1}", "{'b': 1, **a}"),
    ],
)
def test_all_else_counts(one, other):
    assert nodes(one) != nodes(other)


def test_a_parameter_is_not_taken_for_a_variable_of_the_function_around_it():
    code = "def f():\n    {0} = 1\n    def g(n):\n        return n\n    return g({0})"
    assert nodes(code.format("n")) == nodes(code.format("m"))


def test_similarity_is_the_share_of_nodes_in_common():
    # Module, Expr, BinOp, two names and the end of the body; the operators differ.
    assert similarity("a + b", "a - b") == pytest.approx(2 * 6 / 14)
    assert similarity(TOTAL, OTHER) == similarity(OTHER, TOTAL)
    assert 0.3 < similarity(TOTAL, OTHER) < 0.8


def test_every_pair_is_compared():
    found = likeness([TOTAL, SAME, OTHER])
    assert (found.codes, found.pairs, found.identical) == (3, 3, 1)
    assert found.identical_share == pytest.approx(1 / 3)
    assert found.similarity == pytest.approx(similarity(TOTAL, OTHER))
    assert likeness([TOTAL, SAME]) == Likeness(2, 1, 1, None)


@pytest.mark.parametrize("codes", [[], [TOTAL]])
def test_where_there_is_no_pair_there_is_no_number(codes):
    found = likeness(codes)
    assert found == Likeness(len(codes), 0, 0, None)
    assert found.identical_share is None


def test_a_deep_tree_is_compared_like_any_other():
    deep = "+".join(["a"] * 500)
    assert nodes(deep) != nodes(f"{deep}+a")
