"""A check taken apart: what the worker evaluates, and what is worked out here from its values.

In `len(slugify("x" * 200)) == 60` the worker gets `slugify("x" * 200)`, and around it, for a value
that is no plain data, `len(…)`; the comparison and the 60 stay here.
"""

import ast
from dataclasses import dataclass, replace

from specloop.verify.opinion import calls
from specloop.verify.opinion.evaluate import Evaluator, Probe
from specloop.verify.opinion.names import Names, makes_object
from specloop.verify.opinion.opaque import Unclear
from specloop.verify.opinion.parts import LOOPS, compares, made_in, mapped, parts_of
from specloop.verify.opinion.written_out import written_out

RECORD = "__record__"
PROBES = 400

_DECIDE = (ast.Compare, ast.BoolOp, ast.IfExp)
_PLAIN = (
    *(ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Starred),
    *(ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.IfExp, ast.Subscript),
)


@dataclass(frozen=True, slots=True)
class Split:
    """A check taken apart: `steps` are the worker's, in their order, `check` is ours.

    `deciding` are the probes in which code of the row itself compares, `promised` those whose
    values are promised to be plain data.
    """

    steps: tuple[ast.expr, ...]
    check: ast.expr
    deciding: frozenset[int] = frozenset()
    promised: frozenset[int] = frozenset()


def split(check: ast.expr, names: Names, deciders: frozenset[str], everything: bool) -> Split:
    """Take a check apart; Unclear where it has too many parts.

    `deciders` are names whose code compares, `everything` says that the module's names are not
    known, so that any builtin's name may be its own.
    """
    splitter = _Splitter(names, deciders, everything)
    ours = splitter.visit(splitter.written_out(check))
    return Split(
        tuple(splitter.steps), ours, frozenset(splitter.deciding), frozenset(splitter.promised)
    )


class _Splitter:
    def __init__(self, names: Names, deciders: frozenset[str], everything: bool) -> None:
        self.steps: list[ast.expr] = []
        self.deciding: set[int] = set()
        self.promised: set[int] = set()
        self._names = names
        self._deciders = deciders
        self._everything = everything
        self._count = 0

    def visit(self, node: ast.expr) -> ast.expr:
        """Our side of an expression; the steps that it takes are noted."""
        if isinstance(node, ast.Starred):
            return ast.Starred(self.visit(node.value), ast.Load())
        if not self._has_leaf(node) and self._is_known(node):
            return node
        if self._is_withheld(node):
            return mapped(node, self.visit, self._names)
        worker, ours = self._recorded(node)
        self.steps.append(worker)
        return ours

    def _recorded(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        """The worker's side, which tells the value, and ours."""
        if isinstance(node, ast.Starred):
            worker, ours = self._recorded(node.value)
            return ast.Starred(worker, ast.Load()), ast.Starred(ours, ast.Load())
        if not self._has_leaf(node) and self._is_known(node):
            return node, node
        if self._is_ours(node):
            sides: dict[int, tuple[ast.expr, ast.expr]] = {}

            def side(part: ast.expr) -> tuple[ast.expr, ast.expr]:
                if id(part) not in sides:
                    sides[id(part)] = self._recorded(part)
                return sides[id(part)]

            worker = mapped(node, lambda part: side(part)[0], self._names)
            inner: ast.expr | None = mapped(node, lambda part: side(part)[1], self._names)
        else:
            worker, inner = node, None
        index = self._next()
        if inner is None and self._decides(node):
            self.deciding.add(index)
        if inner is None and self._names.promises(node):
            self.promised.add(index)
        if isinstance(worker, ast.GeneratorExp):
            worker = ast.ListComp(worker.elt, worker.generators)
        return _call(index, worker), Probe.of(index, inner)

    def _next(self) -> int:
        self._count += 1
        if self._count > PROBES:
            raise Unclear("the row has too many parts")
        return self._count - 1

    def _has_leaf(self, node: ast.expr) -> bool:
        """Whether the worker is needed for some of it."""
        return not self._is_ours(node) or any(map(self._has_leaf, parts_of(node, self._names)))

    def _is_ours(self, node: ast.expr) -> bool:
        """Whether we can do it, given its parts."""
        match node:
            case ast.Name() | ast.Attribute():
                return self._is_constant(node)
            case ast.Call():
                return self._is_our_call(node)
            case ast.JoinedStr():
                values = [
                    part.value for part in node.values if isinstance(part, ast.FormattedValue)
                ]
                return not any(map(self._has_leaf, values))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._is_our_loop(node)
        return isinstance(node, _PLAIN)

    def _is_constant(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name) and node.id in self._names.bound:
            return True
        try:
            self._names.constant(node)
        except Unclear:
            return False
        return True

    def _is_our_call(self, node: ast.Call) -> bool:
        if any(word.arg in (None, "key") for word in node.keywords):
            return False
        if self._names.function(node.func) is not None:
            known = not any(map(self._has_leaf, parts_of(node, self._names)))
            if isinstance(node.func, ast.Name) and node.func.id in calls.WORDS and not known:
                return False
            return not (known and self._everything and isinstance(node.func, ast.Name))
        match node.func:
            case ast.Attribute(value=value, attr=name) if name in calls.PURE:
                return not self._is_of_module(value) and not self._is_imported(value)
        return False

    def _is_imported(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._names.imported

    def _is_of_module(self, node: ast.expr) -> bool:
        """Whether it is an object of a class, made in the row: its methods are the module's own."""
        if isinstance(node, ast.Name):
            return node.id in self._names.objects
        return makes_object(node, self._names.imported)

    def _is_our_loop(self, node: ast.expr) -> bool:
        """Whether all but what it goes over first is known, but for its own names."""
        assert isinstance(node, LOOPS)
        first, *others = node.generators
        if any(each.is_async for each in node.generators):
            return False
        targets = [each.target for each in node.generators]
        bound = {
            name.id for each in targets for name in ast.walk(each) if isinstance(name, ast.Name)
        }
        names = replace(self._names, bound=self._names.bound | bound)
        inner = _Splitter(names, self._deciders, self._everything)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        parts += [*first.ifs, *(each.iter for each in others)]
        parts += [test for each in others for test in each.ifs]
        return not any(map(inner._has_leaf, parts))

    def _is_known(self, node: ast.expr) -> bool:
        """Whether it can be worked out here and now."""
        try:
            Evaluator(self._names).value(node)
        except Unclear:
            return False
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError):
            return False
        return True

    def _is_withheld(self, node: ast.expr) -> bool:
        """Whether it compares, so that what it compares with must not go to the worker."""
        if not self._is_ours(node):
            return isinstance(node, LOOPS) and _any_compares(*made_in(node))
        if isinstance(node, LOOPS) and _any_compares(*made_in(node)):
            return True
        return self._is_decision(node) or any(map(self._is_withheld, parts_of(node, self._names)))

    def _is_decision(self, node: ast.expr) -> bool:
        match node:
            case ast.UnaryOp(op=ast.Not()):
                return True
            case ast.Call(func=func):
                if self._names.function(func) is not None:
                    return self._names.full_name(func) in calls.PREDICATES
                return isinstance(func, ast.Attribute) and func.attr in calls.QUESTIONS
        return isinstance(node, _DECIDE)

    def _decides(self, leaf: ast.expr) -> bool:
        """Whether code of the row itself compares in it."""
        names = {node.id for node in ast.walk(leaf) if isinstance(node, ast.Name)}
        return bool(names & self._deciders) or _any_compares(*_inside(leaf))

    def written_out(self, node: ast.expr) -> ast.expr:
        """The check with each loop over known values written out, so that each turn is a part."""
        return written_out(node, self._has_leaf, self._names)


def recorded(step: ast.expr) -> list[int]:
    """The numbers of the values that a step of the worker's tells."""
    found: list[int] = []
    for node in ast.walk(step):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=int() as index), _]):
                found += [index] if name == RECORD else []
    return found


def _call(index: int, node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(RECORD, ast.Load()), [ast.Constant(index), node], [])


def _inside(leaf: ast.expr) -> list[ast.expr]:
    """What a method is given; its own name may be that of a question, but the answer is its own."""
    if isinstance(leaf, ast.Call) and isinstance(leaf.func, ast.Attribute):
        return [leaf.func.value, *leaf.args, *(word.value for word in leaf.keywords)]
    return [leaf]


def _any_compares(*nodes: ast.expr) -> bool:
    return any(compares(node) for node in nodes if not isinstance(node, ast.Lambda))
