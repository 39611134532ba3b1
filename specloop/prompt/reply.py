"""Reading a model's reply: a candidate, or the reason why it holds none.

Vendors' models wrap code in many ways; what is chosen is, in this order, the block that names the
module's file, the one that defines its exports, the longest one that parses.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Completion
from specloop.spec.interface import defined_names
from specloop.spec.module import ModuleSpec
from specloop.spec.python_text import parse

_OPENING = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_FILE_NAME = re.compile(r"(?P<file>[\w./-]+\.py)\b")
_FILE_LINE = re.compile(
    r"[\s#*>]*(?:\d+[.)]\s*)?(?:file(?:name|path)?\s*:\s*)?[`*\"']*"
    r"(?P<file>[\w./-]+\.py)[`*\"']*(?:\s*[-–—:(].*)?\s*",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(
    r"^[ \t]*#.*(\.\.\.|…).*\b(rest|existing|remaining|unchanged|same)\b"
    r"|^[ \t]*#\W*(the )?(rest|remaining|other|existing)\b.*\b(unchanged|same|before|above)\W*$",
    re.IGNORECASE,
)
_LONGEST_LINE = 200  # characters; a longer line is searched for nothing, since searching takes ages
_LONGEST_REPLY = 400_000
_BLOCKS = 200  # more are not looked at: such a reply repeats itself
_CLOSINGS = 20  # fences at which the end of a block is looked for, before the first is taken


@dataclass(frozen=True, slots=True)
class Malformed:
    """A reply from which no code can be taken; `problem` completes "it could not be used: …"."""

    problem: str


@dataclass(frozen=True, slots=True)
class _Block:
    code: str
    file: str  # the file that the block says it is, or ""
    closed: bool


def read_reply(completion: Completion, spec: ModuleSpec) -> Candidate | Malformed:
    """The candidate in a reply."""
    if len(completion.text) > _LONGEST_REPLY:
        return Malformed("it is far too long")
    exports = frozenset(export.name for export in spec.exports)
    return _read(completion.text, completion.finish_reason, spec.file, exports)


@lru_cache(maxsize=128)  # every decision about a module reads all the replies again
def _read(
    text: str, finish_reason: str, file: str, exports: frozenset[str]
) -> Candidate | Malformed:
    text = _without_thoughts(text.replace("\r\n", "\n"))
    cut = finish_reason == "length"
    if not text.strip():
        return Malformed("it was cut off before any code; write less" if cut else "it is empty")
    blocks = _blocks(text) or _blocks_without_opening(text)
    if not blocks:
        return _without_fence(text, file, exports, cut=cut)
    block = _choose([b for b in blocks if b.closed], file, exports, sure=blocks[-1].closed)
    if block is None and (cut or not blocks[-1].closed):
        return Malformed("it was cut off before the block of code ended; write less")
    if block is None:
        return _reason(blocks, file)
    return _complete(block.code, file)


def _without_thoughts(text: str) -> str:
    """What follows the model's thoughts; an opening tag may be missing."""
    _, ended, answer = text.rpartition("</think>")
    if ended:
        return answer
    return "" if text.lstrip().startswith("<think>") else text


def _blocks(text: str) -> list[_Block]:
    lines = text.split("\n")
    found: list[_Block] = []
    at = 0
    while at < len(lines) and len(found) < _BLOCKS:
        opening = _OPENING.match(lines[at])
        if opening is None:
            at += 1
            continue
        end, code = _body(lines, at, opening["fence"])
        above = next((line for line in reversed(lines[max(0, at - 2) : at]) if line.strip()), "")
        file = _declared_file(opening["info"], code, above)
        found.append(_Block(code, file, end < len(lines)))
        at = end + 1
    if at < len(lines) and len(found) == _BLOCKS:
        found.append(_Block("", "", closed=False))  # the rest: who knows what it holds
    return found if any(block.closed or block.code.strip() for block in found) else []


def _blocks_without_opening(text: str) -> list[_Block]:
    """The code before a closing fence that small models write without the opening one."""
    code, fence, _ = text.rstrip().rpartition("\n```")
    return [_Block(code, _declared_file("", code, ""), True)] if fence and _parses(code) else []


def _body(lines: list[str], opening: int, fence: str) -> tuple[int, str]:
    """Where the block ends (the number of lines if nowhere) and what is in it.

    A fence may stand in a docstring, so the first closing line after which the code parses is
    taken, and the very first one where it does so at none of the next few: some models end in
    fences without end, and each is a try.
    """
    closing = list(islice(_closing(lines, opening, fence), _CLOSINGS))
    for end in closing:
        code = textwrap.dedent("\n".join(lines[opening + 1 : end]))
        if not code.strip() or _parses(code):
            return end, code
    end = closing[0] if closing else len(lines)
    return end, textwrap.dedent("\n".join(lines[opening + 1 : end]))


def _closing(lines: list[str], opening: int, fence: str) -> Iterator[int]:
    """The lines after `opening` that may close its fence."""
    for n in range(opening + 1, len(lines)):
        line = lines[n].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            yield n


def _declared_file(info: str, code: str, above: str) -> str:
    """The file that a block is said to be: in its fence, on its first line or on the one above."""
    first = code.lstrip("\n").split("\n", 1)[0]
    info, first, above = ("" if len(t) > _LONGEST_LINE else t for t in (info, first, above))
    found = (
        _FILE_NAME.search(info)
        or (_FILE_LINE.fullmatch(first) if first.startswith("#") else None)
        or _FILE_LINE.fullmatch(above)
    )
    return found["file"] if found else ""


def _is(declared: str, file: str) -> bool:
    """Whether a declared path is that of `file`, as seen from a folder below or above the root."""
    declared = declared.removeprefix("./")
    return f"/{file}".endswith(f"/{declared}") or declared.endswith(f"/{file}")


def _choose(
    blocks: list[_Block], file: str, exports: frozenset[str], *, sure: bool
) -> _Block | None:
    """The block that is the module; unless `sure`, the one may be missing that is more like it."""
    parsing = [block for block in blocks if block.code.strip() and _parses(block.code)]
    named = [block for block in parsing if block.file and _is(block.file, file)]
    unnamed = [block for block in parsing if not block.file]
    candidates = named or unnamed
    defining = [block for block in candidates if exports and exports <= _defined(block.code)]
    if defining or named:
        return (defining or named)[-1]
    return max(unnamed, key=lambda block: len(block.code), default=None) if sure else None


def _without_fence(
    text: str, file: str, exports: frozenset[str], *, cut: bool
) -> Candidate | Malformed:
    """A reply that is nothing but code is taken as it is."""
    if cut:
        return Malformed("it was cut off; write less")
    if not _parses(text) or not _defined(text) or not exports <= _defined(text):
        return Malformed("it holds no fenced block of code")
    return _complete(text, file)


def _complete(code: str, file: str) -> Candidate | Malformed:
    lines = code.split("\n")
    if any(_ABBREVIATED.match(line) for line in lines if len(line) <= _LONGEST_LINE):
        return Malformed("it leaves parts of the file out; every line must be there")
    return Candidate(file, code.strip("\n") + "\n")


def _reason(blocks: Sequence[_Block], file: str) -> Malformed:
    """Why none of the blocks, all of them closed, can be the module."""
    meant = [block for block in blocks if not block.file or _is(block.file, file)]
    if not meant:
        return Malformed(f"it gives {blocks[0].file}, but the file to write is {file}")
    if not meant[-1].code.strip():
        return Malformed("its block of code is empty")
    try:
        parse(meant[-1].code)
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        return Malformed(f"its code is not valid Python: {error.msg}{where}")
    return Malformed(f"it holds no block that is {file}")


def _parses(code: str) -> bool:
    try:
        parse(code)
    except SyntaxError:
        return False
    return True


def _defined(code: str) -> set[str]:
    return {name for node in parse(code).body for name in defined_names(node)}
