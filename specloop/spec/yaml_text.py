"""YAML read into a tree of nodes, without YAML's traps.

The events of ruamel.yaml's parser become three kinds of node. Tags, merge keys, duplicate keys,
directives, several documents and aliases that multiply are refused.
"""

import re
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver

from specloop.spec.problems import Problems
from specloop.spec.yaml_node import Mapping, Node, Scalar, Sequence

MAX_DEPTH = 12
MAX_ALIASED = 10_000  # nodes that all aliases together may stand for
QUOTE_IT = "put a text that holds `: `, ` #` or begins with a special character in quotes"

_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as the parser counts lines


class _Refused(Exception):
    def __init__(self, line: int, code: str, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.code = code


def read_yaml(text: str, problems: Problems) -> Node | None:
    """The tree of a document; None, and problems S101 to S103, where it cannot be used."""
    before = len(problems.found)
    try:
        builder = _Builder(text, problems)
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Refused as refusal:
        problems.add(refusal.line, refusal.code, str(refusal))
    except YAMLError as error:
        problems.add(_line(error, text), "S101", f"not YAML: {_reason(error)}; {QUOTE_IT}")
    except (ValueError, IndexError, AssertionError, RecursionError) as error:
        # Some malformed inputs end in the parser's own faults rather than in its errors.
        problems.add(1, "S101", f"not YAML: the parser failed on it ({type(error).__name__})")
    if len(problems.found) > before:
        return None
    if builder.root is None:
        problems.add(
            1, "S101", "the file is empty; `specloop new NAME` writes a spec to start from"
        )
    return builder.root


def _line(error: YAMLError, text: str) -> int:
    """Where it is wrong; where something has no end, that is where it begins."""
    if isinstance(error, ReaderError):
        return text.count("\n", 0, error.position) + 1
    end = len(text.rstrip())
    if isinstance(error, MarkedYAMLError):
        for mark in (error.problem_mark, error.context_mark):
            if mark is not None and mark.index < end:
                return int(mark.line) + 1
    return len(_LINE_END.split(text[:end]))


def _reason(error: YAMLError) -> str:
    if isinstance(error, MarkedYAMLError) and error.problem:
        if "'\\t'" in error.problem:
            return "a tab stands here; indent with blanks, not tabs"
        return str(error.problem)
    if isinstance(error, ReaderError):
        return f"the character {chr(error.character)!r} is not allowed"
    return type(error).__name__


class _Open:
    """A list or mapping whose end has not come yet."""

    def __init__(self, event: SequenceStartEvent | MappingStartEvent) -> None:
        self.event = event
        self.children: list[Node] = []


class _Builder:
    """Makes nodes from events."""

    def __init__(self, text: str, problems: Problems) -> None:
        self.root: Node | None = None
        self._lines = _LINE_END.split(text)
        self._problems = problems
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._aliased = 0
        self._documents = 0
        self._resolvers = [VersionedResolver(version=(1, minor)) for minor in (1, 2)]

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._problems.add(line, "S102", f"the tag {str(tag)!r} is not used; remove it")
        match event:
            case DocumentStartEvent():
                self._start(event, line)
            case ScalarEvent():
                self._place(self._scalar(event, line), event.anchor)
            case AliasEvent():
                self._place(self._alias(event, line), None)
            case SequenceStartEvent() | MappingStartEvent():
                if len(self._open) >= MAX_DEPTH:
                    raise _Refused(line, "S102", f"more than {MAX_DEPTH} levels deep; flatten it")
                self._open.append(_Open(event))
            case SequenceEndEvent() | MappingEndEvent():
                ended = self._open.pop()
                self._place(self._close(ended), ended.event.anchor)

    def _start(self, event: DocumentStartEvent, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Refused(line, "S102", "a second document begins here; one file is one module")
        if event.version or event.tags:
            raise _Refused(1, "S102", "directives (%YAML, %TAG) are not used; remove them")

    def _place(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _alias(self, event: AliasEvent, line: int) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            raise _Refused(line, "S101", f"not YAML: no anchor {event.anchor!r}; {QUOTE_IT}")
        self._aliased += node.size
        if self._aliased > MAX_ALIASED:
            raise _Refused(line, "S102", "aliases multiply here; write out what they stand for")
        return node

    def _scalar(self, event: ScalarEvent, line: int) -> Scalar:
        style = event.style or ""
        if style:
            return Scalar(event.value, "str", style, line)
        tags = (
            str(resolver.resolve(ScalarNode, event.value, (True, False)))
            for resolver in self._resolvers
        )
        kind = next((tag for tag in tags if not tag.endswith(":str")), ":str").rpartition(":")[2]
        end = event.end_mark
        rest = self._lines[end.line][end.column :] if end.line < len(self._lines) else ""
        commented = bool(event.value) and bool(re.match(r"[ \t]+#", rest))
        return Scalar(event.value, kind, style, line, commented)

    def _close(self, ended: _Open) -> Node:
        children = ended.children
        size = 1 + sum(child.size for child in children)
        line = ended.event.start_mark.line + 1
        if isinstance(ended.event, SequenceStartEvent):
            return Sequence(tuple(children), line, size)
        pairs = []
        seen: dict[str, int] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise _Refused(key.line, "S101", f"this key is not a text; {QUOTE_IT}")
            self._check_key(key, seen)
            if isinstance(value, Scalar) and value.kind == "null" and not value.value:
                value = replace(value, line=key.line)  # the parser places it at what comes next
            pairs.append((key, value))
        return Mapping(tuple(pairs), bool(ended.event.flow_style), line, size)

    def _check_key(self, key: Scalar, seen: dict[str, int]) -> None:
        if key.kind == "merge":
            self._problems.add(key.line, "S102", "the merge key `<<` is not used; write it out")
        elif key.value in seen:
            first = seen[key.value]
            text = f"the key {key.value!r} stands here a second time (first on line {first})"
            self._problems.add(key.line, "S103", f"{text}; keep one of them")
        seen.setdefault(key.value, key.line)
