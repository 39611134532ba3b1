"""Calls of the Linux kernel that Python has no functions for."""

import ctypes
import functools
import os
import platform
import signal
from typing import Any

_DEATH_SIGNAL, _CHILD_SUBREAPER, _NO_NEW_PRIVS = 1, 36, 38  # of prctl(2)


@functools.cache
def _libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    library.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return library


def machine() -> str:
    """The architecture, as the kernel names it."""
    return platform.machine()


def call(number: int, *arguments: Any) -> int:  # noqa: ANN401  # integers, pointers, bytes
    """Make a system call; OSError if it is refused."""
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *passed))


def prctl(option: int, *values: int) -> int:
    """Set or ask something of this process; OSError if it is refused."""
    return _checked(_libc().prctl(option, *(*values, 0, 0, 0, 0)[:4]))


def capset(header: bytes, data: bytes) -> None:
    """Set the capabilities of this thread; OSError if it is refused."""
    _checked(_libc().capset(header, data))


def adopt() -> None:
    """Become the parent of every descendant that loses its own."""
    prctl(_CHILD_SUBREAPER, 1)


def end_with_parent() -> None:
    """Be killed when the parent ends, from now on: it may have ended already."""
    prctl(_DEATH_SIGNAL, signal.SIGKILL)


def gain_nothing() -> None:
    """No program that this process starts gets more rights than it has: set-user-ID is ignored."""
    prctl(_NO_NEW_PRIVS, 1)


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
