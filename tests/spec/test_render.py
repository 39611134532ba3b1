import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from specloop.spec.document import SpecDocument
from specloop.spec.problems import Problems
from specloop.spec.prose import check_texts
from specloop.spec.render import render_spec
from specloop.spec.requirement import CATEGORIES
from specloop.spec.yaml_node import Mapping, plain
from specloop.spec.yaml_text import read_yaml


def document(**keys):
    return SpecDocument.model_validate({"task": "Add", "file": "a.py", **keys})


def parsed(text):
    """The document that our reader makes of a text, which must be free of YAML's traps."""
    problems = Problems("specs/a.yaml")
    tree = read_yaml(text, problems)
    assert isinstance(tree, Mapping), (problems.found, text)
    check_texts(tree, problems)
    left = [finding for finding in problems.found if finding.code != "S109"]
    assert not left, (left, text)
    return SpecDocument.model_validate(plain(tree))


WRITTEN = """\
# Drafted from notes.
#
# Look through it.
task: |
  Turn a title into a URL slug
  For a shop.
file: shop/slug.py
exports:
  - "def slugify(title: str) -> str"
  - |
    class Shop:
        name: str
# which of these?
requirements:
  input:
    - none
  validation:
    - V1: the result has no hyphen at either end
    # was V3
    - V2: 'it says "empty: slug"'
dependencies: []
limits:
  attempts: 3
setup: |-
  TITLE = "--Sale--"
examples: |
  V1: slugify(TITLE) == "sale"

  # cut
  V2: len(slugify("x" * 200)) == 60
held_out:
  - V1: slugify("-a") == "a"
  - "V1, V2: slugify('a') == 'a'  # short"
tests:
  - tests/test_slug.py
write_tests: false
accepted:
  # by hand
  - id: V2
    reason: "no"
    until: 2027-06-30
from:
  - notes.md#L4
"""

DRAFT = document(
    **{"from": "notes.md#L4"},
    accepted=[{"until": "2027-06-30", "reason": "no", "id": "V2"}],
    write_tests=False,
    checked_by=None,
    tests=["tests/test_slug.py"],
    held_out=['V1: slugify("-a") == "a"', "V1, V2: slugify('a') == 'a'  # short"],
    examples='V1: slugify(TITLE) == "sale"\n\n# cut\nV2: len(slugify("x" * 200)) == 60\n',
    setup='TITLE = "--Sale--"',
    limits={"attempts": 3},
    dependencies=[],
    requirements={
        "validation": [
            "V1: the result has no hyphen at either end",
            'V2: it says "empty: slug"',
        ],
        "input": "none",
    },
    exports=["def slugify(title: str) -> str", "class Shop:\n    name: str\n"],
    file="shop/slug.py",
    task="Turn a title into a URL slug\nFor a shop.\n",
)


def test_spec_is_written_as_people_write_it():
    comments = {
        (): ["Drafted from notes.\n\nLook through it."],
        ("requirements",): ["which of these?"],
        ("requirements", "validation", 1): ["was V3"],
        ("accepted", 0, "id"): ["by hand"],
    }
    # `accepted` is in the order of its model, and the rest in that of the documentation.
    assert render_spec(DRAFT, comments) == WRITTEN
    assert parsed(WRITTEN) == DRAFT


def test_comment_on_what_is_not_there_stands_above_the_nearest_thing_around_it():
    text = render_spec(
        document(validation=["V1: small"]),
        {("validation", 7): ["no eighth"], ("tests", 0): ["no tests"], ("task", "x"): ["so"]},
    )
    assert text == (
        "# no tests\n# so\ntask: Add\nfile: a.py\n# no eighth\nvalidation:\n  - V1: small\n"
    )


@pytest.mark.parametrize("comment", ["a\x07b", "a\u2028b: [", "a\r\nb", "a\x85- b", "\ud800", "%"])
def test_no_comment_is_read_as_anything_else(comment):
    text = render_spec(document(), {(): [comment], ("file",): [comment]})
    assert parsed(text) == document()
    text.encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain text, (with) `marks` & signs", "plain text, (with) `marks` & signs"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("no", '"no"'),
        ("0123", '"0123"'),
        ("2026-01-31", '"2026-01-31"'),
        ("12:30", '"12:30"'),
        ("~", '"~"'),
        ("<<", '"<<"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("ends with:", '"ends with:"'),
        (" lead", '" lead"'),
        ("trail ", '"trail "'),
        ("a\tb\\", '"a\\tb\\\\"'),
        ("- a", '"- a"'),
        ("-a", "-a"),
        ("@a", '"@a"'),
        ("{a}", '"{a}"'),
        ('"a" is a letter', "'\"a\" is a letter'"),
        ('"a" isn\'t', '"\\"a\\" isn\'t"'),
        ("a\u2028b", '"a\\u2028b"'),
        ("\ufeffa", '"\\ufeffa"'),
        ("\U000e0001\U0001f600", "\U000e0001\U0001f600"),
        ("word " * 200 + "end", "word " * 200 + "end"),
        ("  a\nb", '"  a\\nb"'),
        ("a\nb", "|-\n  a\n  b"),
        ("a\n\n", "|+\n  a\n"),
    ],
)
def test_text_is_quoted_where_it_must_be(text, written):
    rendered = render_spec(document(task=text))
    assert rendered == f"task: {written}\nfile: a.py\n"
    assert parsed(rendered) == document(task=text)


# Everything that YAML gives a meaning to, line breaks of all kinds, and letters to put between.
_ALPHABET = (
    "ab1 \t\n\r\x85\u2028\u2029:#-?,[]{}&*!|>'\"%@`\\~<=.\x00\x07\x1b\x7f\xa0\ufeff\ufffeé😀"
)
_WORDS = [
    "no",
    "null",
    "0x1f",
    "1e3",
    "2026-01-31",
    "---",
    "...",
    "V1: ",
    "V1:",
    "none",
    "# ",
    ": ",
]
_TEXT = st.lists(st.sampled_from([*_ALPHABET, *_WORDS]), min_size=1, max_size=8).map("".join)
_TEXTS = st.lists(_TEXT, max_size=3)
_LISTS = dict.fromkeys(CATEGORIES, _TEXTS)
_DOCUMENTS = st.fixed_dictionaries(
    {"task": _TEXT, "file": _TEXT},
    optional={
        **_LISTS,
        **dict.fromkeys(("exports", "dependencies", "style", "constraints"), _TEXTS),
        **dict.fromkeys(("examples", "held_out", "tests", "ignore", "from"), _TEXTS),
        "name": _TEXT,
        "setup": st.just("") | _TEXT,
        "requirements": st.fixed_dictionaries({}, optional=_LISTS),
        "limits": st.fixed_dictionaries({}, optional={"attempts": st.integers(0, 10**15)}),
        "write_tests": st.booleans(),
        "checked_by": st.just("integration"),
        "accepted": st.lists(
            st.fixed_dictionaries(
                {"id": _TEXT, "reason": _TEXT},
                optional={"until": st.dates().map(lambda date: date.isoformat())},
            ),
            max_size=2,
        ),
    },
).map(SpecDocument.model_validate)
_COMMENTS = st.dictionaries(
    st.sampled_from([(), ("task",), ("style", 0), ("requirements", "input"), ("accepted", 0)]),
    st.lists(_TEXT, max_size=2),
)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(_DOCUMENTS, _COMMENTS)
@example(document(style=["a\n \n"], setup="\n"), {})
def test_document_is_read_back_as_it_was_written(written, comments):
    text = render_spec(written, comments)
    text.encode()
    read = parsed(text)
    assert read == written, text
    assert read.model_fields_set == written.model_fields_set
    assert render_spec(read, comments) == text
