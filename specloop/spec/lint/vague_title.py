"""Titles that ask for work on the code and name nothing that the module does.

A title is vague when each of its words is one of those below: words for working on code, for the
code itself, for being better, for help that is not named and for data of no kind, and small words
between them. One other word (a noun such as "contrast", a name, a number, something in quotes, or
"a" before a noun) makes it a title.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MAINTAIN = _words(
    "refactor improve improving enhance optimize optimise fix repair debug clean cleanup tidy"
    " polish rewrite rework restructure reorganize reorganise simplify modernize modernise update"
    " upgrade revise review finish complete handle maintain"
)
_MAKE = _words("make write create implement build develop do add get provide program")
_ITSELF = _words(
    "code codebase module function functions method methods implementation logic it this that"
    " everything all things thing stuff something anything"
)
# These are the code itself only where "the", "this" or "my" stands with them.
_PERHAPS_ITSELF = _words(
    "app application program project script software system class library tool"
    " service test tests api"
)
# To make these says nothing; to write a file or to build a project may be what a module does.
_PRODUCT = _words("app application program script software system tool service api")
_POINTING = _words("the this my our your whole entire existing current")
_TROUBLE = _words("bug bugs error errors issue issues problem problems")
_ABSTRACT = _words(
    "performance quality readability maintainability speed efficiency reliability security"
    " usability robustness structure design architecture style handling"
)
_HELP = _words("helper helpers utility utilities util utils")
_PROCESS = _words("process processing handle handling manage managing")
_DATA = _words("data input inputs output outputs information values")
_BETTER = _words(
    "better best good great nice nicer nicely clean cleaner cleanly simple simpler simply clearer"
    " fast faster quick quicker quickly well properly proper correctly correct right"
    " work works working efficient efficiently optimal optimized optimised improved robust secure"
    " safe safer reliable reliably flexible scalable modern modular pythonic elegant elegantly"
    " readable maintainable testable reusable stable performant perfect perfectly gracefully"
    " smaller shorter appropriate appropriately pass green user-friendly production-ready"
)
_SMALL = _words(
    "please to be so is are and or of for with in on up more much very really as should must can"
    " we i you want need needs needed necessary possible its some any than before now just then"
    " also there has have by from out if when new old not at python again formatting naming"
    " general common various misc miscellaneous"
)
_IDIOM = re.compile(r"\bin an? (?=[\w-]+ (?:way|manner)\b)|\ba (?:bit|little|lot)\b|\bway\b")
_QUOTES = re.compile(r"[\"'`“‘](?=\S)(?:.*?\S)?[\"'`”’]")
_WORD = re.compile(r"[\w'’-]+")

_KNOWN = _MAINTAIN | _MAKE | _ITSELF | _POINTING | _TROUBLE | _ABSTRACT | _BETTER | _HELP | _SMALL


def is_vague(title: str) -> bool:
    """Whether a title is made of such words alone."""
    if _QUOTES.search(title):
        return False
    words = set(_WORD.findall(_IDIOM.sub(" ", title.lower())))
    pointed = words & _PERHAPS_ITSELF if words & _POINTING else set()
    processed = words & (_DATA | _PROCESS) if words & _DATA and words & _PROCESS else set()
    if not words or words - _KNOWN - pointed - processed:
        return False
    itself = bool(words & _ITSELF or pointed)
    better = bool(words & _BETTER)
    makes = bool(words & _MAKE) and (bool(words & (_ITSELF | (pointed & _PRODUCT))) or better)
    improved = better and (itself or bool(words & _ABSTRACT))
    return bool(words & (_MAINTAIN | _HELP) or processed) or makes or improved
