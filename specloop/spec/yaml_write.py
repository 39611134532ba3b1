"""How a text is written into a YAML file so that it is read back as exactly that text.

Whether a form will do, bare or in quotes or in a block, is asked of the reader itself; where none
of them does, double quotes with escapes always will.
"""

import json
import re
from dataclasses import dataclass

from specloop.spec.problems import Problems
from specloop.spec.yaml_node import Mapping, Node, Scalar, Sequence
from specloop.spec.yaml_text import read_yaml

# What may not stand in a YAML file, or would end a line of it.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a YAML file a text stands.

    `column` is that of the list or mapping around it, `flow` says that this is in brackets or
    braces, and `numbers` that a whole number there is one.
    """

    column: int = 0
    flow: bool = False
    is_key: bool = False
    numbers: bool = False


def is_read_as(text: str, written: str, place: Place = Place()) -> bool:
    """Whether `written`, put there, is read as `text` and can be seen to be."""
    if _ESCAPED.search(text):
        return False
    found = _read(written, place)
    if found is None or found.value != text:
        return False
    return found.kind == "str" or (place.numbers and found.kind == "int")


def in_block(text: str, margin: str) -> str:
    """The text below a |, its lines indented by `margin`."""
    endings = len(text) - len(text.rstrip("\n"))
    mark = ("|-", "|")[endings] if endings < 2 else "|+"
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([mark, *(f"{margin}{line}" if line else "" for line in lines)])


def in_quotes(text: str) -> str:
    """The text in double quotes, with escapes: readable or not, it is read back for sure."""
    return escape(json.dumps(text, ensure_ascii=False))


def escape(text: str) -> str:
    """The text with escapes for what may not stand in a YAML file."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _read(written: str, place: Place) -> Scalar | None:
    """What the reader makes of it, where something else follows if something may."""
    margin = " " * place.column
    if place.is_key:
        document = f"{{{written}: x}}" if place.flow else f"{written}: x"
    elif place.flow:
        document = f"[{written}]"
    else:
        document = f"{margin}k: {written}\n{margin}next: x"
    return _first(read_yaml(document, Problems("")), place)


def _first(tree: Node | None, place: Place) -> Scalar | None:
    match tree:
        case Mapping(pairs=((key, _),)) if place.is_key:
            return key
        case Sequence(items=(Scalar() as only,)):
            return only
        case Mapping(pairs=((_, Scalar() as first), _)):
            return first
    return None
