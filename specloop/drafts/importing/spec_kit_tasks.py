"""The tasks.md of spec-kit: boxes with ids such as T012, in phases."""

import re

from specloop.drafts.importing.draft import Place, Task
from specloop.drafts.importing.markdown import Heading, Item, whole_items
from specloop.drafts.importing.markdown import without_bold as plain
from specloop.drafts.importing.paths import python_files
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
                source.drop(path, block.line, _reason(block))
    return tuple(found)


def _reason(item: Item) -> str:
    done = "done already, and " if item.box in "xX" else ""
    return f"tasks: {done}no Python file is named (an __init__.py needs no spec)"


def _task(place: Place, text: str, *, begun: bool) -> Task:
    found = _ID.fullmatch(text)
    id_, text = (found[1], found[2]) if found else ("", text)
    story = ""
    while (mark := _MARK.fullmatch(text)) is not None:
        named = _STORY.fullmatch(mark[1])
        story = named[1] if named else story
        text = mark[2]
    files, tests = python_files(text)
    awaited = _AFTER.search(text)
    return Task(
        id=id_,
        text=text,
        place=place,
        files=files,
        tests=tests,
        cites=tuple(_RULE.findall(text)),
        story=story,
        after=tuple(_TASK_ID.findall(awaited[1])) if awaited else (),
        foundation=not begun and not story,
    )
