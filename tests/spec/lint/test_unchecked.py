"""What is said of requirements that nothing checks."""

from pathlib import Path

import pytest
from price_spec import PRICE
from subjects import texts


@pytest.mark.parametrize("word", ["keine", "n/a", "nothing is logged", "-", "No errors."])
def test_item_that_says_nothing(tmp_path: Path, word: str) -> None:
    spec = PRICE.replace("logging: none", f"logging: ['{word}']")
    ((line, text),) = [(n, text) for _, n, code, text in texts(tmp_path, spec) if code == "W103"]
    assert line == 14
    assert text.endswith("add a row `L1: …`, or write `none` if nothing is meant")


def test_item_that_says_something(tmp_path: Path) -> None:
    spec = PRICE.replace("logging: none", "logging: nothing is logged twice")
    ((_, text),) = [(n, text) for _, n, code, text in texts(tmp_path, spec) if code == "W103"]
    assert text.endswith('or mark a test @pytest.mark.spec("slug/L1")')
