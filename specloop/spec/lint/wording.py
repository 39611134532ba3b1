"""Rules on what a spec says in words: titles, items and constraints that cannot be checked."""

import re
from collections.abc import Iterator

from specloop.spec.lint.clauses import second_demand
from specloop.spec.lint.english import QUOTE, english_requirements, is_english, unquoted
from specloop.spec.lint.subject import Subject
from specloop.spec.lint.vague import EXCEPTION, vague_words
from specloop.spec.lint.vague_title import is_vague

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
# What a module can do about an error, or say of it. Whatever looks like one of these is enough.
_OUTCOME = re.compile(
    r"\b(?:(?:re-?)?(?:rais|throw|return|yield|answer|respon|refus|reject|ignor|skip|retr[iy]"
    r"|propagat|wrap|swallow|suppress|discard|drop|omit|remov|replac|convert|truncat|clamp|round"
    r"|restor|roll|cancel|abort|warn|print|notif|report|treat|becom|fall)\w*"
    r"|gives?|given|logs?|logged|logging|den(?:y|ies|ied)|status|http|none|null|nan|true|false"
    r"|default|fallback|counts? as|counted|cut|capped|stops?|stopped|exits?|leaves?|left|lets?"
    r"|stays?|remains?|unchanged|kept|keeps?|passe[sd]|pass|go(?:es)? (?:through|to|on)|results?"
    r"|allowed|accepted|permitted|no (?:error|exception)|messages?|sent|sends?|shows?|shown"
    r"|displays?|displayed|tells?|told|says?|names?|tried again|closes)\b"
    r"|->|=>|→|(?:^|[,:(])\s*[2-5]\d\d\b",
    re.IGNORECASE,
)
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
        yield requirement.line, said
    for position, constraint in enumerate(subject.spec.constraints):
        said = unquoted(constraint)
        if is_english(said):
            yield subject.file.line("constraints", position), said


def no_outcome(subject: Subject) -> Iterator[tuple[int, str]]:
    """An error of which nobody says what it leads to."""
    exported = {export.name for export in subject.spec.exports if export.name[0].isupper()}
    for requirement, said in english_requirements(subject):
        if requirement.category != "error_handling" or _says_outcome(said):
            continue
        if exported.isdisjoint(_IDENTIFIER.findall(said)):
            text = f"{requirement.id} does not say what happens; add `raise ValueError(…)` with its"
            yield requirement.line, f"{text} message, `return None`, or the status that is answered"


def _says_outcome(said: str) -> bool:
    return QUOTE in said or any(p.search(said) for p in (_OUTCOME, EXCEPTION, _CLASS))


def two_demands(subject: Subject) -> Iterator[tuple[int, str]]:
    """An item that is two requirements, and has one id for both."""
    for requirement, said in english_requirements(subject):
        second = second_demand(said)
        if second is not None:
            text = f"{requirement.id} makes two demands; write the second, {second!r}, as an item"
            yield requirement.line, f"{text} of its own, so that each has an id and rows"
