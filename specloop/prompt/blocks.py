"""The blocks of code in an answer: fences, tags, shell heredocs, and strings in JSON."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from specloop.prompt.answer import BLANK, Parser, defined

_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)")
_TAG = re.compile(
    r"[<\[](?P<name>answer|code|file|module|output|python|solution)\b(?P<info>[^<>\]]*)[>\]]",
    re.IGNORECASE,
)
_HEREDOC = re.compile(r"(?:\$\s*)?(?:sudo\s+)?(?:cat|tee)\b.*<<-?\s*(['\"]?)(?P<mark>\w+)\1.*")
_FILE_NAME = re.compile(r"(?P<file>[\w./-]+\.py)\b")
_FILE_LINE = re.compile(
    r"[\s#*>]*(?:\d+[.)]\s*)?(?:file(?:name|path)?\s*:\s*)?[`*\"']*"
    r"(?P<file>[\w./-]+\.py)[`*\"']*(?:\s*[-–—:(].*)?\s*",
    re.IGNORECASE,
)
_LONGEST_LINE = 200  # characters; a longer line is searched for nothing, since searching takes ages
_BLOCKS = 200  # more are not looked at: such a reply repeats itself
_ENDS = 20  # lines at which the end of a block is looked for, before the first is taken
_LONGEST_HEAD = 50_000  # characters; only small models lose an opening fence, and in short answers


@dataclass(frozen=True, slots=True)
class Block:
    """A block; `tree` is None where it is not Python, `file` the one that it says it is, or "".

    `start` is the line of the answer on which the code starts, counted from 0.
    """

    code: str
    tree: ast.Module | None
    file: str = ""
    language: str = ""
    closed: bool = True
    start: int = 0

    @property
    def is_foreign(self) -> bool:
        """Whether it says that it is in another language."""
        return bool(self.language) and "py" not in self.language and self.language not in _NEUTRAL


_NEUTRAL = ("text", "txt", "plaintext", "code")


@dataclass(frozen=True, slots=True)
class _Opening:
    kind: Literal["fence", "tag", "heredoc"]
    mark: str  # of what closes it
    info: str

    @property
    def language(self) -> str:
        words = self.info.lower().split()
        return words[0] if words and self.kind == "fence" else ""

    def is_closed_by(self, line: str) -> bool:
        bare = line.strip(BLANK)
        if self.kind == "fence":
            return bare.startswith(self.mark) and not bare.strip(self.mark[0])
        return (bare if self.kind == "heredoc" else bare[1:-1].lower()) == self.mark

    def may_hold(self, inner: "_Opening") -> bool:
        """Whether `inner` opens a block inside; a fence without a language rather closes one."""
        match self.kind:
            case "fence":
                return inner.kind == "heredoc" or (inner.kind == "fence" and inner.info != "")
            case "tag":
                return True
            case _:
                return False


def starts_with_block(text: str) -> bool:
    """Whether the first thing in an answer is a block."""
    return opening_of(text.lstrip(f"\n{BLANK}").partition("\n")[0]) is not None


def opening_of(line: str) -> _Opening | None:
    """The opening of a block that a line is, or None."""
    bare = line.strip(BLANK)
    if fence := _FENCE.fullmatch(bare):
        return _Opening("fence", fence["mark"], fence["info"].strip())
    if not bare or len(bare) > _LONGEST_LINE:
        return None
    if tag := _TAG.fullmatch(bare):
        return _Opening("tag", f"/{tag['name'].lower()}", tag["info"])
    heredoc = _HEREDOC.fullmatch(bare)
    return _Opening("heredoc", heredoc["mark"], bare) if heredoc else None


def blocks_in(text: str, parser: Parser) -> list[Block]:
    """The blocks, in order; one that is not closed ends where another is opened, or the text."""
    lines = text.split("\n")
    found, at = [], 0
    head = _without_opening(text, lines, parser)
    if head is not None:
        found, at = [head[0]], head[1]
    looked_at = 0
    while at < len(lines) and looked_at < _BLOCKS:
        opening = opening_of(lines[at])
        if opening is None:
            at += 1
            continue
        block, at = _block(lines, at, opening, parser)
        found += _unpacked(block, parser) if block else []
        looked_at += 1
    if at < len(lines):
        found.append(Block("", None, closed=False))  # the rest: who knows what it holds
    return found


def _without_opening(text: str, lines: list[str], parser: Parser) -> tuple[Block, int] | None:
    """The code before a closing fence that small models write without the opening one."""
    if len(text) > _LONGEST_HEAD or starts_with_block(text):
        return None
    lost = _Opening("fence", "```", "")
    start = 1 if lines[0].strip().lower() == "python" else 0
    for end, inner in islice(_ends(lines, -1, lost), _ENDS):
        code, tree = parser.read("\n".join(lines[start:end]))
        if tree is not None and defined(tree) and inner is None:
            return Block(code, tree, _declared_file(lost, code, ""), start=start), end + 1
    return None


def _block(
    lines: list[str], at: int, opening: _Opening, parser: Parser
) -> tuple[Block | None, int]:
    """The block that is opened on line `at`, and the line to go on from.

    A fence may stand in a docstring, so the first end up to which the code parses is taken, and the
    very first one where it does so at none of the next few: some models end in fences without end,
    and each is a try. A block in which another one is opened is prose, unless it says otherwise.
    """
    above = next((line for line in reversed(lines[max(0, at - 2) : at]) if line.strip()), "")

    def made(code: str, tree: ast.Module | None, *, closed: bool = True) -> Block:
        file = _declared_file(opening, code, above)
        return Block(code, tree, file, opening.language, closed, at + 1)

    first: tuple[Block | None, int] | None = None
    tries = 1 if made("", None).is_foreign else _ENDS
    for end, inner in islice(_ends(lines, at, opening), tries):
        code, tree = parser.read("\n".join(lines[at + 1 : end]))
        after = end if inner else end + 1
        if not code.strip():
            return (None if inner else made(code, None)), after
        if tree is not None and (tree.body or not inner):
            return made(code, tree, closed=inner is None), after
        if first is None:
            kept = inner is None or opening.language.startswith("py")
            first = (made(code, None) if kept else None), after
    if first is not None:
        return first
    code, tree = parser.read("\n".join(lines[at + 1 :]))
    stray = not code.strip() and not opening.info  # a closing fence too many
    return (None if stray else made(code, tree, closed=False)), len(lines)


def _ends(lines: list[str], at: int, opening: _Opening) -> Iterator[tuple[int, _Opening | None]]:
    """The lines after `at` where the block may end: it is closed there, or another is opened."""
    for n in range(at + 1, len(lines)):
        if opening.is_closed_by(lines[n]):
            yield n, None
        elif (inner := opening_of(lines[n])) and opening.may_hold(inner):
            yield n, inner


def _declared_file(opening: _Opening, code: str, above: str) -> str:
    """The file that a block is said to be: in its opening, on its first line or the one above."""
    first = code.lstrip("\n").split("\n", 1)[0]
    info, first, above = (
        "" if len(text) > _LONGEST_LINE else text for text in (opening.info, first, above)
    )
    found = (
        _FILE_NAME.search(info)
        or (_FILE_LINE.fullmatch(first) if first.startswith("#") else None)
        or _FILE_LINE.fullmatch(above)
    )
    return found["file"] if found else ""


def _unpacked(block: Block, parser: Parser) -> list[Block]:
    """The block, or the code in it where it is JSON that holds code."""
    return in_json(block.code, parser) or [block]


def in_json(text: str, parser: Parser) -> list[Block]:
    """The texts of several lines in a JSON object, each with the file named beside it."""
    if text.lstrip()[:1] != "{":
        return []
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return []
    texts = [item for item in value.values() if isinstance(item, str)]
    files = [item for item in texts if _FILE_NAME.fullmatch(item)]
    found = [parser.read(item) for item in texts if "\n" in item]
    return [Block(code, tree, files[0] if files else "") for code, tree in found]


def open_block(blocks: Sequence[Block], lines: Sequence[str], parser: Parser) -> Block | None:
    """The block in which an answer, given as its lines, was cut off.

    It may be one that seems to be closed: by a fence in a docstring.
    """
    for block in blocks:
        broken = block.closed and block.tree is None and not block.is_foreign
        if broken and parser.is_begun("\n".join(lines[block.start :])):
            return block
    return blocks[-1] if blocks and not blocks[-1].closed else None
