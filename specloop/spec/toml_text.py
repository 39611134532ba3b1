"""TOML as plain data, and the line on which each key stands.

tomllib gives data without positions. `_Lines` walks a second time over text that tomllib has
accepted, so it may trust that brackets and quotes close.
"""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from specloop.spec.problems import Problems

Path = tuple[int | str, ...]

MAX_DEPTH = 16

_TOKEN = re.compile(
    r'(?P<text>"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:\\.|[^"\\\n])*"|'
    r"'[^'\n]*')"
    r"|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<blank>[ \t\r]+)"
    r"|(?P<mark>[\[\]{},=.])|(?P<word>[^\s\[\]{},=.\"'#]+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class TomlText:
    """A document's data, and the lines of its keys and items."""

    data: dict[str, Any]
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of what stands at a path of keys and positions, or of the nearest above."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def read_toml(text: str, problems: Problems) -> TomlText | None:
    """Parse a document; None, and a problem P101, where it is not TOML."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        reason = str(error).replace(place[0], "") if place else str(error)
        end = text.rstrip().count("\n") + 1
        line = int(place[1]) if place and place[1] else end if place else 1
        problems.add(line, "P101", f"not TOML: {reason}")
        return None
    walk = _Lines(text.replace("\r\n", "\n"))
    try:
        return TomlText(data, walk.all())
    except _TooDeep as error:
        problems.add(error.line, "P101", f"more than {MAX_DEPTH} levels deep; flatten it")
        return None


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Lines:
    """A walk over the tokens of a valid document that notes where each key stands."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            kind, token = match.lastgroup or "", match[0]
            if kind not in ("comment", "blank"):
                self._tokens.append((kind, token, line))
            line += token.count("\n")
        self._tokens.append(("end", "", line))
        self._at = 0
        self._found: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}

    def all(self) -> dict[Path, int]:
        table: Path = ()
        while self._kind() != "end":
            if self._kind() == "newline":
                self._at += 1
            elif self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._found

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def _peek(self) -> str:
        kind, token, _ = self._tokens[self._at]
        return token if kind == "mark" else ""

    def _line(self) -> int:
        return self._tokens[self._at][2]

    def _header(self) -> Path:
        line = self._line()
        array = self._tokens[self._at + 1][1] == "[" and self._tokens[self._at + 1][0] == "mark"
        self._at += 2 if array else 1
        path: Path = ()
        for key in self._keys()[: MAX_DEPTH + 1]:
            path += (key,)
            if path in self._tables:  # a header below an array of tables means its last element
                path += (self._tables[path],)
        self._at += 2 if array else 1
        if array:
            name = path[:-1] if path and isinstance(path[-1], int) else path
            self._tables[name] = self._tables.get(name, -1) + 1
            self._note(name, line)
            path = (*name, self._tables[name])
        self._note(path, line)
        return path

    def _note(self, path: Path, line: int) -> None:
        if len(path) > MAX_DEPTH:
            raise _TooDeep(line)
        self._found.setdefault(path, line)

    def _keys(self) -> list[str]:
        """The parts of a dotted key; quoted ones without their quotes."""
        keys = []
        while True:
            kind, token, _ = self._tokens[self._at]
            keys.append(str(tomllib.loads(f"k = {token}")["k"]) if kind == "text" else token)
            self._at += 1
            if self._peek() != ".":
                return keys
            self._at += 1

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for key in self._keys():
            path += (key,)
            self._note(path, line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._peek() == "[":
            self._array(path)
        elif self._peek() == "{":
            self._inline_table(path)
        else:
            while self._kind() in ("word", "text") or self._peek() == ".":
                self._at += 1

    def _array(self, path: Path) -> None:
        self._at += 1
        position = 0
        while self._peek() != "]":
            if self._kind() == "newline" or self._peek() == ",":
                self._at += 1
                continue
            self._note((*path, position), self._line())
            self._value((*path, position))
            position += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._peek() != "}":
            if self._kind() == "newline" or self._peek() == ",":
                self._at += 1
            else:
                self._pair(path)
        self._at += 1
