"""The texts of a YAML file that may hold placeholders, and how another text is written there.

Whether a text may stand as it is, in quotes or in a block is asked of the reader itself; where none
of them would be read back as that text, it stands in double quotes, with escapes.
"""

import json
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

from specloop.spec.problems import Problems
from specloop.spec.yaml_node import Mapping, Node, Scalar, Sequence
from specloop.spec.yaml_text import read_yaml

# What may not stand in a YAML file, or would end a line of it.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_HEADER = re.compile(r"[|>][-+0-9]*(.*)")
_BLANK_LINES = re.compile(r"(?:\n[ \t]*(?=\n))*")
_ANCHOR = re.compile(r"&\S+\s+")


@dataclass(frozen=True, slots=True)
class Slot:
    """One text of a YAML file.

    It stands from `start` to `end`, as `source`, and is read as `value`; `style` is its first
    character, or "" without quotes. `column` is that of the list or mapping around it, `key` the
    document's key that it belongs to, and `numbers` says that a whole number there is one.
    """

    start: int
    end: int
    source: str
    value: str
    style: str
    column: int
    flow: bool
    is_key: bool
    key: str

    @property
    def in_block(self) -> bool:
        """Whether its lines stand below a | or >."""
        return self.style in ("|", ">")

    @property
    def numbers(self) -> bool:
        """Whether a whole number may stand there as one."""
        return self.key == "limits" and not self.is_key

    @property
    def margin(self) -> str:
        """What the lines of a block are indented by."""
        if self.in_block:
            for written, line in zip(
                self.source.split("\n")[1:], self.value.split("\n"), strict=False
            ):
                if line.strip():
                    return " " * (_indent(written) - _indent(line))
        return " " * (self.column + 2)


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
        column=around.column,
        flow=around.flow,
        is_key=is_key,
        key=key,
    )


def forms(slot: Slot, value: str, as_it_stands: str) -> Iterator[str]:
    """Ways to write `value` there, the most readable one first; the last can be read for sure.

    `as_it_stands` is the source with nothing but the placeholders replaced.
    """
    if not _ESCAPED.search(value):
        if not slot.flow and not slot.is_key and (slot.in_block or "\n" in value):
            yield _block(value, slot.margin)
        if not slot.in_block:
            yield as_it_stands
        yield f'"{value}"'
        yield f"'{value}'"
    yield _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))


def means(slot: Slot, written: str, value: str) -> bool:
    """Whether `written`, put there, is read as the text `value`."""
    margin = " " * slot.column
    if slot.is_key:
        text = f"{{{written}: x}}" if slot.flow else f"{written}: x"
    elif slot.flow:
        text = f"[{written}]"
    else:
        text = f"{margin}k: {written}\n{margin}next: x"
    found = _scalar(read_yaml(text, Problems("")), slot)
    if found is None or found.value != value:
        return False
    return found.kind == "str" or (slot.numbers and found.kind == "int")


def _scalar(tree: Node | None, slot: Slot) -> Scalar | None:
    """What stands first in the small document that `means` has made."""
    match tree:
        case Mapping(pairs=((key, _),)) if slot.is_key:
            return key
        case Sequence(items=(Scalar() as only,)):
            return only
        case Mapping(pairs=((_, Scalar() as first), _)):
            return first
    return None


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


def _block(value: str, margin: str) -> str:
    endings = len(value) - len(value.rstrip("\n"))
    mark = ("|-", "|")[endings] if endings < 2 else "|+"
    lines = value.removesuffix("\n").split("\n")
    return "\n".join([mark, *(f"{margin}{line}" if line else "" for line in lines)])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
