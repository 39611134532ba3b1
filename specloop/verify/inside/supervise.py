"""The supervisor of one test process: watches it, and ends it with its whole family.

It talks with the coordinator over `link`: when that closes, the coordinator is gone or wants the
end; the one message that it sends says how the test process ended.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from . import kernel, usage
from .wire import Message, send

_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STACK_SECONDS = 0.5  # what a process that ran out of time may take to write its stack
_LOOK = 0.4  # seconds between two looks at what the family uses
_AT_ONCE = 256  # children reaped in one go: who forks fast must not keep us from the clock
_BROKEN = 70  # EX_SOFTWARE of sysexits.h

Start = Callable[[int, int], int]


def run(order: Message, descriptors: list[int], start: Start) -> NoReturn:
    """Have `start` start the test process, given where it reports and prints; never returns.

    `descriptors` are those of the link, the reports and the output.
    """
    supervisor = os.getpid()
    try:
        ending = _supervised(order, descriptors, start)
        send(socket.socket(fileno=descriptors[0]), ending)
    finally:
        # whatever happened, none of it belongs to who called us; nor may a process speak for us
        # that was forked within `start`
        os._exit(0 if os.getpid() == supervisor else _BROKEN)


def _supervised(order: Message, descriptors: list[int], start: Start) -> Message:
    """How the run ended, which is over then, or why it could not be started."""
    supervisor = os.getpid()
    link, reports, output = descriptors
    try:
        if os.getsid(0) != os.getpid():
            os.setsid()
        os.chdir(order["run"])
        adopt()
        signals = _notice_signals()
        pid = start(reports, output)
        os.close(reports)
        os.close(output)
        return _watch(pid, order, link, signals)
    except Exception as error:
        if os.getpid() != supervisor:
            raise
        _end_family()
        text = str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        return {"why": "unstartable", "status": 0, "text": text}


def adopt() -> None:
    """Become the parent of every descendant that loses its own, where Linux is the kernel."""
    if sys.platform == "linux":
        kernel.adopt()


def die_with(parent: int) -> None:
    """End with `parent`, where Linux is the kernel; at once if it has ended already."""
    if sys.platform == "linux":
        kernel.end_with_parent()
    if os.getppid() != parent:
        os._exit(1)


def _notice_signals() -> int:
    """A descriptor that becomes readable when a child ends or a signal asks for the end."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
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
    next_look = time.monotonic() + _LOOK
    why, limit, status = "", "", None
    while not why:
        pause = min(deadline, next_look) - time.monotonic()
        ready = select.select([link, signals], [], [], max(pause, 0))[0]
        if link in ready or _noticed(signals).intersection(_END):
            why = "closed"
            break
        status = _reap(pid)
        # by the clock: orphans that end all the time would keep us from a look when all is quiet
        if status is not None:
            why = "exit"
        elif time.monotonic() >= deadline:
            why = "timeout"
        elif time.monotonic() >= next_look:
            limit = usage.beyond(bounds, family(os.getpid()))
            why = "limit" if limit else ""
            next_look = time.monotonic() + _LOOK
    if why == "timeout":
        status = _ask_for_stack(pid, signals)
    if status is None:
        status = _end(pid)
    _end_family()
    if why == "exit" and (limit := usage.beyond(bounds, ())):
        why = "limit"
    return {"why": why, "status": status, "limit": limit}


def _noticed(signals: int) -> set[int]:
    """The numbers of the signals that came since this was asked last."""
    with contextlib.suppress(BlockingIOError):
        return set(os.read(signals, 64 * 1024))  # all that a pipe holds
    return set()


def _reap(wanted: int) -> int | None:
    """Take leave of children that ended, adopted ones too; how `wanted` ended, if it has.

    That is its exit code, or minus its signal.
    """
    with contextlib.suppress(ChildProcessError):
        for _ in range(_AT_ONCE):
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == wanted:
                return os.waitstatus_to_exitcode(status)
            if not pid:
                break
    return None


def _ask_for_stack(pid: int, signals: int) -> int | None:
    """Have the reporter's faulthandler write where the process hangs; how that ended, if it did."""
    kill(pid, signal.SIGUSR1)
    until = time.monotonic() + _STACK_SECONDS
    status = None
    while status is None and (left := until - time.monotonic()) > 0:
        _noticed(signals)
        select.select([signals], [], [], left)
        status = _reap(pid)
    return status


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
