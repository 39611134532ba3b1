"""What each operator changes, and what it leaves."""

import pytest
from mutated import changes

from specloop.strength.mutant import OPERATORS


def function(*lines):
    return "def f(x, y):\n" + "".join(f"    {line}\n" for line in lines)


BOUNDARY = [
    ("return x < y", ["return x <= y"]),
    ("return x <= y", ["return x < y"]),
    ("return x > y", ["return x >= y"]),
    ("return x >= y", ["return x > y"]),
    ("return (x) < (y)", ["return (x) <= (y)"]),
    ("return 1 < x <= 9", ["return 1 <= x <= 9", "return 1 < x < 9"]),
    ("return 'ä' < x", ["return 'ä' <= x"]),
    ("return x == y", []),
]
COMPARISON = [
    ("return x == y", ["return x != y"]),
    ("return x != y", ["return x == y"]),
    ("return x in y", ["return x not in y"]),
    ("return x not  in y", ["return x in y"]),
    ("return x is y", ["return x is not y"]),
    ("return x is not y", ["return x is y"]),
    ("assert x == y", ["assert x != y"]),
    ("return 1 if x == y else 2", []),  # forced
    ("return x == y and y", []),  # an operand that is lost
]
BOOLEAN = [
    ("return x and y", ["return True and y", "return x and True"]),
    ("return x or (y)", ["return False or (y)", "return x or (False)"]),
    ("return not x", ["return  x"]),
    ("return 1 if not x else 2", []),
]
CONDITION = [
    ("return 1 if x else 2", ["return 1 if True else 2", "return 1 if False else 2"]),
    ("return 1 if x and y else 2", ["return 1 if False else 2"]),
    ("return 1 if x or y else 2", ["return 1 if True else 2"]),
    ("return [z for z in x if z]", ["return [z for z in x if True]"]),
]
ARITHMETIC = [
    ("return x + y", ["return x - y"]),
    ("return x - y", ["return x + y"]),
    ("return x * y", ["return x // y"]),
    ("return x / y", ["return x * y"]),
    ("return x // y", ["return x / y"]),
    ("return x % y", ["return x // y"]),
    ("return x ** y", ["return x * y"]),
    ("return x << y", ["return x >> y"]),
    ("return x & y", ["return x | y"]),
    ("return x ^ y", ["return x | y"]),
    ("return -x", ["return x"]),
    ("x += y", ["x -= y"]),
    ("return x + 'a'", []),
    ("return f'a' + x", []),
    ("x += 'a'", []),
]
CONSTANT = [
    ("return 7", ["return 8", "return 6"]),
    ("return -1", ["return 0", "return -2"]),
    ("return 0.5", ["return 1.5"]),
    ("return True", ["return False"]),
    ("return 'ab' 'c'", ['return ""']),
    ("return ''", ['return "x"']),
    ("return b'a'", ['return b""']),
    ("return f'a{x}'", ['return ""']),
    ("return x < 3", ["return x < 2"]),  # 4 would be what the boundary gives
    ("return x <= 3", ["return x <= 4"]),
    ("return 3 < x", ["return 4 < x"]),
    ("return x in (400, 503)", ["return x in (401, 503)", "return x in (400, 504)"]),
    ("return None", []),
    ("return x.strip('-')", []),  # does what leaving out the call does
]
SLICE = [
    ("return x[y:3]", ["return x[None:3]"]),
    ("return x[:len(y)]", ["return x[:None]"]),
    ("return x[1:-1]", []),
]
CALL = [
    ("return x.strip()", ["return x.lstrip()", "return x.rstrip()"]),
    ("return (x + y).lower().upper()", ["return (x + y).upper()", "return (x + y).lower()"]),
    ("return min(x, y)", ["return max(x, y)"]),
    ("return any(x)", ["return all(x)"]),
    ("return x.startswith(y)", ["return x.endswith(y)"]),
    ("return x.send(y)", []),
]
RETURN = [
    ("return x", ["return None"]),
    ("yield (x)", ["yield (None)"]),
    ("return 3", []),  # the value itself is mutated
    ("return x == y", []),
    ("return", []),
]
RAISE = [
    ("raise ValueError(x) from y", ["pass", "raise Exception(x) from y"]),
    ("raise x.Missing", ["pass", "raise Exception"]),
    ("raise Exception(x)", ["pass"]),
    ("raise x", ["pass"]),
]
STATEMENT = [
    ("x.save()", ["pass"]),
    ("logger.info('saved %s', x)", ["pass"]),
    ("x.a = y", ["pass"]),
    ("x[0] = y", ["pass"]),
    ("x = y", ["pass"]),
    ("x += 1", ["pass"]),
    ("del x", ["pass"]),
    ("assert x", ["pass"]),
    ("z = x.a; return z", []),  # what uses it would break
    ("raise ValueError(x)", []),  # has an operator of its own
]
TABLE = {
    "boundary": BOUNDARY,
    "comparison": COMPARISON,
    "boolean": BOOLEAN,
    "condition": CONDITION,
    "arithmetic": ARITHMETIC,
    "constant": CONSTANT,
    "slice": SLICE,
    "call": CALL,
    "return": RETURN,
    "raise": RAISE,
    "statement": STATEMENT,
}


@pytest.mark.parametrize(
    ("operator", "line", "expected"),
    [(name, line, expected) for name, rows in TABLE.items() for line, expected in rows],
)
def test_operator(operator, line, expected):
    assert changes(function(line), operator) == expected


def test_every_operator_is_tried():
    assert {*TABLE, "decorator"} == OPERATORS.keys()


def test_conditions_of_if_are_forced_both_ways():
    code = function("if x:", "    y = 1", "    return y", "return x")
    assert changes(code, "condition") == ["if True:", "if False:"]


def test_a_condition_that_guards_one_statement_is_not_forced_false_besides():
    code = function("if x:", "    raise ValueError(y)", "return x")
    assert changes(code, "condition") == ["if True:"]
    assert "pass" in changes(code, "raise")


def test_loops_are_not_made_endless_by_their_condition():
    code = function("while x:", "    x.pop()", "    y.pop()")
    assert changes(code, "condition") == ["while False:"]


def test_break_and_continue_are_removed():
    for word in ("break", "continue"):
        code = function("for z in x:", f"    if y: {word}", "    y = z", "return y")
        assert "if y: pass" in changes(code, "statement")


def test_decorators_are_removed_but_those_without_which_nothing_works():
    code = "@first(\n    1)\n@staticmethod\n@app.second\ndef f(): ...\n"
    assert len(changes(code, "decorator")) == 2


def test_fields_lose_their_values():
    code = "class A:\n    x: int = field(a)\n    y: int\n    table = b\n"
    assert changes(code, "statement") == ["x: int", "pass"]


def test_a_value_of_a_module_is_not_taken_away():
    assert changes("LIMIT = compute()\n", "statement") == []


def test_guards_of_match_are_forced():
    code = function("match x:", "    case 1 if y:", "        return 2")
    assert changes(code, "condition") == ["case 1 if True:"]
    assert changes(code, "constant") == ["return 3", "return 1"], "patterns are left alone"


LEFT = {
    "docstring": 'def f():\n    """Text 1."""\n    ...\n',
    "annotation": 'def f(x: "int" = ..., *y: Literal["a", 1]) -> Literal["b"]: ...\n',
    "variable annotation": 'x: Literal["a", 1]\n',
    "import": "from a import b\nimport c\n",
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    x = 1\n",
    "script": 'if __name__ == "__main__":\n    main(1)\n',
    "__all__": '__all__ = ["a", "b"]\n',
    "names": 'T = TypeVar("T")\nlogger = logging.getLogger("app")\n',
    "override": "class A(B):\n    @override\n    def f(self): ...\n",
}


@pytest.mark.parametrize("name", LEFT)
def test_left_alone(name):
    assert changes(LEFT[name]) == []


def test_texts_of_logging_are_left_alone():
    assert changes(function("log.warning('no %s', x, extra={'a': 1})")) == ["pass"]


def test_else_of_what_is_only_for_type_checkers_is_mutated():
    assert changes("if TYPE_CHECKING:\n    x = 1\nelse:\n    y = 2\n") == ["y = 3", "y = 1"]
