"""Files without a fault, and changes at random that most often put one into them."""

import random
from pathlib import Path

from small_project import FILES

EXAMPLES = Path(__file__).parents[2] / "examples"

ALL_KEYS = """\
# Prices of a shop
task: |
  Add a tax
  The shop sells in several countries.
file: shop/tax.py
name: tax
exports: "def add(price: int) -> int"
requirements:
  - input: none
  - output:
      - O1: the price "with" tax
      - 'rounded: half up'
dependencies: [text, httpx]
style: &said
  - Follow PEP 8
constraints: *said
limits: {module_lines: 30, attempts: 2}
setup: |
  PRICE = 100
examples:
  - 'O1: add(PRICE) == 119'
held_out: |
  O1: add(1) == 1  # no cent
  O2: add("x") raises TypeError
write_tests: false
ignore: ["W105: the rows are few"]
accepted:
  - id: O2
    reason: "a matter of law"
    until: 2027-06-30
from: notes.md#L4
"""
AT_THE_TOP = """\
task: Say what was bought
file: shop/bill.py
validation:
- V1: {"each line": once}
edge_cases: ["no lines: \\u00e9mpty", X2: "one"]
checked_by: integration
logging: none
"""
ALL_TABLES = """\
[project]
name = "shop"
packages = ["httpx>=0.27"]
pythonpath = ["."]

[[models]]
name = "deepseek/deepseek-flash"
price = { input = 0.30, cached_input = 0.006, output = 1.20 }
extra = { thinking = { type = "disabled" } }

[[models]]
name = 'other'
api_base = "http://localhost:1"

[limits]
attempts = 0
[style]
rules = ["Use type hints"]
ruff = [ "E",  # errors
  "F" ]
[sandbox]
network = true
[git]
branch = "specloop/work"
"""
SPECS = [
    *(FILES[path] for path in ("specs/slug.yaml", "specs/text.yaml")),
    *(ALL_KEYS, ALL_KEYS, AT_THE_TOP),
    (EXAMPLES / "starter" / "specs" / "greeting.yaml").read_text(),
]
TOMLS = [
    *(FILES["project.toml"], ALL_TABLES, ALL_TABLES),
    *(path.read_text() for path in sorted(EXAMPLES.glob("*/project.toml"))),
]

CHARACTERS = [*":#{}[]&*!|>-?,@`~%'\"\\=.<\t\n\r \x00\x07\x1b\x7f\x85\xa0\u2028\ufeff\U0001f600é0"]
RAW = [b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc3", b"\r\n", b"\xff\xfe"]
VALUES = [
    *("no", "true", "0123", "2026-01-31", "12:30", "1e3", "0x1f", "null", "~", "", "[]", "{}"),
    *("[a, b]", "{a: b}", "{ a = 1 }", "- a", "'", '"', '"x"', "'x'", '"\\ud800"', '"\\x00"'),
    *("&a x", "*said", "!!str x", "<<", "nan", "-1", "1.5", "99999999999999999999", "| ", "> x"),
    *("none", "{name}", "x: y", "x # y", "../x", '["x", 1]', "[[]]", "1979-05-27T07:32:00Z", "?"),
]


def changed(dice, text):
    """The bytes of a file after one to three changes."""
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        text = dice.choice(CHANGES)(dice, text)
    data = text.encode()
    if dice.random() < 0.06:
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(RAW) + data[at:]
    if dice.random() < 0.04 and data:
        at = dice.randrange(len(data))
        data = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    return data


def of_lines(change):
    """A change to the list of lines."""

    def change_text(dice, text):
        lines = text.split("\n")
        change(dice, lines, dice.randrange(len(lines)))
        return "\n".join(lines)

    return change_text


def leave_out(dice, lines, at):
    del lines[at]


def say_twice(dice, lines, at):
    lines.insert(dice.randrange(len(lines) + 1), lines[at])


def swap(dice, lines, at):
    other = dice.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def indent(dice, lines, at):
    margin = dice.choice(["", " ", "  ", "   ", "      ", "\t", "  \t"])
    lines[at] = margin + lines[at].lstrip()


def put_value(dice, lines, at):
    key, mark, _ = lines[at].partition(dice.choice([": ", " = ", "- ", ":"]))
    lines[at] = key + mark + dice.choice(VALUES)


def rename(dice, lines, at):
    line = lines[at].lstrip()
    margin = lines[at][: len(lines[at]) - len(line)]
    dash = "- " if line.startswith("- ") else ""
    key, mark, value = line.removeprefix(dash).partition(dice.choice([":", "="]))
    i = dice.randrange(len(key) + 1)
    other = lines[dice.randrange(len(lines))].strip(" -").partition(mark or ":")[0]
    key = dice.choice([key[:i] + key[i + 1 :], f"{key[:i]}e{key[i:]}", key.upper(), other])
    lines[at] = margin + dash + key + mark + value


def insert(dice, text):
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(CHARACTERS) * dice.choice([1, 1, 1, 2]) + text[at:]


def remove(dice, text):
    at = dice.randrange(len(text) + 1)
    return text[:at] + text[at + dice.choice([1, 1, 2, 5]) :]


def truncate(dice, text):
    return text[: dice.randrange(len(text) + 1)]


CHANGES = [
    *map(of_lines, (leave_out, say_twice, swap, indent, put_value, put_value, rename, rename)),
    *(insert, insert, insert, remove, truncate),
]


def case(chunk, number):
    """The path and the bytes of one changed file: to repeat it, call this again."""
    dice = random.Random(f"{chunk}/{number}")
    if number % 4 == 3:
        return "project.toml", changed(dice, dice.choice(TOMLS))
    return "specs/slug.yaml", changed(dice, dice.choice(SPECS))
