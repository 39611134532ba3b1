"""Shared memory that has a name: all programs of the machine, or of a wrapper, have one folder."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "/dev/shm"
_OF_PYTHON = ("psm_", "sem.mp-")  # what multiprocessing gives a name


class SharedMemory:
    """What a run makes of it, which starts now and whose process has the order `confined`."""

    def __init__(self, confined: dict[str, Any]) -> None:
        self._user: int = confined["uid"]
        self._alone = confined["alone"]
        self._known = _files(self._user).keys()

    def new(self) -> dict[str, int]:
        """How many bytes there are by each name that was not there when the run began.

        Runs that go on side by side are of one user: what they make meanwhile is among them.
        """
        there = _files(self._user)
        return {name: size for name, size in there.items() if name not in self._known}

    def remove(self) -> None:
        """Remove what the run, which has ended, left: what is new, and held by no process.

        Where runs are made as our own user, other programs of theirs make such files as well, and
        may want to find them again: no more is removed then than multiprocessing leaves.
        """
        ours = self._user == os.getuid()
        all_names = self._alone or not ours
        names = {name for name in self.new() if all_names or name.startswith(_OF_PYTHON)}
        if not names:
            return
        try:
            names -= _held(None if ours else self._user)
        except PermissionError:  # it may be another run that we cannot look into
            return
        for name in names:
            with contextlib.suppress(OSError):
                os.unlink(f"{FOLDER}/{name}")  # noqa: PTH108 (as all here)


def _files(user: int) -> dict[str, int]:
    """Bytes by name."""
    found = {}
    with contextlib.suppress(OSError), os.scandir(FOLDER) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                about = entry.stat(follow_symlinks=False)
                if about.st_uid == user and stat.S_ISREG(about.st_mode):
                    found[entry.name] = about.st_blocks * 512
    return found


def _held(user: int | None) -> set[str]:
    """The names that processes have open; PermissionError where one of `user` does not say."""
    found: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.update(_opened(process))
        except PermissionError:
            if _is_of(process, user):
                raise
        except OSError:  # it has ended
            continue
    return {os.path.basename(each) for each in found if each.startswith(f"{FOLDER}/")}  # noqa: PTH119


def _is_of(process: Path, user: int | None) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return f"\nUid:\t{user}\t" in (process / "status").read_text(errors="replace")
    return False


def _opened(process: Path) -> Iterator[str]:
    """What a process has open, or as a part of its memory."""
    for descriptor in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(descriptor)  # noqa: PTH115
    for line in (process / "maps").read_text(errors="replace").splitlines():
        _, bar, path = line.partition("/")
        yield bar + path
