"""The tasks.md of spec-kit: boxes with ids such as T012, in phases."""

import re
from dataclasses import replace

from specloop.drafts.importing.boxes import split_id, task_of, without_file
from specloop.drafts.importing.draft import Place, Task
from specloop.drafts.importing.markdown import Heading, Item, whole_items
from specloop.drafts.importing.markdown import without_bold as plain
from specloop.drafts.importing.source import Source

_ID = re.compile(r"(T[0-9]{3,4}[a-z]?)\b\s*:?\s*(.*)")
_MARK = re.compile(r"\[([^\]\[]{1,40})\]\s*(.*)")
_STORY = re.compile(r"US ?([0-9]{1,3})")
_RULE = re.compile(r"\bFR-[0-9]{1,4}[a-z]?\b")
_AFTER = re.compile(r"(?i)\((?:depends on|after|requires) ([^()]{1,400})\)")
_TASK_ID = re.compile(r"\bT[0-9]{3,4}[a-z]?\b")


def read_tasks(source: Source, path: str) -> tuple[Task, ...]:
    """The tasks that name a Python file; what stands before all stories is the foundation."""
    found: list[Task] = []
    begun = False
    for block in whole_items(source.blocks(path)):
        if isinstance(block, Heading):
            begun = begun or "story" in block.text.casefold()
        elif not isinstance(block, Item):
            source.drop(path, block.line, "text beside the tasks")
        elif not block.box:
            source.drop(path, block.line, "list items that are no tasks")
        else:
            task = _task(Place(path, block.line), plain(block.text), begun=begun)
            begun = begun or bool(task.story)
            if task.files or task.tests:
                found.append(task)
            else:
                reason = f"{without_file(block)} (an __init__.py needs no spec)"
                source.drop(path, block.line, reason)
    return tuple(found)


def _task(place: Place, text: str, *, begun: bool) -> Task:
    id_, text = split_id(text, _ID)
    story = ""
    while (mark := _MARK.fullmatch(text)) is not None:
        named = _STORY.fullmatch(mark[1])
        story = named[1] if named else story
        text = mark[2]
    awaited = _AFTER.search(text)
    return replace(
        task_of(place, id_, text),
        cites=tuple(_RULE.findall(text)),
        story=story,
        after=tuple(_TASK_ID.findall(awaited[1])) if awaited else (),
        foundation=not begun and not story,
    )
