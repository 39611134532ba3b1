"""One spec that has something of everything, and reports on its code."""

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict
from specloop.prompt.context import Needed, PromptContext
from specloop.spec.module import ModuleSpec
from specloop.spec.parse_export import parse_exports
from specloop.spec.parse_row import parse_row
from specloop.spec.requirement import Requirement

SECRET = "zq7secret"  # stands in held-out rows and nowhere else
ROWS = (
    parse_row('V1: slugify(TITLE) == "sale"', 1, 1),
    parse_row('V2: long = "x" * 200; len(slugify(long)) == 60', 2, 2),
    parse_row('E1: slugify("!!!") raises ValueError "empty slug"', 3, 3),
    parse_row('L1: slugify("a") logs INFO "made a slug"', 4, 4),
    parse_row("O1: slugify(TITLE).islower()", 5, 5),
)
HELD_OUT = (
    parse_row(f'V1: slugify("-{SECRET}-") == "{SECRET}"', 6, 1, held_out=True),
    parse_row(f'E1: slugify("{SECRET}!") raises KeyError "{SECRET}"', 7, 2, held_out=True),
)
SPEC = ModuleSpec(
    name="slug",
    path="specs/slug.yaml",
    title="Turn a title into a URL slug",
    task="Turn a title into a URL slug",
    file="shop/slug.py",
    exports=parse_exports("def slugify(title: str, max_length: int = 60) -> str", 1),
    requirements=(
        Requirement("slug", "O1", "output", "lower-case letters", 1),
        Requirement("slug", "V1", "validation", "no hyphen at either end", 2),
        Requirement("slug", "V2", "validation", "at most max_length characters", 3),
        Requirement("slug", "E1", "error_handling", 'raise ValueError("empty slug")', 4),
        Requirement("slug", "L1", "logging", "each slug at INFO", 5),
    ),
    dependencies=("letters",),
    packages=("regex",),
    style=("Follow PEP 8",),
    constraints=("No recursion",),
    setup='TITLE = "--Sale--"\n',
    rows=ROWS,
    held_out=HELD_OUT,
    tests=("tests/test_shop.py",),
)
CONTEXT = PromptContext(
    import_path="shop.slug",
    style=("Use type hints",),
    packages=("regex>=2024",),
    interfaces={
        "letters": Needed(
            "shop.letters",
            "def plain(text: str) -> str:\n    ...",
            "def plain(text: str) -> str: ...",
        )
    },
    tests={"tests/test_shop.py": "def test_shop():\n    assert slugify('A') == 'a'\n"},
    module_lines=60,
    function_lines=20,
)
CODE = '''"""Slugs."""


def slugify(title: str, max_length: int = 60) -> str:
    """Return a slug."""
    text = title.strip("-")
    return text[: max_length - 1]
'''
CANDIDATE = Candidate(SPEC.file, CODE)
FILE = "tests/spec/test_slug.py"


def failure(test, message, *, exception="AssertionError", longrepr=None, requirements=(), **more):
    node_id = test if "/" in test else f"{FILE}::{test}"
    text = f"E   {exception}: {message}" if longrepr is None else longrepr
    return TestFailure(node_id, "call", exception, message, text, requirements=requirements, **more)


def report(*failures, verdict=Verdict.FAILED, note="", static=()):
    collected = tuple(f.node_id for f in failures)
    return TestReport(verdict, collected, (), failures, static, note)


def frame(line, file=SPEC.file):
    return Frame(file, line, "slugify")
