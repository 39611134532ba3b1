"""Rows that expect another exception than their requirements name."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping

from specloop.spec.lint.subject import Subject
from specloop.spec.module import ModuleSpec
from specloop.spec.python_text import parse
from specloop.spec.row import Row

_WORD = re.compile(r"\b[A-Za-z_]\w*")
# An exception after these is what is met, or what must not come, and not the outcome.
_NO_OUTCOME = re.compile(
    r"\b(?:no|not|never|without|than|instead of|on|at|when|if|after|for|of|from|every|each|any|all"
    r"|\w*cat?ch(?:es|ing)?|caught|hides?|ignores?|swallows?)"
    r" (?:an? |the |its |(?:raise|raises|raising) )?$",
    re.IGNORECASE,
)
# A message with one of these is a pattern, not what is raised to the letter.
_OPEN = re.compile(r"[{<%…]|\.\.\.")
_ANYTHING = ("Exception", "BaseException")
_PLAIN_WORD = "Warning"  # a text that begins with it names no exception
_GROUPS = ("ExceptionGroup", "BaseExceptionGroup")
# By name, for each exception: itself and all its bases; None where they are not known.
_Bases = Mapping[str, frozenset[str] | None]


def other_exception(subject: Subject) -> Iterator[tuple[int, str]]:
    """A row that expects what its requirements do not say, or any exception at all.

    Nothing is said where they name several exceptions, or where one may be a base of the other.
    """
    spec = subject.spec
    rows = [row for row in (*spec.rows, *spec.held_out) if row.kind == "raises"]
    if not rows:
        return
    texts = {requirement.id: requirement.text for requirement in spec.requirements}
    bases = _exceptions(subject, rows)
    for row in rows:
        text = _fault(row, [texts.get(id_, "") for id_ in row.ids], bases)
        if text:
            yield row.line, text


def _fault(row: Row, texts: list[str], bases: _Bases) -> str:
    raised = row.name.rpartition(".")[2]
    words = {word for text in texts for word in _WORD.findall(text)}
    if raised in _ANYTHING and row.text is None and raised not in words:
        return f"any fault of the code raises {raised!r}; name the exception that is meant"
    named = words & bases.keys() - {_PLAIN_WORD}
    if len(named) != 1:
        return ""
    (name,) = named
    if raised != name and _are_apart(raised, name, bases) and _is_outcome(name, texts):
        return f"{', '.join(row.ids)} names {name!r}, and the row expects {raised!r}; mend one"
    messages = _messages(name, texts)
    if row.text is None or not messages or any(_OPEN.search(message) for message in messages):
        return ""
    if any(row.text in message or row.text in repr(message) for message in messages):
        return ""
    text = f"{', '.join(row.ids)} has the message {messages[0]!r}, and the row expects {row.text!r}"
    return f"{text}; take words out of the message"


def _is_outcome(name: str, texts: Iterable[str]) -> bool:
    """Whether each place where `name` stands may say that it is raised."""
    places = ((text, match) for text in texts for match in re.finditer(rf"\b{name}\b", text))
    return not any(_NO_OUTCOME.search(text[: match.start()]) for text, match in places)


def _messages(name: str, texts: Iterable[str]) -> list[str]:
    """What the exception is raised with, as in `ValueError("empty slug")`."""
    called = re.compile(rf"\b{name}\(\s*(?:\"([^\"\\]*)\"|'([^'\\]*)')\s*\)")
    return [match[1] or match[2] or "" for text in texts for match in called.finditer(text)]


def _are_apart(one: str, other: str, bases: _Bases) -> bool:
    """Whether both are known, and neither is a base of the other."""
    of_one, of_other = bases.get(one), bases.get(other)
    if of_one is None or of_other is None or one in _GROUPS:
        return False
    return one not in of_other and other not in of_one


def _exceptions(subject: Subject, rows: Iterable[Row]) -> _Bases:
    """The exceptions that texts may name: Python's own, those of rows, and classes based on one."""
    found: dict[str, frozenset[str] | None] = {row.name.rpartition(".")[2]: None for row in rows}
    for name, value in vars(builtins).items():
        if isinstance(value, type) and issubclass(value, BaseException):
            found[name] = frozenset({name, *(base.__name__ for base in value.__mro__)})
    dependencies = [subject.project.module(name) for name in subject.spec.dependencies]
    for source in (*_exported((*dependencies, subject.spec)), subject.spec.setup):
        for node in parse(source).body:
            if isinstance(node, ast.ClassDef) and node.bases:
                above = [found.get(ast.unparse(base)) for base in node.bases]
                known = [names for names in above if names is not None]
                if len(known) == len(above):
                    found[node.name] = frozenset({node.name}).union(*known)
    return found


def _exported(modules: Iterable[ModuleSpec]) -> Iterator[str]:
    return (export.source for module in modules for export in module.exports)
