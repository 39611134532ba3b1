"""`specloop run` in a process that kills itself, once at each point that it has not died at yet.

    python dying.py POINTS specloop-arguments…

POINTS is a file in which each point is noted, durably, before the process dies there.
"""

import os
import signal
import sys
from pathlib import Path

from specloop.cli.main import main
from specloop.commits.branch import Branch
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.event import CallStarted, RunResumed

POINTS = Path(sys.argv[1])
counts = {}


def die_once(point):
    with POINTS.open("a+") as file:
        file.seek(0)
        if point in file.read().splitlines():
            return
        file.write(point + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.kill(os.getpid(), signal.SIGKILL)


def around(method, name_of):
    def wrapped(self, *arguments):
        name = name_of(self, *arguments)
        if name is None:
            return method(self, *arguments)
        die_once(f"before {name}")
        result = method(self, *arguments)
        die_once(f"after {name}")
        return result

    return wrapped


def event_name(journal, event):
    """Events are numbered by kind and module, so that a point is the same in every process.

    A call that is announced anew after a death is the same call, and has the same number.
    """
    if isinstance(event, RunResumed):
        return None
    if isinstance(event, CallStarted):
        return f"append {event.kind} {event.module} {event.number}"
    kind = (event.kind, getattr(event, "module", ""))
    if kind not in counts:
        earlier = (e for e in journal.events() if (e.kind, getattr(e, "module", "")) == kind)
        counts[kind] = sum(1 for _ in earlier)
    counts[kind] += 1
    return f"append {kind[0]} {kind[1]} {counts[kind]}"


def move_name(branch, new, old, reason):
    return f"move {reason}"


SqliteJournal.append = around(SqliteJournal.append, event_name)
Branch.move = around(Branch.move, move_name)
main(sys.argv[2:])
