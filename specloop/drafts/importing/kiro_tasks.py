"""The tasks.md of Kiro and cc-sdd: numbered boxes on two levels, with details below them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from specloop.drafts.importing.draft import Place, Task
from specloop.drafts.importing.kiro_ids import RuleIds
from specloop.drafts.importing.markdown import Heading, Item
from specloop.drafts.importing.markdown import without_bold as plain
from specloop.drafts.importing.paths import python_files
from specloop.drafts.importing.source import Source

_ID = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})*)\.?\s+(.*)")
_MARK = re.compile(r"(?i)_?(requirements?|depends(?: on)?|boundary)\s*[:：]\s*(.*?)_?")
_TASK_ID = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})*")


def read_tasks(source: Source, path: str, rules: RuleIds) -> tuple[Task, ...]:
    """The leaf tasks that name a Python file; `rules` are those that they may cite."""
    boxes: list[tuple[Item, list[str]]] = []
    below_box = False
    for block in source.blocks(path):
        if isinstance(block, Heading):
            below_box = False
        elif isinstance(block, Item) and block.box:
            boxes.append((block, []))
            below_box = True
        elif below_box:
            boxes[-1][1].append(plain(block.text))
        else:
            source.drop(path, block.line, "text beside the tasks")
    groups = _groups([item for item, _ in boxes])
    found = []
    for place, (item, details) in enumerate(boxes):
        task = _task(Place(path, item.line), plain(item.text), details, rules)
        if place in groups:
            source.drop(path, item.line, "tasks that only head others")
        elif task.files or task.tests:
            found.append(task)
        else:
            done = "done already, and " if item.box in "xX" else ""
            source.drop(path, item.line, f"tasks: {done}no Python file is named")
    return tuple(found)


def _groups(items: Sequence[Item]) -> set[int]:
    """The places of the tasks that have others below them, by indentation or by number."""
    ids = [found[1] if (found := _ID.fullmatch(plain(item.text))) else "" for item in items]
    above = {id_.rpartition(".")[0] for id_ in ids} - {""}
    deeper = {
        place
        for place, (item, after) in enumerate(pairwise(items))
        if after.indent > item.indent + 1
    }
    return deeper | {place for place, id_ in enumerate(ids) if id_ in above}


def _task(place: Place, text: str, details: Sequence[str], rules: RuleIds) -> Task:
    found = _ID.fullmatch(text)
    id_, text = (found[1], found[2]) if found else ("", text)
    text = text.removesuffix("(P)").rstrip()
    marks: dict[str, str] = {}
    said: list[str] = []
    for detail in details:
        mark = _MARK.fullmatch(detail)
        if mark is None:
            said.append(detail)
        else:
            marks[mark[1].casefold()[:7]] = mark[2]
    files, tests = python_files(" ".join((text, *said)))
    return Task(
        id=id_,
        text=text,
        place=place,
        files=files,
        tests=tests,
        details=tuple(said),
        cites=rules.cited_in(marks.get("require", "")),
        after=tuple(_TASK_ID.findall(marks.get("depends", ""))),
    )
