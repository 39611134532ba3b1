"""A test process with everything it starts, as the coordinator sees it."""

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from specloop.errors import RunnerUnavailable
from specloop.verify.ending import Ending, frames_of
from specloop.verify.inside.wire import Message, receive
from specloop.verify.layout import RunFolder
from specloop.verify.server import TestServer

CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024
HEAD, TAIL = 16 * 1024, 48 * 1024  # what is kept of the output, in bytes
RECORDS = 64 * MEGABYTE  # no suite says more than that
OUTPUT_MB = 64  # printed past pytest; what it captures goes to files, which have a limit
GRACE = 10.0  # seconds by which a supervisor may be late before it is given up
PAUSE = 0.05  # seconds between two looks at streams that say little: each wake-up has its price


class Excerpt:
    """Head and tail of a stream of any length; `bytes` are all that it had."""

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._limits = head, tail
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = False
        self.bytes = 0

    def add(self, data: bytes) -> None:
        """Take what came next."""
        self.bytes += len(data)
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

    def __init__(self, run: RunFolder, server: TestServer, order: Mapping[str, Any]) -> None:
        """Have `server` start the run of `order`."""
        self._run = run
        self._server = server
        self._seconds = order["seconds"]
        self._flooded = False
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            try:
                self._link, link = _pair(ours, theirs)
                # a socket cannot be opened again by its name under /proc, as a pipe can
                self._reports, reports = _pair(ours, theirs)
                self._output, output = os.pipe()
                ours.callback(os.close, self._output)
                theirs.callback(os.close, output)
            except OSError as error:
                raise RunnerUnavailable(
                    f"cannot start a test process: {error}; raise the limit on open files "
                    "(ulimit -n), or set a smaller [limits] test_workers"
                ) from error
            server.start(order, (link.fileno(), reports.fileno(), output))
            self._descriptors = ours.pop_all()
        self._started = time.monotonic()

    def end(self) -> None:
        """Have the supervisor kill the family; `wait` returns soon after."""
        with contextlib.suppress(OSError):  # it has ended
            self._link.shutdown(socket.SHUT_WR)

    def wait(self) -> Ending:
        """Wait for the end and give it; the family is gone then."""
        try:
            told, records, output = self._listen()
        finally:
            self._descriptors.close()
        if told is None:
            self._server.sweep()
            end_strays(self._run)
            told = {"why": "timeout" if self._late() else "lost", "status": 0}
        if told["why"] == "unstartable":
            raise RunnerUnavailable(
                f"cannot start a test process: {told['text']}; free memory or processes, "
                "then run again"
            )
        if self._flooded:
            told |= {"why": "limit", "limit": f"more than {OUTPUT_MB} MB of output"}
        printed = output.text()
        return Ending(
            why=told["why"],
            status=told["status"],
            limit=told.get("limit", ""),
            records=bytes(records),
            output=self._run.relative(printed),
            frames=frames_of(self._stack() or printed, str(self._run.project)),
            seconds=time.monotonic() - self._started,
        )

    def _late(self) -> bool:
        return bool(self._seconds) and time.monotonic() > self._started + self._seconds + GRACE

    def _stack(self) -> str:
        place = self._run.control / "stack"
        with contextlib.suppress(OSError), place.open(errors="replace") as file:
            return file.read(CHUNK)
        return ""

    def _drain(self, output: Excerpt, data: bytes) -> None:
        output.add(data)
        if output.bytes > OUTPUT_MB * MEGABYTE and not self._flooded:
            self._flooded = True
            self.end()

    def _listen(self) -> tuple[Message | None, bytearray, Excerpt]:
        """Take what the streams give until the supervisor tells of the end, or is gone."""
        records, output = bytearray(), Excerpt()

        def keep(data: bytes) -> None:
            if len(records) < RECORDS:
                records.extend(data)

        takers: dict[int, Callable[[bytes], None]] = {
            self._output: partial(self._drain, output),
            self._reports.fileno(): keep,
        }
        for descriptor in takers:
            os.set_blocking(descriptor, False)
        ended, flowing = False, list[int]()
        while not ended and not self._late():
            ended = self._link.fileno() in _readable([self._link.fileno(), *flowing])
            flowing = [
                each
                for each, taker in takers.items()
                if _take(each, taker) > (0 if each in flowing else CHUNK // 2)
            ]
        for descriptor, taker in takers.items():
            _take(descriptor, taker, rounds=64)
        return (receive(self._link)[0] if ended else None), records, output


def _pair(
    ours: contextlib.ExitStack, theirs: contextlib.ExitStack
) -> tuple[socket.socket, socket.socket]:
    """Two ends, each of which its stack closes."""
    one, other = socket.socketpair()
    return ours.enter_context(one), theirs.enter_context(other)


def _readable(descriptors: list[int]) -> list[int]:
    """Which of them can be read, as soon as one can, or after a pause."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return [descriptor for descriptor, _ in poll.poll(PAUSE * 1000)]


def _take(descriptor: int, taker: Callable[[bytes], None], rounds: int = 1) -> int:
    """Hand on what can be read now; how many bytes that were."""
    taken = 0
    for _ in range(rounds):
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            break
        if not data:
            break
        taker(data)
        taken += len(data)
    return taken


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
