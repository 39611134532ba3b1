"""What can be measured in a row without running it: its numbers, and the lengths of its texts."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from specloop.spec.python_text import parse

# In a text that is a number with its unit ("-5", "$10.50", "3 kg"), or behind = or : ("size=101").
# Others are words like any other, as in "4 horses and a cat".
_N = r"-?[0-9]+(?:\.[0-9]+)?"
_NUMBER = re.compile(rf"^[^\w-]*({_N})\s*[^\W\d]*%?$|(?<!\d)[=:]\s*({_N})(?![\w:]|[-.]\d)")

Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Sized:
    """The sizes of a text, in characters and bytes, or of a list."""

    sizes: tuple[int, ...]


Value = int | float | Sized


@dataclass(slots=True)
class Measured:
    """The numbers of some rows; `hidden` says that some come from calls that do not show them."""

    numbers: list[Number]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a spec's `setup` defines: names with a value that can be measured, and the others."""

    values: Mapping[str, Value]
    makers: frozenset[str]


def definitions(setup: str) -> Definitions:
    """The functions, classes and assignments of a `setup`; imports make nothing by themselves."""
    values: dict[str, Value] = {}
    makers: set[str] = set()
    for node in parse(setup).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                makers.add(node.name)
            case ast.Assign(targets=[ast.Name(id=name)], value=assigned):
                value = _value(assigned, values)
                if value is None:
                    makers.add(name)
                else:
                    values[name] = value
            case ast.Assign(targets=targets):
                makers.update(n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
    return Definitions(values, frozenset(makers))


def measure(source: str, defined: Definitions, into: Measured) -> None:
    """Add what is measured in `source`.

    Of `"x" * 61` that is 61, of `[a, b]` 2, of `"size=10.50"` 10 and 10.50. Indices do not count,
    and a function of `setup` that is called without anything to measure hides what it makes.
    """
    visitor = _Visitor(defined, into)
    visitor.visit(parse(source))


class _Visitor(ast.NodeVisitor):
    def __init__(self, defined: Definitions, into: Measured) -> None:
        self.defined = defined
        self.into = into

    def visit(self, node: ast.AST) -> None:
        value = _value(node, self.defined.values) if isinstance(node, ast.expr) else None
        if value is None:
            super().visit(node)
            return
        self.into.numbers += [value] if not isinstance(value, Sized) else value.sizes
        for part in ast.walk(node):
            self.into.numbers += _numbers_in_text(part)

    def visit_Name(self, node: ast.Name) -> None:
        self.into.hidden |= node.id in self.defined.makers

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Name) and node.func.id in self.defined.makers):
            self.generic_visit(node)
            return
        before = len(self.into.numbers)
        for argument in (*node.args, *node.keywords):
            self.visit(argument)
        self.into.hidden |= len(self.into.numbers) == before

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> None:
        if not any(isinstance(item, ast.Starred) for item in node.elts):
            self.into.numbers.append(len(node.elts))
        self.generic_visit(node)

    visit_Tuple = visit_Set = visit_List

    def visit_Dict(self, node: ast.Dict) -> None:
        self.into.numbers.append(len(node.keys))
        self.generic_visit(node)


def _value(node: ast.expr, names: Mapping[str, Value]) -> Value | None:
    """What the expression comes to, as far as its text tells."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Constant(value=str() as text):
            return Sized((len(text), len(text.encode("utf-8", "surrogatepass"))))
        case ast.Constant(value=bytes() as text):
            return Sized((len(text),))
        case ast.Name(id=name):
            return names.get(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _value(operand, names)
            return None if value is None or isinstance(value, Sized) else -value
        case ast.BinOp(left=ast.List(elts=[_]), op=ast.Mult(), right=right):
            times = _value(right, names)
            return Sized((times,)) if isinstance(times, int) else None
        case ast.BinOp(left=left, op=operation, right=right):
            return _combined(_value(left, names), operation, _value(right, names))
    return None


def _combined(left: Value | None, operation: ast.operator, right: Value | None) -> Value | None:
    match left, operation, right:
        case (Sized(), ast.Add(), Sized()) if len(left.sizes) == len(right.sizes):
            return Sized(tuple(a + b for a, b in zip(left.sizes, right.sizes, strict=True)))
        case (Sized(sizes), ast.Mult(), int() as times):
            return Sized(tuple(size * times for size in sizes))
        case (int() as times, ast.Mult(), Sized(sizes)):
            return Sized(tuple(size * times for size in sizes))
        case (int() as a, ast.Add(), int() as b):
            return a + b
        case (int() as a, ast.Sub(), int() as b):
            return a - b
        case (int() as a, ast.Mult(), int() as b):
            return a * b
        case (int() as a, ast.Pow(), int() as b) if abs(a) <= 1000 and 0 <= b <= 64:
            return int(a**b)
    return None


def _numbers_in_text(node: ast.AST) -> Iterator[Decimal]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for whole, given in _NUMBER.findall(node.value):
            yield Decimal(whole or given)
