"""The answer in a reply: what a model says after its thoughts, and what keeps Python from it."""

import ast
import re

from specloop.spec.python_text import parse

INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"  # byte order marks and characters of no width
BLANK = f" \t\r\f\v\xa0{INVISIBLE}"
LONGEST = 400_000  # characters of a reply
_PARSED = 300_000  # characters; no honest reply has as much to parse

_THOUGHTS = r"think|thinking|thought|reasoning"
_STARTS = re.compile(rf"\s*[<\[](?P<name>{_THOUGHTS})[>\]]", re.IGNORECASE)
_ENDS = re.compile(
    rf"^[ \t]*[<\[]/(?:{_THOUGHTS})[>\]]|[<\[]/(?:{_THOUGHTS})[>\]][ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MARGIN = re.compile(rf"^[{BLANK}]+", re.MULTILINE)
_SPACES = {ord("\xa0"): " "} | {ord(character): None for character in INVISIBLE}


def answer_in(text: str) -> str:
    """What follows the thoughts, in lines that end as Unix has them; an opening may be missing."""
    text = text.replace("\r\n", "\n").lstrip(INVISIBLE)
    while started := _STARTS.match(text):
        closing = re.compile(rf"[<\[]/{started['name']}[>\]]", re.IGNORECASE)
        ended = closing.search(text, started.end())
        if ended is None:
            return ""
        text = text[ended.end() :]
    for ended in reversed(list(_ENDS.finditer(text))):
        return text[ended.end() :]
    return text


class Parser:
    """Parses no more than so many characters in all: a hostile reply would take for ever."""

    def __init__(self, characters: int = _PARSED) -> None:
        self.left = characters

    def tree(self, code: str) -> ast.Module | None:
        """The tree of `code`, or None where it has none."""
        if len(code) > self.left:
            return None
        self.left -= len(code)
        try:
            return parse(code)
        except SyntaxError:
            return None

    def is_begun(self, code: str) -> bool:
        """Whether nothing but its end keeps `code` from being Python."""
        if len(code) > self.left:
            return False
        self.left -= len(code)
        try:
            parse(code)
        except SyntaxError as error:
            open_ended = ("unterminated triple-quoted", "was never closed")
            at_end = (error.lineno or 0) >= code.rstrip().count("\n") + 1
            return at_end or any(words in error.msg for words in open_ended)
        return True

    def read(self, code: str) -> tuple[str, ast.Module | None]:
        """The code, without the indentation of a list around it, and its tree.

        Byte by byte as it was, but for margins that Python cannot read as they are.
        """
        code = code.lstrip(INVISIBLE)
        if code.strip() and code.lstrip("\n")[:1] in (" ", "\t"):
            code = _dedented(code)
        tree = self.tree(code)
        if tree is None:
            plain = _MARGIN.sub(lambda margin: margin[0].translate(_SPACES), code)
            if plain != code and (tree := self.tree(plain)) is not None:
                return plain, tree
        return code, tree


def _dedented(code: str) -> str:
    lines = code.split("\n")
    margins = [line[: -len(line.lstrip(" \t"))] for line in lines if line.strip()]
    first, last = min(margins), max(margins)
    size = next(
        (n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first)
    )
    return "\n".join(line[size:] for line in lines)


def defined(tree: ast.Module) -> frozenset[str]:
    """The names that a module defines itself, also inside `if`, `try` and the like."""
    found = set()
    left: list[ast.AST] = [*tree.body]
    while left:
        node = left.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(node, ast.Lambda):
            left.extend(ast.iter_child_nodes(node))
    return frozenset(found)
