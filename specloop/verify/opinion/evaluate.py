"""A small interpreter of expressions over plain data. Nothing is compiled, nothing is run.

Its operands come out of the worker: each step is bounded.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from specloop.verify.opinion import calls
from specloop.verify.opinion.calls import bounded, items
from specloop.verify.opinion.names import Names, bind
from specloop.verify.opinion.opaque import Opaque, Unclear
from specloop.verify.opinion.operators import BINARY, UNARY, check_size, compared

STEPS = 100_000


class Probe(ast.expr):
    """A part of a check whose value the worker tells, as number `index`.

    `inner` is how to work it out here from the values of its own parts, or None.
    """

    _fields = ("index", "inner")
    index: int
    inner: ast.expr | None

    @classmethod
    def of(cls, index: int, inner: ast.expr | None) -> "Probe":
        """The probe of that number."""
        probe = cls()
        probe.index, probe.inner = index, inner
        return probe


Told = Callable[[int], Any]


def _nothing(index: int) -> Any:  # noqa: ANN401
    raise Unclear("nothing is told")


class Evaluator:
    """Works out the value of an expression from names and from what `told` says of its probes.

    Raises Unclear where plain data do not suffice, and what the expression itself raises. The
    errors of a part give way to what the worker told of that part where `lenient` is set.
    """

    def __init__(self, names: Names, told: Told = _nothing, lenient: bool = True) -> None:
        self._names = names
        self._told = told
        self._lenient = lenient
        self._bound: dict[str, Any] = {}
        self._steps = 0

    def value(self, node: ast.expr) -> Any:  # noqa: ANN401
        """The value of the expression."""
        self._steps += 1
        if self._steps > STEPS:
            raise Unclear("the row takes too many steps")
        how = _HOW.get(type(node))
        if how is None:
            raise Unclear(f"`{ast.unparse(node)[:60]}` cannot be worked out outside of the worker")
        return how(self, node)

    def truth(self, node: ast.expr) -> bool:
        """Whether the expression is true."""
        return bool(self.value(node))

    def _probe(self, node: Probe) -> Any:  # noqa: ANN401
        if node.inner is None:
            return self._told(node.index)
        try:
            found = self.value(node.inner)
        except Unclear:
            return self._told(node.index)
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError):
            if self._lenient:
                return self._told(node.index)
            raise
        return self._told(node.index) if isinstance(found, Opaque) else found

    def _name(self, node: ast.Name) -> Any:  # noqa: ANN401
        if node.id in self._bound:
            return self._bound[node.id]
        return self._names.constant(node)

    def _many(self, nodes: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += items(self.value(node.value))
            else:
                found.append(self.value(node))
        return found

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._many(node.elts))

    def _list(self, node: ast.List) -> list[Any]:
        return self._many(node.elts)

    def _set(self, node: ast.Set) -> set[Any]:
        return set(self._many(node.elts))

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found |= dict(self.value(value))
            else:
                found[self.value(key)] = self.value(value)
        return found

    def _bool_op(self, node: ast.BoolOp) -> Any:  # noqa: ANN401
        """What an operand says decides, also where one before it is unclear."""
        ends = isinstance(node.op, ast.Or)
        unclear: Exception | None = None
        value = None
        for operand in node.values:
            try:
                value = self.value(operand)
                if bool(value) is ends:
                    return value
            except Exception as error:
                if unclear is None and not isinstance(error, Unclear):
                    raise
                unclear = unclear or error
        if unclear is not None:
            raise unclear
        return value

    def _unary(self, node: ast.UnaryOp) -> Any:  # noqa: ANN401
        return UNARY[type(node.op)](self.value(node.operand))

    def _binary(self, node: ast.BinOp) -> Any:  # noqa: ANN401
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, Opaque) or isinstance(right, Opaque):
            raise Unclear("an operand is no plain data")
        check_size(node.op, left, right)
        return bounded(BINARY[type(node.op)](left, right))

    def _compare(self, node: ast.Compare) -> Any:  # noqa: ANN401
        left, result = self.value(node.left), True
        for sign, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            result = compared(sign, left, right)
            if not result:
                return result
            left = right
        return result

    def _if(self, node: ast.IfExp) -> Any:  # noqa: ANN401
        return self.value(node.body if self.truth(node.test) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:  # noqa: ANN401
        value = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper, node.slice.step)
            return value[slice(*(None if each is None else self.value(each) for each in bounds))]
        return value[self.value(node.slice)]

    def _call(self, node: ast.Call) -> Any:  # noqa: ANN401
        named = {word.arg: self.value(word.value) for word in node.keywords if word.arg}
        if "key" in named or len(named) < len(node.keywords):
            raise Unclear("a function is handed on")
        function = self._names.function(node.func)
        if function is not None:
            return bounded(function(*self._many(node.args), **named))
        if not isinstance(node.func, ast.Attribute):
            raise Unclear(f"`{ast.unparse(node.func)}` is not known outside of the worker")
        value = self.value(node.func.value)
        return bounded(calls.call_method(value, node.func.attr, self._many(node.args), named))

    def _joined(self, node: ast.JoinedStr) -> str:
        parts = [
            str(part.value) if isinstance(part, ast.Constant) else self._formatted(part)
            for part in node.values
        ]
        return str(bounded("".join(parts)))

    def _formatted(self, node: ast.expr) -> str:
        if not isinstance(node, ast.FormattedValue) or node.conversion not in _CONVERSIONS:
            raise Unclear("a text is formatted")
        value = _CONVERSIONS[node.conversion](bounded(self.value(node.value)))
        spec = "" if node.format_spec is None else self.value(node.format_spec)
        if len(spec) > 8 or any(len(digits) > 3 for digits in re.findall(r"\d+", spec)):
            raise Unclear("a text is formatted")
        return format(value, spec)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Any:  # noqa: ANN401
        found = [self.value(node.elt) for _ in self._turns(node.generators)]
        return set(found) if isinstance(node, ast.SetComp) else found

    def _dict_comprehension(self, node: ast.DictComp) -> dict[Any, Any]:
        turns = self._turns(node.generators)
        return {self.value(node.key): self.value(node.value) for _ in turns}

    def _turns(self, generators: list[ast.comprehension]) -> Iterator[None]:
        if not generators:
            yield
            return
        before = dict(self._bound)
        first, *others = generators
        for item in items(self.value(first.iter)):
            self._bound |= bind(first.target, item)
            if all(self.truth(test) for test in first.ifs):
                yield from self._turns(others)
        self._bound = before


_CONVERSIONS: dict[int, Callable[[Any], Any]] = {-1: lambda value: value, 115: str, 114: repr}
_HOW: dict[type[ast.expr], Callable[[Evaluator, Any], Any]] = {
    Probe: Evaluator._probe,
    ast.Constant: lambda evaluator, node: node.value,
    ast.Name: Evaluator._name,
    ast.Attribute: lambda evaluator, node: evaluator._names.constant(node),
    ast.Tuple: Evaluator._tuple,
    ast.List: Evaluator._list,
    ast.Set: Evaluator._set,
    ast.Dict: Evaluator._dict,
    ast.BoolOp: Evaluator._bool_op,
    ast.UnaryOp: Evaluator._unary,
    ast.BinOp: Evaluator._binary,
    ast.Compare: Evaluator._compare,
    ast.IfExp: Evaluator._if,
    ast.Subscript: Evaluator._subscript,
    ast.Call: Evaluator._call,
    ast.JoinedStr: Evaluator._joined,
    ast.ListComp: Evaluator._comprehension,
    ast.SetComp: Evaluator._comprehension,
    ast.GeneratorExp: Evaluator._comprehension,
    ast.DictComp: Evaluator._dict_comprehension,
}
