"""Specs as YAML text: what is written here is read back as the same document."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from specloop.spec.document import SpecDocument
from specloop.spec.requirement import CATEGORIES
from specloop.spec.yaml_write import escape, in_block, in_quotes, is_read_as

Path = tuple[str | int, ...]
Piece = tuple[Path, str]  # one or several lines, and what begins there

_ROWS = ("setup", "examples", "held_out")  # in a block even where they are one line
_ITEM_ID = re.compile(r"[A-Z]\d+")


def render_spec(document: SpecDocument, comments: Mapping[Path, Sequence[str]] = {}) -> str:
    """The text of a spec file with the keys that are set in `document`.

    `comments` are put above what stands at a path of keys and positions, or above the nearest
    thing around it; those at `()` come first in the file.
    """
    pieces = [((), ""), *_pairs((), _data(document), "")]
    above = _placed(comments, {path for path, _ in pieces})
    lines: list[str] = []
    for path, text in pieces:
        margin = text[: len(text) - len(text.lstrip(" "))]
        lines += (f"{margin}# {comment}".rstrip() for comment in above.get(path, ()))
        lines += [text] if text else []
    return "\n".join(lines) + "\n"


def _placed(comments: Mapping[Path, Sequence[str]], places: set[Path]) -> dict[Path, list[str]]:
    """The lines of the comments by the places that there are."""
    found: dict[Path, list[str]] = {}
    for path, texts in comments.items():
        while path not in places:
            path = path[:-1]
        lines = [escape(line) for text in texts for line in text.splitlines() or [""]]
        found.setdefault(path, []).extend(lines)
    return found


def _data(document: SpecDocument) -> dict[str, object]:
    """The keys that are set, in the order in which people write them."""
    data = document.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    order = [field.alias or name for name, field in SpecDocument.model_fields.items()]
    order = [key for key in order if key not in CATEGORIES]
    at = order.index("requirements") + 1
    order[at:at] = CATEGORIES
    return {key: data[key] for key in order if key in data}


def _pairs(path: Path, data: Mapping[str, object], margin: str) -> Iterator[Piece]:
    for key, value in data.items():
        here = (*path, key)
        match value:
            case dict() if value:
                yield here, f"{margin}{key}:"
                yield from _pairs(here, value, f"{margin}  ")
            case [str() as text] if key in _ROWS or "\n" in text:
                yield here, f"{margin}{key}: {_text(text, margin, key in _ROWS)}"
            case list() if value:
                yield here, f"{margin}{key}:"
                for position, item in enumerate(value):
                    yield from _item((*here, position), item, f"{margin}  ")
            case str() as text:
                yield here, f"{margin}{key}: {_text(text, margin, key in _ROWS)}"
            case _:
                yield here, f"{margin}{key}: {_bare(value)}"


def _item(path: Path, item: object, margin: str) -> Iterator[Piece]:
    if isinstance(item, dict):
        (_, first), *others = _pairs(path, item, f"{margin}  ")
        yield path, f"{margin}- {first.lstrip(' ')}"
        yield from others
        return
    text = cast("str", item)
    id_, colon, rest = text.partition(": ")
    if colon and rest and _ITEM_ID.fullmatch(id_) and "\n" not in rest:
        yield path, f"{margin}- {id_}: {_text(rest, margin, False)}"
    else:
        yield path, f"{margin}- {_text(text, margin, False)}"


def _bare(value: object) -> str:
    """What is no text: numbers, dates, true and false, and what is empty."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def _text(text: str, margin: str, block: bool) -> str:
    if (block or "\n" in text) and is_read_as(text, in_block(text, "  ")):
        return in_block(text, f"{margin}  ")
    forms = [text, f"'{text}'"] if '"' in text and "'" not in text else [text]
    return next((form for form in forms if is_read_as(text, form)), in_quotes(text))
