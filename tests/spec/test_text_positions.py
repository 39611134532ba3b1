from specloop.spec.problems import Problems
from specloop.spec.toml_text import TomlText, read_toml
from specloop.spec.yaml_node import Mapping, Node, locate, plain
from specloop.spec.yaml_text import read_yaml

TOML = """\
a.b = 1 # [x]
"c.d" = { e = [1, {f = '#'}], g = 2 }

[t.u]
text = \"\"\"
[no] = "x\\\"""
\"\"\"
list = [
  "a]", # comment, with ]
  'b"',

  [3, 4],
]
[[m]]
x = 1979-05-27 07:32:00
[[m]]
[m.n]
y = -1.5e3
[[m.k]]
z = true
[[m.k]]
z = '''
'''
last = 1
"""


def _toml(text: str) -> TomlText:
    problems = Problems("x.toml")
    toml = read_toml(text, problems)
    assert toml is not None, problems.found
    return toml


def test_toml_lines() -> None:
    toml = _toml(TOML)
    expected = {
        ("a", "b"): 1,
        ("c.d", "e", 1, "f"): 2,
        ("c.d", "g"): 2,
        ("t", "u"): 4,
        ("t", "u", "text"): 5,
        ("t", "u", "list"): 8,
        ("t", "u", "list", 0): 9,
        ("t", "u", "list", 1): 10,
        ("t", "u", "list", 2, 1): 12,
        ("m", 0, "x"): 15,
        ("m", 1, "n", "y"): 18,
        ("m", 1, "k", 0, "z"): 20,
        ("m", 1, "k", 1, "z"): 22,
        ("m", 1, "k", 1, "last"): 24,
    }
    assert {path: toml.line(path) for path in expected} == expected
    for path in expected:
        value: object = toml.data
        for step in path:
            value = value[step]  # type: ignore[index]


def test_toml_line_of_what_is_not_there_is_that_above() -> None:
    toml = _toml(TOML)
    assert toml.line(("t", "u", "none", 3)) == 4
    assert toml.line(("none",)) == 1


def test_toml_that_is_too_deep() -> None:
    texts = [
        "a" + ".a" * 500 + " = 1",
        "[a" + ".a" * 500 + "]",
        "a = " + "{a=" * 99 + "1" + "}" * 99,
    ]
    for text in [*texts, "a = " + "[" * 99 + "]" * 99, "a = " + "[" * 5_000]:
        problems = Problems("x.toml")
        assert read_toml(text, problems) is None
        assert [finding.code for finding in problems.found] == ["P101"]


def _yaml(text: str) -> Node:
    problems = Problems("x.yaml")
    node = read_yaml(text, problems)
    assert node is not None, problems.found
    return node


def test_yaml_data_and_lines() -> None:
    node = _yaml("a: &x\n  - 1\n  - b: no\n\n  - |\n    c\nd: {e: *x, f: true}\ng: 010\nh:\ni: ~\n")
    expected = [1, {"b": "no"}, "c\n"]
    assert plain(node) == {
        "a": expected,
        "d": {"e": expected, "f": True},
        "g": "010",
        "h": None,
        "i": None,
    }
    assert locate(node, ("a",)) == 1
    assert locate(node, ("a", 0)) == 2
    assert locate(node, ("a", 1, "b")) == 3
    assert locate(node, ("a", "b")) == 3
    assert locate(node, ("a", 2)) == 5
    assert locate(node, ("d", "f")) == 7
    assert locate(node, ("d", "f", 3, "x")) == 7
    assert locate(node, ("none",)) == 1


def test_yaml_kinds_are_those_of_any_version() -> None:
    node = _yaml("a: 'no'\nb: no\nc: 1_0\nd: text\ne: 2026-01-31\nf: ~\ng: 1.5\nh: 12:30\n")
    assert isinstance(node, Mapping)
    kinds = [value.kind for _, value in node.pairs]  # type: ignore[union-attr]
    assert kinds == ["str", "bool", "int", "str", "timestamp", "null", "float", "int"]
