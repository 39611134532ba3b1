import pytest

from specloop.drafts.importing.markdown import (
    Code,
    Heading,
    Item,
    Prose,
    read_blocks,
    split_label,
    whole_items,
)


def test_headings():
    text = "# One #\n ##  Two  words\n#three\n####### seven\n    # indented\n# C#\n#"
    found = [block for block in read_blocks(text) if isinstance(block, Heading)]
    assert found == [
        Heading(1, "One", 1),
        Heading(2, "Two words", 2),
        Heading(1, "C#", 6),
        Heading(1, "", 7),
    ]


def test_items_and_the_lines_that_continue_them():
    text = "- one\n  and more\n* [x] two\n  3. three\n+ [ ]* four\n\nprose\n- - -\n-none"
    assert read_blocks(text) == (
        Item(0, "", "", "one and more", 1),
        Item(0, "", "x", "two", 3),
        Item(2, "3", "", "three", 4),
        Item(0, "", " ", "four", 5),
        Prose("prose", 7),
        Prose("-none", 9),
    )


def test_a_line_in_bold_begins_a_paragraph_but_not_within_an_item():
    text = "**A**: 1\n**B**: 2\nmore\n1. **Given** x,\n   **When** y"
    assert read_blocks(text) == (
        Prose("**A**: 1", 1),
        Prose("**B**: 2 more", 2),
        Item(0, "1", "", "**Given** x, **When** y", 4),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```\n# no\n```\n# yes", 4),
        ("~~~ text\n# no\n```\n# no\n~~~~\n# yes", 6),
        ("````\n```\n# no\n````\n# yes", 5),
        ("```a`b\n# yes", 2),
        ("- item\n  ```\n# no\n  ```\n# yes", 5),
        ("<!--\n# no\n```\n-->\n# yes", 5),
        ("<!-- one line -->\n# yes", 2),
        ("<!-- without an end\n# yes", 2),
        ("```\n<!--\n```\n# yes\n<!-- -->", 4),
        ("---\n# no\n---\n# yes", 4),
        ("---\n# yes", 2),
        ("# yes\r\n```\r# no\r\n```", 1),
    ],
)
def test_code_comments_and_front_matter_hide_headings(text, line):
    found = [block for block in read_blocks(text) if isinstance(block, Heading)]
    assert found == [Heading(1, "yes", line)]


def test_a_fence_without_an_end_says_so():
    assert read_blocks("- a\n```\n- b") == (Item(0, "", "", "a", 1), Code(2, closed=False))
    assert read_blocks("```\n```") == (Code(1),)


def test_what_yaml_cannot_hold_is_replaced():
    assert read_blocks("a\x00b\x85c\u2028d\ufeffe") == (Prose("a\ufffdb\ufffdc\ufffdd\ufffde", 1),)


@pytest.mark.parametrize("text", ["", "\n\n", "---", "***\n", "\n---\n---"])
def test_nothing(text):
    assert read_blocks(text) == ()


def test_items_below_an_item_are_part_of_it():
    blocks = read_blocks("- a\n  - b\n    - c\n- d\n\ntext\n  - e")
    assert [block.text for block in whole_items(blocks)] == ["a; b; c", "d", "text", "e"]


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("**Input**: x", "Input", "x"),
        ("**Input:** x", "Input", "x"),
        ("**目的:** x", "目的", "x"),
        ("**Given** x", "", "**Given** x"),
        ("Input: x", "", "Input: x"),
    ],
)
def test_labels(text, label, rest):
    assert split_label(text) == (label, rest)
