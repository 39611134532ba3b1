"""Texts as the rules on wording read them: without what is quoted, and only English ones."""

import re
from collections.abc import Iterator

from specloop.spec.lint.subject import Subject
from specloop.spec.requirement import Requirement

QUOTE = '""'  # what stands in a text for each part that was quoted

_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^“”]*”|‘[^‘’]*’|(?<!\w)'[^']+'(?!\w)")
_ENGLISH = re.compile(
    r"\b(?:the|are|to|and|or|not|with|for|than|from|by|if|when|where|which|that|at|be|into|each"
    r"|must|has|nothing|without)\b"
)
# Small words of other languages that English lacks, and any word with a letter that it lacks.
_OTHER = re.compile(
    r"\b(?:der|das|und|ist|sind|nicht|ein|eine|einen|wird|werden|oder|mit|auf|kein|keine"
    r"|le|les|une|est|sont|dans|avec|pas|el|los|las|una|para|del|il|che|gli|della|sono"
    r"|de|het|een|niet|wordt|og|och|ikke|uma|com)\b"
    r"|[a-z]*[^\W\d_a-z]\w*"
)


def unquoted(text: str) -> str:
    """The text on one line, with `QUOTE` in the place of what stands in quotes or backticks."""
    return _QUOTED.sub(QUOTE, " ".join(text.split()))


def quoted(text: str) -> list[str]:
    """What `QUOTE` stands for in the text `unquoted`, with its quotes, in order."""
    return _QUOTED.findall(" ".join(text.split()))


def english_requirements(subject: Subject) -> Iterator[tuple[Requirement, str]]:
    """The requirements that are written in English, each with its text `unquoted`."""
    found = [(item, unquoted(item.text)) for item in subject.spec.requirements]
    whole = _balance(" ".join(text for _, text in found))
    for requirement, text in found:
        if (_balance(text) or whole) >= 0:
            yield requirement, text


def is_english(text: str) -> bool:
    """Whether the small words of `text` do not speak for another language."""
    return _balance(text) >= 0


def _balance(text: str) -> int:
    """How many more words are English than of another language, as far as small words tell."""
    lowered = text.lower()
    return len(_ENGLISH.findall(lowered)) - len(_OTHER.findall(lowered))
