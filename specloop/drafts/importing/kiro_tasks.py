"""The tasks.md of Kiro and cc-sdd: numbered boxes on two levels, with details below them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from specloop.drafts.importing.boxes import split_id, task_of, without_file
from specloop.drafts.importing.draft import Place, Task
from specloop.drafts.importing.kiro_ids import RuleIds
from specloop.drafts.importing.markdown import Heading, Item
from specloop.drafts.importing.markdown import without_bold as plain
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
            source.drop(path, item.line, without_file(item))
    return tuple(found)


def _groups(items: Sequence[Item]) -> set[int]:
    """The places of the tasks that have others below them, by indentation or by number."""
    ids = [split_id(plain(item.text), _ID)[0] for item in items]
    above = {id_.rpartition(".")[0] for id_ in ids} - {""}
    deeper = {
        place
        for place, (item, after) in enumerate(pairwise(items))
        if after.indent > item.indent + 1
    }
    return deeper | {place for place, id_ in enumerate(ids) if id_ in above}


def _task(place: Place, text: str, details: Sequence[str], rules: RuleIds) -> Task:
    id_, text = split_id(text, _ID)
    marks: dict[str, str] = {}
    said: list[str] = []
    for detail in details:
        mark = _MARK.fullmatch(detail)
        if mark is None:
            said.append(detail)
        else:
            marks[mark[1].casefold()[:7]] = mark[2]
    return replace(
        task_of(place, id_, text.removesuffix("(P)").rstrip(), said),
        cites=rules.cited_in(marks.get("require", "")),
        after=tuple(_TASK_ID.findall(marks.get("depends", ""))),
    )
