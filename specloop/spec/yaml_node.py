"""A YAML document as a tree whose every value knows its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, or something that YAML reads as another type.

    `kind` is "str" or the name of the type that some version of YAML takes a bare `value` for.
    `style` is "" where it stands without quotes, else the first character. `commented` says that
    a comment follows on the same line.
    """

    value: str
    kind: str
    style: str
    line: int
    commented: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Node, ...]"
    line: int
    size: int = 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values; `flow` says that it is written in braces."""

    pairs: "tuple[tuple[Scalar, Node], ...]"
    flow: bool
    line: int
    size: int = 1

    def get(self, key: str) -> "Node | None":
        """The value under `key`, or None."""
        return next((value for name, value in self.pairs if name.value == key), None)


Node = Scalar | Sequence | Mapping
PlainData = str | int | bool | None | list["PlainData"] | dict[str, "PlainData"]


def plain(node: Node) -> PlainData:
    """The data of a tree: texts, integers, booleans, None, lists and dicts.

    What only some versions of YAML take for something else than a text stays a text.
    """
    match node:
        case Mapping(pairs=pairs):
            return {key.value: plain(value) for key, value in pairs}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Scalar(kind="null"):
            return None
        case Scalar(kind="bool", value="true" | "false" as value):
            return value == "true"
        case Scalar(kind="int", value=value) if _INTEGER.fullmatch(value):
            return int(value)
    return node.value


def locate(node: Node, path: tuple[int | str, ...]) -> int:
    """The line of what stands at a path of keys and positions, or of the nearest thing above."""
    line = node.line
    for step in path:
        below = _step(node, step)
        if below is None:
            break
        line, node = below
    return line


def _step(node: Node, step: int | str) -> tuple[int, Node] | None:
    match node, step:
        case Mapping(pairs=pairs), str():
            return next(((key.line, value) for key, value in pairs if key.value == step), None)
        case Sequence(items=items), int() if step < len(items):
            return items[step].line, items[step]
        case Sequence(items=items), str():  # a list of `key: value` that is read as one mapping
            found = (_step(item, step) for item in items if isinstance(item, Mapping))
            return next((below for below in found if below is not None), None)
    return None


def scalars(node: Node) -> Iterator[Scalar]:
    """All texts below a node, keys included, in the order of the file."""
    match node:
        case Scalar():
            yield node
        case Sequence(items=items):
            for item in items:
                yield from scalars(item)
        case Mapping(pairs=pairs):
            for key, value in pairs:
                yield key
                yield from scalars(value)
