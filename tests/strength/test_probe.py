"""Rows made of what variations give."""

import pytest

from specloop.attempt.report import TestFailure, TestReport, Verdict
from specloop.spec.module import ModuleSpec
from specloop.spec.parse_row import parse_row
from specloop.spec.row_tests import row_node_id
from specloop.strength import probe


def spec_of(*rows, held_out=(), setup=""):
    def parsed(texts, held_out=False):
        return tuple(parse_row(text, n, n, held_out) for n, text in enumerate(texts, 1))

    return ModuleSpec(
        name="slug",
        path="specs/slug.yaml",
        title="",
        task="",
        file="shop/slug.py",
        setup=setup,
        rows=parsed(rows),
        held_out=parsed(held_out, held_out=True),
        tests=("tests/test_slug.py",),
    )


def learned(spec, answers):
    """The rows learned where variations give `answers`, by their expressions."""
    variants = probe.variants(spec)
    asked = probe.asking(variants)
    given = {one.number: answers.get(one.expression) for one in variants}
    failures = tuple(
        TestFailure(row_node_id(spec, row), "call", *answer, longrepr="")
        for row in asked
        if (answer := given[row.number]) is not None
    )
    report = TestReport(Verdict.FAILED, failures=failures)
    return [text(row) for row in probe.learned(spec, variants, asked, report)]


def text(row):
    return f"{', '.join(row.ids)}: {row.source}"


def value(shown):
    return "Failed", shown


def test_what_is_compared_with_a_value_is_varied():
    spec = spec_of('V1: cut("ab", 2) == "ab"', "V2: 3 == size(4)", held_out=["V3: ok(1) is True"])
    found = [one.expression for one in probe.variants(spec)]
    assert found[:3] == ['cut("a", 2)', "size(5)", "ok(2)"], "in turns"
    assert 'cut("ab", 2)' not in found


def test_what_is_no_comparison_is_varied_as_a_whole():
    spec = spec_of("V1: cart = Cart(); cart.add(1); cart.total > f(2)")
    first = probe.variants(spec)[0]
    assert first.expression == "cart.total > f(3)"
    (asked,) = probe.asking([first])
    assert asked.setup == ("cart = Cart()", "cart.add(1)")
    assert asked.expression == "pytest.fail(repr(cart.total > f(3)))"


def test_they_are_bounded_and_differ():
    spec = spec_of(*(f'V1: cut("{n}", {n}) == "a"' for n in range(20)))
    found = [one.expression for one in probe.variants(spec)]
    assert len(found) == len(set(found)) == probe.VARIANTS


def test_an_exception_without_a_text_is_asked_for_its_text():
    spec = spec_of('E1: cut("") raises ValueError', 'E2: cut("!") raises KeyError "no"')
    found = [one.expression for one in probe.variants(spec)]
    assert 'cut("")' in found
    assert 'cut("!")' not in found


VALUES = [
    ("'sum'", 'V1: cut("a") == "sum"'),
    ("None", 'V1: cut("a") is None'),
    ("True", 'V1: cut("a") is True'),
    ("['a', 1]", 'V1: cut("a") == ["a", 1]'),
    ("<Slug at 0x…>", None),
    ("Slug('a')", None),
    ("{'a': 'b'}", "V1: cut(\"a\") == {'a': 'b'}"),
    (repr("x" * 100), None),
]


@pytest.mark.parametrize(("shown", "row"), VALUES)
def test_a_value_becomes_a_row_where_it_is_a_literal(shown, row):
    spec = spec_of('V1: cut("ab") == "ab"')
    assert learned(spec, {'cut("a")': value(shown)}) == ([row] if row else [])


def test_a_condition_becomes_a_row_where_it_holds():
    spec = spec_of("V1: f(2) and g()")
    answers = {"f(3) and g()": value("True"), "f(1) and g()": value("False")}
    assert learned(spec, answers) == ["V1: f(3) and g()"]
    assert learned(spec, {"f(3) and g()": value("7")}) == ["V1: (f(3) and g()) == 7"]


EXCEPTIONS = [
    (("ValueError", "empty slug"), 'V1: cut("a") raises ValueError "empty slug"'),
    (("ValueError", ""), 'V1: cut("a") raises ValueError'),
    (("ValueError", f"one\n{'x' * 90}\na line"), 'V1: cut("a") raises ValueError "a line"'),
    (("SlugError", "no"), 'V1: cut("a") raises SlugError "no"'),  # from `setup`
    (("OtherError", "no"), None),
    (("TypeError", "cut() missing 1 required positional argument"), None),
    (("AssertionError", "assert"), None),
]


@pytest.mark.parametrize(("answer", "row"), EXCEPTIONS)
def test_an_exception_becomes_a_row_where_a_row_can_name_it(answer, row):
    spec = spec_of('V1: cut("ab") == "ab"', setup="from shop.errors import SlugError")
    assert learned(spec, {'cut("a")': answer}) == ([row] if row else [])


def test_ids_are_those_of_a_row_with_the_same_outcome():
    spec = spec_of(
        'V1: cut("ab") == "ab"',
        'E1: cut("!") raises ValueError "no letter"',
        'E2: cut("xx") raises ValueError "empty"',
        "X1: long(7) is False",
        "X2: long(8) is True",
    )
    answers = {
        'cut("a")': ("ValueError", "empty slug"),
        'cut("!!")': value("'ab'"),
        'cut("x")': value("'x'"),
        "long(6)": value("False"),
        "long(9)": value("False"),
    }
    assert learned(spec, answers) == [
        'E2: cut("a") raises ValueError "empty slug"',
        'E2: cut("x") == "x"',
        "X1: long(9) is False",
        'V1: cut("!!") == "ab"',
        "X1: long(6) is False",
    ]


def test_only_rows_that_pass_are_kept_and_the_first_that_fails_kills():
    spec = spec_of('V1: cut("ab") == "ab"')
    rows = tuple(parse_row(f"V1: cut({n}) == {n}", 0, n) for n in (1, 2, 3))
    probing = probe.with_rows(spec, rows)
    assert probing.rows == rows
    assert probing.held_out == probing.tests == ()
    nodes = [row_node_id(probing, row) for row in rows]
    passed = TestReport(Verdict.FAILED, passed=(nodes[0], nodes[2]))
    assert probe.confirmed(probing, rows, passed) == (rows[0], rows[2])
    failed = TestReport(
        Verdict.FAILED, failures=(TestFailure(nodes[1], "call", "AssertionError", "", ""),)
    )
    assert probe.killer(probing, rows, failed) == rows[1]
    assert probe.row_text(rows[1]) == "V1: cut(2) == 2"
    assert probe.killer(probing, rows, TestReport(Verdict.PASSED)) is None
