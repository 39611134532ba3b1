"""The files of a source, and the notes that reading them leaves."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from specloop.drafts.importing.draft import Dropped, Place, Setting
from specloop.drafts.importing.markdown import Block, Code, read_blocks
from specloop.spec import path_rules
from specloop.spec.problems import Problems, read_text

_CODE = "blocks of code"
_UNCLOSED = "a block of code without an end: the rest of the file is taken for code; close it"


class Source:
    """A repository at `root`, of which only what has to do with `scope` is read.

    `scope` is the root itself, or a folder or file below it.
    """

    def __init__(self, root: Path, scope: Path) -> None:
        self.root = root
        self.dropped: list[Dropped] = []
        self.settings: list[Setting] = []
        self.signatures: list[Place] = []
        self._scope = PurePosixPath(scope.relative_to(root))

    def drop(self, path: str, line: int, reason: str) -> None:
        """Note what is left out."""
        self.dropped.append(Dropped(Place(path, line), reason))

    def names(self, folder: str) -> list[str]:
        """What is in a folder, sorted; nothing where there is no such folder."""
        path = self.root / folder
        return sorted(found.name for found in path.iterdir()) if path.is_dir() else []

    def folders(self, folder: str) -> list[str]:
        """The paths of the folders in a folder, as far as they are asked for."""
        paths = [f"{folder}/{name}" for name in self.names(folder)]
        return [path for path in paths if self._asked_for(path) and (self.root / path).is_dir()]

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path_rules.missing(self.root, path) is None

    def blocks(self, path: str) -> tuple[Block, ...]:
        """The blocks of a file; none, with a note, where it cannot be read or is empty."""
        file = self.root / path
        if not (file.exists() or file.is_symlink()):
            return ()
        problems = Problems(path)
        fault = path_rules.missing(self.root, path)
        text = read_text(file, problems, "") if fault is None else None
        if text is None:
            line, reason = next(((p.line, p.text) for p in problems.found), (1, fault or ""))
            self.drop(path, line, reason)
            return ()
        blocks = read_blocks(text)
        if not blocks:
            self.drop(path, 1, "the file is empty")
        for code in (block for block in blocks if isinstance(block, Code)):
            self.drop(path, code.line, _CODE if code.closed else _UNCLOSED)
            self.signatures += (Place(path, line) for line in code.signatures)
        return tuple(block for block in blocks if not isinstance(block, Code))

    def leave(self, folder: str, read: Sequence[str]) -> None:
        """Note which files of a folder are not read."""
        for name in self.names(folder):
            if name not in read:
                text = f"not read, as an import takes {', '.join(read)} alone"
                self.drop(f"{folder}/{name}", 1, text)

    def _asked_for(self, path: str) -> bool:
        return self._scope.is_relative_to(path) or PurePosixPath(path).is_relative_to(self._scope)
