"""OpenSpec: openspec/specs/CAPABILITY/spec.md, and the changes to them that are planned."""

from dataclasses import replace
from pathlib import Path

from specloop.drafts.importing.draft import Feature, Place, Rule
from specloop.drafts.importing.openspec_file import Requirement, SpecFile, read_file
from specloop.drafts.importing.rules import OPEN, cited
from specloop.drafts.importing.source import Source

FOLDERS = ("openspec",)
_SPECS = "openspec/specs"
_CHANGES = "openspec/changes"


def recognised(root: Path) -> bool:
    """Whether `root` holds a folder openspec/ with specs or changes."""
    return (root / _SPECS).is_dir() or (root / _CHANGES).is_dir()


def read(source: Source) -> tuple[Feature, ...]:
    """One feature for each capability, with the changes that are planned applied to it."""
    found: dict[str, _Capability] = {}
    for folder in source.folders(_SPECS):
        _capability(found, folder).start_with(read_file(source, f"{folder}/spec.md"))
        source.leave(folder, ("spec.md",))
    for folder in source.folders(_CHANGES):
        change = folder.rpartition("/")[2]
        if change == "archive":
            source.drop(folder, 1, "changes in the archive: the specs hold them already")
            continue
        source.leave(folder, ("specs",))
        for below in source.folders(f"{folder}/specs"):
            file = read_file(source, f"{below}/spec.md")
            _capability(found, below).change(source, file, change)
    return tuple(capability.feature() for capability in found.values())


def _capability(found: dict[str, "_Capability"], folder: str) -> "_Capability":
    name = folder.rpartition("/")[2]
    return found.setdefault(name, _Capability(name, Place(f"{folder}/spec.md", 1)))


class _Capability:
    """The requirements of a capability by their names; those of one name are kept together."""

    def __init__(self, name: str, place: Place) -> None:
        self._name = name
        self._place = place
        self._file = SpecFile()
        self._by_key: dict[str, list[Requirement]] = {}

    def start_with(self, file: SpecFile) -> None:
        """Take what holds today."""
        self._file = file
        for _, requirement in file.requirements:
            self._by_key.setdefault(requirement.key, []).append(requirement)

    def change(self, source: Source, file: SpecFile, change: str) -> None:
        """Apply a change in OpenSpec's order: renamed, removed, modified, added."""
        self._file.purpose = file.purpose or self._file.purpose
        for before, after in file.renamings:
            moved = self._by_key.pop(before.key, [])
            note = f"change: {change}, renamed from {before.name!r}"
            named = [replace(found, name=after.name, note=note) for found in moved]
            self._by_key.setdefault(after.key, []).extend(named)
            if not moved:
                source.drop(*_at(before), f"renames {before.name!r}, which no spec has")
        for kind in ("removed", "modified", "added", ""):
            for requirement in (found for its, found in file.requirements if its == kind):
                self._apply(source, kind, requirement, change)

    def _apply(self, source: Source, kind: str, new: Requirement, change: str) -> None:
        old = self._by_key.get(new.key, [])
        replaced = [found for found in old if not found.note.endswith(", modified")]
        if kind in ("removed", "modified"):
            for found in replaced:
                source.drop(*_at(found), f"{kind} by the change {change!r}")
            self._by_key[new.key] = [found for found in old if found not in replaced]
        if kind == "removed":
            source.drop(*_at(new), "why a change removes something")
        else:
            note = f"change: {change}, {kind or 'in no section'}"
            self._by_key.setdefault(new.key, []).append(replace(new, note=note))

    def feature(self) -> Feature:
        """What is left in the end."""
        found = [
            (requirement, len(same) > 1) for same in self._by_key.values() for requirement in same
        ]
        return Feature(
            self._name,
            self._file.title or self._name,
            self._place,
            self._file.purpose,
            [_rule(requirement, shared=shared) for requirement, shared in found],
            [replace(row, about=(new.key,)) for new, _ in found for row in new.rows],
        )


def _at(requirement: Requirement) -> tuple[str, int]:
    return requirement.place.path, requirement.place.line


def _rule(requirement: Requirement, *, shared: bool) -> Rule:
    said = "; ".join(requirement.body)
    text = cited(f"{requirement.id} {requirement.name}".strip(), said)
    if shared:
        text += f" {OPEN}: another requirement has this name; which one holds?"
    return Rule(requirement.key, "validation", text, requirement.place, note=requirement.note)
