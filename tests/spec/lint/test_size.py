"""How much code a spec asks for, and how it could be divided."""

from pathlib import Path

import pytest
from subjects import PROJECT, SPEC, texts

from specloop.spec.lint.size import expected_lines
from specloop.spec.read import read_project

EXAMPLES = Path(__file__).parents[3] / "examples"


def spec_of(*exports: str, requirements: int = 1, rows: int = 1, more: str = "") -> str:
    lines = ["task: Keep the stock of a shop", "file: shop/stock.py", "exports:"]
    for export in exports:
        lines += ["  - |", *(f"    {line}" for line in export.splitlines())]
    lines += ["output:", *(f"  - O{n}: item {n} is there" for n in range(1, requirements + 1))]
    ids = ", ".join(f"O{n}" for n in range(1, requirements + 1))
    lines += ["examples: |", *(f"  {ids}: stored({n}) == {n}" for n in range(rows))]
    return "\n".join(lines) + "\n" + more


STORED = "def stored(item: int) -> int"


@pytest.mark.parametrize(
    ("spec", "lines"),
    [
        (spec_of(STORED), 6 + 3),
        (spec_of(STORED, requirements=4, rows=5), 6 + 12 + 2),
        (spec_of(STORED, "async def loaded() -> int", "LIMIT: int"), 12 + 1 + 3),
        (
            spec_of(
                STORED, "class Item:\n    name: str\n    count: int\n    def sold(self) -> int"
            ),
            6 + 3 + 2 + 6 + 3,
        ),
        (spec_of(STORED, more="held_out: 'O1: stored(9) == 9'\n"), 6 + 3 + 1),
    ],
)
def test_expected_lines(tmp_path: Path, spec: str, lines: int) -> None:
    texts(tmp_path, spec)
    assert expected_lines(read_project(tmp_path).modules[0]) == lines


@pytest.mark.parametrize("name", ["slug", "starter", "user_service"])
def test_the_examples_fit(name: str) -> None:
    project = read_project(EXAMPLES / name)
    for module in project.modules:
        assert expected_lines(module) <= project.limit(module, "module_lines")


def too_big(root: Path, spec: str, project: str = PROJECT) -> list[tuple[int, str]]:
    found = texts(root, spec, {"project.toml": project})
    return [(line, text) for path, line, code, text in found if (path, code) == (SPEC, "W114")]


def test_too_big(tmp_path: Path) -> None:
    assert too_big(tmp_path, spec_of(STORED, requirements=31, rows=2)) == []
    ((line, text),) = too_big(tmp_path, spec_of(STORED, requirements=32, rows=2))
    assert line == 1
    assert "some 103 lines of code are to be expected, and 100 fit into one module" in text
    assert text.endswith("make several specs of it, by what its requirements are about")


def test_the_limit_is_that_of_the_spec_or_of_the_project(tmp_path: Path) -> None:
    spec = spec_of(STORED, requirements=3)
    assert too_big(tmp_path, spec + "limits: { module_lines: 15 }\n") == []
    assert too_big(tmp_path, spec + "limits: { module_lines: 14 }\n") != []
    assert too_big(tmp_path, spec, PROJECT + "[limits]\nmodule_lines = 14\n") != []
    assert too_big(tmp_path, spec, PROJECT + "[limits]\nmodule_lines = 0\n") == []
    big = spec_of(STORED, requirements=40)
    assert too_big(tmp_path, big, PROJECT + "[limits]\nmodule_lines = 0\n") != []


def test_exports_that_name_each_other_stay_together(tmp_path: Path) -> None:
    exports = [
        STORED,
        "class Item:\n    name: str",
        "def shown(price: int) -> str",
        "def sold(item: Item) -> int",
        "class Basket:\n    def add(self, item: Item) -> None\n    def clear(self) -> None",
    ]
    ((_, text),) = too_big(tmp_path, spec_of(*exports, requirements=30))
    assert text.endswith("for example stored, shown in one and Item, sold, Basket in another")


def test_exports_that_all_belong_together_are_halved(tmp_path: Path) -> None:
    exports = [STORED, *(f"def f{n}(g=stored) -> int" for n in range(9))]
    ((_, text),) = too_big(tmp_path, spec_of(*exports, requirements=20))
    assert text.endswith(
        "for example stored, f0, f1, f2 and 1 more in one and f4, f5, f6, f7 and 1 more in another"
    )
