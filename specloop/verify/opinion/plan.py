"""From example rows to what the worker is asked, without what they expect, and what we check."""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from specloop.spec.parse_row import LEVELS
from specloop.spec.python_text import check_expression, parse
from specloop.spec.row import Row
from specloop.verify.opinion.names import Names
from specloop.verify.opinion.opaque import Unclear
from specloop.verify.opinion.probes import RECORD, Split, recorded, split
from specloop.verify.opinion.scope import Scope
from specloop.verify.opinion.statements import Statement, looked_through, waits

_FAILED, _BEGIN = "__failed__", "__begin__"
_LEVELS = dict(zip(LEVELS, (10, 20, 30, 40, 50), strict=True))
_MUTABLE = (list, dict, set, bytearray)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One row: `program` is the worker's, the source of a function; the rest stays with us.

    `why` says what keeps the row from being evaluated outside of pytest; there is no program then.
    """

    node: str
    row: Row
    names: Names
    program: str = ""
    awaits: bool = False
    parts: Split | None = None
    why: str = ""

    @property
    def probes(self) -> frozenset[int]:
        """The values that the worker may tell."""
        return frozenset(index for step in self.steps for index in recorded(step))

    @property
    def steps(self) -> tuple[ast.expr, ...]:
        """What the worker evaluates after the row's statements."""
        return self.parts.steps if self.parts else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask the worker, and how to judge its answer.

    `alone` is False where a conftest.py prepares what the worker lacks.
    """

    module: str
    names: tuple[str, ...]
    rows: tuple[RowPlan, ...]
    alone: bool = True

    def order(self) -> dict[str, Any]:
        """What the worker is told, for JSON: nothing of what a row expects, nor its test's name."""
        rows = [
            {
                "row": number,
                "source": each.program,
                "awaits": each.awaits,
                "level": _LEVELS[each.row.name] if each.row.kind == "logs" else None,
            }
            for number, each in enumerate(self.rows)
            if each.program
        ]
        return {"module": self.module, "names": list(self.names), "rows": rows}


def plan(
    module: str,
    names: Sequence[str],
    setup: str,
    rows: Sequence[tuple[str, Row]],
    alone: bool = True,
    plain: Collection[str] = (),
) -> Plan:
    """The plan for a module's rows, each with its node id.

    `module` is its dotted name, `names` are those that it exports; none, or "*", stands for all.
    `alone` is False where a conftest.py prepares what the worker lacks, `plain` are the functions
    that promise plain data.
    """
    known = tuple(name for name in names if name != "*")
    before = looked_through(parse(setup).body)
    plans = tuple(_row_plan(node, row, known, before, frozenset(plain)) for node, row in rows)
    return Plan(module, known, plans, alone)


def _row_plan(
    node: str, row: Row, exports: tuple[str, ...], before: list[Statement], plain: frozenset[str]
) -> RowPlan:
    own = [each for source in row.setup for each in _parsed(source)]
    statements = [*before, *looked_through(own)]
    check = check_expression(row.expression)
    awaits = waits(check) or any(each.waits for each in statements)
    scope = Scope(statements, check, exports, plain)
    try:
        names, parts, statements = _settled(scope, row, check, exports)
        kept = [each.node for each in statements]
        _refuse_pytest(kept, parts)
        program = _program(kept, parts.steps, awaits)
    except Unclear as error:
        return RowPlan(node, row, Names({}, {}, frozenset()), why=str(error))
    return RowPlan(node, row, names, program, awaits, parts)


def _parsed(statement: str) -> list[ast.stmt]:
    """The tree of a row's statement, in which `await` may stand."""
    (function,) = parse(f"async def row():\n    {statement}").body
    return cast(ast.AsyncFunctionDef, function).body


def _settled(
    scope: Scope, row: Row, check: ast.expr, exports: tuple[str, ...]
) -> tuple[Names, Split, list[Statement]]:
    """What is known here, the check taken apart, and the statements that the worker needs.

    A list, or what else can change, is known to one side alone: where the worker needs it, it is
    the worker's to tell.
    """
    while True:
        names = scope.names()
        if row.kind == "true":
            parts = split(check, names, scope.deciders(), not exports)
        else:
            step = ast.Call(ast.Name(RECORD, ast.Load()), [ast.Constant(0), check], [])
            parts = Split((step,), check)
        kept, needed = scope.kept(parts.steps, names)
        shared = {name for name in needed if _can_change(names.values.get(name))}
        if not shared:
            return names, parts, kept
        scope.give_away(shared)


def _can_change(value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, tuple | frozenset):
        return any(map(_can_change, value))
    return isinstance(value, _MUTABLE)


def _refuse_pytest(kept: list[ast.stmt], parts: Split) -> None:
    nodes = [each for part in (*kept, *parts.steps) for each in ast.walk(part)]
    for each in nodes:
        imported = (
            isinstance(each, ast.ImportFrom) and (each.module or "").split(".")[0] == "pytest"
        )
        alias = isinstance(each, ast.alias) and each.name.split(".")[0] == "pytest"
        if imported or alias or (isinstance(each, ast.Name) and each.id == "pytest"):
            raise Unclear("the row needs pytest itself, which is not there outside of it")


def _program(kept: list[ast.stmt], steps: tuple[ast.expr, ...], awaits: bool) -> str:
    """The source of the worker's function."""
    word = "async def" if awaits else "def"
    (function,) = ast.parse(f"{word} __row__({RECORD}, {_FAILED}, {_BEGIN}):\n    {_BEGIN}()").body
    body: list[ast.stmt] = [*kept, *cast(ast.FunctionDef, function).body]
    for number, step in enumerate(steps):
        (guarded,) = ast.parse(f"try:\n    pass\nexcept:\n    {_FAILED}({number})").body
        cast(ast.Try, guarded).body = [ast.Expr(step)]
        body.append(guarded)
    cast(ast.FunctionDef, function).body = body
    return _source(ast.fix_missing_locations(function))


def _source(function: ast.stmt) -> str:
    """The source of a function; Unclear where f-strings in it cannot be written as they stand."""
    try:
        source = ast.unparse(function)
        formats = any(isinstance(node, ast.JoinedStr) for node in ast.walk(function))
        if formats and ast.dump(ast.parse(source).body[0]) != ast.dump(function):
            raise ValueError
    except (ValueError, SyntaxError):
        raise Unclear("a text in the row cannot be handed to the worker") from None
    return source
