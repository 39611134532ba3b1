"""The requirement that a mutant has most to do with."""

import ast
import re
from collections import Counter
from collections.abc import Iterable

from specloop.spec.module import ModuleSpec
from specloop.spec.python_text import parse
from specloop.spec.requirement import Requirement
from specloop.strength.mutant import Mutant
from specloop.strength.strength import Killed

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_NEAR = 2  # lines
_KINDS = {"raise": "error_handling"}  # operators that are about one list of requirements


def nearest_requirement(
    spec: ModuleSpec, mutant: Mutant, code: str, killed: Iterable[Killed] = ()
) -> Requirement | None:
    """The requirement with the highest score, the first of equals; None where all score 0.

    A word that the changed lines share with a requirement or its rows counts 1, one that only the
    function around shares a tenth, each divided by how many requirements and by how many lines of
    the code have it. A requirement whose tests killed mutants of the very line gains the part of
    all its kills that these are, half of that for lines close by. So what is special decides.
    """
    about = {r.id: _words_of(spec, r) for r in spec.requirements}
    spread = Counter(word for words in about.values() for word in words)
    lines = Counter(word for line in code.splitlines() for word in _words(line))
    changed, around = _words("\n".join(_changed(mutant))), _words(_function(code, mutant.line))
    nearby, everywhere = _kills(mutant.line, killed)

    def weight(words: frozenset[str]) -> float:
        return sum(1 / (spread[word] * max(1, lines[word])) for word in sorted(words))

    def score(requirement: Requirement) -> float:
        words = about[requirement.id]
        shared = weight(words & changed) + weight(words & (around - changed)) / 10
        name = requirement.full_id
        shared += nearby[name] / (everywhere[name] + 1) / 2  # that of one kill is not yet much
        return shared + (_KINDS.get(mutant.operator) == requirement.category)

    best = max(spec.requirements, key=score, default=None)
    return best if best is not None and score(best) > 0 else None


def _changed(mutant: Mutant) -> list[str]:
    return [line[1:] for line in mutant.diff.splitlines() if line[:1] in ("+", "-")]


def _words_of(spec: ModuleSpec, requirement: Requirement) -> frozenset[str]:
    rows = [row.source for row in (*spec.rows, *spec.held_out) if requirement.id in row.ids]
    return _words("\n".join((requirement.text, *rows)))


def _words(text: str) -> frozenset[str]:
    """The words and numbers in a text or in names, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def _function(code: str, line: int) -> str:
    """The innermost function or class that a line stands in, as text."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = [node for node in ast.walk(parse(code)) if isinstance(node, kinds)]
    inside = [node for node in nodes if node.lineno <= line <= (node.end_lineno or line)]
    if not inside:
        return ""
    node = max(inside, key=lambda node: node.lineno)
    return "\n".join(code.splitlines()[node.lineno - 1 : node.end_lineno])


def _kills(line: int, killed: Iterable[Killed]) -> tuple[Counter[str], Counter[str]]:
    """How often each requirement's test killed a mutant near the line, and anywhere."""
    nearby: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for one in killed:
        distance = abs(one.line - line)
        for name in one.requirements:
            everywhere[name] += 1
            nearby[name] += (distance == 0) + (distance <= _NEAR)
    return nearby, everywhere
