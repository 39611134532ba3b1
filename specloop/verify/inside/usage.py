"""What a family of processes uses that no limit of a single process bounds."""

import contextlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1024 * 1024


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


def beyond(bounds: Bounds, family: Iterable[int]) -> str:
    """Which bound the family is beyond, in words; "" if none."""
    members = [member for pid in family if (member := _member(pid))]
    megabytes, files = _on_disk(bounds)
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


def _on_disk(bounds: Bounds) -> tuple[float, int]:
    """Megabytes and files below the folders; no more is counted than it takes to be beyond."""
    total = files = 0
    waiting = list(bounds.folders)
    while waiting and (not bounds.files or files <= bounds.files):
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                files += 1
                with contextlib.suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return total / _MEGABYTE, files
