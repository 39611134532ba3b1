"""What can be measured in a row without running it: its numbers, and the lengths of its texts."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from specloop.spec.python_text import parse

# In a text that is a number with its unit ("-5", "$10.50", "3 kg"), or behind = or : ("size=101").
# Others are words like any other, as in "4 horses and a cat".
_N = r"-?[0-9]+(?:\.[0-9]+)?"
_NUMBER = re.compile(rf"^[^\w-]*({_N})\s*[^\W\d]*%?$|(?<!\d)[=:]\s*({_N})(?![\w:]|[-.]\d)")

# What is compared with one of these is a code, and measures nothing.
_STATUS = re.compile(r"(?:^|_)(?:status|code)(?:$|_)", re.IGNORECASE)

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


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, with its position (None: by name alone)."""

    name: str
    position: int | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Focus:
    """What alone counts: of some functions, by their names, one of the arguments they take.

    `parameters` has for each the parameter that counts. `of_texts` says that what is bounded are
    letters, so that the lengths of lists do not count.
    """

    parameters: Mapping[str, Parameter]
    of_texts: bool


def measure(source: str, defined: Definitions, focus: Focus, into: Measured) -> None:
    """Add what is measured in `source`.

    Of `"x" * 61` that is 61, of `[a, b]` 2, of `"size=10.50"` 10 and 10.50. Indices do not count,
    and a function of `setup` that is called without anything to measure hides what it makes.
    """
    visitor = _Visitor(defined, focus, into)
    visitor.visit(parse(source))


class _Visitor(ast.NodeVisitor):
    def __init__(self, defined: Definitions, focus: Focus, into: Measured) -> None:
        self.defined = defined
        self.focus = focus
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
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in self.focus.parameters:
            parameter = self.focus.parameters[name]
            arguments = _argument(node, parameter)
            if arguments or not parameter.optional:
                self._visit_arguments(arguments)
        elif name in self.defined.makers:
            self._visit_arguments([*node.args, *node.keywords])
        else:
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        sides: list[ast.expr] = [node.left, *node.comparators]
        parts = [part for side in sides for part in _parts(side)]
        if any(_is_status(part) for part in parts):
            sides = [part for part in parts if not _is_code(part)]
        for side in sides:
            self.visit(side)

    def _visit_arguments(self, arguments: Sequence[ast.AST]) -> None:
        before = len(self.into.numbers)
        for argument in arguments:
            self.visit(argument)
        self.into.hidden |= len(self.into.numbers) == before

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> None:
        if not any(isinstance(item, ast.Starred) for item in node.elts):
            self._visit_display(node, len(node.elts))
        else:
            self.generic_visit(node)

    visit_Tuple = visit_Set = visit_List

    def visit_Dict(self, node: ast.Dict) -> None:
        self._visit_display(node, len(node.keys))

    def _visit_display(self, node: ast.expr, size: int) -> None:
        """What is in a list is no text that was given for a parameter, or came of it."""
        if not self.focus.of_texts:
            self.into.numbers.append(size)
        if not (self.focus.of_texts and self.focus.parameters):
            self.generic_visit(node)


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]


def _is_status(node: ast.expr) -> bool:
    """Whether something is named as the status of an answer, or of a process, is."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return bool(_STATUS.search(name))
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return bool(_STATUS.search(key))
    return False


def _is_code(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in range(100, 600)


def _argument(call: ast.Call, parameter: Parameter) -> list[ast.AST]:
    """What a call gives for one parameter; everything, where a star hides that."""
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    if starred or any(keyword.arg is None for keyword in call.keywords):
        return [*call.args, *call.keywords]
    position = parameter.position
    if position is not None and position < len(call.args):
        return [call.args[position]]
    return [keyword.value for keyword in call.keywords if keyword.arg == parameter.name]


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
