"""Exports, from signatures as people write them to source that `ast.parse` accepts."""

import ast
import textwrap
from dataclasses import dataclass
from tokenize import COMMENT, DEDENT, ENDMARKER, ERRORTOKEN, INDENT, NEWLINE, NL, OP, TokenInfo

from specloop.spec.module import Export
from specloop.spec.python_text import parse, tokens

_FORMS = "`def f(x: int) -> str`, `async def …`, `class Name` or `NAME: type`"


def parse_exports(text: str, line: int) -> tuple[Export, ...]:
    """The exports that `text`, which begins on `line`, declares; SyntaxError if it is not Python.

    What lacks a colon or a body is given one.
    """
    source = _completed(textwrap.dedent(text.expandtabs(4)).strip("\n"))
    body = parse(source).body
    if not body:
        raise SyntaxError(f"nothing is declared here; write {_FORMS}")
    lines = source.split("\n")
    return tuple(_export(node, lines, line) for node in body)


def _export(node: ast.stmt, lines: list[str], line: int) -> Export:
    first = node.lineno
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            name = node.name
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
        case ast.AnnAssign(target=ast.Name(id=name)):
            pass
        case _:
            shown = ast.unparse(node)[:60]
            raise SyntaxError(f"{shown!r} is not a signature; write {_FORMS}")
    return Export(name, "\n".join(lines[first - 1 : node.end_lineno]), line + first - 1)


@dataclass(slots=True)
class _Line:
    """A logical line: its tokens, and whether an indented block follows it."""

    tokens: list[TokenInfo]
    block: bool = False

    def missing(self) -> str:
        """What has to be added to its end to make it a whole statement."""
        words = [token.string for token in self.tokens[:2]]
        if words[0] not in ("def", "class") and words != ["async", "def"]:
            return ""
        depth = 0
        for at, token in enumerate(self.tokens):
            if token.type != OP:
                continue
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                last = at == len(self.tokens) - 1
                return " ..." if last and not self.block else ""
        return ":" if self.block else ": ..."


def _completed(text: str) -> str:
    lines = text.split("\n")
    for logical in reversed(_logical_lines(text)):
        row, column = logical.tokens[-1].end
        line = lines[row - 1]
        lines[row - 1] = line[:column] + logical.missing() + line[column:]
    return "\n".join(lines)


def _logical_lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    current: list[TokenInfo] = []
    for token in tokens(text):
        if token.type == INDENT and found:
            found[-1].block = True
        elif token.type in (NEWLINE, ENDMARKER):
            if current:
                found.append(_Line(current))
            current = []
        elif token.type not in (COMMENT, DEDENT, INDENT, NL):
            if token.type == ERRORTOKEN and not token.string.isspace():
                raise SyntaxError(f"{token.string!r} is not Python")
            current.append(token)
    return found
