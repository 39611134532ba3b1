"""Bounds that requirements set in digits, and rows on either side of them."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from specloop.spec.lint.measures import Focus, Measured, Number, Parameter, definitions, measure
from specloop.spec.lint.subject import Subject
from specloop.spec.module import Export
from specloop.spec.python_text import parse
from specloop.spec.requirement import Requirement
from specloop.spec.row import Row

_WORDS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_DIGITS = r"-?\d+(?:[,_]\d{3})*(?:\.\d+)?(?![\w:]|[-.,/]\d)"
_N = rf"[$€£]?({_DIGITS}|(?:{'|'.join(_WORDS)})\b)"
_ALONE = r"(?<![\w.:/-])"
_MORE = "more|longer|greater|larger|higher|bigger|older|later"
_LESS = "less|fewer|shorter|smaller|lower|younger|earlier"


def _form(before: str, than: str, after: str, end: str) -> re.Pattern[str]:
    """The pattern of `before NUMBER`, `than than NUMBER`, `NUMBER or after`, `NUMBER at end`."""
    first = rf"(?<!\w)(?:{before}|(?:{than}) than)\s*{_N}"
    last = rf"{_ALONE}{_N}(?: [a-z]+){{,2}} at {end}\b(?! ?{_N})"
    return re.compile(rf"{first}|{_ALONE}{_N} or (?:{after})\b|{last}", re.IGNORECASE)


# Something else begins after the number, as of "at most 60", or with it, as of "at least 3".
_UPPER = _form(
    r"at most|up to|(?:maximum|max\.?)(?: [a-z_]+)?(?: of| is|:)?|<=|≤|(?<=\s)>|above|beyond"
    r"|exceed(?:s|ing)?",
    _MORE,
    f"{_LESS}|below",
    "most",
)
_LOWER = _form(
    r"at least|(?:minimum|min\.)(?: [a-z_]+)?(?: of| is|:)?|>=|≥|(?<=\s)<|below",
    _LESS,
    f"{_MORE}|above",
    "least",
)
_COUNTED = (
    r"(?:characters|letters|bytes|digits|chars|signs|words|lines|items|entries|rows|elements)"
)
_RANGE = re.compile(
    rf"(?<!\w)between {_N} and {_N}|{_ALONE}{_N}(?: to |\.\.){_N}"
    rf"|{_ALONE}(\d+)[-–](\d+)(?= (?:[a-z-]+ )?{_COUNTED}\b)",
    re.IGNORECASE,
)
_ANY = re.compile(rf"{_ALONE}(?:{_DIGITS}|(?:{'|'.join(_WORDS)})\b)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"\n]*"')
_OF_TEXTS = re.compile(r"\s+(?:[\w-]+\s+)?(?:characters?|letters?|bytes|digits|chars|signs)\b")
_OF_TIME = re.compile(r"\s*(?:(?:milli)?seconds?|minutes?|hours?|ms|s|min|h)\b")
# The number of a version, of a standard or of a status, and decimals, which no row can count.
_VERSION = re.compile(
    r"(?:\b(?:[Vv]ersions?|[Rr]eleases?|Python|[A-Z]{2,}\w*)|\b(?:status|code)s?(?: \w+)?) $"
)
_NAME = re.compile(r"\b[A-Z]\w+ $")
_DECIMALS = re.compile(
    r"\s+(?:decimals?|places|(?:fractional |significant )?digits? (?:after|behind))\b"
)
_FIRST = re.compile(r"(?:(?:the|an?|each|every) )?`?(\w+)`? ")
_WORD = re.compile(r"\w+")
_BY_CHANCE = 20
_GIVEN = re.compile(r"\b(\w+) ?= ?-?\d")


@dataclass(frozen=True, slots=True)
class Bound:
    """A border: what holds up to `low` ends before `high`, or the reverse.

    `number` is the one of both that the requirement says, in `words`.
    """

    words: str
    number: Decimal
    low: Decimal
    high: Decimal
    of_texts: bool
    of_time: bool

    def missing(self, numbers: Sequence[Number]) -> Decimal | None:
        """The number on the side where there are none; None where there are some on both."""
        if not any(number > self.low for number in numbers):
            return self.high
        return None if any(number < self.high for number in numbers) else self.low


def bounds_in(text: str) -> Iterator[Bound]:
    """The bounds that a requirement sets; what stands in quotes is somebody else's text.

    Nothing is below 0 where things are counted, so that 0 is no lower bound.
    """
    text = _QUOTED.sub('""', text)
    for match in _matches(_UPPER, text):
        yield _upper(match, *_numbers(match))
    for match in _matches(_LOWER, text):
        yield _lower(match, *_numbers(match))
    for match in _matches(_RANGE, text):
        least, most = _numbers(match)
        if least < most:
            yield _upper(match, most)
            if least:
                yield _lower(match, least)


def _matches(form: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for match in form.finditer(text):
        before = text[: match.start()]
        named = _VERSION.search(before) or (match[0].endswith("later") and _NAME.search(before))
        if not named and not _DECIMALS.match(text, match.end()):
            yield match


def _upper(match: re.Match[str], number: Decimal) -> Bound:
    return _bound(match, number, number, number + _step(number))


def _lower(match: re.Match[str], number: Decimal) -> Bound:
    return _bound(match, number, number - _step(number), number)


def _bound(match: re.Match[str], number: Decimal, low: Decimal, high: Decimal) -> Bound:
    return Bound(match[0], number, low, high, _tells(_OF_TEXTS, match), _tells(_OF_TIME, match))


def _tells(unit: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether a unit stands behind the number."""
    return bool(unit.search(match[0]) or unit.match(match.string, match.end()))


def _numbers(match: re.Match[str]) -> list[Decimal]:
    return [_decimal(group) for group in match.groups() if group]


def _decimal(digits: str) -> Decimal:
    word = digits.lower()
    return Decimal(_WORDS.index(word) + 2 if word in _WORDS else digits.replace(",", ""))


def _step(number: Decimal) -> Decimal:
    """1 in the last place that is written."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def one_sided_bound(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement with a bound of which the rows show one side alone.

    The list `input` says what may be relied on, so what breaks it needs no row. Requirements that
    name the same number share their rows: one may say what holds, another what happens otherwise.
    The other side of an error is any row without it, and so is that of a parameter.
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
    parameters = _parameters(spec.exports)
    found: dict[Requirement, list[tuple[Bound, Row | None]]] = {}
    for requirement, bound in bounds:
        ids = naming.get(abs(bound.number), set()) | {requirement.id}
        focus = Focus(_bounded(requirement.text, parameters), bound.of_texts)
        anywhere = requirement.category == "error_handling" or focus.parameters
        lacking = sides.missing(bound, focus, everything if anywhere else ids)
        if lacking is None or ids & tested or not _is_seen(bound, requirement, focus, rows):
            continue
        found.setdefault(requirement, []).append((bound, sides.row_at(lacking, focus)))
    for requirement, missing in found.items():
        text = f"the rows of {requirement.id} stay on one side of {missing[0][0].words!r}"
        yield requirement.line, f"{text}; {_advice(requirement.id, missing)}"


def _advice(id_: str, missing: Sequence[tuple[Bound, Row | None]]) -> str:
    """What to write for each bound, or which row of other requirements shows its other side."""
    places = [f"at {bound.low} and at {bound.high}" for bound, row in missing if row is None]
    written = [f"write `{id_}: …` {', and '.join(places)}"] if places else []
    lines = dict.fromkeys(row.line for _, row in missing if row is not None)
    cited = [f"let the row on line {line} cite {id_}, too" for line in lines]
    return ", and ".join([*written, *cited])


def _is_seen(bound: Bound, requirement: Requirement, focus: Focus, rows: Sequence[Row]) -> bool:
    """How much time passes is seen in no row, but what is given under a name of the text is."""
    if not bound.of_time or focus.parameters:
        return True
    named = set(_WORD.findall(requirement.text))
    return any(not named.isdisjoint(_GIVEN.findall(row.source)) for row in rows)


def _ids_by_number(requirements: Sequence[Requirement]) -> dict[Decimal, set[str]]:
    naming: dict[Decimal, set[str]] = {}
    for requirement in requirements:
        for match in _ANY.finditer(requirement.text):
            naming.setdefault(abs(_decimal(match[0])), set()).add(requirement.id)
    return naming


_Parameters = dict[str, dict[str, Parameter]]


def _parameters(exports: Sequence[Export]) -> _Parameters:
    """The parameters of each function that has several, with their positions."""
    found: _Parameters = {}
    for export in exports:
        match parse(export.source).body:
            case [ast.FunctionDef(args=given) | ast.AsyncFunctionDef(args=given)]:
                named = list(_named(given))
                if len(named) > 1 and not given.vararg:
                    found[export.name] = {parameter.name: parameter for parameter in named}
    return found


def _named(given: ast.arguments) -> Iterator[Parameter]:
    by_position = [*given.posonlyargs, *given.args]
    first_optional = len(by_position) - len(given.defaults)
    for place, argument in enumerate(by_position):
        yield Parameter(argument.arg, place, optional=place >= first_optional)
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield Parameter(argument.arg, None, optional=default is not None)


def _bounded(text: str, parameters: _Parameters) -> dict[str, Parameter]:
    """Of each function the parameter that a text begins with: that is what it sets bounds to."""
    first = _FIRST.match(text)
    name = first[1] if first is not None else ""
    return {function: named[name] for function, named in parameters.items() if name in named}


class _Sides:
    """The rows of a spec, each measured once for what counts in it."""

    def __init__(self, rows: Sequence[Row], setup: str) -> None:
        self.rows = rows
        self.defined = definitions(setup)
        self.measured: dict[tuple[int, tuple[object, ...]], Measured] = {}

    def missing(self, bound: Bound, focus: Focus, ids: set[str]) -> Decimal | None:
        """The number on the side of a bound where rows of these requirements have none.

        Where not all can be measured, two that differ will do.
        """
        cited = [(row, self._measure(row, focus)) for row in self.rows if ids.intersection(row.ids)]
        numbers = [number for _, measured in cited for number in measured.numbers]
        hidden = not numbers or any(measured.hidden for _, measured in cited)
        if hidden and len({row.source for row, _ in cited}) > 1:
            return None
        return bound.missing(numbers)

    def row_at(self, number: Decimal, focus: Focus) -> Row | None:
        """A row with exactly this number; those that many rows may have by chance do not count."""
        rows = self.rows if abs(number) > _BY_CHANCE else ()
        return next((row for row in rows if number in self._measure(row, focus).numbers), None)

    def _measure(self, row: Row, focus: Focus) -> Measured:
        key = (id(row), (focus.of_texts, *focus.parameters.items()))
        if key not in self.measured:
            # What grows with every statement is not told by their numbers.
            measured = Measured([], hidden=len(row.setup) > 1)
            measure("\n".join((*row.setup, row.expression)), self.defined, focus, measured)
            self.measured[key] = measured
        return self.measured[key]
