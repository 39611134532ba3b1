"""Reading a model's reply: a candidate, or the reason why it holds none.

Vendors' models wrap code in many ways; what is chosen is, in this order, the block that names the
module's file, the one that defines its exports, the longest one that parses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Completion
from specloop.prompt.answer import LONGEST, Parser, answer_in, defined
from specloop.prompt.blocks import Block, blocks_in, in_json, open_block, starts_with_block
from specloop.prompt.choose import A_DIFF, NO_BLOCK, Wanted, choose, is_diff, why_none
from specloop.prompt.terse import without_teaching
from specloop.spec.module import ModuleSpec

# A comment may well say that other digits stay the same: only code that does is left out.
_CODE = r"(?:class|code|file|function|helper|import|line|method|module|part)(?:e?s)?"
_ABBREVIATED = re.compile(
    r"^[ \t]*#.*(\.\.\.|…).*\b(rest|existing|remaining|unchanged|same)\b"
    r"|^[ \t]*#\W*(the )?"
    rf"(rest( of( the| this)? {_CODE})?(?! of)|(remaining|other|existing)( \w+)? {_CODE})\b"
    r".*\b(unchanged|same|before|above)\W*$",
    re.IGNORECASE,
)
_LONGEST_LINE = 200  # characters; a longer line is searched for nothing, since searching takes ages
_UNFINISHED = 400  # lines; what was cut off after so many is too long anyway
_REPEATED = 12  # lines at the end that say the same again and again
_LONGEST_CUT_LINE = 2_000  # characters; a last line as long has no end


@dataclass(frozen=True, slots=True)
class Malformed:
    """A reply from which no code can be taken; `problem` completes "it could not be used: …".

    `unfinished` is the code up to where the answer was cut off, "" where it is not worth going on
    from.
    """

    problem: str
    kind: Literal["empty", "cut", "other"] = "other"
    unfinished: str = ""


def read_reply(completion: Completion, spec: ModuleSpec) -> Candidate | Malformed:
    """The candidate in a reply."""
    if len(completion.text) > LONGEST:
        return Malformed("it is far too long")
    wanted = Wanted(spec.file, frozenset(export.name for export in spec.exports))
    return _read(completion.text, completion.finish_reason == "length", wanted)


@lru_cache(maxsize=128)  # every decision about a module reads all the replies again
def _read(text: str, cut: bool, wanted: Wanted) -> Candidate | Malformed:
    answer = answer_in(text)
    if not answer.strip():
        if cut:
            return Malformed("it was cut off before any code; write less", "cut")
        return Malformed("it is empty", "empty")
    parser = Parser()
    if not cut and _is_code(answer, wanted, parser):
        return _complete(answer, wanted)
    blocks = blocks_in(answer, parser) or in_json(answer, parser)
    if not blocks:
        return _without_block(answer, cut)
    sure = all(block.closed for block in blocks)
    block = choose([block for block in blocks if block.closed], wanted, sure=sure)
    if block is not None:
        return _complete(block.code, wanted)
    if cut or not sure:
        return _cut_off(answer, blocks, wanted, parser)
    return Malformed(why_none(blocks, wanted))


def _is_code(answer: str, wanted: Wanted, parser: Parser) -> bool:
    """Whether an answer is nothing but code."""
    if starts_with_block(answer) or (tree := parser.tree(answer)) is None:
        return False
    names = defined(tree)
    return bool(names & wanted.exports if wanted.exports else names)


def _without_block(answer: str, cut: bool) -> Malformed:
    if cut:
        return Malformed("it was cut off before any block of code; write less", "cut")
    return Malformed(A_DIFF if is_diff(answer) else NO_BLOCK)


def _complete(code: str, wanted: Wanted) -> Candidate | Malformed:
    lines = code.split("\n")
    if any(_ABBREVIATED.match(line) for line in lines if len(line) <= _LONGEST_LINE):
        return Malformed("it leaves parts of the file out; every line must be there")
    return Candidate(wanted.file, without_teaching(code.strip("\n") + "\n"))


def _cut_off(answer: str, blocks: Sequence[Block], wanted: Wanted, parser: Parser) -> Malformed:
    lines = answer.split("\n")
    block = open_block(blocks, lines, parser)
    if block is None:
        return Malformed("it was cut off before the block of code; write less", "cut")
    if block.file and not wanted.is_file(block.file):
        problem = f"it was cut off in {block.file}; write {wanted.file} alone"
        return Malformed(problem, "cut")
    lines = lines[block.start :]
    if _repeats(lines):
        return Malformed("it was cut off while it repeated itself; write less", "cut")
    if len(lines) > _UNFINISHED:
        return Malformed(f"it was cut off after {len(lines)} lines; write less", "cut")
    problem = "it was cut off before the block of code ended; write less"
    return Malformed(problem, "cut", "\n".join(lines).strip("\n"))


def _repeats(lines: Sequence[str]) -> bool:
    """Whether the code ends in lines, or in one line, that say the same again and again."""
    if len(lines[-1]) > _LONGEST_CUT_LINE:
        return True
    tail = [line.strip() for line in lines[:-1] if line.strip()]
    return any(
        tail[-_REPEATED:] == tail[-_REPEATED - period : -period]
        for period in range(1, _REPEATED // 2)
        if len(tail) >= _REPEATED + period
    )
