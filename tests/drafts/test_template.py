import re
from pathlib import Path

import pytest

from specloop.drafts.placeholders import Marked
from specloop.drafts.shelf import find_templates
from specloop.drafts.template import Placeholder, Template, fill, parse_template
from specloop.errors import InvalidInput
from specloop.spec.problems import Problems
from specloop.spec.yaml_node import PlainData, plain
from specloop.spec.yaml_text import read_yaml

# Every place in which a text can stand, each with comments and neighbours that must stay.
PLACES = """\
# {p}: a text; e.g. tea

# about the places
bare: {p}
double: "{p}"
single: '{p}'
within: x {p} y
rows: |   # beside a block
  one
  {p}

# below a block
flow: [{p}, "{p}", 'z{p}', {p}/k]
items:
- {p}
- V1: {p}
- - {p}
  - last
beside: {p}  # beside a text

folded: >
  one
  {p}

  three
deeper: |
    one
      {p}
anchored: &a {p}
pair: { x: {p}, y: "{p}" }
{p}: a key
strip: |-
  {p}
keep: |+
  {p}

last: {p}"""

VALUES = [
    *("tea", "a: b", "a:", "a #b", "#a", "- a", "-", "? a", "a, b", "{x}", "{p}", "[a", "]", "}"),
    *("yes", "no", "null", "~", "", "0123", "1", "-1", "1.5", "1e3", "2030-01-31", "=", "<<"),
    *("'", '"', "'a'", '"a"', "a'b\"c", "\\", "\\n", "a\\", "%a", "@a", "`a`", "!a", "&a", "*a"),
    *("|", ">", "---", "...", "--- a", "%YAML 1.2", "é", "日本", "😀", "\ue000", "\ue0000\ue000"),
    *(" a", "a ", "\ta", "a\t", "\x7f", "a\x85b", "a\u2028b", "\ufeff", "\uffff", "a" * 300),
    *("a\nb", "a\n\nb", "a\nb\n", "a\n\n", "\n", "\n\n", "\na", "a\n  b\nc", "  a\nb", "a\n \nb"),
    *("a\n---\nb", "a\n# b", "a\n\tb", "a \nb", "\n a", "a: b\n- c", "a\r\nb", "'a'\n\"b\""),
    'O1: f("x") == {1: "y"}[1]  # one\nE1: g(\'\') raises ValueError "no"\n',
]


def _loaded(text: str) -> PlainData:
    problems = Problems("text")
    tree = read_yaml(text, problems)
    assert tree is not None, (problems.found, text)
    return plain(tree)


def _replaced(data: PlainData, value: str) -> PlainData:
    match data:
        case str():
            return data.replace("PLACE", value)
        case list():
            return [_replaced(item, value) for item in data]
        case dict():
            return {
                key.replace("PLACE", value): _replaced(item, value) for key, item in data.items()
            }
    return data


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_read_back_as_it_is_wherever_it_stands(value: str) -> None:
    template = parse_template(PLACES, "places.yaml")
    wanted = _replaced(_loaded(PLACES.replace("{p}", "PLACE") + "\n"), value)
    assert isinstance(wanted, dict)
    wanted["deeper"] = "one\n  " + re.sub(r"\n(?=[^\n])", "\n  ", value) + "\n"
    filled = fill(template, {"p": value})
    assert _loaded(filled.text) == wanted
    assert filled.unset == ()
    for comment in ("about the places", "beside a block", "below a block", "beside a text"):
        assert filled.text.count(f"# {comment}") == 1


def test_what_is_written_is_what_a_person_would_write() -> None:
    template = parse_template(PLACES, "places.yaml")
    plain_text = fill(template, {"p": "tea, and cake"}).text
    for line in (
        "bare: tea, and cake",
        'double: "tea, and cake"',
        "within: x tea, and cake y",
        "- V1: tea, and cake",
        "beside: tea, and cake  # beside a text",
        'pair: { x: "tea, and cake", y: "tea, and cake" }',
        "anchored: &a tea, and cake",
    ):
        assert f"\n{line}\n" in plain_text
    rows = fill(template, {"p": "O1: f(1)\nO1: f(2)\n"}).text
    assert "\nbare: |\n  O1: f(1)\n  O1: f(2)\n" in rows
    assert "\nbeside: |  # beside a text\n  O1: f(1)\n  O1: f(2)\n" in rows
    assert "\n- V1: |\n    O1: f(1)\n    O1: f(2)\n" in rows
    quoted = fill(template, {"p": 'raise ValueError("no: x")'}).text
    assert "\nbare: 'raise ValueError(\"no: x\")'\n" in quoted


def test_whole_numbers_stay_numbers_below_limits_alone() -> None:
    text = "task: {n}\nlimits: { module_lines: {n}, attempts: {m} }\n"
    filled = fill(parse_template(text, "t.yaml"), {"n": "60", "m": "012"})
    assert _loaded(filled.text) == {"task": "60", "limits": {"module_lines": 60, "attempts": "012"}}


def test_the_top_tells_of_placeholders_and_is_not_copied() -> None:
    text = """\
# Rules of the shop
# template: a price, in cents
# {title}: what it is of; e.g. Tea
# {sku}: the article
# {rows}: rows; e.g.
#     O1: f(1) == 2
#
#       # deeper
# {one}: a long one; e.g.
#     def f(x: int) -> int
# kept, too

task: {title}
# {title}: below the top this is a comment
file: shop/{sku}.py
exports:
  - {one}
examples: {rows}
style: {other name}
"""
    template = parse_template(text, "price.yaml")
    assert template.about == "a price, in cents"
    assert template.placeholders == (
        Placeholder("title", "what it is of", "Tea"),
        Placeholder("sku", "the article", ""),
        Placeholder("one", "a long one", "def f(x: int) -> int"),
        Placeholder("rows", "rows", "O1: f(1) == 2\n\n  # deeper"),
        Placeholder("other name"),
    )
    filled = fill(template, {"rows": template.placeholders[3].example})
    assert filled.text.startswith("# Rules of the shop\n# kept, too\n\ntask: {title}\n# {title}:")
    assert filled.text.endswith(
        "examples: |-\n  O1: f(1) == 2\n\n    # deeper\nstyle: {other name}\n"
    )
    assert [(left.placeholder.name, left.lines) for left in filled.unset] == [
        ("title", (4,)),
        ("sku", (6,)),
        ("one", (8,)),
        ("other name", (13,)),
    ]


def test_an_example_is_shown_as_the_lines_that_are_to_stand_there() -> None:
    text = """\
# {a}: one; e.g. "tea": hot
# {b}: two
# {c}: three; e.g.
#     O1: f(1)
#
#     O1: g("\ue000")
task: {a} for {b}, or {d}  # kept
setup: |  # beside it
  x = 1
  {c}
exports: ["{a}", x]
last: {c}
"""
    filled = fill(parse_template(text, "t.yaml"), {"d": "cake"})
    assert [(left.placeholder.name, left.lines[0], left.example) for left in filled.unset] == [
        ("a", 1, "task: '\"tea\": hot for {b}, or cake'  # kept"),
        ("b", 1, ""),
        ("c", 4, 'setup: |  # beside it\n  x = 1\n  O1: f(1)\n\n  O1: g("\ue000")'),
    ]


def test_what_is_unset_stays_where_it_can_be_found() -> None:
    text = "task: {a} and {b}\nfile: {a}\nsetup: |\n  x = f'{b}'\nstyle: [{b}, {a}]\n"
    template = parse_template(text, "t.yaml")
    filled = fill(template, {"a": "1\n2"})
    assert _loaded(filled.text) == {
        "task": "1\n2 and {b}",
        "file": "1\n2",
        "setup": "x = f'{b}'\n",
        "style": [{"b": None}, "1\n2"],
    }
    assert [left.lines for left in filled.unset] == [(3, 8, 9)]
    # Unquoted it would be no YAML, and `check` could not say what is wrong.
    assert fill(template, {}).text == text.replace("{a} and {b}", '"{a} and {b}"')


def test_braces_in_values_are_not_filled_and_not_left_to_fill() -> None:
    template = parse_template("task: {a}\nfile: {b}\n", "t.yaml")
    filled = fill(template, {"a": "{b}", "b": "{a}"})
    assert (_loaded(filled.text), filled.unset) == ({"task": "{b}", "file": "{a}"}, ())
    assert [left.lines for left in fill(template, {"a": "x {b}"}).unset] == [(2,)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('task: x{x} {y}, ({z z}) `{b}` "{c}"', ["y", "z z"]),
        ("task: GET /shop/{x}, ${y}, {{z}}", []),
        ('style:\n  - |\n    say "\n    {x} "{y}"', ["x"]),
        ("task: 'a {x}'\nsetup: print(f' {x} {y}')", ["x", "x"]),
    ],
)
def test_what_check_refuses_is_a_placeholder(text: str, names: list[str]) -> None:
    marked = Marked(text + "\n")
    assert [marked.names[number] for number in marked.placeholders] == names


def test_no_text_without_quotes_begins_with_a_brace() -> None:
    template = parse_template("exports: {x}\nsetup: {y} = 1\n", "t.yaml")
    assert [placeholder.name for placeholder in template.placeholders] == ["x", "y"]
    assert fill(template, {}).text == 'exports: {x}\nsetup: "{y} = 1"\n'


def test_declared_names_are_placeholders_in_python_and_routes_too() -> None:
    text = "# {x}: a name\ntask: GET /{x}\nsetup: |\n  {x} = f'{y}'\n"
    filled = fill(parse_template(text, "t.yaml"), {"x": "sku"})
    assert _loaded(filled.text) == {"task": "GET /sku", "setup": "sku = f'{y}'\n"}


def test_name_is_a_placeholder_everywhere() -> None:
    template = parse_template("task: The module {name}\nfile: shop/{name}.py\n", "t.yaml")
    assert fill(template, {"name": "slug"}).text == "task: The module slug\nfile: shop/slug.py\n"


def test_line_endings_and_a_last_line_without_one() -> None:
    text = "# {a}: one\r\ntask: {a}\r\nstyle: |\r\n  {a}"
    filled = fill(parse_template(text, "t.yaml"), {"a": "x\ny"})
    assert filled.text == "task: |-\n  x\n  y\nstyle: |\n  x\n  y\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "t.yaml:1: error S101 the file is empty"),
        ("# only\n", "t.yaml:1: error S101 the file is empty"),
        ("- {a}\n", "t.yaml:1: error S108 a template is made of `key: value` lines"),
        ("{a}\n", "t.yaml:1: error S108"),
        ("# {a}: x\ntask: {a}\nfile: [\n", "error S101 not YAML"),
        ("task: {a}\ntask: {b}\n", "t.yaml:2: error S103 the key 'task' stands here a second time"),
        ("task: !!str {a}\n", "t.yaml:1: error S102"),
        ("task: a\n---\ntask: b\n", "t.yaml:2: error S102"),
    ],
)
def test_no_template(text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(told)):
        parse_template(text, "t.yaml")


def _shipped() -> dict[str, Template]:
    return {name: file.read() for name, file in find_templates(Path("no/such/folder")).items()}


def test_the_shipped_templates() -> None:
    shipped = _shipped()
    assert set(shipped) == {
        *("article", "class", "cli", "endpoint", "function", "repository", "service"),
    }
    for template in shipped.values():
        assert template.about
        assert 8 <= len(template.placeholders) <= 15
        assert all(p.hint and p.example and p.name != "name" for p in template.placeholders)
        assert template.body.startswith("task: ")
