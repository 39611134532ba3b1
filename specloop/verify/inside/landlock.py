"""Landlock: which files this process can reach, for good, and what it is kept from besides.

The rights and their order are those of linux/landlock.h; each version of the interface (ABI) knows
more of them than the one before, and refuses those that it does not know.
"""

import os
import stat
import struct
from collections.abc import Iterable

from . import kernel, shared_memory

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all architectures
_ASK_VERSION = 1
_BENEATH = 1  # the kind of rule: a folder and all below it, or a file

_RIGHTS = (
    *("execute", "write_file", "read_file", "read_dir", "remove_dir", "remove_file"),
    *("make_char", "make_dir", "make_reg", "make_sock", "make_fifo", "make_block", "make_sym"),
    *("refer", "truncate", "ioctl_dev"),
)
_KNOWN = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many of them an ABI knows; later ones all
_TCP_SINCE, _SCOPES_SINCE, _LOGS_SINCE = 4, 6, 7
_UNLOGGED = 1  # what is refused is of interest to the tests, not to the system's log
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals


def _mask(*names: str) -> int:
    return sum(1 << _RIGHTS.index(name) for name in names)


_READ = _mask("execute", "read_file", "read_dir")
_NEVER = _mask("make_char", "make_block", "ioctl_dev")
_WRITE = _mask(*_RIGHTS) & ~_NEVER
_OF_FILES = _mask("execute", "write_file", "read_file", "truncate", "ioctl_dev")
# Other programs have theirs there, too: names are not told, and nothing but files can be made.
_OF_SHARED_MEMORY = _mask("read_file", "write_file", "truncate", "make_reg", "remove_file")


def abi() -> int:
    """The version that this kernel offers; OSError where it offers none."""
    return kernel.call(_CREATE_RULESET, None, 0, _ASK_VERSION)


def restrict(read: Iterable[str], write: Iterable[str], *, network: bool) -> None:
    """Leave this thread, and what it starts, nothing but these files and folders.

    Nothing outside can be signalled either, nor TCP be used without `network`, as far as the
    kernel's version goes. Needs no_new_privs. Paths that do not exist are passed over.
    """
    version = abi()
    handled = (1 << _KNOWN.get(version, len(_RIGHTS))) - 1
    ruleset = kernel.call(_CREATE_RULESET, *_attributes(version, handled, network=network), 0)
    try:
        for paths, rights in ((read, _READ), (write, _WRITE)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        kernel.call(_RESTRICT_SELF, ruleset, _UNLOGGED if version >= _LOGS_SINCE else 0)
    finally:
        os.close(ruleset)


def _attributes(version: int, handled: int, *, network: bool) -> tuple[bytes, int]:
    """What the kernel is to refuse unless a rule allows it, and the size of that."""
    fields = [handled]
    if version >= _TCP_SINCE:
        fields.append(0 if network else _TCP)
    if version >= _SCOPES_SINCE:
        fields.append(_SCOPES)
    data = struct.pack(f"={len(fields)}Q", *fields)
    return data, len(data)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # nothing there for us, with or without a rule
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        if path == shared_memory.FOLDER:
            rights &= _OF_SHARED_MEMORY
        kernel.call(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
