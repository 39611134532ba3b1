"""A test process with everything it starts, as the coordinator sees it."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from specloop.errors import RunnerUnavailable
from specloop.verify.ending import Ending, frames_of
from specloop.verify.layout import RunFolder

CHILD = Path(__file__).with_name("child.py")
CHUNK = 64 * 1024
HEAD, TAIL = 16 * 1024, 48 * 1024  # what is kept of the output, in bytes
RECORDS = 64 * 1024 * 1024  # no suite says more than that
GRACE = 10.0  # seconds by which a supervisor may be late before it is given up


class Excerpt:
    """Head and tail of a stream of any length."""

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._limits = head, tail
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = False

    def add(self, data: bytes) -> None:
        """Take what came next."""
        head, tail = self._limits
        room = head - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > tail:
            self._dropped = True
            del self._tail[:-tail]

    def text(self) -> str:
        """What was kept."""
        gap = b"\n[...]\n" if self._dropped else b""
        return (self._head + gap + self._tail).decode(errors="replace")


class Family:
    """One supervised run; `wait` belongs to one thread, `end` may be called from any."""

    def __init__(self, run: RunFolder, order: dict[str, Any]) -> None:
        """Start a supervisor and have it carry out `order`."""
        self._run = run
        self._seconds = order["seconds"]
        self._started = time.monotonic()
        self._closed = threading.Lock()
        order_file = run.write_order("family", order)
        self._reports, writer = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(CHILD), str(order_file), str(writer)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[writer],
                env={},
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._reports)
            raise RunnerUnavailable(
                f"cannot start a test process: {error}; free memory or processes, then run again"
            ) from error
        finally:
            os.close(writer)

    def end(self) -> None:
        """Have the supervisor kill the family; `wait` returns soon after."""
        if self._closed.acquire(blocking=False) and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def wait(self) -> Ending:
        """Wait for the end and give it; the family is gone then."""
        try:
            said, records, output = self._listen()
        finally:
            self.end()
            self._process.wait()
            os.close(self._reports)
        ending = _ending(said)
        if ending["why"] == "unstartable":
            raise RunnerUnavailable(
                f"cannot start the interpreter of the tests: {ending['text']}; "
                "mend [project] python, or delete .specloop/venv to have it made anew"
            )
        if ending["why"] == "lost":
            end_strays(self._run)
        printed = output.text()
        return Ending(
            why="timeout" if self._late() and ending["why"] == "lost" else ending["why"],
            status=ending["status"],
            records=bytes(records),
            output=self._run.relative(printed),
            frames=frames_of(self._stack() or printed, str(self._run.project)),
            seconds=time.monotonic() - self._started,
        )

    def _late(self) -> bool:
        return bool(self._seconds) and time.monotonic() > self._started + self._seconds + GRACE

    def _stack(self) -> str:
        with contextlib.suppress(OSError), (self._run.control / "stack").open() as file:
            return file.read(CHUNK)
        return ""

    def _listen(self) -> tuple[bytes, bytearray, Excerpt]:
        """Take what the streams give until the supervisor has ended."""
        said, records, output = bytearray(), bytearray(), Excerpt()
        ending, printed = self._process.stdout, self._process.stderr
        assert ending is not None
        assert printed is not None

        def keep(data: bytes) -> None:
            if len(records) < RECORDS:
                records.extend(data)

        takers: dict[int, Callable[[bytes], None]] = {
            ending.fileno(): said.extend,
            printed.fileno(): output.add,
            self._reports: keep,
        }
        with ending, printed, selectors.DefaultSelector() as selector:
            for descriptor in takers:
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            while ending.fileno() in selector.get_map():
                for key, _ in selector.select(timeout=GRACE):
                    if not _take(key.fd, takers[key.fd]):
                        selector.unregister(key.fd)
                if self._late():
                    self._process.kill()
            for descriptor in (printed.fileno(), self._reports):
                _take(descriptor, takers[descriptor], rounds=64)
        return bytes(said), records, output


def _take(descriptor: int, taker: Callable[[bytes], None], rounds: int = 1) -> bool:
    """Hand on what can be read now; False at the end of the stream."""
    for _ in range(rounds):
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return True
        if not data:
            return False
        taker(data)
    return True


def _ending(said: bytes) -> dict[str, Any]:
    """The supervisor's last line, or that there is none."""
    with contextlib.suppress(ValueError):
        ending: dict[str, Any] = json.loads(said)
        return ending
    return {"why": "lost", "status": 0}


def end_strays(run: RunFolder) -> None:
    """Kill what a supervisor that was itself killed left behind, until nothing new is found."""
    killed: set[int] = set()
    while new := _strays(run) - killed:
        for pid in new:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        killed |= new


def _strays(run: RunFolder) -> set[int]:
    """Processes that stand in the run's folder or have their home there, as /proc knows them."""
    home = f"HOME={run.home}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            inside = (entry / "cwd").readlink().is_relative_to(run.path)
            if inside or home in (entry / "environ").read_bytes().split(b"\0"):
                found.add(int(entry.name))
    return found
