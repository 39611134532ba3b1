"""Other people's text, made safe to stand in a prompt."""

import re

import pytest

from specloop.prompt.plain import cut, fenced, one_line, plain, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1bPq#0\x1b\\\x1b(Bx\x1bc", "x"),
        ("half \x1b[", "half "),
        ("half \x1b", "half \\x1b"),
        ("half \x1b]0;title", "half 0;title"),
        ("\x9b31mred", "\\x9b31mred"),
        ("a\r\nb\rc\n\td", "a\nb\\x0dc\n\td"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("\u202eabc\u2066\u200b\ufeff", "\\u202eabc\\u2066\\u200b\\ufeff"),
        ("\ud800", "\\ud800"),
        ("naïve ☃ 日本 👍🏽", "naïve ☃ 日本 👍🏽"),
    ],
)
def test_what_a_terminal_obeys_goes_and_what_hides_is_shown(text, shown):
    assert plain(text) == shown


def test_it_takes_no_longer_for_hostile_text():
    for part in ("\x1b]", "\x1b[", "\x1b", "\x1bP0", "`"):
        text = part * 200_000
        assert "\x1b" not in plain(text)
        fenced(text)


def test_a_line_is_one_line_and_no_longer_than_it_may_be():
    assert one_line("a\n\n b\t\x1b[0m c", 20) == "a b c"
    assert one_line("x" * 30, 20) == "x" * 19 + "…"


def test_the_middle_of_a_long_text_goes():
    assert cut("  short ", 10) == "short"
    assert cut("a" * 50 + "b" * 50, 20) == "a" * 10 + "\n[80 characters left out]\n" + "b" * 10


@pytest.mark.parametrize("inside", ["", "```", "````python", "a ````` b", "~~~"])
def test_nothing_in_a_block_ends_it(inside):
    block = fenced(f"x\n{inside}\ny\n")
    first, *body, last = block.split("\n")
    fence = re.match("`+", first)[0]
    assert last == fence
    assert all(fence not in line for line in body)
    assert "\n".join(body) == f"x\n{inside}\ny"


def test_one_line_stands_behind_its_label_and_several_below():
    assert quoted("```") == " ```"
    assert quoted("a\nb") == "\n\n```text\na\nb\n```"
