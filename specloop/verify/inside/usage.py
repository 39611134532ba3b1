"""What a family of processes uses that no limit of a single process bounds."""

import contextlib
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .shared_memory import SharedMemory

_MEGABYTE = 1024 * 1024
_MAKE_ENTRIES = stat.S_IWUSR | stat.S_IXUSR
_OWN, _COMMON = ("RssAnon:", "VmSwap:"), ("RssShmem:",)  # of a process, in kB
_PORTIONS = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")  # what several share, counted once among them


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


def beyond(bounds: Bounds, family: Collection[int], shared: SharedMemory | None = None) -> str:
    """Which bound the family is beyond, in words; "" if none. What is `shared` counts as files.

    An empty family is one that has ended: folders that it closed to everybody are opened then.
    """
    members = [member for pid in family if (member := _member(pid))]
    try:
        megabytes, files = _on_disk(bounds, ended=not family)
    except _Hidden:
        return "a folder that cannot be looked into"
    if shared:
        new = shared.new().values()
        megabytes, files = megabytes + sum(new) / _MEGABYTE, files + len(new)
    unlinked = {file: size for member in members for file, size in member.unlinked.items()}
    megabytes += sum(unlinked.values()) / _MEGABYTE
    used = (
        (len(members), bounds.processes, "processes at once"),
        (sum(member.threads for member in members), bounds.threads, "threads at once"),
        (_memory(members, bounds.memory_mb), bounds.memory_mb, "MB of memory"),
        (megabytes, bounds.disk_mb, "MB on disk"),
        (files, bounds.files, "files"),
    )
    found = (f"more than {most} {what}" for much, most, what in used if most and much > most)
    return next(found, "")


@dataclass(frozen=True)
class _Member:
    """What one process uses: kilobytes of memory, and bytes of open files without a name."""

    place: Path
    threads: int
    own: int
    common: int
    unlinked: Mapping[tuple[int, int], int]


def _member(pid: int) -> _Member | None:
    """None when the process has ended, or there is no /proc."""
    place = Path("/proc", str(pid))
    try:
        told = _numbers(place / "status")
    except OSError:
        return None
    own, common = (sum(told.get(name, 0) for name in names) for names in (_OWN, _COMMON))
    return _Member(place, told.get("Threads:", 0), own, common, _unlinked(place))


def _numbers(file: Path) -> dict[str, int]:
    """What a file of /proc gives by name."""
    lines = (line.split() for line in file.read_text(errors="replace").splitlines())
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdecimal()}


def _memory(members: list[_Member], most: int) -> float:
    """Megabytes that they use; what they share is told apart only where it matters: it is slow."""
    own, common = (sum(member.own for member in members), [member.common for member in members])
    if not most or own + sum(common) <= most * 1024:
        return (own + sum(common)) / 1024
    portions = [_portion(member) for member in members]
    known = [each for each in portions if each is not None]
    # whom we may not look into gets the benefit of the doubt: all may share the same
    return (sum(known) if len(known) == len(portions) else own + max(common)) / 1024


def _portion(member: _Member) -> int | None:
    """Kilobytes of a member's own, and its part of what it shares; None if that is not told."""
    try:
        told = _numbers(member.place / "smaps_rollup")
    except PermissionError:
        return None
    except OSError:  # it has ended
        return 0
    return sum(told[name] for name in _PORTIONS) if told.keys() >= {*_PORTIONS} else None


def _unlinked(place: Path) -> dict[tuple[int, int], int]:
    """Bytes by file: one may be open more than once, in a process or in several."""
    sizes = {}
    with contextlib.suppress(OSError):
        for descriptor in (place / "fd").iterdir():
            with contextlib.suppress(OSError):
                found = descriptor.stat()
                if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                    sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sizes


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
