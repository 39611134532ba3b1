"""What a rule is given, and what it gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from specloop.spec.lint.citations import Citation
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.read_spec import SpecFile

Level = Literal["error", "warning", "advice"]
Check = Callable[["Subject"], Iterator[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One spec, and all that a rule may look at to judge it.

    `citations` are those of its requirements, in whatever test file. `import_paths` has the name of
    each module of the project by its import path.
    """

    file: SpecFile
    project: Project
    citations: Sequence[Citation]
    today: date
    import_paths: Mapping[str, str]

    @property
    def spec(self) -> ModuleSpec:
        """The spec itself."""
        return self.file.spec


@dataclass(frozen=True, slots=True)
class Rule:
    """What `check` looks for: it yields a line of the spec and a text for each place found.

    Errors keep a project from being built, warnings and advice do not.
    """

    level: Level
    check: Check
