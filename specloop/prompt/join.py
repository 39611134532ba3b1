"""An answer that was cut off, and the one that goes on from it, as one."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from specloop.prompt.answer import Parser, answer_in, defined
from specloop.prompt.blocks import (
    blocks_in,
    in_json,
    open_block,
    opening_of,
    starts_with_block,
)

_LONGEST = 100_000  # characters; longer answers are no module
_PARSED = 1_000_000  # characters; each seam is a try
_REPEATED = 12  # lines that the second answer may say once more
_PROSE = 4  # lines of prose that the second answer may begin with
_NAME = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)


@lru_cache(maxsize=128)  # every decision about a module reads all the replies again
def joined(first: str, rest: str) -> str:
    """The text of both, the second of which goes on where the first was cut off.

    Models repeat the last lines, open a fence once more, or begin anew. Of the ways in which the
    two may belong together it is the first in which the code can be read.
    """
    head, rest = answer_in(first), answer_in(rest)
    if len(head) + len(rest) > _LONGEST:
        return head + rest
    parser = Parser(_PARSED)
    lines = head.split("\n")
    block = open_block(blocks_in(head, parser), lines, parser)
    if block is None:
        return head + rest
    before = "".join(f"{line}\n" for line in lines[: block.start])
    code = "\n".join(lines[block.start :])
    repeating = [before + seam for seam in _repeating(code, rest)]
    others = [before + seam for seam in _others(code, rest)]
    text = _readable(repeating, block.start, parser)
    if _is_anew(code, rest, parser, alike=text is not None):
        return rest
    # Neither can be read where the second was cut off as well, or the code is broken.
    return (
        text
        or _readable(others, block.start, parser)
        or _begun([*repeating, *others], block.start, parser)
        or others[0]
    )


def _repeating(code: str, rest: str) -> Iterator[str]:
    """The two joined where the second says once more what the first said last."""
    for tail in _tails(code, rest):
        yield from (code + tail[len(r) :] for r in _repeated(code, tail) if _is_told(r))


def _others(code: str, rest: str) -> Iterator[str]:
    """The two joined in any other way, the likely ones first."""
    tails = list(_tails(code, rest))
    yield from (code + tail for tail in tails)
    line = code.rpartition("\n")[2]
    for tail in tails:
        yield from (code + tail[len(repeated) :] for repeated in _repeated(code, tail))
        if starts_with_block(tail):
            continue
        yield f"{code}\n{tail}"
        if line.strip() and tail.startswith(line.strip()):
            yield code + tail[len(line.strip()) :]
        yield code[: len(code) - len(line)] + tail


def _tails(code: str, rest: str) -> Iterator[str]:
    """What an answer may go on with: what follows its opening fence or its prose, or all of it."""
    lines = rest.split("\n")
    written = 0
    for number, line in enumerate(lines):
        if line[:1].isspace() or written > _PROSE:
            break
        if opening_of(line) is not None:
            tails = ["\n".join(lines[number + 1 :]), rest]
            yield from reversed(tails) if _is_inner(code, lines[number:]) else tails
            return
        written += bool(line.strip())
    yield rest
    if lines[0].endswith(":"):
        yield "\n".join(lines[1:]).lstrip("\n")


def _is_inner(code: str, lines: list[str]) -> bool:
    """Whether the fence on the first line is of a docstring, before which the code was cut off.

    It may be where a line is to be begun. Then the fences, two by two but for the last, are odd.
    """
    *before, last = code.split("\n")
    fences = sum(opening_of(line) is not None for line in (*before, *lines))
    return not last.strip() and fences % 2 == 1


def _repeated(code: str, tail: str) -> Iterator[str]:
    """The last lines of the code, the unfinished one included, where `tail` begins with them."""
    lines = code.split("\n")
    for size in range(min(_REPEATED, len(lines)), 0, -1):
        last = "\n".join(lines[-size:])
        if last.strip() and tail.startswith(last):
            yield last


def _is_told(repeated: str) -> bool:
    """Whether it can hardly be chance that two answers have this in common."""
    told = any(character.isalnum() for character in repeated)
    return told or repeated[0].isspace() or "\n" in repeated


def _readable(texts: Iterable[str], start: int, parser: Parser) -> str | None:
    """The first of the texts in which the block that starts on a line is whole."""
    for text in texts:
        for block in blocks_in(text, parser):
            if block.start == start and block.closed and block.tree is not None:
                return text
    return None


def _begun(texts: Iterable[str], start: int, parser: Parser) -> str | None:
    """The first of the texts in which that block may go on to be Python."""
    codes = ((text, "\n".join(text.split("\n")[start:])) for text in texts)
    return next((text for text, code in codes if parser.is_begun(code)), None)


def _is_anew(code: str, rest: str, parser: Parser, *, alike: bool) -> bool:
    """Whether the second answer is the whole file once more: it begins as the first did.

    Unless it has to be `alike`, it may begin otherwise, and define all that the first defined.
    """
    begun, ended, _ = code.lstrip("\n").partition("\n")
    names = set(_NAME.findall(code[: code.rfind("\n") + 1]))
    for block in blocks_in(rest, parser) or in_json(rest, parser):
        whole = block.closed and block.tree is not None
        same = bool(begun.strip()) and block.code.lstrip("\n").startswith(f"{begun}{ended}")
        if same and (whole or (ended and not block.closed)):
            return True
        if whole and not alike and names and block.tree and names <= defined(block.tree):
            return True
    # Without a block it might as well be the rest, so that more must speak for it.
    again = bool(begun.strip() and ended) and rest.lstrip("\n").startswith(f"{begun}\n")
    tree = parser.tree(rest) if again else None
    return tree is not None and bool(found := defined(tree)) and names <= found
