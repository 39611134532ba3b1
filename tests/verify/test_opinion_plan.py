"""What of a row goes to the worker, and what stays."""

import ast

import pytest

from specloop.spec.parse_row import parse_row
from specloop.verify.opinion.plan import plan


def planned(row, setup="", names=("f", "g", "Stack")):
    (found,) = plan("shop", names, setup, [("node", parse_row(f"V1: {row}", 1, 1))]).rows
    return found


def program(row, setup="", names=("f", "g", "Stack")):
    """The worker's source without what every row has."""
    lines = planned(row, setup, names).program.splitlines()
    ours = ("def __row__", "async def __row__", "__begin__", "try:", "except:", "__failed__")
    kept = [line.strip() for line in lines if not line.strip().startswith(ours)]
    return [line.replace("__record__", "tell") for line in kept]


@pytest.mark.parametrize(
    ("row", "steps"),
    [
        ("f(1) == 2", ["tell(0, f(1))"]),
        ("2 == f(1)", ["tell(0, f(1))"]),
        ("len(f('x')) == 60", ["tell(1, len(tell(0, f('x'))))"]),
        ("f(1) == g(2)", ["tell(0, f(1))", "tell(1, g(2))"]),
        ("f(1) == f(1)", ["tell(0, f(1))", "tell(1, f(1))"]),
        ("not f(1)", ["tell(0, f(1))"]),
        ("f(1)", ["tell(0, f(1))"]),
        ("f(1) in (2, 3)", ["tell(0, f(1))"]),
        ("isinstance(f(1), int)", ["tell(0, f(1))"]),
        ("f(1).startswith('a')", ["tell(0, f(1))"]),
        ("f(1).split('x') == ['a']", ["tell(1, tell(0, f(1)).split('x'))"]),
        ("f(1)['a'] == 2", ["tell(1, tell(0, f(1))['a'])"]),
        ("f(1).text == 'a'", ["tell(0, f(1).text)"]),
        ("(f(1), g(2)) == (3, 4)", ["tell(2, (tell(0, f(1)), tell(1, g(2))))"]),
        ("[*f(1), 2] == [1, 2]", ["tell(1, [*tell(0, f(1)), 2])"]),
        ("str(f(1)) == 'a'", ["tell(0, str(f(1)))"]),
        ("[f(n) for n in (1, 2)] == [3, 4]", ["tell(2, [tell(0, f(1)), tell(1, f(2))])"]),
        ("[f(n) for n in (1, 2) if n > 1] == [4]", ["tell(1, [tell(0, f(2))])"]),
        ("all(f(a) == b for a, b in [(1, 'x')])", ["tell(0, f(1))"]),
        ("all(n > 2 for n in f(1))", ["tell(0, f(1))"]),
        ("[n.id for n in f(1)] == [3]", ["tell(0, [n.id for n in f(1)])"]),
        ("[n.id == 3 for n in f(1)] == [True]", ["tell(0, f(1))"]),
        ("f(1) == 2 or g(1) == 3", ["tell(0, f(1))", "tell(1, g(1))"]),
        ("f(1 + 1) + 1 == 2", ["tell(1, tell(0, f(1 + 1)) + 1)"]),
        ("await f(1) == 2", ["tell(0, await f(1))"]),
        ("Stack(1).startswith('a')", ["tell(0, Stack(1).startswith('a'))"]),
        ("f(1) == '-'.join(['a', 'b'])", ["tell(0, f(1))"]),
        ("f(1) raises ValueError 'x'", ["tell(0, f(1))"]),
    ],
)
def test_the_worker_gets_calls_and_we_compare(row, steps):
    assert program(row) == steps


def test_constants_go_where_they_are_needed():
    setup = "TITLE = 'a'\nWANTED = {'x': 1}\nFIRST, SECOND = 1, 2\nBOTH = TITLE + 'b'"
    assert program("f(TITLE) == WANTED", setup) == ["TITLE = 'a'", "tell(0, f(TITLE))"]
    assert program("f(1) == SECOND and f(2) == BOTH", setup) == ["tell(0, f(1))", "tell(1, f(2))"]
    assert program("f(BOTH) == 1", setup) == [
        "TITLE = 'a'",
        "BOTH = TITLE + 'b'",
        "tell(0, f(BOTH))",
    ]


def test_what_can_change_is_the_worker_s_where_it_needs_it():
    setup = "DATA = [3, 1]\nMORE = DATA + [4]\nOTHER = [5]"
    told = ["tell(0, f(DATA))", "tell(1, DATA)"]
    assert program("f(DATA) == 1 and DATA == OTHER", setup)[-2:] == told
    assert "OTHER = [5]" not in program("f(DATA) == 1 and DATA == OTHER", setup)
    assert "MORE = DATA + [4]" in program("f(DATA) == MORE", setup)


@pytest.mark.parametrize(
    "setup",
    [
        "N = 1\nN = 2",
        "N = 1\nN += 1",
        "if f:\n    N = 1",
        "for N in f(): pass",
        "N = g()",
        "N = 1\ndef h():\n    nonlocal N\n    N = 2",
        "N = 1\ndel N",
        "def N(): pass",
        "import shop as N",
    ],
)
def test_a_name_that_may_mean_something_else_is_the_worker_s(setup):
    assert "tell(1, N)" in program("f(1) == N", setup)


def test_names_that_the_module_exports_are_its_own():
    assert program("len('a') == 1", names=("len",)) == ["tell(0, len('a'))"]
    assert program("sum([1]) == 1", names=()) == ["tell(0, sum([1]))"]
    assert program("len(f(1)) == 1", names=()) == ["tell(1, len(tell(0, f(1))))"]


def test_known_imports_stay_here_and_others_go():
    setup = "from decimal import Decimal\nimport math, pytest\nimport shop.tables"
    row = "f(1) == pytest.approx(3) and g(1) == Decimal('1') and math.isclose(f(2), 1.5)"
    assert program(row, setup)[0] == "import shop.tables"
    assert len(program(row, setup)) == 4
    assert "from decimal import Decimal" in program("f(Decimal('1')) == 1", setup)


def test_a_row_that_needs_pytest_is_not_evaluated():
    assert "needs pytest" in planned("f(pytest.approx(1)) == 1").why
    order = plan("shop", ["f"], "", [("n", parse_row("V1: f(pytest) == 1", 1, 1))]).order()
    assert order == {"module": "shop", "names": ["f"], "rows": []}


def test_the_order_tells_which_rows_wait_and_which_level_they_log_at():
    sources = ["await f(1) == 2", "f(lambda: 1) logs INFO 'x'", "x = await f(1); x == 2"]
    rows = [(str(at), parse_row(f"V1: {row}", 1, 1)) for at, row in enumerate(sources)]
    order = plan("shop", ["f"], "async def h():\n    await f(1)", rows).order()
    assert [row["awaits"] for row in order["rows"]] == [True, False, True]
    assert [row["level"] for row in order["rows"]] == [None, 20, None]


def test_a_row_of_too_many_parts_is_not_evaluated():
    wide = "[" + ", ".join(["f(1)"] * 500) + "] == 1"
    assert "too many parts" in planned(wide).why


def test_texts_come_to_the_worker_as_they_stand():
    rows = [r"f(f'{1}\n{2!r:>3}') == 'a'", r"f('\udc80\n', b'\xff') == 1", r"f('''a\tb''') == 1"]
    setup = 'def h():\n    """Doc.\n\n    More.\n    """\n    return f"{1}\'" + f(0)'
    for row in rows:
        source = planned(row, setup).program
        wanted = parse_row(f"V1: {row}", 1, 1).expression.partition(" == ")[0]
        for part in (ast.parse(wanted).body[0].value, ast.parse(setup).body[0]):
            assert ast.dump(part) in ast.dump(ast.parse(source))
