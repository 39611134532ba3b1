"""Where templates are found: below a project's root, and beside this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from specloop.drafts.template import Template, parse_template
from specloop.errors import InvalidInput
from specloop.spec import path_rules
from specloop.spec.problems import Problems, read_text

OWN = "templates"  # the folder of a user's own, below the root


@dataclass(frozen=True, slots=True)
class Shelved:
    """The file of one template; `path` is relative to `root`."""

    root: Path
    path: str

    def read(self) -> Template:
        """The template; InvalidInput where the file cannot be used."""
        problems = Problems(self.path)
        fault = path_rules.missing(self.root, self.path)
        if fault is not None:
            problems.add(1, "S100", fault)
        text = None if fault else read_text(self.root / self.path, problems, "S100")
        if text is None:
            raise InvalidInput.of(problems.found)
        return parse_template(text, self.path)


def find_templates(root: Path) -> Mapping[str, Shelved]:
    """All templates by name; a user's own stands in for a shipped one of the same name."""
    shipped = Path(str(files("specloop.drafts")))
    return {
        path.stem: Shelved(place, path.relative_to(place).as_posix())
        for place in (shipped, root)
        for path in sorted((place / OWN).glob("*.yaml"))
    }
