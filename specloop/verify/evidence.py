"""PURE. What the reporter said of one run, sorted."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from specloop.attempt.report import Frame, TestFailure

PHASES = ("setup", "call", "teardown")
MEGABYTE = 1024 * 1024
SAID = 64 * MEGABYTE  # of what a run says no more is kept
LINES = 200_000  # a suite of 20,000 tests says half of that
PARTS = 3_000_000  # commas and brackets in the lines: each may be one more object to make
MADE = 1_000_000  # characters of source that code made, which are checked
_BEGINNING = MEGABYTE  # what is read of more than that

_PASSED = [(phase, "passed") for phase in PHASES]

Record = Mapping[str, Any]


@dataclass(slots=True)
class Evidence:
    """The records of one run, sorted."""

    ready: bool = False
    status: int | None = None  # pytest's own, from the end record
    collected: dict[str, tuple[str, ...]] | None = None  # node id: requirement ids
    deselected: list[str] = field(default_factory=list)
    phases: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    layers: tuple[str, ...] = ()  # of the sandbox, that hold
    unconfined: str = ""  # why the process could not be confined
    garbled: bool = False  # whether somebody else than the reporter wrote
    late: bool = False  # whether something was said after the end record
    failures: list[TestFailure] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)  # set aside by a mark: the reason
    limits: list[str] = field(default_factory=list)
    broken: str = ""
    interrupted: Mapping[str, Any] | None = None  # the code's exception that ended the session
    tampered: list[str] = field(default_factory=list)  # what the code changed of pytest itself
    reached: list[str] = field(default_factory=list)  # what it used to get round its checks
    compiled: list[str] = field(default_factory=list)  # source that it made and ran
    running: tuple[str, str] = ("", "")  # node id and phase
    again: set[str] = field(default_factory=set)  # tests that were run more than once
    flooded: bool = False  # whether more was said than is read

    def take(self, record: Record) -> None:
        """Sort in one record; one that the reporter cannot have written is `garbled`."""
        self.late = self.late or self.status is not None
        try:
            self._sort(record)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
            self.garbled = True

    def _sort(self, record: Record) -> None:
        match record["kind"]:
            case "running":
                self.running = str(record["node"]), str(record["when"])
            case "phase":
                self._take_phase(record)
            case "confined" | "unconfined" | "ready":
                self._take_start(record)
            case "end":
                self.status = record["status"]
            case "flood":
                self.flooded, self.running = True, ("", "")
            case "collected":
                self.collected = {str(node): tuple(map(str, ids)) for node, ids in record["nodes"]}
            case "broken":
                self.broken = f"{record['exception']}: {record['message']}"
                self._note_limit(record)
            case "interrupted":
                node, when = self.running
                self.interrupted = {"outcome": "failed", **record, "node": node, "when": when}
                self._note_limit(record)
            case "deselected" | "tampered" | "reached" | "compiled":
                getattr(self, record["kind"]).extend(map(str, record["names"]))
            case _:
                raise ValueError

    def _take_start(self, record: Record) -> None:
        """What is said before any code of the project runs, and never after."""
        if self.ready:
            raise ValueError
        self.ready = record["kind"] == "ready"
        self.layers = tuple(map(str, record.get("layers", self.layers)))
        self.unconfined = str(record.get("text", ""))

    def _take_phase(self, record: Record) -> None:
        node, when, outcome = (str(record[key]) for key in ("node", "when", "outcome"))
        told = self.phases.setdefault(node, [])
        if when == PHASES[0] and told:
            self.again.add(node)
        told.append((when, outcome))
        later = dict(pairwise(PHASES)).get(when)
        self.running = (node, later) if later else ("", "")
        if outcome == "failed" or (outcome == "skipped" and not record["marked"]):
            self._note_limit(record)
            if not (node in self.again and self.failures and self.failures[-1].node_id == node):
                self.failures.append(self.failure(record))
        elif outcome == "skipped":
            self.aside[node] = record.get("message", "")

    def _note_limit(self, record: Record) -> None:
        if name := record.get("limit"):
            self.limits.append(name)

    def failure(self, record: Record) -> TestFailure:
        """What a record of a failed phase tells."""
        message = str(record.get("message", ""))
        if record["outcome"] == "skipped":
            message = f"the test set itself aside instead of passing: {message}"
        return TestFailure(
            node_id=str(record["node"]),
            when=str(record["when"]),
            exception=str(record.get("exception", "")),
            message=message,
            longrepr=str(record.get("longrepr", "")),
            frames=tuple(
                Frame(str(f), int(n), str(name)) for f, n, name in record.get("frames", ())
            ),
            captured=str(record.get("captured", "")),
            requirements=self.requirements(record["node"]),
        )

    def requirements(self, node: str) -> tuple[str, ...]:
        """The ids that the test cites."""
        return (self.collected or {}).get(node, ())

    def has_passed(self, node: str) -> bool:
        """Whether every phase of the test told that it passed, in order.

        A test tells of its call again for each of its subtests.
        """
        told = self.phases.get(node, [])
        whole = [*told[:1], *dict.fromkeys(told[1:-1]), *told[-1:]]
        return whole == _PASSED and node not in self.aside

    def passed_again(self, node: str) -> bool:
        """Whether the test was run more than once, and passed the last time."""
        return node in self.again and self.phases[node][-len(PHASES) :] == _PASSED

    def excess(self) -> str:
        """What there was too much of to be looked at, "" if nothing."""
        if self.flooded:
            return f"more than {LINES:,} reports on its tests, or too large ones"
        if sum(map(len, self.compiled)) > MADE:
            return f"more than {MADE:,} characters of source that the code made and ran"
        return ""

    def collection_failed(self) -> bool:
        """Whether code could not be imported or collected."""
        return any(failure.when == "collect" for failure in self.failures)


def records_of(said: bytes, token: str) -> tuple[Record, ...]:
    """The records in what a process said: lines without the token are none.

    Of more than we can read in a second or two there is the beginning, and a record that says so.
    """
    mark = f"{token} ".encode()
    flooded = _is_flood(said)
    lines = (said[:_BEGINNING] if flooded else said).split(b"\n")[:-1]  # the last one was cut off
    found = (_record(line[len(mark) :]) for line in lines if line.startswith(mark))
    return (*found, {"kind": "flood"}) if flooded else tuple(found)


def _is_flood(said: bytes) -> bool:
    parts = sum(map(said.count, (b",", b"[", b"{")))
    return len(said) >= SAID or said.count(b"\n") > LINES or parts > PARTS


def _record(text: bytes) -> Record:
    """What a line says; code that has got at the token may have written anything into it."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    return record if isinstance(record, dict) else {}


def sort(records: Iterable[Record]) -> Evidence:
    """The records of one run, sorted."""
    evidence = Evidence()
    for record in records:
        evidence.take(record)
    return evidence
