"""One run of a project at a time, by a lock that the kernel releases when its holder dies."""

import fcntl
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from specloop.errors import JournalUnavailable, ProjectLocked


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock; `pid` is 0 in the moment before it has written its name."""

    pid: int
    host: str


class ProjectLock:
    """Holds the lock file at `path` for the length of a `with` block.

    ProjectLocked when another process, or another ProjectLock of this one, holds it. Programs that
    are started do not inherit it; a child forked without exec does, and keeps it as long as it
    lives.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def __enter__(self) -> "ProjectLock":
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = self._acquire()
        except OSError as error:
            raise JournalUnavailable(
                f"the lock {str(self._path)!r} cannot be taken: {error.strerror}; make its folder "
                "writable and run again"
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # The file stays: whoever waits for it has it open, and would then hold a deleted one.
        os.close(self._descriptor)

    def _acquire(self) -> int:
        while True:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if not _lock(descriptor):
                found = _read_holder(descriptor)
                os.close(descriptor)
                raise ProjectLocked(_refusal(self._path, found))
            if _is_at(descriptor, self._path):
                _sign(descriptor)
                return descriptor
            os.close(descriptor)  # the file was deleted meanwhile: the next one locks another


def holder(path: Path) -> Holder | None:
    """Who holds the lock at `path`, or None; does not get in the way of a run that starts."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _lock(descriptor: int) -> bool:
    """Take the exclusive lock; False when somebody has it."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return True
        try:
            # This is granted when those in the way are only looking, as `holder` does.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
    except OSError:
        os.close(descriptor)
        raise


def _read_holder(descriptor: int) -> Holder:
    pid, _, host = os.pread(descriptor, 512, 0).decode("utf-8", "replace").strip().partition(" ")
    return Holder(int(pid) if pid.isdecimal() else 0, host)


def _refusal(path: Path, found: Holder) -> str:
    if not found.pid:
        return f"another run of this project has just taken the lock {str(path)!r}; try again"
    return (
        f"this project is being run by process {found.pid} on host {found.host!r}; wait for its "
        f"end, or stop it there with `kill {found.pid}`, and run again"
    )
