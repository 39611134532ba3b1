"""GitHub spec-kit: specs/NNN-slug/spec.md, with plan.md and tasks.md beside it."""

import re
from pathlib import Path

from specloop.drafts.importing.draft import Feature, Place, RowToWrite, Rule, Setting
from specloop.drafts.importing.markdown import Block, Heading, Item, Prose, split_label, whole_items
from specloop.drafts.importing.markdown import without_bold as plain
from specloop.drafts.importing.packages import note_packages
from specloop.drafts.importing.rules import cited, mark_repeated
from specloop.drafts.importing.source import Source
from specloop.drafts.importing.spec_kit_tasks import read_tasks

FOLDERS = ("specs", ".specify/specs")
_READ = ("spec.md", "plan.md", "tasks.md")
_CONSTITUTIONS = (".specify/memory/constitution.md", "memory/constitution.md")

_ID = re.compile(r"((?:[A-Z]{1,5}-){1,2}[0-9]{1,4}[a-z]?)\s*[:：.]?\s*(.*)")
_FR = re.compile(r"\bFR-[0-9]{1,4}[a-z]?\b")
_STORY = re.compile(r"(?i)\bstor(?:y|ies)\b|\bP[0-9]\b")
_IN_TEXT = re.compile(r"(?i)\b(?:US|user story )([0-9]{1,3})\b")
_NUMBER = re.compile(r"[0-9]{1,3}")


def recognised(root: Path) -> bool:
    """Whether `root` holds features of spec-kit, or is set up for them."""
    if (root / ".specify").is_dir():
        return True
    if any(map(_is_another, (root, *root.parents))):
        return False
    folders = [root / folder for folder in FOLDERS if (root / folder).is_dir()]
    features = [feature for folder in folders for feature in folder.iterdir()]
    return any((feature / name).exists() for feature in features for name in _READ)


def _is_another(folder: Path) -> bool:
    """Whether specs/ in a folder only look like those of a root."""
    openspec = folder.name == "openspec" and any(
        (folder / f).is_dir() for f in ("specs", "changes")
    )
    return openspec or folder.name in (".specify", ".kiro")


def read(source: Source) -> tuple[Feature, ...]:
    """The features; plan and constitution become settings."""
    for path in _CONSTITUTIONS:
        _read_constitution(source, path)
    return tuple(
        _feature(source, folder) for parent in FOLDERS for folder in source.folders(parent)
    )


def _feature(source: Source, folder: str) -> Feature:
    path = f"{folder}/spec.md"
    spec = _Spec(source, path)
    for block in whole_items(source.blocks(path)):
        spec.take(block)
    _read_plan(source, f"{folder}/plan.md")
    tasks = read_tasks(source, f"{folder}/tasks.md")
    source.leave(folder, _READ)
    name = folder.rpartition("/")[2]
    return Feature(
        name, spec.title or name, Place(path, 1), (), spec.found_rules(), spec.rows, tasks
    )


class _Spec:
    """Takes the blocks of a spec.md, and knows below which headings it is."""

    def __init__(self, source: Source, path: str) -> None:
        self.title = ""
        self.rows: list[RowToWrite] = []
        self._rules: list[Rule] = []
        self._source = source
        self._path = path
        self._above = ""
        self._heading = ""
        self._story = ""
        self._stories: dict[str, str] = {}  # of the ids that a story's text names

    def found_rules(self) -> list[Rule]:
        """The rules, each tied to the story that its text names, or that names it."""
        return list(mark_repeated(map(self._with_story, self._rules)))

    def take(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._below(block)
            return
        if self._story:
            self._stories.update(dict.fromkeys(_FR.findall(block.text), self._story))
        if isinstance(block, Item):
            self._item(block, plain(block.text))
        elif not self._is_lead(block):
            self._drop(block.line, self._reason())

    def _below(self, heading: Heading) -> None:
        text = plain(heading.text)
        if heading.level == 1:
            self.title = self.title or text.removeprefix("Feature Specification:").strip()
        elif heading.level == 2:
            self._above, self._heading, self._story = text, "", ""
        elif heading.level == 3:
            number = _NUMBER.search(text)
            self._story = number[0] if number and _STORY.search(text) else ""
            self._heading = text

    def _item(self, item: Item, text: str) -> None:
        found = _ID.fullmatch(text)
        id_, rest = (found[1], found[2]) if found else ("", text)
        heading = self._heading.casefold()
        place = Place(self._path, item.line)
        if id_.startswith("SC-"):
            self._drop(item.line, "success criteria: what is measured in use, not by tests")
        elif "edge case" in heading or "edge case" in self._above.casefold():
            self._rules.append(Rule(id_, "edge_cases", cited(id_, rest), place))
        elif id_ or "functional requirement" in heading:
            self._rules.append(Rule(id_, "validation", cited(id_, rest), place))
        elif _is_scenario(text) or (self._story and item.number):
            self.rows.append(RowToWrite(text, place, tuple(_FR.findall(text)), self._story))
        else:
            self._drop(item.line, self._reason())

    def _with_story(self, rule: Rule) -> Rule:
        named = _IN_TEXT.search(rule.text)
        story = named[1] if named else self._stories.get(rule.id, "")
        return Rule(rule.id, rule.category, rule.text, rule.place, story)

    def _is_lead(self, prose: Prose) -> bool:
        """Whether a paragraph only announces the list below it."""
        label, rest = split_label(prose.text)
        return bool(label) and not rest

    def _reason(self) -> str:
        if self._story:
            return "user stories: why it is wanted, and how important it is"
        heading = self._heading or self._above
        known = next((why for word, why in _REASONS.items() if word in heading.casefold()), "")
        if not heading:
            return "about the document itself"
        return known or f"below a heading that an import does not know, {heading!r}"

    def _drop(self, line: int, reason: str) -> None:
        self._source.drop(self._path, line, reason)


_REASONS = {
    "key entities": "key entities: names of things, which say nothing that a test could check",
    "assumption": "assumptions; what binds the code belongs under `constraints`",
    "session": "clarifications: questions whose answers stand in the requirements",
    "clarification": "clarifications: questions whose answers stand in the requirements",
    "outcome": "success criteria: what is measured in use, not by tests",
    "success": "success criteria: what is measured in use, not by tests",
    "edge case": "text beside the edge cases",
    "requirement": "text beside the requirements",
}


def _is_scenario(text: str) -> bool:
    words = text.casefold()
    given, when, then = (words.find(word) for word in ("given", "when", "then"))
    return 0 <= given < when < then or (given < 0 and when == 0 and then > 0)


def _read_plan(source: Source, path: str) -> None:
    for block in source.blocks(path):
        if isinstance(block, Heading):
            continue
        label, text = split_label(block.text)
        key = next((key for word, key in _PLAN.items() if word in label.casefold()), "")
        if "language" in label.casefold() and text:
            source.drop(path, block.line, "the language and its version: nothing to set")
        elif key and text:
            note_packages(source, key, plain(text), Place(path, block.line))
        else:
            source.drop(path, block.line, "the plan: how it is to be done, not what must hold")


_PLAN = {
    "primary dependencies": "[project] packages",
    "testing": "[project] test_packages",
}


def _read_constitution(source: Source, path: str) -> None:
    above = ""
    for block in source.blocks(path):
        if isinstance(block, Heading) and block.level == 2:
            above = block.text.casefold()
        elif isinstance(block, Heading) and block.level == 3 and "principle" in above:
            place = Place(path, block.line)
            source.settings.append(Setting("[style] rules", plain(block.text), place))
        elif not isinstance(block, Heading):
            source.drop(path, block.line, "the constitution, but for the names of its principles")
