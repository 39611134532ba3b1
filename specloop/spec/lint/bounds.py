"""Bounds that requirements set in digits, and rows on either side of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from specloop.spec.lint.measures import Measured, definitions, measure
from specloop.spec.lint.subject import Subject
from specloop.spec.requirement import Requirement
from specloop.spec.row import Row

_DIGITS = r"-?\d+(?:[,_]\d{3})*(?:\.\d+)?(?![\w:]|[-.,/]\d)"
_N = rf"[$€£]?({_DIGITS})"
_ALONE = r"(?<![\w.:/-])"
_MORE = "more|longer|greater|larger|higher|bigger|older|later"
_LESS = "less|fewer|shorter|smaller|lower|younger|earlier"


def _form(before: str, than: str, after: str) -> re.Pattern[str]:
    """The pattern of `before NUMBER`, `than than NUMBER` and `NUMBER or after`."""
    first = rf"(?<!\w)(?:{before}|(?:{than}) than)\s*{_N}"
    return re.compile(rf"{first}|{_ALONE}{_N} or (?:{after})\b", re.IGNORECASE)


# Something else begins after the number, as of "at most 60", or with it, as of "at least 3".
_UPPER = _form(
    r"at most|up to|(?:maximum|max\.?)(?: [a-z_]+)?(?: of| is|:)?|<=|≤|(?<=\s)>|above|beyond"
    r"|exceed(?:s|ing)?",
    _MORE,
    f"{_LESS}|below",
)
_LOWER = _form(
    r"at least|(?:minimum|min\.)(?: [a-z_]+)?(?: of| is|:)?|>=|≥|(?<=\s)<|below",
    _LESS,
    f"{_MORE}|above",
)
_RANGE = re.compile(rf"(?<!\w)between {_N} and {_N}|{_ALONE}{_N}(?: to |\.\.){_N}", re.IGNORECASE)
_ANY = re.compile(_ALONE + _DIGITS)
_QUOTED = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True, slots=True)
class Bound:
    """A border: what holds up to `low` ends before `high`, or the reverse.

    `number` is the one of both that the requirement says, in `words`.
    """

    words: str
    number: Decimal
    low: Decimal
    high: Decimal

    def between(self, measured: Measured) -> bool:
        """Whether there are numbers on both sides."""
        below = any(number < self.high for number in measured.numbers)
        return below and any(number > self.low for number in measured.numbers)


def bounds_in(text: str) -> Iterator[Bound]:
    """The bounds that a requirement sets; what stands in quotes is somebody else's text.

    Nothing is below 0 where things are counted, so that 0 is no lower bound.
    """
    text = _QUOTED.sub('""', text)
    for match in _UPPER.finditer(text):
        yield _upper(match[0], *_numbers(match))
    for match in _LOWER.finditer(text):
        yield _lower(match[0], *_numbers(match))
    for match in _RANGE.finditer(text):
        least, most = _numbers(match)
        if least < most:
            yield _upper(match[0], most)
            if least:
                yield _lower(match[0], least)


def _upper(words: str, number: Decimal) -> Bound:
    return Bound(words, number, number, number + _step(number))


def _lower(words: str, number: Decimal) -> Bound:
    return Bound(words, number, number - _step(number), number)


def _numbers(match: re.Match[str]) -> list[Decimal]:
    return [_decimal(group) for group in match.groups() if group]


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _step(number: Decimal) -> Decimal:
    """1 in the last place that is written."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def one_sided_bound(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement with a bound of which the rows show one side alone.

    The list `input` says what may be relied on, so what breaks it needs no row. Requirements that
    name the same number share their rows: one may say what holds, another what happens otherwise.
    The other side of an error is any row without it.
    """
    spec = subject.spec
    rows = (*spec.rows, *spec.held_out)
    tested = {citation.id for citation in subject.citations}
    bounds = [
        (requirement, bound)
        for requirement in spec.requirements
        if requirement.category != "input" and any(requirement.id in row.ids for row in rows)
        for bound in bounds_in(requirement.text)
    ]
    if not bounds:
        return
    naming = _ids_by_number(spec.requirements)
    everything = {requirement.id for requirement in spec.requirements}
    sides = _Sides(rows, spec.setup)
    found: dict[Requirement, list[Bound]] = {}
    for requirement, bound in bounds:
        ids = naming.get(abs(bound.number), set()) | {requirement.id}
        shared = everything if requirement.category == "error_handling" else ids
        if not ids & tested and not sides.both(bound, shared):
            found.setdefault(requirement, []).append(bound)
    for requirement, missing in found.items():
        places = ", and ".join(f"at {bound.low} and at {bound.high}" for bound in missing)
        text = f"the rows of {requirement.id} stay on one side of {missing[0].words!r}"
        yield requirement.line, f"{text}; write `{requirement.id}: …` {places}"


def _ids_by_number(requirements: Sequence[Requirement]) -> dict[Decimal, set[str]]:
    naming: dict[Decimal, set[str]] = {}
    for requirement in requirements:
        for match in _ANY.finditer(requirement.text):
            naming.setdefault(abs(_decimal(match[0])), set()).add(requirement.id)
    return naming


class _Sides:
    """The rows of a spec, each measured once."""

    def __init__(self, rows: Sequence[Row], setup: str) -> None:
        defined = definitions(setup)
        self.rows: list[tuple[Row, Measured]] = []
        for row in rows:
            # What grows with every statement is not told by their numbers.
            measured = Measured([], hidden=len(row.setup) > 1)
            measure("\n".join((*row.setup, row.expression)), defined, measured)
            self.rows.append((row, measured))

    def both(self, bound: Bound, ids: set[str]) -> bool:
        """Whether rows of these requirements are on both sides.

        Where not all can be measured, two that differ will do.
        """
        cited = [(row, measured) for row, measured in self.rows if ids.intersection(row.ids)]
        numbers = [number for _, measured in cited for number in measured.numbers]
        if bound.between(Measured(numbers)):
            return True
        hidden = not numbers or any(measured.hidden for _, measured in cited)
        return hidden and len({row.source for row, _ in cited}) > 1
