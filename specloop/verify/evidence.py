"""PURE. What the reporter said of one run, sorted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from specloop.attempt.report import Frame, TestFailure

PHASES = ("setup", "call", "teardown")


@dataclass(slots=True)
class Evidence:
    """The records of one run, sorted."""

    ready: bool = False
    status: int | None = None  # pytest's own, from the end record
    collected: dict[str, tuple[str, ...]] | None = None  # node id: requirement ids
    deselected: list[str] = field(default_factory=list)
    phases: dict[str, dict[str, str]] = field(default_factory=dict)
    failures: list[TestFailure] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)  # set aside by a mark: the reason
    limits: list[str] = field(default_factory=list)
    broken: str = ""
    interrupted: Mapping[str, Any] | None = None  # the code's exception that ended the session
    tampered: list[str] = field(default_factory=list)  # what the code changed of pytest itself
    running: tuple[str, str] = ("", "")  # node id and phase

    def take(self, record: Mapping[str, Any]) -> None:
        """Sort in one record."""
        match record["kind"]:
            case "ready":
                self.ready = True
            case "end":
                self.status = record["status"]
            case "collected":
                self.collected = {node: tuple(ids) for node, ids in record["nodes"]}
            case "deselected":
                self.deselected += record["nodes"]
            case "running":
                self.running = record["node"], record["when"]
            case "broken":
                self.broken = f"{record['exception']}: {record['message']}"
                self._note_limit(record)
            case "interrupted":
                node, when = self.running
                self.interrupted = {"outcome": "failed", **record, "node": node, "when": when}
                self._note_limit(record)
            case "tampered":
                self.tampered += record["names"]
            case "phase":
                self._take_phase(record)

    def _take_phase(self, record: Mapping[str, Any]) -> None:
        node, when, outcome = record["node"], record["when"], record["outcome"]
        self.phases.setdefault(node, {})[when] = outcome
        later = dict(pairwise(PHASES)).get(when)
        self.running = (node, later) if later else ("", "")
        if outcome == "failed" or (outcome == "skipped" and not record["marked"]):
            self.failures.append(self.failure(record))
            self._note_limit(record)
        elif outcome == "skipped":
            self.aside[node] = record.get("message", "")

    def _note_limit(self, record: Mapping[str, Any]) -> None:
        if name := record.get("limit"):
            self.limits.append(name)

    def failure(self, record: Mapping[str, Any]) -> TestFailure:
        """What a record of a failed phase tells."""
        message = record.get("message", "")
        if record["outcome"] == "skipped":
            message = f"the test set itself aside instead of passing: {message}"
        return TestFailure(
            node_id=record["node"],
            when=record["when"],
            exception=record.get("exception", ""),
            message=message,
            longrepr=record.get("longrepr", ""),
            frames=tuple(Frame(*frame) for frame in record.get("frames", ())),
            captured=record.get("captured", ""),
            requirements=self.requirements(record["node"]),
        )

    def requirements(self, node: str) -> tuple[str, ...]:
        """The ids that the test cites."""
        return (self.collected or {}).get(node, ())

    def has_passed(self, node: str) -> bool:
        """Whether every phase of the test told that it passed."""
        return self.phases.get(node) == dict.fromkeys(PHASES, "passed") and node not in self.aside

    def collection_failed(self) -> bool:
        """Whether code could not be imported or collected."""
        return any(failure.when == "collect" for failure in self.failures)


def read(records: bytes, token: str) -> Evidence:
    """Sort the reporter's records; lines without the token are no records."""
    evidence = Evidence()
    mark = f"{token} ".encode()
    for line in records.split(b"\n")[:-1]:  # what follows the last line's end was cut off
        if line.startswith(mark):
            evidence.take(json.loads(line[len(mark) :]))
    return evidence
