"""Where tests cite requirements, as far as their text tells."""

import re
from dataclasses import dataclass
from pathlib import Path

from specloop.spec.path_rules import node_path
from specloop.spec.problems import Problems, read_text
from specloop.spec.project import Project

_CITED = re.compile(r"""["']([A-Za-z_][\w-]*)/([A-Z]\d+)["']""")


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in a test file that names a requirement by its full id, such as "slug/V1"."""

    path: str
    line: int
    module: str
    id: str


def read_citations(project: Project) -> tuple[Citation, ...]:
    """The citations in all test files that the specs and [integration] name."""
    return tuple(
        Citation(path.relative_to(project.root).as_posix(), line, match[1], match[2])
        for path in _test_files(project)
        for line, text in enumerate(_text(path).splitlines(), start=1)
        for match in _CITED.finditer(text)
    )


def _test_files(project: Project) -> list[Path]:
    targets = {node_path(target) for target in project.settings.integration.tests}
    targets |= {node_path(test) for module in project.modules for test in module.tests}
    found: set[Path] = set()
    for place in (project.root / target for target in targets):
        found.update([place] if place.is_file() else place.rglob("*.py"))
    return sorted(found)


def _text(path: Path) -> str:
    """The file's text, or "" for one that pytest will complain of."""
    return read_text(path, Problems(path.name), "") or ""
