"""Traps in a spec that YAML itself lets pass: texts cut short, texts that are no texts, gaps."""

import re

from specloop.spec.problems import Problems
from specloop.spec.requirement import CATEGORIES
from specloop.spec.yaml_node import Mapping, Node, Scalar, Sequence, scalars

PYTHON_KEYS = ("exports", "examples", "held_out", "setup")
_PROSE = ("task", "requirements", *CATEGORIES, "style", "constraints")
_NOT_TEXT = ("limits", "write_tests")

# A word of its own, so not a part of `user:{id}`, of a route or of a name of files, and not inside
# quotes or backticks.
QUOTED = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"")
BRACES = re.compile(r"\{([A-Za-z][\w -]*)\}")
PLACEHOLDER = re.compile(rf"(?<![^\s(\[]){BRACES.pattern}(?=[.,;:!?)\]]*(?:\s|$))")
# A text may be about TODO items, or show a mask such as XXX-1. So these two are marks only where a
# colon or bracket follows, where they stand alone, or apart from the sentence at an end of it.
_OPEN_POINT = re.compile(  # the mark itself is the one group that matches
    r"(NEEDS CLARIFICATION|\b(?:TBD|FIXME)\b|\?{3,})"
    r"|(?:^\W*(?:[A-Z]\d+:\s+)?|[.,;:(\[–—-]\s*"
    r"|(?<!\bthat )(?<!\bwhich )(?<!\bwhat )\b(?:is|are) (?:still |yet )?)"
    r"(to be (?:decided|defined|determined|clarified))(?=[)\].!]*$)"
    r"|\b(TODO|XXX)(?=[:(])"
    r"|^\W*(TODO|XXX)(?=\W*$)"
    r"|(?:[.,;:(\[–—-]|\b(?:is|are|be))\s*\b(TODO|XXX)(?=[)\].!]*$)"
    r"|^\s*(?:[A-Z]\d+:\s+)?(TODO)"
    r"(?= (?!(?i:items?|lists?|entr|tasks?|apps?|comments?|notes?|markers?|is|are)\b))"
)


def check_texts(document: Mapping, problems: Problems) -> None:
    """Find, in all keys of a spec, what would be read as something else than was meant."""
    for key, value in document.pairs:
        name = key.value
        _check_braces(value, problems)
        if name in _NOT_TEXT:
            continue
        for scalar in scalars(value):
            if name == "accepted" and scalar.kind == "timestamp":  # its `until`
                continue
            _check_kind(scalar, name, problems)
            if scalar.commented and name in (*_PROSE, *PYTHON_KEYS):
                text = f"the text ends before ` #`, as {scalar.value[-40:]!r}; put it in quotes"
                problems.add(scalar.line, "S104", text)
            if name not in PYTHON_KEYS:
                _check_placeholders(scalar, problems)


def _check_kind(scalar: Scalar, key: str, problems: Problems) -> None:
    if problems.has(scalar.line) or scalar.kind == "str":
        return
    if scalar.kind == "null" and not scalar.value:
        text = f"a value of {key!r} is empty; give a text, write [] for an empty list, or remove it"
    else:
        text = f"YAML may read {scalar.value!r} as {_KINDS.get(scalar.kind, scalar.kind)}"
        text += ", and a text is meant; put it in quotes"
    problems.add(scalar.line, "S105", text)


_KINDS = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
    "value": "a special key",
}


def _check_braces(node: Node, problems: Problems) -> None:
    """An unquoted `{description}` is a mapping with one key and no value."""
    match node:
        case Mapping(flow=True, pairs=((key, Scalar(kind="null", value="")),)):
            text = f"the placeholder '{{{key.value}}}' is left in; replace it by what is meant"
            problems.add(node.line, "S109", text)
        case Mapping(pairs=pairs):
            for _, value in pairs:
                _check_braces(value, problems)
        case Sequence(items=items):
            for item in items:
                _check_braces(item, problems)


def _check_placeholders(scalar: Scalar, problems: Problems) -> None:
    block = scalar.style == "|"
    for offset, line in enumerate(scalar.value.split("\n"), start=1):
        place = scalar.line + offset if block else scalar.line
        said = QUOTED.sub("", line)
        found = PLACEHOLDER.search(said)
        if found is not None:
            text = f"the placeholder {found[0]!r} is left in; replace it by what is meant, or put"
            problems.add(place, "S109", f"{text} it in backticks where braces are meant")
        mark = _OPEN_POINT.search(said)
        if mark is not None:
            text = f"a point is open ({mark[mark.lastindex or 0]}); write down the answer"
            problems.add(place, "S109", text)
