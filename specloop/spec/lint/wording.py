"""Rules on what a spec says in words: titles, items and constraints that cannot be checked."""

import re
from collections.abc import Iterator
from itertools import islice, zip_longest

from specloop.spec.lint.clauses import second_demand
from specloop.spec.lint.english import (
    QUOTE,
    english_requirements,
    is_english,
    quoted,
    unquoted,
)
from specloop.spec.lint.outcomes import is_bare, raises_something
from specloop.spec.lint.subject import Subject
from specloop.spec.lint.vague import EXCEPTION, vague_words
from specloop.spec.lint.vague_title import is_vague

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_CLASS = re.compile(r"\b[A-Z][a-z0-9]+[A-Z]\w*")  # such as NotFound


def vague_title(subject: Subject) -> Iterator[tuple[int, str]]:
    """A task whose title asks for nothing that could be checked."""
    title = subject.spec.title
    if is_vague(title):
        text = f"{title[:60]!r} cannot be checked; name what the module takes, gives and refuses"
        yield subject.file.line("task"), f"{text}, as in 'Turn a title into a URL slug'"


def vague_text(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement or constraint with a word that leaves open what is meant."""
    exports = subject.spec.exports
    exported = {export.name for export in exports}
    declared = {name.lower() for e in exports for name in _IDENTIFIER.findall(e.source)}
    for line, said in _texts(subject):
        for word, instead in vague_words(said, exported, declared):
            yield line, f"{word!r} is vague; {instead}"


def _texts(subject: Subject) -> Iterator[tuple[int, str]]:
    for requirement, said in english_requirements(subject):
        if requirement.category != "error_handling" or not is_bare(said):  # W110 says enough
            yield requirement.line, said
    for position, constraint in enumerate(subject.spec.constraints):
        said = unquoted(constraint)
        if is_english(said):
            yield subject.file.line("constraints", position), said


def no_outcome(subject: Subject) -> Iterator[tuple[int, str]]:
    """An error of which nobody says what it leads to, or only that it is an error."""
    for requirement, said in english_requirements(subject):
        if requirement.category != "error_handling":
            continue
        id_ = requirement.id
        if is_bare(said):
            text = f"{id_} does not say what happens; add `raise ValueError(…)` with its message,"
            yield requirement.line, f"{text} `return None`, or the status that is answered"
        elif raises_something(said) and not _names_error(said, subject):
            text = f"{id_} does not say which error; name its class, as in `raise ValueError(…)`"
            yield requirement.line, text


def _names_error(said: str, subject: Subject) -> bool:
    exported = {export.name for export in subject.spec.exports if export.name[0].isupper()}
    named = QUOTE in said or EXCEPTION.search(said) or _CLASS.search(said)
    return bool(named) or not exported.isdisjoint(_IDENTIFIER.findall(said))


def two_demands(subject: Subject) -> Iterator[tuple[int, str]]:
    """An item that is two requirements, and has one id for both.

    The list `input` says what may be relied on, and demands nothing.
    """
    for requirement, said in english_requirements(subject):
        if requirement.category == "input":
            continue
        second = second_demand(said)
        if second is not None:
            shown = _as_written(second, said, requirement.text)
            text = f"{requirement.id} makes two demands; write the second, {shown!r}, as an item"
            yield requirement.line, f"{text} of its own, so that each has an id and rows"


def _as_written(start: str, said: str, text: str) -> str:
    """The start of a clause of `said`, with what stands in `text` between its quotes."""
    before = said[: said.index(start.removesuffix(" …"))].count(QUOTE)
    pieces = start.split(QUOTE)
    quotes = islice(quoted(text), before, before + len(pieces) - 1)
    return "".join(piece + quote for piece, quote in zip_longest(pieces, quotes, fillvalue=""))
