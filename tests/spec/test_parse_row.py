import pytest

from specloop.spec.parse_row import RowError, parse_row

CHECKS = [
    ("V1: f(x) == 1", (), "true", "f(x) == 1", "", None),
    ("V1: f(x)", (), "true", "f(x)", "", None),
    ("V1: a = 1; b = 2; f(a, b)", ("a = 1", "b = 2"), "true", "f(a, b)", "", None),
    ('V1: a = "; raises X"; f(a) == ";"', ('a = "; raises X"',), "true", 'f(a) == ";"', "", None),
    ("V1: f() raises ValueError", (), "raises", "f()", "ValueError", None),
    ('V1: f() raises shop.Empty "no; text"', (), "raises", "f()", "shop.Empty", "no; text"),
    ("V1: f() raises E 'a' 'b'", (), "raises", "f()", "E", "ab"),
    ('V1: f(" raises X") == 1', (), "true", 'f(" raises X") == 1', "", None),
    ("V1: x[0] raises IndexError", (), "raises", "x[0]", "IndexError", None),
    ("V1: {**a} raises TypeError", (), "raises", "{**a}", "TypeError", None),
    ('V1: f"{x}" raises E', (), "raises", 'f"{x}"', "E", None),
    ("V1: raises == 1", (), "true", "raises == 1", "", None),
    ("V1: not raises", (), "true", "not raises", "", None),
    ("V1: log.raises(1)", (), "true", "log.raises(1)", "", None),
    ("V1: f(raises=1, logs=2)", (), "true", "f(raises=1, logs=2)", "", None),
    ("V1: raises = f; raises() raises E", ("raises = f",), "raises", "raises()", "E", None),
    ('L1: f() logs WARNING "gone"', (), "logs", "f()", "WARNING", "gone"),
    ("V1: await f() raises E", (), "raises", "await f()", "E", None),
    ("V1: x = await f(); x == 1", ("x = await f()",), "true", "x == 1", "", None),
    ("V1: [x async for x in f()] == []", (), "true", "[x async for x in f()] == []", "", None),
    (r"V1: f() raises E 'a\d'", (), "raises", "f()", "E", r"a\d"),
    ("V1: f() == 1  # why", (), "true", "f() == 1", "", None),
    ('V1: f("#") == "é"', (), "true", 'f("#") == "é"', "", None),
    ("V1: f(); g(1)", ("f()",), "true", "g(1)", "", None),
    ("V1: await f(); g(1)", ("await f()",), "true", "g(1)", "", None),
    ("V1: (n := f()); n == 1", ("(n := f())",), "true", "n == 1", "", None),
    ("V1: assert f() == 1; g(1)", ("assert f() == 1",), "true", "g(1)", "", None),
    ("V1: x: int = f(); x == 1", ("x: int = f()",), "true", "x == 1", "", None),
    ("V1: a >> b; f(a)", ("a >> b",), "true", "f(a)", "", None),
    ("V1: a[0]; f(a)", ("a[0]",), "true", "f(a)", "", None),
]


@pytest.mark.parametrize(("text", "setup", "kind", "expression", "name", "wanted"), CHECKS)
def test_check(
    text: str, setup: tuple[str, ...], kind: str, expression: str, name: str, wanted: str | None
) -> None:
    row = parse_row(text, 7, 2)
    assert (row.setup, row.kind, row.expression) == (setup, kind, expression)
    assert (row.name, row.text) == (name, wanted)
    assert (row.line, row.number, row.held_out) == (7, 2, False)


def test_ids_and_source() -> None:
    row = parse_row("  V1,E2 , X10 : a = 1; f(a)  # note", 1, 1, held_out=True)
    assert row.ids == ("V1", "E2", "X10")
    assert row.source == "a = 1; f(a)"
    assert row.held_out


FAULTS = [
    ("f() == 1", "R101", "does not begin with requirement ids"),
    ("V1", "R101", "'V1'"),
    ("V: f()", "R101", "requirement ids"),
    ("V1, : f()", "R101", "requirement ids"),
    ("V1:", "R105", "nothing follows the ids"),
    ("V1: # later", "R103", "one line of Python"),
    ("V1: f(", "R103", "not closed"),
    ("V1: f() == 'a", "R103", "unterminated"),
    ("V1: f() ==", "R103", "not an expression"),
    ("V1: a = 1", "R103", "not an expression"),
    ("V1: a = ; f()", "R103", "'a =' is not a statement"),
    ("V1: f();", "R103", "before or after a `;`"),
    ("V1: return; f()", "R103", "outside function"),
    ("V1: from m import *; f()", "R103", "module level"),
    ("V1: f() raises E; g()", "R103", "not a statement"),
    ("V1: f(\\", "R103", "not closed"),
    ("V1: \x00", "R103", "null bytes"),
    ("V1: f() raises", "R104", "needs an exception"),
    ("V1: f() raises 3", "R104", "needs an exception"),
    ("V1: f() raises None", "R104", "needs an exception"),
    ("V1: f() raises E text", "R104", "one text in quotes"),
    ("V1: f() raises E f'{x}'", "R104", "one text in quotes"),
    ("V1: f() raises E 'a' or 'b'", "R104", "one text in quotes"),
    ("V1: f() logs LOUD 'a'", "R104", "'LOUD' is not a log level"),
    ("V1: f() logs info 'a'", "R104", "did you mean 'INFO'?"),
    ("V1: f() logs INFO", "R104", "needs a text"),
    ("V1: f(), 'reason'", "R105", "says nothing"),
    ("V1: 'f() == 1'", "R105", "says nothing"),
    ("V1: f(1) == 9; f(2) == 4", "R105", "`f(1) == 9` is not checked: only what stands after the"),
    ("V1: f(1) and g(1); f(2) == 4", "R105", "write `and`, or two rows"),
    ("V1: not f(1); f(2) == 4", "R105", "`not f(1)` is not checked"),
    ("V1: done; f(2) == 4", "R105", "`done` is not checked"),
    ("V1: 3; f(2) == 4", "R105", "`3` is not checked"),
    ("V1: f(1), 9; f(2) == 4", "R105", "`f(1), 9` is not checked"),
    ("V1: [f(1)]; f(2) == 4", "R105", "`[f(1)]` is not checked"),
    ("V1: a = 1; f(1) == 9; f(2) raises E", "R105", "`f(1) == 9` is not checked"),
    ("V1: assert f() == 1", "R103", "leave out `assert`"),
    ("V1: assert f() raises E", "R103", "leave out `assert`"),
    ("V1: f() = 1", "R103", "write `==` to compare"),
    ("V1: f() -> 1", "R103", "write `==` to compare"),
    ("V1: f() => 1", "R103", "write `==` to compare"),
    ("V1: f(a=1) 1", "R103", "invalid syntax"),
    (f"V1: f({'1+' * 800}1) == 801", "R103", "too deeply nested"),
    (f"V1: a = {'-' * 200}1; f(a) == 1", "R103", "too deeply nested"),
]


@pytest.mark.parametrize(("text", "code", "piece"), FAULTS)
def test_fault(text: str, code: str, piece: str) -> None:
    with pytest.raises(RowError) as caught:
        parse_row(text, 1, 1)
    assert caught.value.code == code
    assert piece in str(caught.value)


def test_deeply_nested_check_is_refused() -> None:
    with pytest.raises(RowError):
        parse_row(f"V1: {'(' * 500}1{')' * 500}", 1, 1)


def test_a_long_check_is_not_a_deep_one() -> None:
    numbers = ", ".join(["1"] * 2000)
    assert parse_row(f"V1: f([{numbers}]) == 2000", 1, 1).expression.endswith("2000")


@pytest.mark.parametrize(
    "check", ["[f() == 1]", "{f() == 1}", "f() == 1 or 'b'", "f'{f()}'", "(f(), 1)", "{'a': f()}"]
)
def test_a_check_that_always_holds_is_none(check):
    with pytest.raises(RowError) as caught:
        parse_row(f"V1: {check}", 1, 1)
    assert caught.value.code == "R105"


def test_names_may_be_bound_before_the_check():
    assert parse_row("V1: (a := f(), b := f()); a is b", 1, 1).expression == "a is b"
