"""A spec whose wording is exact, to be read with one text changed."""

from pathlib import Path

from subjects import texts

SPEC = "specs/slug.yaml"
PRICE = """\
task: Show a price in a shop
file: shop/price.py
exports:
  - "def shown(cents: int, efficient: bool = False) -> str"
  - class Price
requirements:
  input:
    - I1: cents is any whole number
  output:
    - O1: the price in euros
  error_handling:
    - E1: a negative price, raise ValueError
  edge_cases: none
  logging: none
dependencies: []
constraints:
  - Focus on implementation, not explanation
examples: |
  I1, O1: shown(1) == "0.01"
  E1: shown(-1) raises ValueError
"""
OUTPUT, ERROR, CONSTRAINT = 10, 12, 17


CODES = ("S119", "W109", "W110", "W113")


def wording(root: Path, spec: str) -> list[tuple[str, int, str, str]]:
    """What is found, without what other rules say of these texts."""
    return [found for found in texts(root, spec) if found[2] in CODES]


def places(root: Path, spec: str) -> list[tuple[str, int, str]]:
    return [found[:3] for found in wording(root, spec)]


def with_title(title: str) -> str:
    return PRICE.replace("Show a price in a shop", quoted(title))


def with_output(text: str) -> str:
    return PRICE.replace("O1: the price in euros", quoted(f"O1: {text}"))


def with_error(text: str) -> str:
    return PRICE.replace("E1: a negative price, raise ValueError", quoted(f"E1: {text}"))


def with_constraint(text: str) -> str:
    return PRICE.replace("Focus on implementation, not explanation", quoted(text))


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
