"""A module spec, as the rest of specloop sees it."""

from dataclasses import dataclass, field
from datetime import date

from specloop.spec.requirement import Requirement
from specloop.spec.row import Row

ROW_TESTS = "tests/spec/test_"  # how the paths of tests made from example rows begin


@dataclass(frozen=True, slots=True)
class Export:
    """One name of a module's public interface.

    `source` is what the spec says, made complete enough for `ast.parse` (a body of `...`).
    """

    name: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A code that the spec's findings may not have, and why; `reason` is "" where none is given."""

    code: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A requirement that cannot be tested, and why; from the day after `until` it has to be."""

    id: str
    reason: str
    until: date | None
    line: int

    def holds(self, today: date) -> bool:
        """Whether it has not expired."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class ModuleSpec:
    """One spec, read and checked.

    `path`, `file` and the paths in `tests` are relative to the project's root; `tests` may be node
    ids. `dependencies` are names of modules, `packages` the other entries of the spec's
    `dependencies`. `limits` are the spec's own. `ignored` are findings that the spec answers for,
    `accepted` requirements that no row and no test has to check.
    """

    name: str
    path: str
    title: str
    task: str
    file: str
    exports: tuple[Export, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    dependencies: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    setup: str = ""
    rows: tuple[Row, ...] = ()
    held_out: tuple[Row, ...] = ()
    tests: tuple[str, ...] = ()
    limits: dict[str, int] = field(default_factory=dict)
    ignored: tuple[Ignored, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    @property
    def has_tests(self) -> bool:
        """Whether the module has a suite of its own."""
        return bool(self.rows or self.held_out or self.tests)

    @property
    def row_tests_file(self) -> str:
        """Where the tests made from the example rows stand."""
        return f"{ROW_TESTS}{self.name}.py"
