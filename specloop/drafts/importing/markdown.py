"""Markdown as a list of blocks that know their lines: headings, list items, paragraphs, code.

It reads what formats made of lines need and no more. Whatever stands between fences is code, HTML
comments and front matter are left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` is the number of its signs."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list, with the lines that continue it.

    `indent` is its indentation, `number` what it is numbered with ("" for a bullet), `box` the
    sign in its box: "" without one, " " where the box is empty.
    """

    indent: int
    number: str
    box: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph; a line that begins in bold begins one of its own."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """A block between fences; `closed` is False where the file ends inside it.

    `line` is that of the fence, `signatures` are lines in it that begin a function or class of
    Python: the outermost ones.
    """

    line: int
    closed: bool = True
    signatures: tuple[int, ...] = ()


Block = Heading | Item | Prose

# What YAML cannot hold, and signs that only some programs take for the end of a line.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_ITEM = re.compile(r"(?:[-*+]|([0-9]{1,9})[.)])\s+(.*)")
_BOX = re.compile(r"\[([ xX~-])\]\*?\s+(.*)")
_RULE = re.compile(r"([-*_])\s*(?:\1\s*){2,}")
_SIGNATURE = re.compile(r"class\s+\w+\s*[(:].*|(?:async\s+)?def\s+\w+\s*\(.*")
_LABEL = re.compile(r"\*\*([^*:：]{1,100})(?:\*\*\s*[:：]|[:：]\s*\*\*)\s*")


def read_blocks(text: str) -> tuple[Block | Code, ...]:
    """The blocks of a document, in the order of its lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = _Reader()
    for line, content in _outside_comments(lines):
        reader.take(line, _UNWRITABLE.sub("\ufffd", content).expandtabs(4))
    return reader.end()


def without_bold(text: str) -> str:
    """The text without the signs that make it bold."""
    return text.replace("**", "").strip()


def split_label(text: str) -> tuple[str, str]:
    """The `**label**:` that a text begins with, and the rest; the label is "" if there is none."""
    found = _LABEL.match(text)
    return (found[1].strip(), text[found.end() :]) if found else ("", text)


def whole_items(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with the items below an item made part of its text."""
    above: Item | None = None
    parts: list[str] = []
    for block in blocks:
        if isinstance(block, Item) and above is not None and block.indent > above.indent + 1:
            parts.append(block.text)
            continue
        if above is not None:
            yield replace(above, text="; ".join(parts))
        above, parts = (block, [block.text]) if isinstance(block, Item) else (None, [])
        if above is None:
            yield block
    if above is not None:
        yield replace(above, text="; ".join(parts))


def _outside_comments(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines and their numbers, without front matter and HTML comments."""
    start = 0
    if lines[0].strip() == "---":
        start = next((n for n, line in enumerate(lines[1:], 2) if line.strip() == "---"), 0)
    last = max((n for n, line in enumerate(lines, 1) if "-->" in line), default=0)
    fence = ""
    commented = False
    for number, line in enumerate(lines[start:], start + 1):
        bare = line.strip()
        if not commented and (mark := _fence(bare)):
            fence = "" if _closes(bare, fence) else fence or mark
        if not fence and not commented and bare.startswith("<!--") and number <= last:
            commented = True
        if not commented:
            yield number, line
        elif "-->" in bare:
            commented = False


def _fence(bare: str) -> str:
    """The signs that open or close a block of code; "" if the line does neither."""
    sign = bare[:1]
    length = len(bare) - len(bare.lstrip(sign)) if sign in ("`", "~") and bare else 0
    return sign * length if length >= 3 and (sign == "~" or sign not in bare[length:]) else ""


def _closes(bare: str, fence: str) -> bool:
    return bool(fence) and bare.startswith(fence) and not bare.strip(fence[0])


class _Reader:
    """Takes line after line and keeps the block that is not at its end yet."""

    def __init__(self) -> None:
        self._blocks: list[Block | Code] = []
        self._open: Item | Prose | None = None
        self._parts: list[str] = []
        self._fence = ""
        self._signatures: list[tuple[int, int]] = []  # in a block of code: indentations and lines

    def take(self, line: int, content: str) -> None:
        bare = content.strip()
        indent = len(content) - len(content.lstrip())
        if self._fence:
            if _closes(bare, self._fence):
                self._fence = ""
                self._end_code(closed=True)
            elif _SIGNATURE.fullmatch(bare):
                self._signatures.append((indent, line))
        elif mark := _fence(bare):
            self._close()
            self._fence = mark
            self._blocks.append(Code(line, closed=False))
        elif not bare or _RULE.fullmatch(bare):
            self._close()
        elif (heading := _heading(bare, line)) is not None and indent <= 3:
            self._close()
            self._blocks.append(heading)
        else:
            self._text(line, bare, indent)

    def end(self) -> tuple[Block | Code, ...]:
        self._close()
        if self._fence:
            self._end_code(closed=False)
        return tuple(self._blocks)

    def _end_code(self, *, closed: bool) -> None:
        code = self._blocks[-1]
        outermost = min((indent for indent, _ in self._signatures), default=0)
        lines = tuple(line for indent, line in self._signatures if indent == outermost)
        self._blocks[-1] = Code(code.line, closed, lines)
        self._signatures = []

    def _text(self, line: int, bare: str, indent: int) -> None:
        found = _ITEM.fullmatch(bare)
        labelled = bare.startswith("**") and not (isinstance(self._open, Item) and indent)
        if found is not None:
            box = _BOX.fullmatch(found[2])
            self._close()
            self._open = Item(indent, found[1] or "", box[1] if box else "", "", line)
            bare = box[2] if box else found[2]
        elif self._open is None or labelled:
            self._close()
            self._open = Prose("", line)
        self._parts.append(bare)

    def _close(self) -> None:
        if self._open is not None:
            text = " ".join(" ".join(self._parts).split())
            self._blocks.append(replace(self._open, text=text))
        self._open = None
        self._parts = []


def _heading(bare: str, line: int) -> Heading | None:
    level = len(bare) - len(bare.lstrip("#"))
    rest = bare[level:]
    if not 1 <= level <= 6 or rest[:1].strip():
        return None
    before, _, last = rest.rpartition(" ")
    text = rest if last.strip("#") else before
    return Heading(level, " ".join(text.split()), line)
