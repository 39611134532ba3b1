"""Who this process is: no capability, and on demand another user; there is no way back."""

import errno
import os
import struct

from . import kernel

_DROP_BOUNDING, _AMBIENT = 24, 47  # of prctl(2)
_CLEAR_ALL = 4
_VERSION = 0x20080522  # of the structure that capset(2) takes
_CAPABILITIES = 64  # more than there are


def drop(uid: int, gid: int) -> None:
    """Become that user without any group, unless we are, and give up every capability."""
    _empty_bounding_set()
    kernel.prctl(_AMBIENT, _CLEAR_ALL)
    if (uid, gid) != (os.getuid(), os.getgid()):
        _become(uid, gid)
    kernel.capset(struct.pack("=Ii", _VERSION, 0), bytes(24))


def _become(uid: int, gid: int) -> None:
    parent = os.getppid()
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # the kernel has just forgotten that this process ends with its parent
    kernel.end_with_parent()
    if os.getppid() != parent:
        raise ProcessLookupError(errno.ESRCH, "the supervisor has ended")


def _empty_bounding_set() -> None:
    """What not even a program with file capabilities could get; only who is privileged can."""
    for number in range(_CAPABILITIES):
        try:
            kernel.prctl(_DROP_BOUNDING, number)
        except OSError as error:
            if error.errno in {errno.EINVAL, errno.EPERM}:  # no more of them; not privileged
                return
            raise
