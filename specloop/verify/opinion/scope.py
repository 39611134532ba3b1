"""The statements before a check: what of them is known here, and what the worker needs."""

import ast
from collections import Counter
from collections.abc import Iterable
from typing import Any

from specloop.verify.opinion.evaluate import Evaluator
from specloop.verify.opinion.names import Names, bind, makes_object
from specloop.verify.opinion.opaque import Unclear
from specloop.verify.opinion.statements import Statement, bound, loaded

_ERRORS = (Unclear, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


class Scope:
    """The statements before a check, and what is known of their names."""

    def __init__(
        self,
        statements: list[Statement],
        check: ast.expr,
        exports: tuple[str, ...],
        plain: frozenset[str],
    ) -> None:
        self._statements = statements
        self._given_away: set[str] = set()
        given = Counter(bound(check))
        for each in statements:
            given.update(each.bound)
        self._once = {name for name, times in given.items() if times == 1}
        self._other = frozenset((*given, *exports))
        self._plain = plain - set(given)

    def names(self) -> Names:
        """What the names stand for, as far as that is known here."""
        values: dict[str, Any] = {}
        imported: dict[str, str] = {}
        objects: set[str] = set()
        plain = set(self._plain)
        for statement in self._statements:
            known = Names(values, imported, self._other, plain=frozenset(plain))
            if self._is_import(statement):
                imported |= statement.imported
            elif self._is_constant(statement):
                values |= _assigned(statement.node, known)
            match statement.node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in self._once:
                    plain |= {name} if known.promises(value) else set()
                    objects |= {name} if makes_object(value, imported) else set()
        return Names(values, imported, self._other, frozenset(objects), frozenset(plain))

    def deciders(self) -> frozenset[str]:
        """The names whose code, or value, comes from a comparison in these statements."""
        found: set[str] = set()
        while True:
            more = {
                name
                for each in self._statements
                if each.compares or found & each.loaded
                for name in each.bound
            }
            if more <= found:
                return frozenset(found)
            found |= more

    def kept(self, steps: Iterable[ast.expr], names: Names) -> tuple[list[Statement], set[str]]:
        """The statements that the worker needs for the steps, and the names that it needs.

        `names` are what is known here.
        """
        needed = {name for step in steps for name in loaded(step)}
        waiting = [each for each in self._statements if self._is_optional(each, names)]
        kept = [each for each in self._statements if each not in waiting]
        needed.update(*(each.loaded for each in kept))
        while more := [each for each in waiting if needed.intersection(each.bound)]:
            waiting = [each for each in waiting if each not in more]
            needed.update(*(each.loaded for each in more))
        return [each for each in self._statements if each not in waiting], needed

    def give_away(self, names: set[str]) -> None:
        """Know nothing of these names from now on, nor of what is made of them."""
        self._given_away |= names

    def _is_optional(self, statement: Statement, names: Names) -> bool:
        is_known = all(name in names.values for name in statement.bound)
        return self._is_import(statement) or (self._is_constant(statement) and is_known)

    def _is_import(self, statement: Statement) -> bool:
        return bool(statement.imported) and self._once.issuperset(statement.bound)

    def _is_constant(self, statement: Statement) -> bool:
        ours = bool(statement.bound) and self._once.issuperset(statement.bound)
        return ours and self._given_away.isdisjoint((*statement.bound, *statement.loaded))


def _assigned(statement: ast.stmt, names: Names) -> dict[str, Any]:
    """The constants that a statement defines."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            targets = [target]
        case _:
            return {}
    try:
        found = Evaluator(names).value(value)
        return {name: each for target in targets for name, each in bind(target, found).items()}
    except _ERRORS:
        return {}
