"""A module spec, as the rest of specloop sees it."""

from dataclasses import dataclass, field

from specloop.spec.requirement import Requirement
from specloop.spec.row import Row


@dataclass(frozen=True, slots=True)
class Export:
    """One name of a module's public interface.

    `source` is what the spec says, made complete enough for `ast.parse` (a body of `...`).
    """

    name: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class ModuleSpec:
    """One spec, read and checked.

    `path`, `file` and the paths in `tests` are relative to the project's root; `tests` may be node
    ids. `dependencies` are names of modules, `packages` the other entries of the spec's
    `dependencies`. `text` is the spec file as the user wrote it. `module_lines` is the spec's own
    limit or None. `checked_by_integration` says that the module has no test of its own.
    """

    name: str
    path: str
    title: str
    task: str
    file: str
    text: str
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
    checked_by_integration: bool = False
    limits: dict[str, int] = field(default_factory=dict)

    @property
    def has_tests(self) -> bool:
        """Whether the module has a suite of its own."""
        return bool(self.rows or self.held_out or self.tests)

    @property
    def row_tests_file(self) -> str:
        """Where the tests made from the example rows stand."""
        return f"tests/spec/test_{self.name}.py"
