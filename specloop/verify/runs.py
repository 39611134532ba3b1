"""Runs of one kind: each with a folder of its own, a supervised family, and a token."""

import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specloop.verify import allowance
from specloop.verify.ending import Ending
from specloop.verify.evidence import Record, records_of
from specloop.verify.family import GRACE, Family
from specloop.verify.layout import RunFolder, altered, lay_out, remove
from specloop.verify.sandbox import Confinement
from specloop.verify.server import TestServer


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that has ended: how, what was said in it, and which of its files did not stay."""

    ending: Ending
    records: tuple[Record, ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is given: files by their path, what is ordered of it, where it imports from."""

    files: Mapping[str, bytes]
    order: Mapping[str, Any]
    pythonpath: tuple[str, ...]
    seconds: int
    memory_mb: int


class Runs:
    """Carries work out in fresh folders below `scratch`, confined; from any thread."""

    def __init__(self, scratch: Path, python: Path, confinement: Confinement) -> None:
        self._scratch = scratch
        self._python = python
        self._confinement = confinement
        self._running: set[Family] = set()
        self._changed = threading.Condition()
        self._closed = False

    def carry_out(self, server: TestServer, work: Work) -> Finished:
        """Run it with `server`; the family and the folder are gone then."""
        token = secrets.token_hex(16)
        run = lay_out(self._scratch, work.files, self._confinement.owner)
        try:
            ending = self._ending(server, run, self._order(work, run, token))
            changed = altered(run, work.files)
        finally:
            remove(run.path)
        return Finished(ending, records_of(ending.records, token), changed)

    def close(self) -> None:
        """End all runs, and wait until their processes are gone."""
        with self._changed:
            self._closed = True
            for family in self._running:
                family.end()
            # each gives its supervisor up after one GRACE, and then ends what that left
            self._changed.wait_for(lambda: not self._running, timeout=2 * GRACE)

    def _ending(self, server: TestServer, run: RunFolder, order: Mapping[str, Any]) -> Ending:
        """Start the family of a run and wait for its end; at once when we are closed."""
        with self._changed:
            if self._closed:
                return Ending("closed", 0)
        family = Family(run, server, order)
        with self._changed:
            self._running.add(family)
            if self._closed:
                family.end()
        try:
            return family.wait()
        finally:
            with self._changed:
                self._running.discard(family)
                self._changed.notify_all()

    def _order(self, work: Work, run: RunFolder, token: str) -> dict[str, Any]:
        """What the supervisor and the test process are to do."""
        laid_out = sum(map(len, work.files.values()))
        path = [str(run.project / folder) for folder in work.pythonpath]
        environment = allowance.environment(self._python, run, os.environ)
        return {
            **work.order,
            "token": token,
            "run": str(run.path),
            "folder": str(run.project),
            "tmp": str(run.tmp),
            "laid_out": run.laid_out,
            "stack": str(run.control / "stack"),
            "path": path,
            # the process has its path by our order; this is for those that it starts
            "environment": {**environment, "PYTHONPATH": os.pathsep.join(path)},
            "confine": self._confinement.order(run, work.seconds, work.memory_mb),
            "bounds": allowance.bounds(run, work.memory_mb, len(work.files), laid_out),
            "seconds": work.seconds,
        }
