"""The test process: leaves everything of the server behind, is confined, and does its work."""

import atexit
import faulthandler
import fcntl
import gc
import importlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from . import confine, guard, modules
from .wire import Message

Work = Callable[[Message, guard.Send], int]

_BROKEN = 70  # EX_SOFTWARE of sysexits.h


def take_streams(output: int) -> None:
    """Read nothing, and write to `output`, in a session of our own."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


def keep_only(reports: int) -> int:
    """Close every descriptor but the streams and `reports`, whose number is returned."""
    high = fcntl.fcntl(reports, fcntl.F_DUPFD_CLOEXEC, 64)
    os.closerange(3, high)
    os.closerange(high + 1, os.sysconf("SC_OPEN_MAX"))
    return high


def work_of(name: str) -> Work:
    """What a test process does: "reporter" or "rows", a module here each."""
    work: Work = importlib.import_module(f".{name}", __package__).work
    return work


def become(order: Message, reports: int, work: Work) -> NoReturn:
    """Do the work that is ordered and end; the exit status is that of the work."""
    send, leave = guard.channel(reports, order.pop("token")), os._exit
    try:
        _settle(order)
        stack = Path(order["stack"]).open("w")  # noqa: SIM115 (open as long as the process lives)
        faulthandler.register(signal.SIGUSR1, file=stack, all_threads=False, chain=False)
        modules.forget(modules.OWN)
        layers = confine.confine(order["confine"])
    except BaseException as error:
        send("unconfined", text=f"{type(error).__name__}: {error}")
        leave(_BROKEN)
    send("confined", layers=layers)
    status = _BROKEN
    try:
        status = work(order, send)
        # what the code left for the end of the process is a part of it
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        send("end", status=status)
        leave(status)


def _settle(order: Message) -> None:
    """Take on the environment, the folder and the import path of the run."""
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    tempfile.tempdir = None  # else it is remembered
    os.chdir(order["folder"])
    sys.argv = [""]
    # an empty module: code under test has no business in the files here
    sys.modules["__main__"] = ModuleType("__main__")
    modules.put_first(order["path"])
    gc.enable()
