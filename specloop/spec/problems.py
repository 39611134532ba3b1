"""The errors found in one file, collected so that a user sees all of them at once."""

from dataclasses import dataclass, field
from pathlib import Path

from specloop.errors import Finding

MAX_BYTES = 1_000_000
MAX_FOUND = 200  # in one file; who has mended these will see the rest


@dataclass(slots=True)
class Problems:
    """The errors of the file `path`, which is relative to the project's root."""

    path: str
    found: list[Finding] = field(default_factory=list)

    def add(self, line: int, code: str, text: str) -> None:
        """Note an error; `text` becomes one line."""
        one_line = " ".join(text.split())
        finding = Finding(self.path, line, "error", code, one_line)
        if len(self.found) < MAX_FOUND and finding not in self.found:
            self.found.append(finding)

    def has(self, line: int) -> bool:
        """Whether an error stands on that line already."""
        return any(finding.line == line for finding in self.found)


def read_text(path: Path, problems: Problems, code: str) -> str | None:
    """The text of a file of the user's; None, and a problem with `code`, where it has none."""
    try:
        if not path.is_file():
            problems.add(1, code, "this is not a file; give a plain text file")
            return None
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.add(1, code, f"the file cannot be read: {error.strerror or error}")
        return None
    if len(data) > MAX_BYTES:
        problems.add(1, code, "the file is larger than 1 MB; split it, or shorten it")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(line, code, "the file is not UTF-8; save it in that encoding")
        return None
