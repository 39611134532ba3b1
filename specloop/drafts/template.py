"""Spec templates: YAML texts with placeholders such as {title}, to be filled from values.

A template's comment lines at its top tell what it is and what is meant by each placeholder; they
are not copied into a spec:

    # template: a function, values in and a value out
    # {title}: what it does, in one line; e.g. Turn a title into a URL slug
    # {rows}: example rows, one a line; e.g.
    #     O1: slugify("Summer Sale") == "summer-sale"

A name in braces is a placeholder, wherever it stands, if such a line says so, if it is {name}, or
if `check` would refuse it somewhere as one that was left in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from textwrap import dedent

from specloop.drafts.placeholders import Marked
from specloop.drafts.slot import placed
from specloop.errors import InvalidInput
from specloop.spec.problems import Problems
from specloop.spec.prose import BRACES
from specloop.spec.yaml_node import Mapping as YamlMapping
from specloop.spec.yaml_text import read_yaml

_ABOUT = re.compile(r"#\s*template:\s*(.*)")
_HINT = re.compile(rf"#\s*{BRACES.pattern}:\s*(.*)")
_MORE = re.compile(r"#( {4,}.*|\s*)")
_FOR_EXAMPLE = "; e.g."
NAME_KEY = "name"  # the placeholder for the module's own name


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name in braces; `hint` and `example` are "" where the template does not tell."""

    name: str
    hint: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """What a template is, in one line, its placeholders in order, and its text without hints."""

    about: str
    placeholders: tuple[Placeholder, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Unset:
    """A placeholder that was given no value, and the lines of the new spec that it stands on.

    `example` is what the first of these places looks like with the placeholder's example filled
    in, as whole lines; "" without an example.
    """

    placeholder: Placeholder
    lines: tuple[int, ...]
    example: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """The text of a new spec, and what is left to fill in."""

    text: str
    unset: tuple[Unset, ...]


def parse_template(text: str, path: str) -> Template:
    """The template in the text of the file `path`; InvalidInput where it is no YAML mapping."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    problems = Problems(path)
    tree = read_yaml(BRACES.sub("\ue000\\1", text), problems)  # without braces, they are plain text
    if tree is None:
        raise InvalidInput.of(problems.found)
    if not isinstance(tree, YamlMapping):
        problems.add(tree.line, "S108", "a template is made of `key: value` lines, as a spec is")
        raise InvalidInput.of(problems.found)
    about, told, body = _split(text)
    marked = Marked(body, [*told, NAME_KEY])
    names = dict.fromkeys(marked.names[number] for number in marked.placeholders)
    return Template(about, tuple(told.get(name, Placeholder(name)) for name in names), body)


def fill(template: Template, values: Mapping[str, str]) -> Filled:
    """The spec with each value read back from the YAML as the text that it is.

    A value of several lines that begins a line of a block is indented like its placeholder.
    Braces in values are left alone.
    """
    texts = (*values.values(), *(p.example for p in template.placeholders))
    marked = Marked(template.body, [p.name for p in template.placeholders], texts)
    text = marked.text
    for slot in reversed(marked.slots):
        written = marked.written(slot, values)
        if written != slot.source:
            start, end, written = placed(marked.text, slot, written)
            text = text[:start] + written + text[end:]
    where: dict[str, dict[int, None]] = {}
    for line, content in enumerate(text.split("\n"), start=1):
        for number in marked.numbers(content):
            name = marked.names[number]
            if number in marked.placeholders and name not in values:
                where.setdefault(name, {})[line] = None
    unset = [
        Unset(p, tuple(where[p.name]), _example(marked, p, values) if p.example else "")
        for p in template.placeholders
        if p.name in where
    ]
    return Filled(marked.restored(text), tuple(unset))


def _example(marked: Marked, placeholder: Placeholder, values: Mapping[str, str]) -> str:
    """The lines of the first slot that holds a placeholder, with its example filled in."""
    name = placeholder.name
    slot = next(
        slot
        for slot in marked.slots
        if any(marked.names[number] == name for number in marked.numbers(slot.value))
    )
    written = marked.written(slot, {**values, name: placeholder.example})
    start, end, written = placed(marked.text, slot, written)
    before = marked.text[marked.text.rfind("\n", 0, start) + 1 : start]
    after, _, _ = marked.text[end:].partition("\n")
    return marked.restored(before + written + after)


def _split(text: str) -> tuple[str, dict[str, Placeholder], str]:
    """What the top of a template tells, and the rest."""
    lines = text.split("\n")
    top = list(takewhile(lambda line: not line.strip() or line.startswith("#"), lines))
    about = ""
    told: dict[str, Placeholder] = {}
    kept: list[str] = []
    at = 0
    while at < len(top):
        line, at = top[at], at + 1
        if hint := _HINT.fullmatch(line):
            more = list(takewhile(_MORE.fullmatch, top[at:])) if _FOR_EXAMPLE in line else []
            at += len(more)
            told[hint[1]] = _told(hint[1], hint[2], more)
        elif found := _ABOUT.fullmatch(line):
            about = found[1].strip()
        else:
            kept.append(line)
    return about, told, "\n".join((*kept, *lines[len(top) :])).lstrip("\n")


def _told(name: str, text: str, more: Iterable[str]) -> Placeholder:
    hint, _, first = text.partition(_FOR_EXAMPLE)
    rest = dedent("\n".join(line.removeprefix("#") for line in more)).rstrip()
    return Placeholder(name, hint.strip(), "\n".join(filter(None, (first.strip(), rest))))
