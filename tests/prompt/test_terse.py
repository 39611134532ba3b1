"""Comments that teach are taken out of code; all else stays as it is, byte by byte."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slug_spec import CODE, SPEC

import specloop
from specloop.attempt.completion import Completion
from specloop.prompt.reply import read_reply
from specloop.prompt.terse import without_teaching

TAUGHT = '''#!/usr/bin/env python
# -*- coding: utf-8 -*-
# This module makes slugs.
# A slug is a short text.

import re  # for the pattern


# Here we define the function.
# It takes a title.
def slugify(title: str) -> str:
    """Return a slug.

    # This is no comment.
    """
    # First, we strip the text.

    # Then we look at it.

    text = title.strip("#")  # the first step

    # Next, we check it.
    if text:
        # It is not empty.
        text = """
# Neither is this.
"""
    # type: ignore
    # noqa: E501
    # TODO: cut it

    # Finally, we return it.
    return text
    # Done!
'''
TERSE = '''#!/usr/bin/env python
# -*- coding: utf-8 -*-

import re  # for the pattern


def slugify(title: str) -> str:
    """Return a slug.

    # This is no comment.
    """

    text = title.strip("#")  # the first step

    if text:
        text = """
# Neither is this.
"""
    # type: ignore
    # noqa: E501
    # TODO: cut it

    return text
'''


def test_comments_that_teach_are_taken_out():
    assert without_teaching(TAUGHT) == TERSE
    assert without_teaching(TERSE) == TERSE


def test_a_candidate_is_terse():
    result = read_reply(Completion(f"```python\n{TAUGHT}```", "m"), SPEC)
    assert result.code == TERSE


@pytest.mark.parametrize(
    ("comments", "lines", "stay"), [(4, 1, True), (5, 15, True), (5, 14, False), (9, 1, False)]
)
def test_few_comments_stay(comments, lines, stay):
    code = "# why\n" * comments + "x = 1\n" * lines
    assert (without_teaching(code) == code) is stay


@pytest.mark.parametrize("code", ["# a\n" * 9 + "x = (\n", "# a\n" * 9 + "\0", "# a\n" * 9 + "'"])
def test_what_is_not_python_stays(code):
    assert without_teaching(code) == code


def test_code_too_deep_to_compare_stays():
    code = "# a\n" * 9 + "x = " + "-" * 2_000 + "1\n"
    assert without_teaching(code) in (code, code.replace("# a\n", ""))


FILES = sorted(Path(specloop.__file__).parent.rglob("*.py"))
WHOLE = [path.read_text() for path in FILES if path.stat().st_size < 3_000][:40]
COMMENTS = st.sampled_from(["# First, we go on.", "#", "# Step 2: done", "    # indented", ""])


@given(st.data())
def test_the_tree_and_all_other_lines_stay(data):
    lines = data.draw(st.sampled_from([CODE, TERSE, *WHOLE])).split("\n")
    every = data.draw(st.integers(1, 4))
    mixed = []
    for number, line in enumerate(lines):
        mixed.append(line)
        if number % every == 0:
            mixed += data.draw(st.lists(COMMENTS, max_size=3))
    code = "\n".join(mixed).strip("\n") + "\n"
    try:
        tree = ast.dump(ast.parse(code))
    except SyntaxError:
        assert without_teaching(code) == code
        return
    terse = without_teaching(code)
    assert ast.dump(ast.parse(terse)) == tree
    assert written(terse) == written(code)
    assert terse == code or len(terse) < len(code)


def written(code):
    """The lines that are neither blank nor, as they look, a comment."""
    return [line for line in code.split("\n") if line.strip() and line.strip()[0] != "#"]
