"""seccomp: which system calls this process can make, for good.

Everything is allowed but what is listed here, and what is newer than the list: that answers as an
older kernel would. Nothing is killed: a refused call fails with an error that Python knows.
"""

import ctypes
import errno
import functools
import os
import socket
import struct
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from . import kernel
from .syscalls import AARCH64, NEWEST, X86_64


class Opened(NamedTuple):
    """What is open that is closed by default.

    `families` are those of sockets; `signals` means those to other processes; `truncation` that
    Landlock, or whatever else is around us, sees to files that are cut short, and `times` that the
    user's files are either out of reach or another's, whose times cannot be set.
    """

    families: tuple[int, ...] = ()
    processes: bool = False
    signals: bool = False
    truncation: bool = True
    times: bool = True


class _Rule(NamedTuple):
    """Answer these calls with `error`.

    Where `values` are given, only if the argument, masked, is one of them (`listed`) or is not.
    """

    calls: str
    error: int
    argument: int = 0
    mask: int = 0xFFFFFFFF
    values: tuple[int, ...] | None = None
    listed: bool = False


_Instruction = tuple[int, int, int, int]  # what to do, where to go if so and if not, a value

_ARCHITECTURES = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64)}
_LOAD, _EQUAL, _GREATER, _SKIP, _AND, _RETURN = 0x20, 0x15, 0x25, 0x05, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # where struct seccomp_data has them
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_FILTER, _ALL_THREADS = 1, 1
_PID = 0x7FFFFFFE  # stands for the number of the process; no process has this one
_CHUNK = 12  # about the square root of how many calls are listed

_THREAD = 0x00010000  # CLONE_THREAD
_NAMESPACES = 0x7E020080  # CLONE_NEW*
_OWNERS = (8, 15)  # F_SETOWN, F_SETOWN_EX: who gets signals about a descriptor
_IOCTLS = (0x5412, 0x541C, 0x8901, 0x8902)  # TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP
_ANY_TYPE, _DEVICES = 0xF000, (0x2000, 0x6000)  # S_IFMT, S_IFCHR and S_IFBLK
_STREAMS = (int(socket.SOCK_STREAM), int(socket.SOCK_SEQPACKET))

_ALWAYS = (
    # glibc falls back on clone and open, whose arguments a filter can see
    _Rule("clone3", errno.ENOSYS),
    _Rule("clone", errno.EPERM, 0, _NAMESPACES, (0,)),
    _Rule("socketpair", errno.EPERM, 0, values=(int(socket.AF_UNIX),)),
    # a pair of datagram sockets could send to any socket that has a name
    _Rule("socketpair", errno.EPERM, 1, 0xF, _STREAMS),
    _Rule("fcntl", errno.EPERM, 1, values=_OWNERS, listed=True),
    _Rule("ioctl", errno.EPERM, 1, values=_IOCTLS, listed=True),
    # no error, and nothing done: shutil.copy is honest, and Landlock lets chmod reach everything
    _Rule("chmod fchmod fchmodat fchmodat2", 0),
    _Rule("chown fchown lchown fchownat", errno.EPERM),
    _Rule("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr", errno.EPERM),
    _Rule("mknod", errno.EPERM, 1, _ANY_TYPE, _DEVICES, listed=True),
    _Rule("mknodat", errno.EPERM, 2, _ANY_TYPE, _DEVICES, listed=True),
    _Rule("setuid setgid setreuid setregid setresuid setresgid", errno.EPERM),
    _Rule("setfsuid setfsgid setgroups capset personality", errno.EPERM),
    _Rule("ptrace process_vm_readv process_vm_writev process_madvise", errno.EPERM),
    _Rule("process_mrelease pidfd_getfd kcmp migrate_pages move_pages", errno.EPERM),
    _Rule("bpf perf_event_open userfaultfd keyctl add_key request_key", errno.EPERM),
    # they make calls that no filter sees, or memory that no limit counts
    _Rule("io_uring_setup io_uring_enter io_uring_register", errno.ENOSYS),
    _Rule("memfd_create memfd_secret", errno.ENOSYS),
    _Rule("mount umount2 mount_setattr move_mount open_tree", errno.EPERM),
    _Rule("fsopen fsconfig fsmount fspick pivot_root chroot unshare setns", errno.EPERM),
    _Rule("open_by_handle_at fanotify_init syslog vhangup acct", errno.EPERM),
    _Rule("init_module finit_module delete_module kexec_load kexec_file_load", errno.EPERM),
    _Rule("reboot swapon swapoff quotactl quotactl_fd iopl ioperm modify_ldt", errno.EPERM),
    _Rule("settimeofday clock_settime clock_adjtime adjtimex", errno.EPERM),
    _Rule("sethostname setdomainname", errno.EPERM),
    # shared with all processes of the user, and they stay when the run has ended
    _Rule("shmget shmat shmctl shmdt semget semop semctl semtimedop", errno.EPERM),
    _Rule("msgget msgsnd msgrcv msgctl mq_open mq_unlink", errno.EPERM),
)
_PROCESSES = (
    _Rule("fork vfork execve execveat", errno.EPERM),
    _Rule("clone", errno.EPERM, 0, _THREAD, (_THREAD,)),
)
_FLAGS = os.O_TRUNC | os.O_ACCMODE
_EMPTIED = (os.O_TRUNC,)  # with O_RDONLY, which is 0: where only reading is allowed
_TRUNCATION = (
    _Rule("truncate", errno.EPERM),
    _Rule("open", errno.EPERM, 1, _FLAGS, _EMPTIED, listed=True),
    _Rule("openat", errno.EPERM, 2, _FLAGS, _EMPTIED, listed=True),
    _Rule("openat2", errno.ENOSYS),
)
_TIMES = (
    # as for chmod; but Path.touch() asks for the time of now, and makes a file if that fails
    _Rule("utimensat", errno.EPERM, 2, values=(0,), listed=True),
    _Rule("utimensat utime utimes futimesat", 0),
)


def program(machine: str, pid: int, opened: Opened) -> bytes:
    """The filter for the process `pid`, as the kernel takes it; ValueError for other machines."""
    if machine not in _ARCHITECTURES:
        raise ValueError(f"no filter is known for {machine!r}")
    return _program(machine, opened).replace(_PID.to_bytes(4, "little"), pid.to_bytes(4, "little"))


@functools.cache
def _program(machine: str, opened: Opened) -> bytes:
    """The filter with `_PID` for the number of the process: the same for all runs."""
    architecture, numbers = _ARCHITECTURES[machine]
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_LOAD, 0, 0, _NUMBER),
        (_GREATER, 0, 1, NEWEST),  # the numbers of x32 are greater, too
        (_RETURN, 0, 0, _ERROR | errno.ENOSYS),
    ]
    for last, body in _chunks(numbers, opened):
        allowed = (_RETURN, 0, 0, _ALLOW)
        code += [(_GREATER, 0, 1, last), (_SKIP, 0, 0, len(body) + 1), *body, allowed]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _chunks(numbers: dict[str, int], opened: Opened) -> Iterator[tuple[int, list[_Instruction]]]:
    """The blocks in the order of their calls' numbers, some numbers at a time.

    So that a call need not pass all tests; the number is the last that the chunk answers.
    """
    pairs = [
        (numbers[name], rule)
        for rule in _rules(opened)
        for name in rule.calls.split()
        if name in numbers
    ]
    pairs.sort(key=lambda pair: pair[0])
    known = [(number, list(group)) for number, group in groupby(pairs, key=lambda pair: pair[0])]
    for start in range(0, len(known), _CHUNK):
        chunk = known[start : start + _CHUNK]
        body = [each for _, group in chunk for pair in group for each in _block(*pair)]
        yield chunk[-1][0], body


def _rules(opened: Opened) -> Iterator[_Rule]:
    yield from _ALWAYS
    yield _Rule("socket", errno.EPERM, 0, values=opened.families)
    yield _Rule("prlimit64", errno.EPERM, 0, values=(0, _PID))
    # of itself: the priority of all that the user runs could never be raised again
    for call, process in (("setpriority", 0), ("ioprio_set", 1)):
        yield _Rule(call, errno.EPERM, 0, values=(process,))
        yield _Rule(call, errno.EPERM, 1, values=(0, _PID))
    if not opened.processes:
        yield from _PROCESSES
    if not opened.signals:
        yield _Rule("pidfd_open pidfd_send_signal", errno.EPERM)
        # the first thread has the number of its process
        names = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"
        yield _Rule(names, errno.EPERM, 0, values=(_PID,))
    if not opened.truncation:
        yield from _TRUNCATION
    if not opened.times:
        yield from _TIMES


def _block(number: int, rule: _Rule) -> Iterator[_Instruction]:
    """Instructions that answer one call; what follows them finds its number loaded."""
    answer = (_RETURN, 0, 0, _ERROR | rule.error)
    if rule.values is None:
        yield from ((_EQUAL, 0, 1, number), answer)
        return
    tests = [
        (_LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument),  # the low half: all of these are ints
        (_AND, 0, 0, rule.mask),
    ]
    left = len(rule.values)
    # one that is listed jumps over the other tests, and over one instruction more
    tests += [(_EQUAL, left - n, 0, value) for n, value in enumerate(rule.values)]
    tests += [(_SKIP, 0, 0, 1), answer] if rule.listed else [answer]
    yield from ((_EQUAL, 0, len(tests) + 1, number), *tests, (_LOAD, 0, 0, _NUMBER))


def install(code: bytes) -> None:
    """Have the kernel apply the filter to all threads. Needs no_new_privs."""
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a number of instructions of eight bytes, padded, and where they are
    described = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    number = _ARCHITECTURES[kernel.machine()][1]["seccomp"]
    if thread := kernel.call(number, _FILTER, _ALL_THREADS, described):
        raise OSError(errno.EBUSY, f"thread {thread} has a filter of its own")
