"""What the phases of a run work with."""

from dataclasses import dataclass

from specloop.engine.inputs import Inputs
from specloop.engine.perform import Performer
from specloop.engine.record import Observer, Record
from specloop.engine.suites import Suites
from specloop.engine.workers import Workers
from specloop.ports import Repository
from specloop.spec.project import Project


@dataclass(frozen=True, slots=True)
class Site:
    """One project, everything that is made from it, and the means to work on it."""

    project: Project
    inputs: Inputs
    suites: Suites
    repository: Repository
    performer: Performer
    workers: Workers
    record: Record
    observer: Observer
