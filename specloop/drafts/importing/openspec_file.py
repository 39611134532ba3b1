"""One spec.md of OpenSpec: requirements with scenarios, or what a change does to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from specloop.drafts.importing.draft import Place, RowToWrite
from specloop.drafts.importing.markdown import Block, Heading, split_label, whole_items
from specloop.drafts.importing.markdown import without_bold as plain
from specloop.drafts.importing.source import Source

_REQUIREMENT = re.compile(r"(?i)requirement\s*[:：]\s*(.*)")
_DELTA = re.compile(r"(?i)(added|modified|removed|renamed) requirements")
_RENAMING = re.compile(r"(?i)(from|to)\s*[:：][\s`#]*requirement\s*[:：]\s*([^`]*)`?")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement; `id` is what an `**ID**:` line says, `note` what a change did to it."""

    name: str
    place: Place
    id: str = ""
    body: Sequence[str] = ()
    rows: Sequence[RowToWrite] = ()
    note: str = ""

    @property
    def key(self) -> str:
        """What makes it the same requirement in a spec and in a change."""
        return " ".join(self.name.casefold().split())


@dataclass(slots=True)
class SpecFile:
    """What such a file says; each requirement comes with "added", "modified", "removed" or ""."""

    title: str = ""
    purpose: list[str] = field(default_factory=list)
    requirements: list[tuple[str, Requirement]] = field(default_factory=list)
    renamings: list[tuple[Requirement, Requirement]] = field(default_factory=list)


def read_file(source: Source, path: str) -> SpecFile:
    """The requirements of a file; all else in it is noted as left out."""
    reading = _Reading(source, path)
    for block in whole_items(source.blocks(path)):
        reading.take(block)
    return reading.end()


class _Reading:
    """Takes the blocks of a file, and knows which requirement and scenario they are in."""

    def __init__(self, source: Source, path: str) -> None:
        self._source = source
        self._path = path
        self._file = SpecFile()
        self._section = ""
        self._delta = ""
        self._name: tuple[str, Place] | None = None
        self._id = ""
        self._body: list[str] = []
        self._rows: list[RowToWrite] = []
        self._scenario: tuple[str, Place] | None = None
        self._steps: list[str] = []
        self._renamed: Requirement | None = None

    def take(self, block: Block) -> None:
        text = plain(block.text)
        place = Place(self._path, block.line)
        if isinstance(block, Heading):
            self._below(block.level, text, place)
        elif self._scenario is not None:
            self._steps.append(text)
        elif self._name is not None:
            self._say(block.text, text)
        elif self._delta == "renamed" and (found := _RENAMING.fullmatch(text)):
            self._rename(found[1].casefold(), Requirement(found[2].strip(), place))
        elif "purpose" in self._section:
            self._file.purpose.append(text)
        else:
            where = f"below {self._section!r}" if self._section else "above all headings"
            self._source.drop(self._path, block.line, f"text {where}")

    def end(self) -> SpecFile:
        self._end_requirement()
        return self._file

    def _below(self, level: int, text: str, place: Place) -> None:
        found = _REQUIREMENT.fullmatch(text)
        if level == 4 and self._name is not None:
            self._end_scenario()
            self._scenario = (re.sub(r"(?i)^scenario\s*[:：]\s*", "", text), place)
        elif found is not None:
            self._end_requirement()
            self._name = (found[1], place)
        elif level <= 3:
            self._end_requirement()
            self._section = text.casefold()
            delta = _DELTA.fullmatch(text)
            self._delta = delta[1].casefold() if delta else self._delta if level == 3 else ""
            if level == 1:
                self._file.title = self._file.title or text.removesuffix(" Specification")
        else:
            self._source.drop(place.path, place.line, f"the heading {text!r}")

    def _say(self, raw: str, text: str) -> None:
        label, rest = split_label(raw)
        if label.casefold() == "id" and rest:
            self._id, _, more = plain(rest).partition(" ")
            self._body += [more] if more else []
        elif text:
            self._body.append(text)

    def _rename(self, side: str, requirement: Requirement) -> None:
        if side == "from":
            self._renamed = requirement
        elif self._renamed is not None:
            self._file.renamings.append((self._renamed, requirement))
            self._renamed = None

    def _end_scenario(self) -> None:
        if self._scenario is not None:
            name, place = self._scenario
            steps = ", ".join(step for step in self._steps if step)
            text = ": ".join(part for part in (name, steps) if part)
            self._rows.append(RowToWrite(text, place))
        self._scenario = None
        self._steps = []

    def _end_requirement(self) -> None:
        self._end_scenario()
        if self._name is not None:
            found = Requirement(*self._name, self._id, tuple(self._body), tuple(self._rows))
            self._file.requirements.append((self._delta, found))
        self._name = None
        self._id, self._body, self._rows = "", [], []
