"""What can be had on this machine of what confines a process, found by having it.

Started by the coordinator with a request on standard input; the answer goes to standard output.
"""

import errno
import json
import os
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .attempts import Allowed, attempts
from .confine import confine

Request = dict[str, Any]


def main() -> None:
    """Answer: "layers" are those that can be had, "proofs" are what they all together refuse."""
    request = json.load(sys.stdin)
    answer = {"layers": layers, "proofs": proofs}[request["what"]](request)
    json.dump(answer, sys.stdout)


def layers(request: Request) -> Request:
    """Why each layer cannot be had, "" if it can; and what interpreter this is."""
    return {
        "faults": {name: _apart(_layer, request, name) for name in request["order"]["layers"]},
        "prefixes": sorted({sys.prefix, sys.base_prefix, sys.exec_prefix}),
        "path": [folder for folder in sys.path if Path(folder).is_absolute()],
    }


def proofs(request: Request) -> list[Request]:
    """Each attempt by its name: what was tried, and why it is not refused, "" if it is."""
    return [
        {"name": name, "tried": tried, "fault": _apart(_prove, request, attempt)}
        for name, (tried, attempt) in attempts(request).items()
    ]


def _apart(work: Callable[..., None], *arguments: Any) -> str:  # noqa: ANN401
    """Do the work in a process of its own; what went wrong, "" if nothing."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        fault = ""
        try:
            work(*arguments)
        except BaseException as error:
            fault = str(error) or type(error).__name__
        os.write(writer, b"." + fault.encode(errors="replace"))
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as told:  # noqa: PTH123 (a descriptor)
        said = told.read()
    _, status = os.waitpid(pid, 0)
    return said[1:].decode() if said else f"it ended with {os.waitstatus_to_exitcode(status)}"


def _layer(request: Request, name: str) -> None:
    """Apply one layer and see that it does what it is there for."""
    confine({**request["order"], "layers": [name]})
    if name in {"user", "capabilities"}:
        _reach()
    if name == "user":
        Path(request["folder"], "reached").touch()
    if name in {"landlock", "seccomp"}:
        try:
            _beyond(request, name)
        except PermissionError:
            return
        raise Allowed("it is in force, and refuses nothing")


def _beyond(request: Request, name: str) -> None:
    if name == "landlock":
        Path(request["outside"]).read_bytes()
    else:
        socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)


def _reach() -> None:
    """Interpreter and packages must be within reach for another user, or root without powers."""
    for entry in [Path(folder) for folder in sys.path if Path(folder).is_absolute()]:
        _demand(entry)
        if entry.is_dir():
            for each in entry.iterdir():
                _demand(each)
    _demand(Path(sys.executable))


def _demand(path: Path) -> None:
    """That it can be read, if it is there; `stat` raises if a folder on the way is closed."""
    try:
        folder = stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    if not os.access(path, os.R_OK | (os.X_OK if folder else 0)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def _prove(request: Request, attempt: Callable[[], object]) -> None:
    confine(request["order"])
    try:
        attempt()
    except MemoryError:
        return
    except OSError as error:
        if error.errno in _REFUSALS:
            return
        raise
    raise Allowed("it was possible")


# what is hidden, or read-only, is as good as forbidden
_REFUSALS = {errno.EPERM, errno.EACCES, errno.ENOENT, errno.EROFS, errno.EFBIG, errno.ENOMEM}
