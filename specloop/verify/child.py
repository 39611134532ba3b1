"""The supervisor of one test process: starts it confined, and ends it with its whole family.

Run by path with the standard library alone: `python -I -S -B child.py ORDER DESCRIPTOR`, ORDER
being a JSON file. Standard input is the life line: when it closes, the coordinator is gone or wants
the end. What the tests print goes to standard error; the one line on standard output says how they
ended.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

SET_DEATH_SIGNAL = 1  # of prctl(2)
SET_CHILD_SUBREAPER = 36
END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STACK_SECONDS = 0.5  # what a process that ran out of time may take to write its stack


def main(order_file: str, descriptor: int) -> None:
    """Run the test process that `order_file` describes, which reports on `descriptor`."""
    order = json.loads(Path(order_file).read_text())
    Path(order_file).unlink()
    prctl(SET_CHILD_SUBREAPER, 1)
    signals = notice_signals()
    try:
        process = subprocess.Popen(
            [*order["command"], str(descriptor)],
            cwd=order["folder"],
            env=order["environment"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            pass_fds=[descriptor],
            start_new_session=True,
            preexec_fn=partial(confine, order["limits"], os.getpid()),
        )
    except (OSError, subprocess.SubprocessError) as error:
        say({"why": "unstartable", "status": 0, "text": str(error)})
        return
    os.close(descriptor)
    why = wait(process, order["seconds"], signals)
    if why == "timeout":
        ask_for_stack(process)
    end_family(process)
    say({"why": why, "status": process.returncode})


def prctl(option: int, value: int) -> None:
    """Set an option of this process where Linux is the kernel."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def confine(limits: dict[str, int], parent: int) -> None:
    """Set the limits, in the test process before it becomes the interpreter."""
    prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for name, wanted in limits.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS knows some of them by name only
            resource.setrlimit(kind, (value, value))


def notice_signals() -> int:
    """A descriptor that becomes readable when a child ends or a signal asks for the end."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (*END, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return reader


def wait(process: subprocess.Popen[bytes], seconds: float, signals: int) -> str:
    """Wait until the process ends ("exit"), its time is up ("timeout") or we must ("closed")."""
    deadline = time.monotonic() + seconds if seconds else None
    while process.poll() is None:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return "timeout"
        ready = select.select([0, signals], [], [], left)[0]
        if 0 in ready and not os.read(0, 1):
            return "closed"
        if signals in ready and set(os.read(signals, 512)).intersection(END):
            return "closed"
    return "exit"


def ask_for_stack(process: subprocess.Popen[bytes]) -> None:
    """Have the reporter's faulthandler write where the process hangs."""
    process.send_signal(signal.SIGUSR1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STACK_SECONDS)


def end_family(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all it has started, until nothing is left.

    On Linux whoever lost its parent has become a child of ours, in whatever session it hides: no
    child left means no descendant left. Elsewhere the process group is what can be reached.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with contextlib.suppress(ChildProcessError):
        while True:
            for pid in descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def descendants(ancestor: int) -> set[int]:
    """All processes below `ancestor`, as /proc knows them; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # the second field is a name in brackets that may itself hold blanks and brackets
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    below = [ancestor]
    while below:
        new = [pid for pid in children.get(below.pop(), ()) if pid not in found]
        found.update(new)
        below.extend(new)
    return found


def say(ending: dict[str, Any]) -> None:
    """Tell the coordinator how it ended."""
    print(json.dumps(ending), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
