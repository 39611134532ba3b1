"""`python as_user.py UID FOLDER... -- COMMAND...` runs a command as a plain user, for root.

Folders that only root may enter, above those named and above the interpreter, are covered with
empty ones that hold nothing but these: in a mount namespace of the command's own, so that nothing
of the machine is changed.
"""

import ctypes
import os
import sys
import tempfile
from pathlib import Path

_NEW_NAMESPACE = 0x00020000  # CLONE_NEWNS
_PRIVATE, _BIND = 0x4000 | 0x40000, 0x1000 | 0x4000  # MS_REC with MS_PRIVATE, MS_BIND with MS_REC
_LIBC = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _mount(source: Path | str, target: Path, kind: bytes | None, flags: int, data: bytes) -> None:
    words = str(source).encode(), str(target).encode(), kind, flags, data
    _checked(_LIBC.mount(*words), str(target))


def closed(folder: Path) -> Path | None:
    """The topmost folder on the way to `folder` that a plain user cannot enter."""
    way = (*reversed(folder.parents), folder)
    return next((place for place in way if place.stat().st_mode & 0o005 != 0o005), None)


def uncover(folders: list[Path]) -> None:
    """Let everyone reach these folders, as far as this process and those it starts see it."""
    covers: dict[Path, list[Path]] = {}
    for folder in folders:
        if (place := closed(folder)) is not None:
            covers.setdefault(place, []).append(folder)
    if not covers:
        return
    _checked(_LIBC.unshare(_NEW_NAMESPACE), "a mount namespace")
    _mount("none", Path("/"), None, _PRIVATE, b"")
    for place, inner in covers.items():
        kept = [Path(tempfile.mkdtemp()) for _ in inner]
        for folder, keep in zip(inner, kept, strict=True):
            _mount(folder, keep, None, _BIND, b"")
        _mount("tmpfs", place, b"tmpfs", 0, b"mode=755")
        for folder, keep in zip(inner, kept, strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            _mount(keep, folder, None, _BIND, b"")


def main() -> None:
    """Become that user and run the command."""
    user, *words = sys.argv[1:]
    middle = words.index("--")
    uncover([Path(path).resolve() for path in (sys.base_prefix, sys.prefix, *words[:middle])])
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
    command = words[middle + 1 :]
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
