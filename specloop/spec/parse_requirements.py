"""The items of a spec's lists, with their ids."""

import re
from collections.abc import Sequence

from specloop.spec.problems import Problems
from specloop.spec.requirement import CATEGORIES, Requirement

_EXPLICIT = re.compile(rf"([{''.join(CATEGORIES.values())}])([0-9]+)\s*:\s+(.+)", re.DOTALL)


def nothing(texts: Sequence[str]) -> bool:
    """Whether a list says openly that there is nothing: its one item is `none`."""
    return len(texts) == 1 and texts[0].strip().casefold() == "none"


def parse_requirements(
    module: str,
    category: str,
    texts: Sequence[str],
    lines: Sequence[int],
    problems: Problems,
) -> tuple[Requirement, ...]:
    """One list's requirements; `lines` are those of the items."""
    if nothing(texts):
        return ()
    found: dict[str, Requirement] = {}
    for place, (text, line) in enumerate(zip(texts, lines, strict=True), start=1):
        id_, rest = _id(category, place, text.strip(), line, problems)
        if rest.casefold() == "none":
            if len(texts) > 1:
                problems.add(line, "S110", "'none' stands beside other items; remove it or them")
        elif id_ in found:
            first = found[id_].line
            also = f"the id {id_} is given twice in {category!r} (first on line {first})"
            by_place = "an item without one is numbered by its place"
            problems.add(line, "S111", f"{also}; {by_place}: choose other numbers")
        else:
            found[id_] = Requirement(module, id_, category, rest, line)
    return tuple(found.values())


def _id(category: str, place: int, text: str, line: int, problems: Problems) -> tuple[str, str]:
    letter = CATEGORIES[category]
    match = _EXPLICIT.fullmatch(text)
    if match is None:
        return f"{letter}{place}", text
    given = match[1] + match[2]
    if match[1] != letter:
        text = f"the id {given} is in {category!r}, whose ids begin with {letter}"
        problems.add(line, "S110", f"{text}; write {letter}{match[2]}, or move the item")
    elif match[2].startswith("0"):
        problems.add(line, "S110", f"the id {given} has a leading zero; ids count from {letter}1")
    return given, match[3]
