"""The process that serves a local model, as the adapter sees it."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from specloop.models.key import secrets_of
from specloop.models.machine import threads

_TAIL_BYTES = 2_000
_END_SECONDS = 5


class LocalServer:
    """llama.cpp's server with one model, started at once.

    It ends with this process, even where that is killed. `cache_mib` is the memory in which it
    keeps prompts that may come again; with 0 it reads each prompt afresh.
    """

    def __init__(self, weights: Path, context_tokens: int, cache_mib: int = 0) -> None:
        self._ending = threading.Lock()
        self._account = ""
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  closed by `end`
        self._prefix = f"/{secrets.token_urlsafe(24)}"
        order = {
            "model": str(weights),
            "context_tokens": context_tokens,
            "threads": threads(),
            "prefix": self._prefix,
            "cache_mib": cache_mib,
        }
        # `-P`: the folder that specloop happens to be called in may hold a json.py. A session of
        # its own: Ctrl-C asks the run to stop, and it is the run that ends this process.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "specloop.models.llama_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=_without_secrets(),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone already: `address` will notice
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    def address(self) -> str:
        """Where it serves, once the model is loaded; "" where it has come to its end before.

        To be asked once. The address is a secret: whoever knows it can use the server.
        """
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            listening = pipe.readline().decode().strip()
        if not listening:  # let it end by itself: that tells more than being killed
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_SECONDS)
        return listening and f"{listening}{self._prefix}/v1"

    def serves(self) -> bool:
        """Whether it has not come to its end."""
        return self._process.poll() is None

    def end(self) -> str:
        """How it ended, with the last of what it said; it is ended where it has not been yet."""
        with self._ending:
            if not self._stderr.closed:
                self._process.kill()
                code = self._process.wait()
                self._account = f"{_words(code)}{_tail(self._stderr)}"
                self._stderr.close()
                if self._process.stdin is not None:
                    self._process.stdin.close()
        return self._account


def _without_secrets() -> dict[str, str]:
    """The environment without keys, which generated code might look for in that of the server."""
    secrets = secrets_of(os.environ)
    return {name: value for name, value in os.environ.items() if value.strip() not in secrets}


def _words(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed; was there too little memory?"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read().decode(errors="replace").strip()
    return f"; its standard error ends with:\n{tail}" if tail else ""
