"""How alike the codes of several answers are, as a number.

Compared are syntax trees, so that comments and layout do not count. Nor do docstrings, `pass`, and
the names that a person would not notice: of the variables in functions and of what a lambda takes,
which are numbered in the order in which they appear. Parameters, annotations and all names of a
module or a class do count.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

from specloop.spec.python_text import parse

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WITH_DOCSTRING = (ast.Module, ast.ClassDef, *_FUNCTIONS)
_NO_FIELDS = ("ctx", "type_comment", "kind")  # what says nothing that other fields do not


@dataclass(frozen=True, slots=True)
class Likeness:
    """What comparing `codes` codes pair by pair gave.

    `identical` of the `pairs` have the same tree; `similarity` is the mean of the other pairs, from
    0 to 1, None where there is none.
    """

    codes: int
    pairs: int
    identical: int
    similarity: float | None

    @property
    def identical_share(self) -> float | None:
        """The share of identical pairs; None where there is no pair."""
        return self.identical / self.pairs if self.pairs else None


def likeness(codes: Sequence[str]) -> Likeness:
    """Compare each code with each; SyntaxError where one is not Python."""
    trees = [nodes(code) for code in codes]
    ratios = [_ratio(one, other) for one, other in combinations(trees, 2) if one != other]
    pairs = len(trees) * (len(trees) - 1) // 2
    mean = sum(ratios) / len(ratios) if ratios else None
    return Likeness(len(trees), pairs, pairs - len(ratios), mean)


def similarity(code: str, other: str) -> float:
    """Twice the nodes that both trees have in the same order, through all nodes of both."""
    return _ratio(nodes(code), nodes(other))


@lru_cache(maxsize=1024)  # code that passed is often a first answer, too
def _ratio(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    first, second = sorted((one, other))  # what is found may depend on which comes first
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def nodes(code: str) -> tuple[str, ...]:
    """The nodes of the tree, each before those below it: equal ones are the same tree."""
    found: list[str] = []
    waiting: list[tuple[ast.AST, _Names | None] | str] = [(parse(code), None)]
    while waiting:  # no recursion: an expression may be deeper than Python's stack
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
            continue
        node, names = item
        inner = _names_in(node, names)
        # A function is called by its name where it stands; its parameters belong inside.
        found.append(_label(node, names if isinstance(node, _FUNCTIONS) else inner))
        for part in reversed(list(_below(node))):
            waiting.append(part if isinstance(part, str) else (part, inner))
    return tuple(found)


def _below(node: ast.AST) -> Iterator[ast.AST | str]:
    """What is directly below a node; a list has its end marked, since f(g(a), b) is not f(g(a, b)).

    Strings stand for what is no node.
    """
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST) and field not in _NO_FIELDS:
            yield value
        elif isinstance(value, list):
            kept = [one for one in value if not isinstance(one, (ast.Pass, ast.Nonlocal))]
            if field == "body" and _has_docstring(node):
                del kept[0]
            yield from (one if isinstance(one, ast.AST) else str(one) for one in kept)
            if kept:
                yield f"end of {field}"


def _has_docstring(node: ast.AST) -> bool:
    return isinstance(node, _WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None


class _Names:
    """The names that one function, lambda or comprehension binds."""

    def __init__(self, outer: "_Names | None", bound: set[str], kept: set[str]) -> None:
        self._outer = outer
        self._bound = bound - kept
        self._kept = kept
        self._depth: int = outer._depth + 1 if outer else 0
        self._numbers: dict[str, int] = {}

    def of(self, name: str) -> str:
        """What the name is called in a comparison."""
        if name in self._kept:
            return name
        if name in self._bound:
            number = self._numbers.setdefault(name, len(self._numbers))
            return f"local {self._depth}.{number}"
        return self._outer.of(name) if self._outer else name


def _names_in(node: ast.AST, outer: _Names | None) -> _Names | None:
    """The names that hold inside a node."""
    if isinstance(node, _COMPREHENSIONS):
        targets = {name for part in node.generators for name in _bound([part.target])}
        return _Names(outer, targets, set())
    if isinstance(node, ast.Lambda):
        return _Names(outer, _parameters(node.args) | _bound([node.body]), set())
    if isinstance(node, _FUNCTIONS):
        own = list(_own(node.body))
        outside = {name for part in own if isinstance(part, ast.Nonlocal) for name in part.names}
        world = {name for part in own if isinstance(part, ast.Global) for name in part.names}
        kept = _parameters(node.args) | world
        return _Names(outer, _bound(node.body) - outside, kept)
    return outer


def _parameters(arguments: ast.arguments) -> set[str]:
    return {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)}


def _bound(body: Sequence[ast.AST]) -> set[str]:
    """The names that get a value in a body."""
    return {name for node in _own(body) if (name := _binds(node))}


def _binds(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return name
        case ast.MatchMapping(rest=name):
            return name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case _:
            return None


def _own(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a body, without what is in functions and classes in it."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.ClassDef, ast.Lambda, *_FUNCTIONS)):
            waiting.extend(ast.iter_child_nodes(node))


def _label(node: ast.AST, names: _Names | None) -> str:
    """The kind of a node, with the names and values that it holds itself, and what it lacks.

    The last tells a[1:] from a[:1].
    """
    words = [type(node).__name__]
    for field, value in ast.iter_fields(node):
        if field in _NO_FIELDS or isinstance(value, (ast.AST, list)):
            continue
        words.append(f"no {field}" if value is None else _value(node, value, names))
    return " ".join(words)


def _value(node: ast.AST, value: object, names: _Names | None) -> str:
    """A name as it is called in a comparison, any other value as it is written."""
    is_name = isinstance(node, (ast.Name, ast.arg)) or _binds(node) == value
    if not is_name or not isinstance(value, str):
        return repr(value)
    return names.of(value) if names else value
