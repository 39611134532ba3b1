"""Blobs, trees and commits, written into the object database and nowhere else.

GitPython's database makes the objects. They appear under their names only when they are on the
disk: a half-written one would be taken for good by everybody who comes later.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from specloop.commits.git import Git
from specloop.errors import RepositoryUnavailable

FILE, PROGRAM, FOLDER = b"100644", b"100755", b"40000"

_RECORD = re.compile(rb"(\d+) ([^\0]+)\0(.{20})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree says of one name: a mode, in git's octal digits, and the id of an object."""

    mode: bytes
    id: str


@dataclass(frozen=True, slots=True)
class Objects:
    """The object database of one repository; `folder` is its objects folder."""

    git: Git
    folder: Path

    def blob(self, content: bytes) -> str:
        """Store a file's content as it is, through no filter; its id."""
        return self._store(b"blob", content)

    def tree(self, base: str, changes: Mapping[bytes, Entry | None]) -> str:
        """Store the tree of `base` with the files at these paths replaced, or removed by None.

        Only the folders on the way to a change are read, and only the changed ones written.
        """
        return self._folder(base, changes) or self._store(b"tree", b"")

    def commit(self, tree: str, parents: Iterable[str], person: str, at: int, message: str) -> str:
        """Store a commit by `person`, at `at` seconds since the epoch; its id."""
        lines = [
            f"tree {tree}",
            *(f"parent {parent}" for parent in parents),
            f"author {person} {at} +0000",
            f"committer {person} {at} +0000",
        ]
        head = os.fsencode("\n".join(lines))
        return self._store(b"commit", head + b"\n\n" + message.encode("utf-8", "replace"))

    def _folder(self, base: str | None, changes: Mapping[bytes, Entry | None]) -> str | None:
        """As `tree`, for a folder that may be new; None for one in which no file is left."""
        entries = self._entries(base)
        inside: dict[bytes, dict[bytes, Entry | None]] = {}
        for path, entry in changes.items():
            name, _, rest = path.partition(b"/")
            if rest:
                inside.setdefault(name, {})[rest] = entry
            elif entry is not None:
                entries[name] = entry
            elif name in entries and entries[name].mode != FOLDER:
                del entries[name]
        for name, changed in inside.items():
            found = entries.get(name)
            is_folder = found is not None and found.mode == FOLDER
            new = self._folder(found.id if found and is_folder else None, changed)
            if new is not None:
                entries[name] = Entry(FOLDER, new)
            elif is_folder:
                del entries[name]
        return self._store(b"tree", _packed(entries)) if entries else None

    def _entries(self, tree: str | None) -> dict[bytes, Entry]:
        if tree is None:
            return {}
        found = _RECORD.findall(self.git.run("cat-file", "tree", tree))
        return {name: Entry(mode, binary.hex()) for mode, name, binary in found}

    def _store(self, kind: bytes, content: bytes) -> str:
        try:
            try:
                return self._store_once(kind, content)
            except FileNotFoundError:  # a `git prune` of somebody else's came in between
                return self._store_once(kind, content)
        except OSError as error:
            raise RepositoryUnavailable(
                f"git's objects in {str(self.folder)!r} cannot be written: {error.strerror}; make "
                "room, or the folder writable, and run again"
            ) from error

    def _store_once(self, kind: bytes, content: bytes) -> str:
        # Here, so that commands which only read the repository do not wait for it.
        from gitdb import IStream, LooseObjectDB  # type: ignore[import-untyped]

        # `git prune` knows this prefix, and clears away what a killed run leaves.
        with TemporaryDirectory(prefix="tmp_objdir-specloop-", dir=self.folder) as quarantine:
            stream = IStream(kind, len(content), BytesIO(content))
            LooseObjectDB(quarantine).store(stream)
            name = bytes(stream.binsha).hex()
            self._move_in(Path(quarantine, name[:2], name[2:]))
        return name

    def _move_in(self, made: Path) -> None:
        home = self.folder / made.parent.name
        home.mkdir(exist_ok=True)
        sync(made)
        made.replace(home / made.name)
        sync(home)
        sync(self.folder)


def blob_id(content: bytes) -> str:
    """The id that a file's content has in git, without storing it."""
    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


def _packed(entries: Mapping[bytes, Entry]) -> bytes:
    def place(item: tuple[bytes, Entry]) -> bytes:
        name, entry = item
        return name + b"/" if entry.mode == FOLDER else name  # as git sorts

    return b"".join(
        entry.mode + b" " + name + b"\0" + bytes.fromhex(entry.id)
        for name, entry in sorted(entries.items(), key=place)
    )


def sync(path: Path) -> None:
    """Make a file's content, or the names in a folder, survive a power loss."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
