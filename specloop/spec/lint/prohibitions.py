"""Requirements that forbid something, and rows that hold for an empty result, too."""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence

from specloop.spec.lint.subject import Subject
from specloop.spec.module import Export
from specloop.spec.python_text import parse
from specloop.spec.requirement import Requirement
from specloop.spec.row import Row

# "Nothing" alone is no such word: it is given, taken and left, as a result of its own.
_FORBIDS = re.compile(
    r"\b(?:no|not|never|neither|nor|cannot|without|\w+n't|nothing (?:else|more))\b",
    re.IGNORECASE,
)
_NOTHING_ELSE = re.compile(r"\bnothing (?:else|more)\b", re.IGNORECASE)
# Where nothing is what is asked for, a row has nothing else to say.
_ASKS_FOR_NOTHING = re.compile(
    r"\b(?:None|False|empty|zero|0|no \w+ (?:gives?|returns?|yields?|makes?|means?) no)\b"
    r"|\[\]|\{\}|\"\"|''"
)
# Where "empty" is part of what is forbidden, or of what that is about, it is no result.
_NO_RESULT = re.compile(
    r"\b(?:that|which) (?:is|are) empty\b|\b(?:never|not|no)(?: be| an?| \w+s(?: an?)?)? empty\b",
    re.IGNORECASE,
)
_EMPTY = ("None", "''", "b''", "[]", "()", "{}", "0", "set()", "list()", "dict()", "tuple()")


def only_absence(subject: Subject) -> Iterator[tuple[int, str]]:
    """A prohibition all rows of which hold for code that gives nothing at all.

    That is so of `x not in f()`, `not f()`, `f() is None`, `f() != x`, `f() == []` and of `len(f())
    <= 9`, and of several of them together. A test that cites the requirement may say more, and so
    may a row of another one that looks at the very same call, or at the same value. What is
    annotated as `bool` says no as well as yes: one row that wants yes of it is enough.
    """
    spec = subject.spec
    tested = {citation.id for citation in subject.citations}
    rows = (*spec.rows, *spec.held_out)
    doubtful: dict[Requirement, list[Row]] = {}
    for requirement in spec.requirements:
        if requirement.id in tested or not _forbids_something(requirement.text):
            continue
        own = [row for row in rows if requirement.id in row.ids]
        if own and not any(_says_what_is_there(row) for row in own):
            doubtful[requirement] = own
    positive = [row for row in rows if _is_positive(row)] if doubtful else []
    for requirement, own in doubtful.items():
        seen = {name: None for row in own for name in _looked_at(row)}
        if not _is_shown(requirement.text, own, positive, spec.exports):
            example = f", as in `{next(iter(seen))} == …`" if seen else ""
            text = f"the rows of {requirement.id} hold for an empty result, too; say in one of them"
            yield requirement.line, f"{text} what is there as well{example}"


def _is_shown(
    text: str, own: Sequence[Row], positive: Sequence[Row], exports: Sequence[Export]
) -> bool:
    """Whether rows that want something want it of what the rows `own` look at."""
    seen = {name for row in own for name in _looked_at(row)}
    if any(not seen.isdisjoint(_looked_at(row)) for row in positive):
        return True
    both = _asked(own) & _asked(positive)
    return bool(both if _NOTHING_ELSE.search(text) else both & _predicates(exports))


def _asked(rows: Sequence[Row]) -> set[str]:
    """The functions, methods and fields that rows use, without those of Python."""
    names: set[str] = set()
    for node in (
        node for row in rows for node in ast.walk(parse("\n".join((*row.setup, row.expression))))
    ):
        match node:
            case ast.Call(func=ast.Name(id=name)) if not hasattr(builtins, name):
                names.add(name)
            case ast.Attribute(attr=name):
                names.add(name)
    return names


def _predicates(exports: Sequence[Export]) -> set[str]:
    """The functions, methods and fields of the exports that are annotated as `bool`."""
    names: set[str] = set()
    for node in (node for export in exports for node in ast.walk(parse(export.source))):
        match node:
            case (
                ast.FunctionDef(name=name, returns=ast.Name(id="bool"))
                | ast.AsyncFunctionDef(name=name, returns=ast.Name(id="bool"))
                | ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="bool"))
            ):
                names.add(name)
    return names


def _forbids_something(text: str) -> bool:
    asks_for_nothing = _ASKS_FOR_NOTHING.search(_NO_RESULT.sub("", text))
    return bool(_FORBIDS.search(text)) and not asks_for_nothing


def _is_positive(row: Row) -> bool:
    return row.kind == "true" and _says_what_is_there(row)


def _looked_at(row: Row) -> dict[str, None]:
    """The calls whose results the check of a row looks at, and the names of values, in order."""
    check = parse(row.expression)
    given: dict[str, ast.expr] = {
        node.id: ast.Constant(None)
        for node in ast.walk(check)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in (node for source in row.setup for node in parse(source).body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given[name] = value
    found: dict[str, None] = {}
    _look(check, given, found)
    return found


def _look(node: ast.AST, given: dict[str, ast.expr], found: dict[str, None]) -> None:
    match node:
        case ast.Name(id=name) if name in given:
            value, given[name] = given[name], ast.Constant(None)  # once is enough
            _look(value, given, found)
        case ast.Name(id=name) if not hasattr(builtins, name):
            found[name] = None
        case ast.Call(func=ast.Name(id=name)) if not hasattr(builtins, name):
            if not name[0].isupper():  # an object is looked at where its methods are called
                found[ast.unparse(node)] = None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name not in given:
            found[ast.unparse(node)] = None
        case ast.Call(func=ast.Attribute(value=value)):
            _look(value, given, found)
        case _:
            for child in ast.iter_child_nodes(node):
                _look(child, given, found)


def _says_what_is_there(row: Row) -> bool:
    if row.kind != "true":
        return True
    checks = [node for source in row.setup for node in ast.walk(parse(source))]
    tests = [node.test for node in checks if isinstance(node, ast.Assert)]
    expression = parse(row.expression).body[0]
    if isinstance(expression, ast.Expr):
        tests.append(expression.value)
    return any(_fails_for_nothing(test) for test in tests)


def _fails_for_nothing(node: ast.expr) -> bool:
    """Whether the check fails for an empty result; of what cannot be told, yes."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_fails_for_nothing(value) for value in values)
        case ast.BoolOp(values=values):
            return all(_fails_for_nothing(value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _fails_for_nothing(operand)
        case ast.Compare(left=left, ops=operations, comparators=comparators):
            operands = [left, *comparators]
            pairs = zip(operands, operations, operands[1:], strict=False)
            return any(_pair_fails_for_nothing(*pair) for pair in pairs)
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp() | ast.ListComp() as each]):
            source = each.generators[0].iter
            empty = any(isinstance(part, ast.Call) for part in ast.walk(source))
            return not empty and _fails_for_nothing(each.elt)
        case ast.Call(func=ast.Attribute(attr="isdisjoint")):
            return False
    return True


def _pair_fails_for_nothing(left: ast.expr, operation: ast.cmpop, right: ast.expr) -> bool:
    nothing = ast.unparse(left) in _EMPTY or ast.unparse(right) in _EMPTY
    match operation:
        case ast.NotIn():
            return False
        case ast.NotEq() | ast.IsNot():
            return nothing
        case ast.Eq() | ast.Is():
            return not nothing
        case ast.Lt() | ast.LtE():
            return not _is_length(left)
        case ast.Gt() | ast.GtE():
            return not _is_length(right)
    return True


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "len"
