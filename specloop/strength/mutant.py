"""Mutants: a module's code with one small fault each, made by the operators."""

import difflib
import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from specloop.spec.python_text import parse
from specloop.strength import conditions, statements, values
from specloop.strength.compiled import Behaviour, behaviour
from specloop.strength.place import Place, places
from specloop.strength.source import Edit, Source

OPERATORS: dict[str, Callable[[Place, Source], Iterator[Edit]]] = {
    "boundary": conditions.boundary,
    "comparison": conditions.comparison,
    "boolean": conditions.boolean,
    "condition": conditions.condition,
    "arithmetic": values.arithmetic,
    "constant": values.constant,
    "slice": values.slicing,
    "call": values.call,
    "return": values.result,
    "raise": statements.raising,
    "statement": statements.statement,
    "decorator": statements.decorator,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """Code with one fault.

    `id` says what was changed into what and stays when lines move; `operator` is a key of
    OPERATORS, `line` where the change begins, `diff` the hunk of a unified diff.
    """

    id: str
    operator: str
    line: int
    code: str
    diff: str


def mutants(code: str) -> tuple[Mutant, ...]:
    """All mutants of the code, in the order of its lines; SyntaxError where it is not Python.

    Each compiles, and to something else than the code and than any other.
    """
    source = Source(code)
    edits = [
        (edit.start, name, edit)
        for place in places(parse(code))
        for name, operator in OPERATORS.items()
        for edit in operator(place, source)
    ]
    with warnings.catch_warnings():  # what the compiler thinks of a mutant is no one's affair
        warnings.simplefilter("ignore")
        return tuple(_distinct(source, sorted(edits, key=lambda found: found[0])))


def _distinct(source: Source, edits: list[tuple[int, str, Edit]]) -> Iterator[Mutant]:
    seen: set[Behaviour | None] = {None, behaviour(source.code)}
    same: Counter[str] = Counter()
    for start, operator, edit in edits:
        code = edit.apply(source.code)
        found = behaviour(code)
        if found in seen:
            continue
        seen.add(found)
        hunk = _hunk(source.code, code)
        changed = "\n".join(line for line in hunk if line[:1] in "+-")
        same[changed] += 1
        digest = hashlib.sha256(f"{operator}\n{changed}\n{same[changed]}".encode()).hexdigest()
        yield Mutant(digest[:8], operator, source.line(start), code, "\n".join(hunk))


def _hunk(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return [line.rstrip() for line in lines][2:]  # without the names of the files
