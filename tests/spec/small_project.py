"""The files of a small project without a fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from specloop.errors import Finding, InvalidInput
from specloop.spec.read import read_project

TOML = """\
[project]
name = "shop"
specs = ["specs/*.yaml"]
packages = ["SQLAlchemy[asyncio]>=2", "httpx"]

[[models]]
name = "deepseek/deepseek-flash"
api_key_env = "DEEPSEEK_API_KEY"
temperature = 0

[limits]
usd = 5

[integration]
tests = ["tests/integration"]
"""

SLUG = """\
task: Turn a title into a slug
file: shop/slug.py
exports:
  - "def slugify(title: str) -> str"
requirements:
  validation:
    - V1: no hyphen at either end
    - at most 60 characters
  error_handling:
    - nothing is left of the title
dependencies: [text]
style:
  - Follow PEP 8
setup: |
  TITLE = "a"
examples: |
  V1, V2: slugify(TITLE) == "a"

  # an empty title
  E1: slugify("") raises ValueError "empty"
"""

TEXT = """\
task: Clean a text
file: shop/text.py
exports: "def clean(text: str) -> str"
output: no blank at either end
tests: [tests/test_text.py]
"""

FILES = {
    "project.toml": TOML,
    "specs/slug.yaml": SLUG,
    "specs/text.yaml": TEXT,
    "tests/test_text.py": 'import pytest\n\n\n@pytest.mark.spec("text/O1")\ndef test_it(): ...\n',
    "tests/integration/test_all.py": "def test_all(): ...\n",
}

Make = Callable[[dict[str, str | bytes]], Path]


def found_in(root: Path) -> tuple[Finding, ...]:
    """What is found wrong with a project; the message lists just that."""
    with pytest.raises(InvalidInput) as caught:
        read_project(root)
    assert str(caught.value) == "\n".join(map(str, caught.value.findings))
    return caught.value.findings


def changed(path: str, old: str, new: str) -> dict[str, str | bytes]:
    """The file of the small project with one thing replaced."""
    assert FILES[path].count(old) == 1, f"{old!r} must stand once in {path}"
    return {path: FILES[path].replace(old, new)}
