"""Python source and the places in it, so that a change keeps every other character."""

import ast
import re
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")  # what ends a line for Python: fewer than for str


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to `end` replaced by `text`."""

    start: int
    end: int
    text: str

    def apply(self, code: str) -> str:
        """The code with the change."""
        return code[: self.start] + self.text + code[self.end :]


class Source:
    """A text of Python, addressed by the nodes of its tree."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(code))]

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where the node begins."""
        return self._index(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where the node ends."""
        return self._index(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The node as it is written."""
        return self.code[self.start(node) : self.end(node)]

    def line(self, index: int) -> int:
        """The number of the line, from 1, on which a character stands."""
        return sum(start <= index for start in self._starts)

    def replaced(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        """The node written otherwise."""
        return Edit(self.start(node), self.end(node), text)

    def between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> Edit | None:
        """The operator between two operands written otherwise; blanks in `old` may be any."""
        gap = self.code[self.end(left) : self.start(right)]
        found = re.search(r"\s+".join(map(re.escape, old.split())), gap)
        if found is None:
            return None
        at = self.end(left)
        return Edit(at + found.start(), at + found.end(), new)

    def _index(self, line: int, column: int) -> int:
        """The index of a place that a tree gives as a line and a column in bytes of UTF-8."""
        start = self._starts[line - 1]
        if self.code.isascii():
            return start + column
        text = self.code[start : start + column]  # never fewer characters than are meant
        return start + len(text.encode()[:column].decode())
