"""Which block of an answer is the module, and why none is."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from specloop.prompt.answer import defined
from specloop.prompt.blocks import Block
from specloop.spec.python_text import parse

NO_BLOCK = "it holds no fenced block of code"
A_DIFF = "it is a diff; the whole file is wanted"
_DIFF = re.compile(r"^(?:@@ -\d|<{5,9} ?SEARCH|--- \S.*\n\+\+\+ \S)", re.MULTILINE)
_QUOTE = re.compile("[“”„‟‘’‚‛«»‹›]")  # typed for a reader, not for Python


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer is searched for: the code of `file`, which defines `exports`."""

    file: str
    exports: frozenset[str]

    def is_file(self, declared: str) -> bool:
        """Whether a declared path is that of the file, seen from a folder below or above."""
        declared = declared.removeprefix("./")
        return f"/{self.file}".endswith(f"/{declared}") or declared.endswith(f"/{self.file}")

    def defines(self, block: Block) -> int:
        """How many of the exports the block defines."""
        return len(self.exports & defined(block.tree)) if block.tree else 0

    def is_complete(self, block: Block) -> bool:
        """Whether the block defines all there is to define."""
        return bool(self.exports) and self.defines(block) == len(self.exports)


def choose(blocks: Sequence[Block], wanted: Wanted, *, sure: bool) -> Block | None:
    """The block that is the module; unless `sure`, the one may be missing that is more like it."""
    parsing = [block for block in blocks if block.tree and block.tree.body]
    named = [block for block in parsing if block.file and wanted.is_file(block.file)]
    unnamed = [block for block in parsing if not block.file]
    for group in (named, unnamed):
        if complete := [block for block in group if wanted.is_complete(block)]:
            return complete[-1]
        likely = [block for block in group if not _what_else(block, wanted)]
        if likely and (group is named or sure):
            most = max(wanted.defines(block) for block in likely)
            best = [block for block in likely if wanted.defines(block) == most]
            return _unless_outdone(best, blocks, wanted, last=group is named or most > 0)
    return None


def _unless_outdone(
    best: Sequence[Block], blocks: Sequence[Block], wanted: Wanted, *, last: bool
) -> Block | None:
    """The last or the longest of the best, unless a longer block that is no Python was meant."""
    block = best[-1] if last else max(best, key=lambda block: len(block.code))
    broken = _meant(blocks, wanted, broken=True)
    return None if any(len(other.code) > len(block.code) for other in broken) else block


def _meant(blocks: Sequence[Block], wanted: Wanted, *, broken: bool) -> list[Block]:
    """The blocks that may be the module, or be meant to be."""
    return [
        block
        for block in blocks
        if (not block.file or wanted.is_file(block.file))
        and not block.is_foreign
        and block.code.strip()
        and (block.tree is None or not broken)
    ]


def _what_else(block: Block, wanted: Wanted) -> str:
    """What the block is instead of the module, "" where it may be that."""
    assert block.tree is not None
    if wanted.defines(block):
        return ""
    if block.is_foreign:
        return f"code in {block.language!r}"
    names = _imported(block.tree)
    uses = _uses(block.tree) & wanted.exports or any(_is_module(n, wanted.file) for n in names)
    tools = any(name.partition(".")[0] in ("pytest", "unittest") for name in names)
    if tools or (uses and any(name.startswith("test_") for name in defined(block.tree))):
        return "tests"
    if uses or (wanted.exports and not defined(block.tree)):
        return "an example"
    return ""


def _imported(tree: ast.Module) -> list[str]:
    """The dotted names of the modules that are, or may be, imported."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def _is_module(name: str, file: str) -> bool:
    path = file.removesuffix(".py").replace("/", ".")
    return f".{path}".endswith(f".{name}")


def _uses(tree: ast.Module) -> set[str]:
    """The names that are read and bound nowhere but by imports."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return {node.id for node in names} - bound - defined(tree)


def is_diff(text: str) -> bool:
    """Whether a text holds a part of a diff, or of a search and a replacement."""
    return _DIFF.search(text) is not None


def why_none(blocks: Sequence[Block], wanted: Wanted) -> str:
    """Why none of the blocks, all of them closed, can be the module."""
    if any(block.tree is None and is_diff(block.code) for block in blocks):
        return A_DIFF
    broken = _meant(blocks, wanted, broken=True)
    if broken:
        return _why_broken(max(broken, key=lambda block: len(block.code)).code)
    meant = _meant(blocks, wanted, broken=False)
    if meant:
        what = next((what for block in meant if (what := _what_else(block, wanted))), "nothing")
        return f"it holds {what}, not {wanted.file}"
    others = [block.file for block in blocks if block.file and not wanted.is_file(block.file)]
    if others:
        return f"it gives {others[0]}, but the file to write is {wanted.file}"
    if any(not block.is_foreign for block in blocks):
        return "its block of code is empty"
    return "it holds no block of Python"


def _why_broken(code: str) -> str:
    try:
        parse(code)
    except SyntaxError as error:
        lines = code.split("\n")
        number = min(error.lineno or 0, len(lines))
        where = f" at line {number}" if number else ""
        quote = _QUOTE.search(lines[number - 1]) if number else None
        if quote:
            sign = f"{quote[0]!r} (U+{ord(quote[0]):04X})"
            return f"its code has the typographic quote {sign}{where}; write plain quotes"
        return f"its code is not valid Python: {error.msg}{where}"
    return "it is too long to be read"
