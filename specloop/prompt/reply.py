"""Reading a model's reply: a candidate, or the reason why it holds none.

Vendors' models wrap code in many ways; what is chosen is, in this order, the block that names the
module's file, the one that defines its exports, the longest one that parses.
"""

import ast
import re
import textwrap
from dataclasses import dataclass

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Completion
from specloop.spec.interface import defined_names
from specloop.spec.module import ModuleSpec

_OPENING = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
_FILE_NAME = re.compile(r"[\w./-]+\.py\b")
_ABBREVIATED = re.compile(
    r"^\s*#.*(\.\.\.|…).*\b(rest|existing|remaining|unchanged|same)\b"
    r"|^\s*#.*\b(rest|remaining)\b.*\b(unchanged|same)\b",
    re.IGNORECASE | re.MULTILINE,
)


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
    text = _without_thoughts(completion.text.replace("\r\n", "\n"))
    if not text.strip():
        return Malformed("it is empty")
    blocks = _blocks(text)
    if not blocks:
        return _without_fence(text, completion, spec)
    block = _choose([b for b in blocks if b.closed], spec)
    if block is None and (completion.finish_reason == "length" or not blocks[-1].closed):
        return Malformed("it was cut off before the block of code ended; write less")
    if block is None:
        named = next((b.file for b in blocks if b.file), "")
        return _reason(blocks[-1], named, spec)
    if _ABBREVIATED.search(block.code):
        return Malformed("it leaves parts of the file out; every line must be there")
    return Candidate(spec.file, block.code.strip("\n") + "\n")


def _without_thoughts(text: str) -> str:
    """What follows the model's thoughts; an opening tag may be missing."""
    return text.rpartition("</think>")[2] if "</think>" in text else text


def _blocks(text: str) -> list[_Block]:
    lines = text.split("\n")
    found = []
    at = 0
    while at < len(lines):
        opening = _OPENING.match(lines[at])
        if opening is None:
            at += 1
            continue
        end, code = _body(lines, at, opening["fence"])
        found.append(_Block(code, _declared_file(opening["info"], code), end < len(lines)))
        at = end + 1
    return found


def _body(lines: list[str], opening: int, fence: str) -> tuple[int, str]:
    """Where the block ends (the number of lines if nowhere) and what is in it.

    A fence may stand in a docstring, so the first closing line after which the code parses is
    taken, and the very first one where it never does.
    """
    closing = [
        n
        for n in range(opening + 1, len(lines))
        if lines[n].strip().startswith(fence) and not lines[n].strip().strip(fence[0])
    ]
    for end in closing:
        code = textwrap.dedent("\n".join(lines[opening + 1 : end]))
        if code.strip() and _parses(code):
            return end, code
    end = closing[0] if closing else len(lines)
    return end, textwrap.dedent("\n".join(lines[opening + 1 : end]))


def _declared_file(info: str, code: str) -> str:
    """The file that a block is said to be, in its fence or in a comment on its first line."""
    first = code.lstrip("\n").split("\n", 1)[0]
    for place in (info, first if first.startswith("#") else ""):
        name = _FILE_NAME.search(place)
        if name:
            return name[0].removeprefix("./")
    return ""


def _choose(blocks: list[_Block], spec: ModuleSpec) -> _Block | None:
    parsing = [block for block in blocks if block.code.strip() and _parses(block.code)]
    named = [block for block in parsing if block.file == spec.file]
    if named:
        return named[-1]
    unnamed = [block for block in parsing if not block.file or block.file.count("/") == 0]
    exports = {export.name for export in spec.exports}
    defining = [block for block in unnamed if exports and exports <= _defined(block.code)]
    if defining:
        return defining[-1]
    return max(unnamed, key=lambda block: len(block.code), default=None)


def _without_fence(text: str, completion: Completion, spec: ModuleSpec) -> Candidate | Malformed:
    """A reply that is nothing but code is taken as it is."""
    if not _parses(text):
        return Malformed("it holds no fenced block of code")
    if completion.finish_reason == "length":
        return Malformed("it was cut off; write less")
    exports = {export.name for export in spec.exports}
    if not _defined(text) or not exports <= _defined(text):
        return Malformed("it holds no fenced block of code")
    return Candidate(spec.file, text.strip("\n") + "\n")


def _reason(block: _Block, named: str, spec: ModuleSpec) -> Malformed:
    if named and named != spec.file:
        return Malformed(f"it gives {named}, but the file to write is {spec.file}")
    if not block.code.strip():
        return Malformed("its block of code is empty")
    try:
        ast.parse(block.code)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" at line {line}" if line else ""
        return Malformed(f"its code is not valid Python: {getattr(error, 'msg', error)}{where}")
    return Malformed(f"it holds no block that is {spec.file}")


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _defined(code: str) -> set[str]:
    return {name for node in ast.parse(code).body for name in defined_names(node)}
