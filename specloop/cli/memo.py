"""The last status, kept for as long as nothing that it was made from has changed.

Reading and checking every spec takes much longer than telling that none has changed. This module
imports little, on purpose.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specloop import __version__
from specloop.commits.git import Git


@dataclass(frozen=True, slots=True)
class Memo:
    """A status as JSON and as text, with what it was made from.

    `patterns` find the user's files below the root; `branch` is the run's.
    """

    patterns: tuple[str, ...]
    branch: str
    status: Any
    text: str


def recall(root: Path) -> Memo | None:
    """The kept status of the project at `root`, or None if it may not hold any more."""
    try:
        kept = json.loads(_path(root).read_text("utf-8"))
        memo = Memo(tuple(kept["patterns"]), kept["branch"], kept["status"], kept["text"])
        return memo if kept["witness"] == witness(root, memo.patterns, memo.branch) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none was kept, or not by this version: it is made anew


def keep(root: Path, memo: Memo, seen: str) -> None:
    """Keep a status; where that cannot be done, the next one is made anew.

    `seen` is the witness as it was before anything was read for the status: what changed after it
    may be in the status or not, and makes that one void.
    """
    kept = {
        "witness": seen,
        "patterns": memo.patterns,
        "branch": memo.branch,
        "status": memo.status,
        "text": memo.text,
    }
    path = _path(root)
    with suppress(OSError):
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(kept), "utf-8")
        fresh.replace(path)


def _path(root: Path) -> Path:
    return root / ".specloop" / "status.json"


def witness(root: Path, patterns: Iterable[str], branch: str) -> str:
    """A digest of all that a status depends on: user's files, journal, branch, this program."""
    found = hashlib.sha256(__version__.encode())
    for path in _matching(root, patterns):
        found.update(f"\0{path.relative_to(root)}\0".encode("utf-8", "surrogateescape"))
        found.update(hashlib.sha256(path.read_bytes()).digest())
    for name in ("journal.db", "journal.db-wal"):
        path = root / ".specloop" / name
        about = path.stat() if path.exists() else None
        found.update(f"\0{about and (about.st_ino, about.st_size, about.st_mtime_ns)}".encode())
    # Whatever git says: where there is no repository, there is no branch either.
    tips = Git(root).attempt("rev-parse", "HEAD", f"refs/heads/{branch}")
    found.update(tips.stdout)
    return found.hexdigest()


def _matching(root: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in root.glob(pattern) if path.is_file()})
