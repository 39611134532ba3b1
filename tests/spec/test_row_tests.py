"""The pytest file made from example rows."""

import ast
from dataclasses import replace

import pytest
from row_suite import run_rows, spec_of

from specloop.spec.row_tests import (
    is_held_out,
    render_row_tests,
    row_node_id,
    row_test_name,
    tells_of_held_out,
)
from specloop.spec.stub import stub

EVERY_KIND = spec_of(
    """
    O1: double(2) == 4
    O1, V2: n = 3; m = n + 1; double(n + m) == 14
    E1: double("x") raises TypeError
    E1: double(-1) raises ValueError "below 0 (is -1)"
    L1: double(0) logs WARNING "it is nothing"
    V1: await later(3) == 6
    V1: [n async for n in count(2)] == [0, 1]
    E2: await later(-1) raises ValueError "below 0"
    L2: await later(0) logs WARNING "nothing"
    X1: TEXT == "a\\n    b\\nc"
    X2: FACTOR * double(1) == 20
    """,
    held_out="""
    O1: double(50) == 100
    E1: double(-50) raises ValueError
    """,
    exports="""
    def double(n: int) -> int
    async def later(n: int) -> int
    async def count(n: int) -> AsyncIterator[int]
    FACTOR: int
    """,
    setup='''
    import textwrap  # with a comment

    TEXT = """a
        b
    c"""


    def unused():
        """A text
        of two lines."""
        return 1
    ''',
)
RIGHT = """
    import logging

    FACTOR = 10

    def double(n):
        if n == 0:
            logging.getLogger(__name__).warning("it is %s", "nothing")
        if isinstance(n, str):
            raise TypeError(n)
        if n < 0:
            raise ValueError(f"below 0 (is {n})")
        return 2 * n

    async def later(n):
        return double(n)

    async def count(n):
        for one in range(n):
            yield one
"""
NAMES = [row_test_name(row) for row in (*EVERY_KIND.rows, *EVERY_KIND.held_out)]


def test_rows_of_every_kind_pass_on_right_code_with_pytest_alone(tmp_path):
    found = run_rows(tmp_path, EVERY_KIND, RIGHT)
    assert {name: found.get(name) for name in NAMES} == dict.fromkeys(NAMES, "PASSED"), found[""]
    assert "13 passed" in found[""]


def test_rows_of_every_kind_fail_on_wrong_code(tmp_path):
    wrong = """
        import logging

        FACTOR = 11

        def double(n):
            logging.getLogger(__name__).info("it is nothing")
            logging.getLogger(__name__).warning("it is something")
            if n == "x":
                raise ValueError("no")
            if n == -1:
                raise ValueError("below 0 [is -1]")
            return 3

        async def later(n):
            return 3

        async def count(n):
            for one in range(n + 1):
                yield one
    """
    found = run_rows(tmp_path, EVERY_KIND, wrong)
    told = {name: found.get(name) for name in NAMES}
    assert told.pop("test_X1_10") == "PASSED"  # what setup says is so whatever the code is
    assert set(told.values()) == {"FAILED"}, found[""]


def test_no_row_passes_on_the_stub_and_each_fails_by_itself(tmp_path):
    spec = replace(EVERY_KIND, rows=(*EVERY_KIND.rows[:9], *EVERY_KIND.rows[10:]))
    found = run_rows(tmp_path, spec, stub(spec))
    names = [row_test_name(row) for row in (*spec.rows, *spec.held_out)]
    assert {name: found.get(name) for name in names} == dict.fromkeys(names, "FAILED"), found[""]


def test_each_test_bears_its_ids_and_shows_the_call():
    text = render_row_tests(EVERY_KIND, ["."])
    assert '@pytest.mark.spec("it/O1", "it/V2")\ndef test_O1_V2_2():' in text
    assert "    assert double(n + m) == 14\n" in text
    assert "def test_held_out_E1_2():" in text
    assert "Example rows of specs/it.yaml" in text
    assert "from app.it import double, later, count, FACTOR\n" in text


def test_only_what_is_needed_is_imported():
    plain = render_row_tests(spec_of("O1: f() == 1", exports="def f() -> int"), ["."])
    assert [line for line in plain.splitlines() if "import" in line] == [
        "import pytest",
        "from app.it import f",
    ]


def test_no_rows_no_file():
    assert render_row_tests(spec_of("", exports="def f() -> int"), ["."]) == ""


def test_a_spec_without_exports_has_all_public_names_in_scope(tmp_path):
    found = run_rows(tmp_path, spec_of("O1: whatever() == 1"), "def whatever(): return 1\n")
    assert found["test_O1_1"] == "PASSED", found[""]


def test_a_source_folder_is_no_part_of_the_import_path(tmp_path):
    spec = spec_of("O1: f() == 1", exports="def f() -> int", file="src/app/it.py")
    found = run_rows(tmp_path, spec, "def f(): return 1\n", "src")
    assert found["test_O1_1"] == "PASSED", found[""]


def test_exports_that_look_like_tests_are_not_run_as_such(tmp_path):
    spec = spec_of(
        """
        O1: testimonial("x") == "x!"
        O1: TestBed(1).size == other()
        O1: await testing() == 1
        """,
        exports="""
        def testimonial(text: str) -> str
        class TestBed:
            def __init__(self, size: int) -> None: ...
        async def testing() -> int
        def other() -> int
        """,
    )
    code = """
        def testimonial(text):
            return text + "!"

        class TestBed:
            def __init__(self, size):
                self.size = size

        async def testing():
            return 1

        def other():
            return 1
    """
    found = run_rows(tmp_path, spec, code)
    assert "3 passed" in found[""], found[""]
    assert "warning" not in found[""]


def test_many_exports_are_imported_on_lines_of_their_own():
    exports = "\n".join(f"def a_rather_long_name_{n}() -> int" for n in range(6))
    text = render_row_tests(spec_of("O1: a_rather_long_name_1() == 1", exports=exports), ["."])
    assert "from app.it import (\n    a_rather_long_name_0,\n" in text
    ast.parse(text)


@pytest.mark.parametrize(
    ("setup", "value"),
    [
        ('T = """one\n  two\n"""', "one\n  two\n"),
        ("T = '''\n'''", "\n"),
        ('x = 1\nT = f"""{x}\n{x}"""', "1\n1"),
        ('x = 1\nT = f"""a\n  {x}\n  b"""', "a\n  1\n  b"),
        ('T = "a\\\nb"', "ab"),
        ("T = (\n    'a'\n    'b'\n)", "ab"),
        ("if True:\n    # why\n\n    T = 'a'", "a"),
    ],
)
def test_setup_means_the_same_inside_a_function(setup, value):
    text = render_row_tests(spec_of("O1: T == f()", exports="def f() -> int", setup=setup), ["."])
    function = ast.parse(text).body[-1]
    assert isinstance(function, ast.FunctionDef)
    scope: dict[str, object] = {}
    exec(compile(ast.Module(function.body[:-1], []), "rows", "exec"), scope)
    assert scope["T"] == value


def test_node_ids():
    held_out = EVERY_KIND.held_out[0]
    assert row_node_id(EVERY_KIND, EVERY_KIND.rows[0]) == "tests/spec/test_it.py::test_O1_1"
    assert is_held_out(row_node_id(EVERY_KIND, held_out))
    assert not is_held_out(row_node_id(EVERY_KIND, EVERY_KIND.rows[0]))
    assert not is_held_out("tests/test_mine.py::test_held_out_goods")
    assert tells_of_held_out(f"FAILED {row_node_id(EVERY_KIND, held_out)} - assert 1 == 2")
    assert not tells_of_held_out("FAILED tests/spec/test_it.py::test_O1_1")


def test_names_of_tests_are_unlike_each_other():
    assert len(set(NAMES)) == len(NAMES)
