"""What a confined process must not be able to do: attempts that have to fail."""

import errno
import mmap
import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

Request = dict[str, Any]
Attempts = dict[str, tuple[str, Callable[[], object]]]


class Allowed(Exception):
    """Nothing kept us from it."""


def attempts(request: Request) -> Attempts:
    """All that the request's order forbids, by name: what is tried, in words, and how.

    `home` and `outside` are files that the confined process must not reach; `folder` is its own.
    """
    order, home, outside = request["order"], request["home"], Path(request["outside"])
    found: Attempts = {
        "home": (f"read {home!r}", Path(home).read_bytes),
        "read": ("read a file beside the folder of the run", outside.read_bytes),
        "write": ("write a file beside the folder of the run", outside.with_suffix(".new").touch),
        "chmod": ("change the mode of a file outside", partial(_chmod, outside)),
        "signal": ("signal another process", lambda: os.kill(os.getppid(), 0)),
    }
    if not order["network"]:
        found["tcp"] = ("open a TCP socket", partial(_open_socket, socket.SOCK_STREAM))
        found["udp"] = ("open a UDP socket", partial(_open_socket, socket.SOCK_DGRAM))
    if not order["subprocess"]:
        found["process"] = ("start a process", _fork)
    return found | _beyond_limits(order["limits"], Path(request["folder"]))


def _beyond_limits(limits: dict[str, int], folder: Path) -> Attempts:
    found: Attempts = {}
    if most := limits.get("RLIMIT_AS"):
        found["memory"] = (f"take {most >> 20} MB of memory more", partial(mmap.mmap, -1, most))
    if most := limits.get("RLIMIT_FSIZE"):
        tried = f"write a file of more than {most >> 20} MB"
        found["file size"] = (tried, partial(_write_at, folder / "large", most))
    return found


def _chmod(path: Path) -> None:
    """What counts is whether it was done: the filter does nothing and says that all went well."""
    before = path.stat().st_mode
    path.chmod(0o777)
    if path.stat().st_mode == before:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _open_socket(kind: int) -> None:
    socket.socket(socket.AF_INET, kind).close()


def _fork() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def _write_at(path: Path, position: int) -> None:
    with path.open("wb") as file:
        os.pwrite(file.fileno(), b"x", position)
