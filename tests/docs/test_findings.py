"""Every code has a page, and the examples on it are found just as it says.

A page has the headings `# CODE: …`, Why, Bad and Good. The blocks below Bad are files, and so are
those below Good, each with its path as the title. One block below Bad marks a line (hl_lines).
Where they lack a project.toml or a spec, one without a fault is supplied.
"""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from pages import BLOCK, DOCS, FINDINGS, ROOT, blocks_in

from specloop.errors import Finding, InvalidInput
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.read import read_sources

TODAY = date(2027, 1, 31)
PATHS = sorted(FINDINGS.glob("*.md"))
INDEX = DOCS / "reference" / "findings.md"
_CODE = re.compile(r'"([PSRWA]\d{3})"')

PROJECT = '[project]\nname = "shop"\nspecs = ["specs/*.yaml"]\n'
SPEC = """\
task: Turn a title into a URL slug
file: shop/slug.py
exports: "def slugify(title: str) -> str"
input: any text that a shop owner typed
output: lower-case ASCII letters, digits and single hyphens
error_handling: no letter and no digit is left, raise ValueError("empty slug")
edge_cases: blanks at both ends are left out
logging: none
dependencies: []
examples: |
  I1, O1: slugify("Summer Sale: 50% off") == "summer-sale-50-off"
  E1: slugify("!!!") raises ValueError "empty slug"
  X1: slugify("  Tea  ") == "tea"
"""

# Text in a block is UTF-8 and short: these faults of a file are written as bytes.
NO_BLOCK = {
    "P100": ("project.toml", PROJECT.replace("shop", "caf\xe9").encode("latin-1"), 2),
    "S100": ("specs/slug.yaml", SPEC.replace("shop owner", "caf\xe9").encode("latin-1"), 4),
}
# Only the command finds them, since it runs tests on a stub and measures prompts.
BY_COMMAND = frozenset({"R107", "S122", "W107", "W115", "W120"})


def section(page: Path, heading: str) -> str:
    """The text of a page between one heading and the next."""
    below = page.read_text("utf-8").partition(f"\n## {heading}\n")[2]
    return below.partition("\n## ")[0]


def write(root: Path, page: Path, heading: str) -> list[tuple[str, int, str]]:
    """Write the files of a section below `root`; the findings that its marks announce."""
    blocks = list(blocks_in(section(page, heading), page.name))
    assert blocks
    files = {block.title: block.body for block in blocks}
    assert len(files) == len(blocks), "each block needs a title of its own"
    supply(root)
    if any(path.startswith("specs/") for path in files):
        (root / "specs" / "slug.yaml").unlink()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return [(block.title, block.marked, page.stem) for block in blocks if block.marked]


def supply(root: Path) -> None:
    """Write a project without a fault."""
    (root / "specs").mkdir()
    (root / "project.toml").write_text(PROJECT)
    (root / "specs" / "slug.yaml").write_text(SPEC)


def found(root: Path, code: str) -> list[tuple[str, int, str]]:
    findings = commanded(root) if code in BY_COMMAND else read(root)
    return [(finding.path, finding.line, finding.code) for finding in findings]


def read(root: Path) -> tuple[Finding, ...]:
    try:
        sources = read_sources(root)
    except InvalidInput as error:
        return error.findings
    return without_ignored(lint(sources, TODAY), sources.project)


def commanded(root: Path) -> tuple[Finding, ...]:
    program = str(Path(sys.executable).with_name("specloop"))
    command = [program, "check", "--json", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return tuple(Finding(**each) for each in json.loads(done.stdout))


@pytest.mark.parametrize("page", PATHS, ids=lambda page: page.stem)
def test_a_page_has_the_form_of_all(page: Path) -> None:
    headings = re.findall(r"^#.*", BLOCK.sub("", page.read_text("utf-8")), re.MULTILINE)
    assert headings[0].startswith(f"# {page.stem}: ")
    assert headings[1:] == ["## Why", "## Bad", "## Good"]


@pytest.mark.parametrize(
    "page", [p for p in PATHS if p.stem not in NO_BLOCK], ids=lambda page: page.stem
)
def test_the_bad_example_has_this_finding_alone_and_the_good_one_none(
    page: Path, tmp_path: Path
) -> None:
    for heading in ("Bad", "Good"):
        (tmp_path / heading).mkdir()
    expected = write(tmp_path / "Bad", page, "Bad")
    assert len(expected) == 1, "one line of one block is marked"
    assert found(tmp_path / "Bad", page.stem) == expected
    assert write(tmp_path / "Good", page, "Good") == []
    assert found(tmp_path / "Good", page.stem) == []


@pytest.mark.parametrize("code", NO_BLOCK)
def test_what_no_block_can_show(code: str, tmp_path: Path) -> None:
    path, data, line = NO_BLOCK[code]
    supply(tmp_path)
    assert found(tmp_path, code) == []
    (tmp_path / path).write_bytes(data)
    assert found(tmp_path, code) == [(path, line, code)]
    assert not list(blocks_in((FINDINGS / f"{code}.md").read_text("utf-8"), code))


def test_every_code_has_a_page_and_a_row_in_the_index() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "specloop").rglob("*.py")]
    used = set(_CODE.findall("\n".join(sources)))
    linked = re.findall(r"^\| \[(\w+)\]\(findings/(\w+)\.md\) \|", INDEX.read_text("utf-8"), re.M)
    assert {page.stem for page in PATHS} == used
    assert sorted(linked) == [(code, code) for code in sorted(used)]
