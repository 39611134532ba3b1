"""The test server as the coordinator sees it: started, replaced when it dies or is out of date."""

import contextlib
import itertools
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specloop.errors import RunnerUnavailable
from specloop.verify import allowance
from specloop.verify.inside.wire import SWEEP, Message, receive, send
from specloop.verify.layout import RunFolder, lay_out, remove
from specloop.verify.sandbox import Confinement
from specloop.verify.wrapper import INSIDE

LONGEST = 120  # seconds until a server answers, which may have to import much
LINES = 8  # of what a server printed that did not start
FORKS = sys.platform == "linux"  # elsewhere a fork of a process that has imported much may hang

Descriptors = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter of tests: what it imports ahead, and how it is started.

    `work` is what its processes do, a module of `inside`, and `confinement` what they apply first.
    """

    python: Path
    work: str
    imports: tuple[str, ...]
    confinement: Confinement

    def command(self, role: str, descriptor: int) -> list[str]:
        """What plays a role of `inside` for whoever holds the other end of a socket."""
        start = [*self.confinement.prefix, str(self.python), *allowance.flags(self.python)]
        return [*start, str(INSIDE), role, str(descriptor)]


class TestServer:
    """Starts runs in one interpreter: by forks of a process that has imported much, or anew each.

    It starts with the first run, in a folder of its own below `scratch`. `start` may be called
    from any thread.
    """

    __test__ = False

    def __init__(self, interpreter: Interpreter, scratch: Path, *, forks: bool = FORKS) -> None:
        self._interpreter = interpreter
        self._scratch = scratch
        self._folder: RunFolder | None = None
        self._forks = forks
        self._lock = threading.Lock()
        self._closed = False
        self._link: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._left: list[subprocess.Popen[bytes]] = []
        self._stamp: tuple[object, ...] = ()
        self._skip: tuple[str, ...] = ()
        self._path: list[Path] = []

    def start(self, order: Mapping[str, Any], descriptors: Descriptors) -> None:
        """Have the run of `order` started, which talks over `descriptors` from then on.

        Where the server is lost on the way, so is the run: nobody will talk.
        """
        with self._lock:
            if self._closed:
                return
            if self._link is not None and self._stamp != self._packages():
                self._stop()
            try:
                self._ask(order, descriptors)
            except RunnerUnavailable:
                if not self._closed:
                    raise

    def sweep(self) -> None:
        """Have the processes ended whose supervisor was killed."""
        with self._lock:
            if self._link is not None and self._forks:
                self._ask(SWEEP, ())

    def close(self) -> None:
        """End the server; runs that go on end by themselves."""
        self._closed = True
        link = self._link
        if link is not None:  # whoever waits for an answer, with the lock, does so no longer
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._stop()
            for process in self._left:  # each ends with its run
                process.wait()
            if self._folder is not None:
                remove(self._folder.path)
                self._folder = None

    def _ask(self, order: Mapping[str, Any], descriptors: tuple[int, ...]) -> None:
        for again in itertools.count():
            link = self._open()
            try:
                send(link, dict(order), descriptors)
            except OSError as error:  # it had ended before, and has not begun anything
                self._stop()
                if again:
                    raise self._unstartable(str(error)) from error
                continue
            answer = _answer(link)
            if answer is None:  # it may have begun: to ask again could start the run twice
                self._stop()
                return
            if not answer.get("threaded"):
                break
            self._leave_out(answer["threaded"])
        if not self._forks:  # it supervises that one run
            self._leave()

    def _open(self) -> socket.socket:
        """The link to a server that is ready for orders."""
        while self._link is None:
            told = self._launch()
            self._path = [Path(folder) for folder in told["path"]]
            self._stamp = self._packages()
            if self._forks and (told["threaded"] or not told["forks"]):
                self._forks = told["forks"]
                self._leave_out(told["threaded"])
        return self._link

    def _leave_out(self, threaded: list[str]) -> None:
        """Start anew without what started threads when it was imported: no fork is safe then."""
        self._stop()
        self._skip += tuple(threaded)

    def _launch(self) -> Message:
        folder = self._folder = self._folder or lay_out(self._scratch, {})
        printed = folder.control / "server"
        ours, theirs = socket.socketpair()
        ours.settimeout(LONGEST)
        self._link = ours
        with theirs, printed.open("wb") as output:
            try:
                self._process = subprocess.Popen(
                    self._interpreter.command("serve" if self._forks else "once", theirs.fileno()),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd=folder.project,
                    env=allowance.environment(self._interpreter.python, folder, os.environ),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._stop()
                raise self._unstartable(str(error)) from error
        hello = {
            "work": self._interpreter.work,
            "imports": self._interpreter.imports,
            "skip": self._skip,
            "confine": self._interpreter.confinement.kind,
            "folder": str(folder.project),
        }
        with contextlib.suppress(OSError):
            send(ours, hello)
        told = _answer(ours)
        if told is None:
            self._stop()
            raise self._unstartable(_last_lines(printed))
        return told

    def _leave(self) -> None:
        """Let go of a process that ends by itself after its run."""
        self._left = [process for process in self._left if process.poll() is None]
        if self._process is not None:
            self._left.append(self._process)
            self._process = None
        self._stop()

    def _stop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            try:
                self._process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _packages(self) -> tuple[object, ...]:
        """Changes when packages are installed or removed."""
        return tuple(map(_changed, (self._interpreter.python, *self._path)))

    def _unstartable(self, why: str) -> RunnerUnavailable:
        return RunnerUnavailable(
            f"cannot start the interpreter of the tests, {str(self._interpreter.python)!r}: {why}; "
            "mend [project] python, or delete .specloop/venv to have it made anew"
        )


def _answer(link: socket.socket) -> Message | None:
    """What the server says; None when it has ended, or says nothing for long."""
    try:
        return receive(link)[0]
    except OSError:
        return None


def _last_lines(printed: Path) -> str:
    lines = printed.read_text(errors="replace").strip().splitlines()
    return "\n".join(lines[-LINES:]) or "it ended at once"


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
