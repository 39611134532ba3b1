"""Measured strengths, kept in .specloop/strength as long as what they were measured on stands."""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from specloop.commits.place import state_folder
from specloop.strength.strength import Strength


class Strengths:
    """The kept strengths of a project, a JSON file for each module."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def load(self, module: str) -> Strength | None:
        """What was kept last; None where nothing was, or not by this version."""
        try:
            return Strength.from_plain(json.loads(self._path(module).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, strength: Strength) -> None:
        """Keep it; where that cannot be done, it is measured anew the next time."""
        path = self._path(strength.module)
        with suppress(OSError):
            state_folder(self._root)
            path.parent.mkdir(exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(strength)), "utf-8")
            fresh.replace(path)

    def _path(self, module: str) -> Path:
        return self._root / ".specloop" / "strength" / f"{module}.json"
