"""Any program as a model: the prompt on standard input, the reply on standard output."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.estimated import EstimatedModel
from specloop.models.key import redact
from specloop.models.price import cost_of, tariff_of
from specloop.models.usage import estimated_usage
from specloop.ports import Prompt, Say
from specloop.spec.settings import ModelTable

_MOST_BYTES = 10_000_000
_TAIL_BYTES = 2_000
_ENDED = "the program was ended, since the run is ending"
_LOOK_SECONDS = 0.05
_END_SECONDS = 5  # for the kernel to take away what was killed


def rendered(messages: Sequence[Message]) -> str:
    """The conversation as one text, each turn under a heading with its role."""
    return "".join(f"## {m.role.capitalize()}\n\n{m.content.rstrip()}\n\n" for m in messages)


class CommandModel(EstimatedModel):
    """The model command/PROGRAM ARG…, split as a shell would, but run without one.

    PROGRAM and arguments that name files of the project are taken from its root. The program runs
    with the user's environment, in a fresh empty folder that is deleted afterwards: an agent may
    write there, never into the project. Whatever it started in its process group ends with it, and
    with the run; only where specloop itself is killed by SIGKILL, it is left running.
    A reply longer than 10 MB is cut, with the finish reason "length". Tokens are estimated, and
    priced only by project.toml.
    """

    def __init__(self, table: ModelTable, root: Path) -> None:
        super().__init__(table)
        self._root = root
        self._starting = threading.Lock()  # nothing is started once `close` has begun
        self._closing = False
        self._running: set[subprocess.Popen[bytes]] = set()
        try:
            self._words = shlex.split(table.name.partition("/")[2])
        except ValueError as error:
            raise InvalidInput(f"project.toml: model {table.name!r}: {error}") from error
        if not self._words:
            raise InvalidInput(
                f"project.toml: model {table.name!r} names no program; write command/PROGRAM ARG…"
            )

    def check(self) -> None:
        """ModelUnavailable where the program cannot be found."""
        if shutil.which(self._command()[0]) is None:
            raise ModelUnavailable(
                f"model {self.name!r}: there is no program {self._words[0]!r}; install it, or "
                f"write its path, absolute or relative to the project's root"
            )

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """What the program prints; ModelUnavailable where it fails or takes too long."""
        self.check()
        began, began_at = time.monotonic(), time.time()
        with tempfile.TemporaryDirectory(prefix="specloop-command-") as scratch:
            seconds = float(self._table.timeout_seconds)
            if prompt.seconds is not None:
                seconds = min(seconds, prompt.seconds)
            reply = self._run(rendered(prompt.messages), Path(scratch), seconds)
        text = reply[:_MOST_BYTES].decode(errors="replace")
        usage = estimated_usage(prompt, text, self._profile)
        tariff = tariff_of(self._table, usage.input_tokens)
        return Completion(
            text=text,
            model=self.name,
            finish_reason="length" if len(reply) > _MOST_BYTES else "stop",
            usage=usage,
            cost_usd=cost_of(usage, tariff, at=(began_at, time.time())),
            seconds=time.monotonic() - began,
        )

    def close(self) -> None:
        """End the programs that still run, and what they started, at once."""
        with self._starting:
            self._closing = True
            for process in self._running:
                _kill_group(process)
            for process in self._running:
                _reap(process)

    def _command(self) -> list[str]:
        """The words, with those that name files of the project made absolute."""
        files = [(word, self._root.resolve() / word) for word in self._words]
        return [str(file) if file.is_file() else word for word, file in files]

    def _run(self, text: str, scratch: Path, seconds: float) -> bytes:
        """Standard output, at most one byte more than is wanted of it."""
        # Files instead of pipes: they cannot fill up, and a grandchild that keeps them open holds
        # nobody back.
        folder = scratch / "work"
        folder.mkdir()
        (scratch / "in").write_text(text, encoding="utf-8", errors="replace", newline="")
        with (
            (scratch / "in").open("rb") as stdin,
            (scratch / "out").open("w+b") as stdout,
            (scratch / "err").open("w+b") as stderr,
        ):
            process = self._start(folder, stdin, stdout, stderr)
            problem = self._wait(process, seconds, stdout, stderr)
            stdout.seek(0)
            reply = stdout.read(_MOST_BYTES + 1)
            if problem and len(reply) <= _MOST_BYTES:
                raise ModelUnavailable(
                    f"model {self.name!r}: {problem}{self._tail(stderr)}", may_be_charged=True
                )
        return reply

    def _start(
        self, folder: Path, stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO
    ) -> subprocess.Popen[bytes]:
        with self._starting:
            if self._closing:
                raise ModelUnavailable(f"model {self.name!r}: {_ENDED}")
            try:
                process = subprocess.Popen(
                    self._command(),
                    stdin=stdin,
                    stdout=stdout,
                    stderr=stderr,
                    cwd=folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise ModelUnavailable(
                    f"model {self.name!r}: cannot start {self._words[0]!r}: {error.strerror}; "
                    f"is it executable?"
                ) from error
            self._running.add(process)
            return process

    def _wait(self, process: subprocess.Popen[bytes], seconds: float, *outputs: BinaryIO) -> str:
        """What went wrong, or ""; no process of the group is left."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                try:
                    code = process.wait(_LOOK_SECONDS)
                    if code and self._closing:
                        return _ENDED
                    return f"the program ended with exit code {code}" if code else ""
                except subprocess.TimeoutExpired:
                    if time.monotonic() > deadline:
                        if seconds < self._table.timeout_seconds:
                            return f"no reply within {seconds:.0f} s, the time that was left"
                        return (
                            f"the program gave no reply within timeout_seconds = "
                            f"{self._table.timeout_seconds}; raise it in project.toml"
                        )
                    if any(os.fstat(file.fileno()).st_size > _MOST_BYTES for file in outputs):
                        return f"the program wrote more than {_MOST_BYTES} bytes"
        finally:
            _kill_group(process)
            _reap(process)
            with self._starting:
                self._running.discard(process)

    def _tail(self, stderr: BinaryIO) -> str:
        size = stderr.seek(0, os.SEEK_END)
        stderr.seek(max(0, size - _TAIL_BYTES))
        tail = stderr.read(_TAIL_BYTES).decode(errors="replace").strip()
        return f"; its standard error ends with:\n{redact(tail)}" if tail else ""


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader, and keeps its number as long as a member is left.
    # Nobody is left: Linux says it with the first error, macOS with the second.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _reap(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
