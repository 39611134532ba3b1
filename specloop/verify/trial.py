"""Trying what confines a test process, in a short process of the tests' interpreter."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specloop.errors import RunnerUnavailable
from specloop.verify import allowance
from specloop.verify.wrapper import INSIDE

SECONDS = 30  # far more than it takes


class Failed(Exception):
    """The process did not answer; `str()` of it is the last line that it wrote."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that a confined process tried; `note` says why it was not refused."""

    name: str
    tried: str
    held: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is tried: the `folder` of a run, and a file `outside` beside it."""

    folder: Path
    outside: Path


@contextlib.contextmanager
def place(scratch: Path, owner: tuple[int, int] | None) -> Iterator[Place]:
    """A fresh place below `scratch`, which goes again; `owner` owns the folder."""
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        above = Path(tempfile.mkdtemp(dir=scratch, prefix="trial-")).resolve()
    except OSError as error:
        raise RunnerUnavailable(
            f"cannot write into {str(scratch)!r}: {error}; "
            "free space or mend the folder's permissions, then run again"
        ) from error
    try:
        found = Place(above / "run", above / "outside")
        found.folder.mkdir()
        found.outside.write_text("not to be read")
        above.chmod(0o711)
        if owner:
            os.chown(found.folder, *owner)
        yield found
    finally:
        shutil.rmtree(above, ignore_errors=True)


def ask(prefix: Sequence[str], python: Path, request: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The answer of the probe, run by `python` behind `prefix`; Failed if there is none."""
    names = ("HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONUSERBASE")
    try:
        done = subprocess.run(
            [*prefix, str(python), *allowance.flags(python), str(INSIDE), "probe"],
            input=json.dumps(request),
            cwd="/",
            env={name: os.environ[name] for name in names if name in os.environ},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(str(error)) from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise Failed(lines[-1])
    return json.loads(done.stdout)
