"""The pages of the documentation, and the blocks in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
REFERENCE = DOCS / "reference"
FINDINGS = REFERENCE / "findings"

BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[\w-]*)(?P<info>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=indent)(?P=fence) *$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'title="([^"]+)"')
_MARKED = re.compile(r'hl_lines="(\d+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `title` is "" and `marked`, a line of it, 0 where it has none."""

    page: str
    language: str
    title: str
    marked: int
    body: str

    def __str__(self) -> str:
        return f"{self.page}: {self.body[:40]!r}"


def blocks_of(page: Path) -> Iterator[Block]:
    yield from blocks_in(page.read_text("utf-8"), page.relative_to(ROOT).as_posix())


def blocks_in(text: str, page: str) -> Iterator[Block]:
    for match in BLOCK.finditer(text):
        title, marked = _TITLE.search(match["info"]), _MARKED.search(match["info"])
        yield Block(
            page,
            match["language"],
            title[1] if title else "",
            int(marked[1]) if marked else 0,
            match["body"].replace("\n" + match["indent"], "\n").removeprefix(match["indent"]),
        )
