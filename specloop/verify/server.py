"""The test server as the coordinator sees it: started, replaced when it dies or is out of date."""

import contextlib
import itertools
import os
import signal
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

LONGEST = 120  # seconds for which a server may say nothing: it names each module that it imports
ENDING = 5  # seconds until a server has ended that is let go of, and whose runs are over
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
    from any thread. `longest` bounds the import of a module, in seconds.
    """

    __test__ = False

    def __init__(
        self,
        interpreter: Interpreter,
        scratch: Path,
        *,
        forks: bool = FORKS,
        longest: float = LONGEST,
    ) -> None:
        self._longest = longest
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
                self._skip = ()
            try:
                self._ask(order, descriptors)
            except RunnerUnavailable:
                if not self._closed:
                    raise

    def sweep(self) -> None:
        """Have the processes ended whose supervisor was killed."""
        with self._lock:
            if self._link is not None and self._forks:
                try:
                    send(self._link, SWEEP)
                    self._hear(self._link)
                except (OSError, _Lost):
                    self._stop()

    def close(self) -> None:
        """End the server, be it at its start; runs that go on end by themselves."""
        self._closed = True
        link = self._link
        if link is not None:  # whoever waits for an answer, with the lock, does so no longer
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._stop()
            for process in self._left:
                _wait_for(process)
            if self._folder is not None:
                remove(self._folder.path)
                self._folder = None

    def _ask(self, order: Mapping[str, Any], descriptors: Descriptors) -> None:
        for again in itertools.count():
            link = self._open()
            try:
                send(link, dict(order), descriptors)
            except OSError as error:  # it had ended before, and has not begun anything
                self._stop()
                if again:
                    raise self._unstartable(str(error)) from error
                continue
            try:
                in_the_way = self._hear(link).get("threaded")
            except _Lost as lost:
                self._stop()
                if not lost.module:  # it may have begun: to ask again could start the run twice
                    return
                in_the_way = [lost.module]
            if not in_the_way:
                break
            self._leave_out(in_the_way)
        if not self._forks:  # it supervises that one run
            self._stop()

    def _open(self) -> socket.socket:
        """The link to a server that is ready for orders."""
        while self._link is None:
            told = self._launch()
            if self._forks and (told["threaded"] or not told["forks"]):
                self._forks = told["forks"]
                self._leave_out(told["threaded"])
        return self._link

    def _leave_out(self, names: list[str]) -> None:
        """Start anew without modules whose import started threads, or did not come to its end.

        With threads no fork is safe. A run that needs such a module imports it itself.
        """
        self._stop()
        self._skip += tuple(names)

    def _launch(self) -> Message:
        """Start a server; what it says when it is ready for orders."""
        folder = self._folder = self._folder or lay_out(self._scratch, {})
        printed = folder.control / "server"
        ours, theirs = socket.socketpair()
        ours.settimeout(self._longest)
        self._link = ours
        try:
            with theirs:
                if self._closed:  # just now: whoever closes has not seen this link
                    raise _Lost("it was closed")
                self._process = self._started(folder, printed, theirs.fileno())
            self._path = [Path(each) for each in self._hear(ours)["path"]]
            self._stamp = self._packages()  # nothing has been imported yet
            send(ours, self._hello(folder))
            return self._hear(ours)
        except (OSError, _Lost) as error:
            self._stop()
            why = ": ".join(filter(None, (str(error), _last_lines(printed))))
            raise self._unstartable(why, getattr(error, "module", "")) from error

    def _started(self, folder: RunFolder, printed: Path, link: int) -> subprocess.Popen[bytes]:
        with printed.open("wb") as output:
            return subprocess.Popen(
                self._interpreter.command("serve" if self._forks else "once", link),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder.project,
                env=allowance.environment(self._interpreter.python, folder, os.environ),
                pass_fds=[link],
                start_new_session=True,
            )

    def _hello(self, folder: RunFolder) -> Message:
        return {
            "work": self._interpreter.work,
            "imports": self._interpreter.imports,
            "skip": self._skip,
            "confine": self._interpreter.confinement.kind,
            "folder": str(folder.project),
        }

    def _hear(self, link: socket.socket) -> Message:
        """What the server says next, but for the names of modules; _Lost when it says no more."""
        module = ""
        while True:
            try:
                told = receive(link)[0]
            except TimeoutError:
                doing = f"the import of {module!r} goes on" if module else "it has said nothing"
                raise _Lost(f"{doing} for more than {self._longest} s", module) from None
            except OSError:
                told = None
            if told is None:
                doing = f"while it imported {module!r}" if module else "at once"
                raise _Lost(f"it ended {doing}", module)
            if "importing" not in told:
                return told
            module = told["importing"]

    def _stop(self) -> None:
        """Let go of the server: it ends by itself, when the runs have ended that it started."""
        self._left = [process for process in self._left if process.poll() is None]
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            self._left.append(self._process)
            self._process = None

    def _packages(self) -> tuple[object, ...]:
        """Changes when packages are installed or removed."""
        return tuple(map(_changed, (self._interpreter.python, *self._path)))

    def _unstartable(self, why: str, module: str = "") -> RunnerUnavailable:
        mend = "mend [project] python, or delete .specloop/venv to have it made anew"
        if module:
            mend = "mend that package, or remove it from [project] packages and test_packages"
        return RunnerUnavailable(
            "cannot start the interpreter of the tests, "
            f"{str(self._interpreter.python)!r}: {why}; {mend}"
        )


class _Lost(Exception):
    """The server says no more; `module` is what it was importing, "" when it was not."""

    def __init__(self, why: str, module: str = "") -> None:
        super().__init__(why)
        self.module = module


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    """Wait until a server has ended; one that does not is killed."""
    try:
        process.wait(timeout=ENDING)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads the group
        process.wait()


def _last_lines(printed: Path) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(printed.read_text(errors="replace").strip().splitlines()[-LINES:])
    return ""


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
