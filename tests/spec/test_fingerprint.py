"""What makes a module stale, and what does not."""

from dataclasses import replace

import pytest
from small_project import SLUG

from specloop.spec.fingerprint import (
    bytes_digest,
    digest,
    files_digest,
    input_parts,
    module_key,
    spec_digest,
    spec_parts,
)
from specloop.spec.interface import interface
from specloop.spec.read import read_project

BELOW = 'def clean(text: str) -> str:\n    """Clean it."""\n    return text.strip()\n'


@pytest.fixture
def slug(make):
    """Read the module `slug`, with a part of its spec replaced."""

    def read(old="", new=""):
        assert SLUG.count(old) == 1 or not old
        return read_project(make({"specs/slug.yaml": SLUG.replace(old, new)})).module("slug")

    return read


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # an empty title", "  # nothing"),
        ("\n\n  # an empty title", ""),
        ("task: Turn", "# a comment\ntask: Turn"),
        ("task: Turn a title into a slug", "task: >-\n  Turn a title\n  into a slug"),
        ("    - V1: no hyphen", "    - no hyphen"),
        ("file: shop/slug.py", "limits: { attempts: 3 }\nfile: ./shop/slug.py"),
    ],
)
def test_what_says_the_same_is_the_same(slug, old, new):
    before = spec_digest(slug())
    assert spec_digest(slug(old, new)) == before


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("Turn a title", "Make a title", "body"),
        ("file: shop/slug.py", "file: shop/slugs.py", "interface"),
        ("title: str", "title: str, n: int = 1", "interface"),
        ("no hyphen at either end", "no hyphen at all", "body"),
        ("dependencies: [text]", "dependencies: []", "body"),
        ("dependencies: [text]", "dependencies: [text, httpx]", "body"),
        ("Follow PEP 8", "Be brief", "body"),
        ('TITLE = "a"', 'TITLE = "b"', "examples"),
        ('== "a"', '== "b"', "examples"),
        ("  V1, V2: slugify", "  V1: slugify", "examples"),
        ("examples: |", "tests: [tests/test_text.py]\nexamples: |", "examples"),
        ("examples: |", 'held_out: "V1: slugify(1) == 2"\nexamples: |', "examples"),
    ],
)
def test_what_says_something_else_is_another_in_one_part(slug, old, new, part):
    before, after = slug(), slug(old, new)
    assert spec_digest(after) != spec_digest(before)
    parts = spec_parts(before)
    assert [name for name, value in spec_parts(after).items() if value != parts[name]] == [part]


def inputs(slug, below=BELOW, tests=None):
    shown = {"text": interface(below, ["clean"], docstrings=False)}
    return digest(input_parts(slug, tests or {"tests/test_slug.py": b"1"}, shown))


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("Clean it.", "Clean it well.", False),
        ("text.strip()", "text", False),
        ("text: str", "text: bytes", True),
        ("def clean", "async def clean", True),
        ('    """Clean it."""\n', "", False),
    ],
)
def test_a_dependency_makes_stale_by_its_signatures_alone(slug, old, new, stale):
    module = slug()
    assert (inputs(module, BELOW.replace(old, new)) != inputs(module)) is stale


def test_tests_count_by_path_and_content(slug):
    module = slug()
    digests = {
        inputs(module),
        inputs(module, tests={"tests/test_slug.py": b"2"}),
        inputs(module, tests={"tests/test_slugs.py": b"1"}),
        inputs(module, tests={"tests/test_slug.py": b"1", "tests/test_b.py": b""}),
    }
    assert len(digests) == 4


def test_a_key_is_of_inputs_and_code():
    keys = {module_key(i, c) for i in ("sha256:1", "sha256:2") for c in (b"1", b"2")}
    assert len(keys) == 4
    assert module_key("sha256:1", b"1") in keys
    assert all(key.startswith("sha256:") and len(key) == 71 for key in keys)


def test_files_count_whatever_their_order():
    one, other = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
    assert files_digest(one) == files_digest(other)
    assert files_digest(one) != files_digest({"a": b"2", "b": b"1"})
    assert bytes_digest(b"") == (
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_where_a_spec_stands_does_not_count(slug):
    module = slug()
    moved = replace(module, path="specs/other.yaml", limits={"attempts": 1})
    assert spec_digest(moved) == spec_digest(module)
