"""What a family of processes uses that no limit of a single process bounds."""

import contextlib
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1024 * 1024
_MAKE_ENTRIES = stat.S_IWUSR | stat.S_IXUSR


@dataclass(frozen=True)
class Bounds:
    """The most that a family may use, 0 for no bound.

    `folders` are those that it may write to; `disk_mb` and `files` are for all of them together.
    """

    folders: tuple[str, ...] = ()
    memory_mb: int = 0
    disk_mb: int = 0
    files: int = 0
    processes: int = 0
    threads: int = 0


class _Hidden(Exception):
    """A folder that could hide anything."""


def beyond(bounds: Bounds, family: Collection[int]) -> str:
    """Which bound the family is beyond, in words; "" if none.

    An empty family is one that has ended: folders that it closed to everybody are opened then.
    """
    members = [member for pid in family if (member := _member(pid))]
    try:
        megabytes, files = _on_disk(bounds, ended=not family)
    except _Hidden:
        return "a folder that cannot be looked into"
    megabytes += sum(member.unlinked for member in members) / _MEGABYTE
    used = (
        (len(members), bounds.processes, "processes at once"),
        (sum(member.threads for member in members), bounds.threads, "threads at once"),
        (sum(member.memory for member in members) / _MEGABYTE, bounds.memory_mb, "MB of memory"),
        (megabytes, bounds.disk_mb, "MB on disk"),
        (files, bounds.files, "files"),
    )
    found = (f"more than {most} {what}" for much, most, what in used if most and much > most)
    return next(found, "")


@dataclass(frozen=True)
class _Member:
    """What one process uses: bytes of memory of its own, and of open files without a name."""

    threads: int
    memory: int
    unlinked: int


def _member(pid: int) -> _Member | None:
    """None when the process has ended, or there is no /proc."""
    place = Path("/proc", str(pid))
    try:
        # of what follows the name in brackets, the 18th field are the threads
        threads = int((place / "stat").read_text(errors="replace").rpartition(")")[2].split()[17])
        _, resident, shared, *_ = map(int, (place / "statm").read_text().split())
    except (OSError, ValueError):
        return None
    return _Member(threads, (resident - shared) * os.sysconf("SC_PAGE_SIZE"), _unlinked(place))


def _unlinked(place: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        for descriptor in (place / "fd").iterdir():
            with contextlib.suppress(OSError):
                found = descriptor.stat()
                if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                    total += found.st_blocks * 512
    return total


def _on_disk(bounds: Bounds, *, ended: bool) -> tuple[float, int]:
    """Megabytes and files below the folders; no more is counted than it takes to be beyond."""
    total = files = 0
    waiting = list(bounds.folders)
    while waiting and (not bounds.files or files <= bounds.files):
        for entry in _entries(waiting.pop(), ended=ended):
            files += 1
            with contextlib.suppress(OSError):
                total += entry.stat(follow_symlinks=False).st_blocks * 512
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            if bounds.files and files > bounds.files:
                break
    return total / _MEGABYTE, files


def _entries(folder: str, *, ended: bool) -> Iterator["os.DirEntry[str]"]:
    """What a folder holds; nothing if it is gone, or closed to the family as it is to us.

    `_Hidden` for one below more names than the kernel takes in a path, which no program makes
    without meaning to, and for one that can be written to but not read.
    """
    try:
        if ended:
            _open_up(folder)
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError:
        if _is_writable(folder):
            raise _Hidden from None
    except OSError:
        raise _Hidden from None


def _open_up(folder: str) -> None:
    mode = os.lstat(folder).st_mode
    if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:
        os.chmod(folder, mode | stat.S_IRWXU)  # noqa: PTH101 (as all here)


def _is_writable(folder: str) -> bool:
    """Whether entries can be made in it; not where one above it is closed."""
    try:
        mode = os.lstat(folder).st_mode
    except OSError:
        return False
    return mode & _MAKE_ENTRIES == _MAKE_ENTRIES
