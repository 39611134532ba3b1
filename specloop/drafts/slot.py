"""The texts of a YAML file that may hold placeholders, and how another text is put there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from specloop.spec.yaml_write import Place, in_block, in_quotes

_HEADER = re.compile(r"[|>][-+0-9]*(.*)")
_BLANK_LINES = re.compile(r"(?:\n[ \t]*(?=\n))*")
_ANCHOR = re.compile(r"&\S+\s+")


@dataclass(frozen=True, slots=True)
class Slot:
    """One text of a YAML file.

    It stands from `start` to `end`, as `source`, and is read as `value`; `style` is its first
    character, or "" without quotes. `key` is the document's key that it belongs to.
    """

    start: int
    end: int
    source: str
    value: str
    style: str
    place: Place
    key: str

    @property
    def in_block(self) -> bool:
        """Whether its lines stand below a | or >."""
        return self.style in ("|", ">")

    @property
    def margin(self) -> str:
        """What the lines of a block are indented by."""
        if self.in_block:
            for written, line in zip(
                self.source.split("\n")[1:], self.value.split("\n"), strict=False
            ):
                if line.strip():
                    return " " * (_indent(written) - _indent(line))
        return " " * (self.place.column + 2)


@dataclass(slots=True)
class _Around:
    """A list or mapping that is being read, and how many of its parts have come."""

    column: int
    flow: bool
    mapping: bool
    parts: int = 0


def find_slots(text: str) -> Iterator[Slot]:
    """All texts of a YAML file whose root is a mapping, in order; the file must be readable."""
    around: list[_Around] = []
    key = ""
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            around.pop()
        if not isinstance(event, AliasEvent | ScalarEvent | MappingStartEvent | SequenceStartEvent):
            continue
        if isinstance(event, ScalarEvent):
            is_key = around[-1].mapping and around[-1].parts % 2 == 0
            if is_key and len(around) == 1:
                key = event.value
            yield _slot(text, event, around[-1], is_key, key)
        if around:
            around[-1].parts += 1
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            mapping = isinstance(event, MappingStartEvent)
            around.append(_Around(event.start_mark.column, bool(event.flow_style), mapping))


def _slot(text: str, event: ScalarEvent, around: _Around, is_key: bool, key: str) -> Slot:
    start, end = event.start_mark.index, event.end_mark.index
    if event.anchor and (anchor := _ANCHOR.match(text, start)):
        start = anchor.end()
    source = text[start:end].rstrip("\n")
    return Slot(
        start=start,
        end=start + len(source),
        source=source,
        value=event.value,
        style=event.style or "",
        place=Place(around.column, around.flow, is_key, numbers=key == "limits" and not is_key),
        key=key,
    )


def forms(slot: Slot, value: str, as_it_stands: str) -> Iterator[str]:
    """Ways to write `value` there, the most readable one first; the last can be read for sure.

    `as_it_stands` is the source with nothing but the placeholders replaced.
    """
    in_line = slot.place.flow or slot.place.is_key
    if not in_line and (slot.in_block or "\n" in value):
        yield in_block(value, slot.margin)
    if not slot.in_block:
        yield as_it_stands
    yield f'"{value}"'
    yield f"'{value}'"
    yield in_quotes(value)


def placed(text: str, slot: Slot, written: str) -> tuple[int, int, str]:
    """Where in `text` to put what, so that a comment beside the slot is kept."""
    comment, end = "", slot.end
    if slot.in_block and (header := _HEADER.match(slot.source)):
        comment = header[1].rstrip()
    if not written.startswith("|"):
        return slot.start, end, written + comment
    if not slot.in_block:
        end = _line_end(text, end)
        comment = text[slot.end : end].rstrip()
    mark, _, lines = written.partition("\n")
    if mark == "|+" and (blank := _BLANK_LINES.match(text, end)):
        end = blank.end()  # they would count as the text's own
    return slot.start, end, f"{mark}{comment}\n{lines}"


def _line_end(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
