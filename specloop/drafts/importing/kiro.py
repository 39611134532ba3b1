"""Kiro and cc-sdd: .kiro/specs/FEATURE with requirements.md, design.md and tasks.md."""

import re
from pathlib import Path

from specloop.drafts.importing.draft import Feature, Place, RowToWrite, Rule, Setting
from specloop.drafts.importing.kiro_ids import RuleIds, rule_id
from specloop.drafts.importing.kiro_tasks import read_tasks
from specloop.drafts.importing.markdown import Block, Heading, Item, Prose, whole_items
from specloop.drafts.importing.markdown import without_bold as plain
from specloop.drafts.importing.packages import note_packages
from specloop.drafts.importing.rules import cited, mark_repeated
from specloop.drafts.importing.source import Source

FOLDERS = (".kiro",)
_SPECS = ".kiro/specs"
_TECH = ".kiro/steering/tech.md"
_READ = ("requirements.md", "design.md", "tasks.md")

_NUMBER = re.compile(r"[0-9]{1,4}")
_STORY = re.compile(r"(?i)(user story|objective)\b")
_PROPERTY = re.compile(r"(?i)property\s+[0-9]{1,4}\b.*")
_VALIDATES = re.compile(r"(?i)validates\s*[:：]\s*(?:requirements?)?(.*)")
_STACK = re.compile(r"(?i)depend|librar|framework|stack|technolog|packages")


def recognised(root: Path) -> bool:
    """Whether `root` holds a folder .kiro/specs."""
    return (root / _SPECS).is_dir()


def read(source: Source) -> tuple[Feature, ...]:
    """The features; what the steering says of technology becomes settings."""
    _read_tech(source)
    return tuple(_feature(source, folder) for folder in source.folders(_SPECS))


def _feature(source: Source, folder: str) -> Feature:
    name = folder.rpartition("/")[2]
    path = f"{folder}/requirements.md"
    requirements = _Requirements(source, path)
    for block in whole_items(source.blocks(path)):
        requirements.take(block)
    rules = list(mark_repeated(requirements.rules))
    ids = RuleIds(rule.id for rule in rules)
    rows = _read_properties(source, f"{folder}/design.md", ids)
    tasks = read_tasks(source, f"{folder}/tasks.md", ids)
    source.leave(folder, _READ)
    title = name.replace("-", " ").replace("_", " ").strip() or name
    shown = [place for place in source.signatures if place.path == f"{folder}/design.md"]
    return Feature(name, title, Place(path, 1), requirements.about, rules, rows, tasks, shown)


class _Requirements:
    """Takes the blocks of a requirements.md, and knows which requirement they are in."""

    def __init__(self, source: Source, path: str) -> None:
        self.about: list[str] = []
        self.rules: list[Rule] = []
        self._source = source
        self._path = path
        self._section = ""
        self._inside = False
        self._number = ""
        self._seen: set[str] = set()

    def take(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._below(block)
        elif isinstance(block, Item) and self._inside:
            self._criterion(block)
        elif isinstance(block, Prose) and "introduction" in self._section:
            self.about.append(plain(block.text))
        else:
            self._source.drop(self._path, block.line, self._reason(plain(block.text)))

    def _below(self, heading: Heading) -> None:
        if heading.level <= 2:
            self._section, self._inside = heading.text.casefold(), False
        elif heading.level == 3:
            number = _NUMBER.search(heading.text)
            self._inside = True
            self._number = number[0] if number else ""
            self._seen = set()

    def _criterion(self, item: Item) -> None:
        text = plain(item.text)
        if _STORY.match(text):
            self._source.drop(self._path, item.line, self._reason(text))
            return
        number = item.number
        if not number or (number == "1" and "1" in self._seen):  # 1., 1., 1. is shown as 1., 2., 3.
            number = str(len(self._seen) + 1)
        self._seen.add(number)
        id_ = rule_id(self._number, number)
        category = "error_handling" if re.match(r"(?i)if\b", text) else "validation"
        self.rules.append(Rule(id_, category, cited(id_, text), Place(self._path, item.line)))

    def _reason(self, text: str) -> str:
        if _STORY.match(text):
            return "user stories: why it is wanted"
        if "glossary" in self._section:
            return "the glossary: terms, which say nothing that a test could check"
        if self._inside:
            return "text beside the acceptance criteria"
        return f"below {self._section!r}, outside of requirements"


def _read_properties(source: Source, path: str, ids: RuleIds) -> list[RowToWrite]:
    """The properties that a design names; one ends with what it says that it validates."""
    found: list[tuple[Place, list[str]]] = []
    inside = False
    for block in source.blocks(path):
        text = plain(block.text)
        if _PROPERTY.match(text):
            found.append((Place(path, block.line), [text]))
            inside = not _VALIDATES.search(text)
        elif inside and not isinstance(block, Heading):
            found[-1][1].append(text)
            inside = not _VALIDATES.search(text)
        else:
            inside = False
            if not isinstance(block, Heading):
                source.drop(path, block.line, "the design: how it is built, not what must hold")
    return [_property(place, " ".join(parts), ids) for place, parts in found]


def _property(place: Place, text: str, ids: RuleIds) -> RowToWrite:
    validated = _VALIDATES.search(text)
    about = ids.cited_in(validated[1]) if validated else ()
    return RowToWrite(text, place, about)


def _read_tech(source: Source) -> None:
    above = ""
    for block in source.blocks(_TECH):
        if isinstance(block, Heading):
            above = block.text
        elif isinstance(block, Item):
            text, place = plain(block.text), Place(_TECH, block.line)
            if _STACK.search(above):
                note_packages(source, "[project] packages", text, place)
            else:
                source.settings.append(Setting("[style] rules", text, place))
        else:
            source.drop(_TECH, block.line, "text beside the lists of technology")
