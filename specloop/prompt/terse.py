"""Code without the comments that teach: a prompt asks for none, and cheap models write them."""

import ast
import re
import tokenize

from specloop.spec.python_text import parse, tokens

_SHARE = 4  # of so many lines that are not blank, one may be a comment
_FEW = 5  # fewer comments are left alone
_DIRECTIVE = re.compile(
    r"#!|#.*coding[:=]"
    r"|#\s*(?:type|noqa|pragma|fmt|isort|ruff|flake8|mypy|pylint|pyright|yapf|nosec|nosemgrep)\b"
    r"|#\s*(?:TODO|FIXME|XXX)\b"
)


def without_teaching(code: str) -> str:
    """The code without its full-line comments, where they are more than a quarter of it.

    What tools read stays; the syntax tree is the same.
    """
    lines = code.split("\n")
    try:
        comments = _full_line_comments(code)
        written = sum(1 for line in lines if line.strip())
        if len(comments) < _FEW or len(comments) * _SHARE <= written:
            return code
        terse = _without(lines, comments)
        return terse if ast.dump(parse(terse)) == ast.dump(parse(code)) else code
    except (SyntaxError, RecursionError):
        return code


def _full_line_comments(code: str) -> set[int]:
    """The lines, counted from 0, that hold a comment for readers and nothing else."""
    return {
        token.start[0] - 1
        for token in tokens(code)
        if token.type == tokenize.COMMENT
        and not token.line[: token.start[1]].strip()
        and not _DIRECTIVE.match(token.string)
    }


def _without(lines: list[str], dropped: set[int]) -> str:
    """The lines without some of them; of blank runs that meet, the longer one stays."""
    kept: list[str] = []
    meeting, gap, run = False, 0, 0  # `gap` blank lines end `kept`, `run` have come since a drop
    for number, line in enumerate(lines):
        if number in dropped:
            gap = gap if meeting else _blank_at_end(kept)
            meeting, run = True, 0
        elif meeting and not line.strip():
            run += 1
            if run > gap:
                kept.append(line)
                gap = run
        else:
            meeting = False
            kept.append(line)
    return "\n".join(kept).strip("\n") + "\n"


def _blank_at_end(lines: list[str]) -> int:
    return next((n for n, line in enumerate(reversed(lines)) if line.strip()), len(lines))
