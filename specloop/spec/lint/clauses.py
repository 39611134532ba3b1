"""Where one sentence makes two demands.

Only whole clauses count: each with its own verb, and each with a subject of its own or a "must" of
its own. Apart by a full stop or a comma alone, both need a "must", since the second may explain the
first. "letters and digits", "is stored and returned", conditions ("if a is 0 and b is 1") and a
state ("the mean is 0 and the variance is 1") are one demand. Whatever is in doubt counts as one.
"""

import re
from itertools import pairwise

from specloop.spec.lint.english import QUOTE

_VERB = r"(?:is|are|must|shall|should|may|can|cannot|has|have|becomes?|stays?|remains?)"
_MODAL = r"(?:must|shall|should|may not|can ?not|(?:has|have|needs?) to)"
_BARE = r"[A-Za-z_][\w-]*"  # a word without a comma or bracket behind it

_SEMICOLON = re.compile(r";\s+")
_STOP = re.compile(r"(?<!e\.g)(?<!i\.e)\.\s+(?=[A-Z])|,\s+(?!(?:and|or|nor)\b)")
_AND = re.compile(r",?\s+and\s+")
_STATE = re.compile(rf"{_VERB} (?:-?\d[\w.]*|True|False|None|{QUOTE})$")
_HAS_VERB = re.compile(rf"\S\s+{_VERB}\b")
_HAS_MODAL = re.compile(rf"\b{_MODAL}\b")
# Up to four words, then the verb. The shortest way, so that the verb is the first one.
_CLAUSE = re.compile(rf"(?:also\s+)?((?:{_BARE}\s+){{1,5}}?){_VERB}\b")
_DEMAND = re.compile(rf"(?:also\s+)?((?:{_BARE}\s+){{0,5}}?){_MODAL}\b")
# Words that make a clause hang on another one, or its subject the same thing as before.
_DEPENDS = re.compile(
    r"\b(?:if|when|whenever|where|wherever|while|unless|until|once(?= \w)|because|since|so|that"
    r"|which|who|whose|whether|what|how|before|after|both|either|neither)\b",
    re.IGNORECASE,
)
_SAME_SUBJECT = re.compile(
    r"\b(?:it|its|they|their|them|this|these|those|there|one|ones|other|others|rest|else|then|each"
    r"|all|nothing|none|no|not|only|such|same|either|to|or|for|but|also)\b",
    re.IGNORECASE,
)
# The others are something else, unless what came before may be some of them.
_SOME_OF_THEM = re.compile(r"\b(?:are|one|first|last|only|each|some|any|newest|oldest)\b")
_CONTRAST = re.compile(r"\b(?:inner|outer|leading|trailing|upper|lower)\b", re.IGNORECASE)
# A verb after the next comma or colon: what came before was a condition.
_CONSEQUENCE = re.compile(
    rf"[^;]*?[,:]\s+(?:[\w'-]+\s+){{0,4}}?(?:{_VERB}|raises?|returns?|answers?|logs?|gives?|skip)\b"
)


def second_demand(text: str) -> str | None:
    """The start of the second demand that `text` makes, or None where it makes one only."""
    before = ""
    for part in _SEMICOLON.split(text):
        found = _after_semicolon(before, part) if before else None
        found = found or _joined_by_and(part) or _apart(part)
        if found is not None:
            return found
        before = part
    return None


def _after_semicolon(before: str, part: str) -> str | None:
    if part.startswith("also "):
        return _start(part)
    if ":" in before:  # what follows is a list of cases
        return None
    match = _DEMAND.match(part)
    if match is not None and _HAS_MODAL.search(before) and not _DEPENDS.search(match[1]):
        return _start(part)
    match = _CLAUSE.match(part)
    if match is None or not _HAS_VERB.search(before):
        return None
    others = match[1] == "the others " and not _SOME_OF_THEM.search(before)
    return _start(part) if others or _is_other(match[1], before) else None


def _joined_by_and(part: str) -> str | None:
    condition = False
    pieces = _AND.split(part)
    for before, after in pairwise(pieces):
        _, comma, last = before.rpartition(",")
        condition = bool(_DEPENDS.search(last)) or (condition and not comma)
        if condition or _CONSEQUENCE.match(after):
            continue
        match = _DEMAND.match(after)
        if match is not None and _HAS_MODAL.search(last) and not _DEPENDS.search(match[1]):
            return _start(after)
        match = _CLAUSE.match(after)
        if match is None or (_STATE.search(last) and _STATE.search(after)):
            continue
        if _HAS_VERB.search(last) and _is_other(match[1], last):
            return _start(after)
    return None


def _apart(part: str) -> str | None:
    """Two sentences, or two clauses with no more than a comma between them."""
    for before, after in pairwise(_STOP.split(part)):
        if _DEPENDS.search(before):
            return None
        match = _DEMAND.match(after)
        if match is not None and _HAS_MODAL.search(before) and not _DEPENDS.search(match[1]):
            return _start(after)
    return None


def _is_other(subject: str, before: str) -> bool:
    """Whether a clause speaks of something that the clause before it does not name."""
    if _DEPENDS.search(subject) or _SAME_SUBJECT.search(subject):
        return False
    contrast = _CONTRAST.search(subject)
    if contrast is not None:
        return contrast[0] not in before
    words = {word.rstrip("s") for word in before.lower().split()}
    return subject.lower().split()[-1].rstrip("s") not in words


def _start(text: str) -> str:
    words = text.split()
    return " ".join(words[:5]) + (" …" if len(words) > 5 else "")
