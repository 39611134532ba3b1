"""The supervisor of one test process: watches it, and ends it with its whole family.

It talks with the coordinator over `link`: when that closes, the coordinator is gone or wants the
end; the one message that it sends says how the test process ended.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from . import usage
from .wire import Message, send

_SET_DEATH_SIGNAL = 1  # of prctl(2)
_SET_CHILD_SUBREAPER = 36
_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STACK_SECONDS = 0.5  # what a process that ran out of time may take to write its stack
_LOOK = 0.4  # seconds between two looks at what the family uses

Start = Callable[[int, int], int]


def run(order: Message, descriptors: list[int], start: Start) -> NoReturn:
    """Have `start` start the test process, given where it reports and prints; never returns.

    `descriptors` are those of the link, the reports and the output.
    """
    link, reports, output = descriptors
    coordinator = socket.socket(fileno=link)
    ending: Message = {"why": "unstartable", "status": 0}
    try:
        if os.getsid(0) != os.getpid():
            os.setsid()
        os.chdir(order["run"])
        adopt()
        signals = _notice_signals()
        pid = start(reports, output)
        os.close(reports)
        os.close(output)
        ending = _watch(pid, order, link, signals)
    except OSError as error:
        ending["text"] = str(error)
    with contextlib.suppress(OSError):
        send(coordinator, ending)
    os._exit(0)


def adopt() -> None:
    """Become the parent of every descendant that loses its own, where Linux is the kernel."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """End with `parent`, where Linux is the kernel; at once if it has ended already."""
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _notice_signals() -> int:
    """A descriptor that becomes readable when a child ends or a signal asks for the end."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (*_END, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return reader


def forget_signals() -> None:
    """Take signals as a new interpreter does."""
    signal.set_wakeup_fd(-1)
    for number in (*_END, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _watch(pid: int, order: Message, link: int, signals: int) -> Message:
    """Wait for the end of the test process, or bring it about; how it ended."""
    bounds = usage.Bounds(**order["bounds"])
    deadline = time.monotonic() + order["seconds"] if order["seconds"] else float("inf")
    why, limit, status = "", "", None
    while not why:
        left = deadline - time.monotonic()
        if left <= 0:
            why = "timeout"
            break
        ready = select.select([link, signals], [], [], min(left, _LOOK))[0]
        if link in ready or (signals in ready and set(os.read(signals, 512)).intersection(_END)):
            why = "closed"
            break
        if not ready:
            limit = usage.beyond(bounds, family(os.getpid()))
            why = "limit" if limit else ""
        status = _status_of(pid)
        why = why or ("exit" if status is not None else "")
    if why == "timeout":
        _ask_for_stack(pid, signals)
    if status is None:
        status = _end(pid)
    _end_family()
    if why == "exit" and (limit := usage.beyond(bounds, ())):
        why = "limit"
    return {"why": why, "status": status, "limit": limit}


def _status_of(pid: int) -> int | None:
    """The exit code of a child, or minus its signal; None as long as it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _ask_for_stack(pid: int, signals: int) -> None:
    """Have the reporter's faulthandler write where the process hangs."""
    kill(pid, signal.SIGUSR1)
    select.select([signals], [], [], _STACK_SECONDS)


def _end(pid: int) -> int:
    """Kill a child with its process group; how it ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _end_family() -> None:
    """Kill all that the test process has started, until nothing is left.

    On Linux whoever lost its parent has become a child of ours, in whatever session it hides: no
    child left means no descendant left. Elsewhere the process group is what can be reached.
    """
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, os.WNOHANG)  # most often there is none
            # stopped first: what forks faster than it can be killed would never be caught up with
            stopped: set[int] = set()
            while new := family(os.getpid()) - stopped:
                for pid in new:
                    kill(pid, signal.SIGSTOP)
                stopped |= new
            for pid in stopped:
                kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def kill(pid: int, number: int) -> None:
    """Send a signal to a process that may have ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def children_of(parent: int) -> set[int]:
    """The processes whose parent is `parent`, as /proc knows them; none where there is no /proc."""
    return set(_children().get(parent, ()))


def family(ancestor: int) -> set[int]:
    """All processes below `ancestor`, as /proc knows them; none where there is no /proc."""
    children = _children()
    found: set[int] = set()
    below = [ancestor]
    while below:
        new = [pid for pid in children.get(below.pop(), ()) if pid not in found]
        found.update(new)
        below.extend(new)
    return found


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # the second field is a name in brackets that may itself hold blanks and brackets
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    return children
