"""The test server: has imported what the runs need, and forks for each of them.

It has no threads, imports nothing of the project, and ends with whoever holds the other end of its
link. Where a fork is not safe the same is done by processes of their own: "once" supervises one
run, "run" is its test process.
"""

import contextlib
import fcntl
import gc
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from . import confine, modules, process, supervise
from .ahead import Ahead, plugin_modules
from .wire import DESCRIPTORS, SWEEP, Message, receive, send

_WORTH_IT = 3  # the run before which as much is prepared as takes the time of a few runs
FLAGS = ("-B",) if sys.flags.no_user_site == 0 else ("-B", "-s")


def start(role: str, descriptor: int) -> None:
    """Play a role for whoever holds the other end of the link `descriptor`."""
    link = socket.socket(fileno=descriptor)
    link.set_inheritable(False)
    if role == "run":
        order, (reports,) = receive(link)
        link.close()
        if order is not None:
            process.become(order, reports, _fresh(order["work"]))
    send(link, {"path": sys.path})  # before anything is imported from there
    hello, _ = receive(link)
    if hello is not None:
        {"serve": serve, "once": once}[role](link, hello)


def serve(link: socket.socket, hello: Message) -> None:
    """Import ahead, say whether that went well, then fork a supervisor for each order."""
    supervise.adopt()  # whoever loses its supervisor becomes a child of ours
    forks = modules.threads() == 1  # else something was started with the interpreter itself
    server = _Server(link, hello)
    threaded = server.prepare() if forks else []
    send(link, {"threaded": threaded, "forks": forks})
    while forks and not threaded:
        order, descriptors = receive(link)
        if order is None:
            break
        threaded = server.obey(order, descriptors)
        for each in descriptors:
            os.close(each)
        send(link, {"threaded": threaded})
    server.wait()


class _Server:
    """What has been imported and prepared, and the supervisors of the runs that go on."""

    def __init__(self, link: socket.socket, hello: Message) -> None:
        self._link = link
        self._hello = hello
        self._work = process.work_of(hello["work"])
        self._ahead = Ahead() if hello["work"] == "reporter" else None
        self._orders = 0
        self._tried = set(hello["skip"])
        self._supervisors: set[int] = set()

    def prepare(self) -> list[str]:
        """Import what all runs need; the module that started threads, if any."""
        confine.prepare(self._hello["confine"])
        plugins = [*_parts_of_pytest(), *plugin_modules()] if self._ahead else []
        return self._import([*self._hello["imports"], *plugins])

    def obey(self, order: Message, descriptors: list[int]) -> list[str]:
        """Start a run, or end strays; the module that started threads when it was imported."""
        self._supervisors -= _reaped(self._supervisors)
        if order == SWEEP:
            _end_strays(self._supervisors)
            return []
        if len(descriptors) < DESCRIPTORS:
            return []  # there was no room for them: the run is lost, which whoever waits will see
        if self._ahead and (threaded := self._prepare_run(self._ahead, order)):
            return threaded
        pid = os.fork()
        if not pid:
            self._link.close()
            supervise.run(order, descriptors, partial(_fork, order, self._work, self._ahead))
        self._supervisors.add(pid)
        return []

    def _prepare_run(self, ahead: Ahead, order: Message) -> list[str]:
        """What is done for a run of pytest before its fork; the module that started threads."""
        self._orders += 1
        threaded = self._import(filter(self._installed, order["imports"]))
        if self._orders == _WORTH_IT and not threaded:
            with _ending_with(self._link):
                names = ahead.prepare(Path(self._hello["folder"]))
            threaded = self._import(names)
        if not threaded:
            ahead.rewrite(f"{order['folder']}/{path}" for path in order["test_files"])
        return threaded

    def wait(self) -> None:
        """Wait for the supervisors: they see for themselves that the coordinator is gone."""
        while self._supervisors:
            self._supervisors -= _reaped(self._supervisors, wait=True)

    def _import(self, names: Iterable[str]) -> list[str]:
        new = [name for name in names if name not in self._tried]
        if not new:
            return []
        self._tried.update(new)
        with _ending_with(self._link):
            threaded = modules.import_ahead(self._announced(new))
        send(self._link, {"importing": ""})
        gc.collect()
        gc.freeze()  # what is there now is never looked at again, so its pages stay shared
        return threaded

    def _announced(self, names: Iterable[str]) -> Iterator[str]:
        """The names, each told before it is imported: that may never come to its end."""
        for name in names:
            send(self._link, {"importing": name})
            yield name

    def _installed(self, name: str) -> bool:
        """Whether a module that a run imports is of a package that may be, or Python's own."""
        top = name.partition(".")[0]
        return top in self._hello["imports"] or (
            top in sys.stdlib_module_names and top not in modules.NEVER
        )


def once(link: socket.socket, hello: Message) -> None:
    """Supervise one run of a process that is started anew."""
    send(link, {"threaded": [], "forks": False})
    order, descriptors = receive(link)
    if order is not None:
        send(link, {})
        order["work"] = hello["work"]
        supervise.run(order, descriptors, partial(_spawn, order))


@contextlib.contextmanager
def _ending_with(link: socket.socket) -> Iterator[None]:
    """Be killed as soon as the other end of the link closes, whatever goes on here by then.

    From there nothing may come meanwhile. Only Linux has this; elsewhere nothing is imported ahead.
    """
    if sys.platform == "linux":
        flags = fcntl.fcntl(link, fcntl.F_GETFL)
        fcntl.fcntl(link, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(link, fcntl.F_SETSIG, signal.SIGKILL)  # which no package can have ignored
        fcntl.fcntl(link, fcntl.F_SETFL, flags | os.O_ASYNC)
        if select.select([link], [], [], 0)[0]:  # it was closed before
            os.kill(os.getpid(), signal.SIGKILL)
        yield
        fcntl.fcntl(link, fcntl.F_SETFL, flags)
    else:
        yield


def _fresh(name: str) -> process.Work:
    """What a test process does that nothing was prepared for."""
    work = process.work_of(name)
    if name == "reporter":
        modules.import_ahead([*_parts_of_pytest(), *plugin_modules()])
        Ahead().settle()
    return work


def _parts_of_pytest() -> list[str]:
    """What pytest imports at its start: it must find Python's own modules then, not a project's."""
    from _pytest.config import default_plugins

    return [f"_pytest.{name}" for name in default_plugins]


def _fork(
    order: Message, work: process.Work, ahead: Ahead | None, reports: int, output: int
) -> int:
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        supervise.forget_signals()
        supervise.die_with(parent)
        process.take_streams(output)
        if ahead:
            ahead.settle()
        process.become(order, process.keep_only(reports), work)
    return pid


def _spawn(order: Message, reports: int, output: int) -> int:
    ours, theirs = socket.socketpair()
    environment = {k: v for k, v in order["environment"].items() if k != "PYTHONPATH"}
    with ours, theirs:
        started = subprocess.Popen(
            [sys.executable, *FLAGS, str(Path(__file__).parent), "run", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            preexec_fn=partial(supervise.die_with, os.getpid()),
        )
        theirs.close()
        send(ours, order, (reports,))
    started.returncode = 0  # whoever supervises waits for it, not this object
    return started.pid


def _reaped(supervisors: set[int], *, wait: bool = False) -> set[int]:
    """The supervisors that have ended; they leave no zombies, nor do strays."""
    found: set[int] = set()
    while supervisors - found:
        try:
            pid, _ = os.waitpid(-1, 0 if wait else os.WNOHANG)
        except ChildProcessError:
            return set(supervisors)
        if not pid:
            break
        found.add(pid)
    return found


def _end_strays(supervisors: set[int]) -> None:
    """Kill the children that are no supervisors: theirs was killed."""
    while strays := supervise.children_of(os.getpid()) - supervisors:
        for pid in strays:
            supervise.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
