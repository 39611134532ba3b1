"""A row as syntax, read once for all the rules that look at it."""

import ast
from dataclasses import dataclass
from functools import lru_cache

from specloop.spec.python_text import check_expression, parse
from specloop.spec.row import Row


@dataclass(frozen=True, slots=True)
class RowTree:
    """The statements before the check, and the expression that the check evaluates."""

    statements: tuple[ast.stmt, ...]
    check: ast.expr

    @property
    def before(self) -> str:
        """The statements such that those that differ in blanks or quotes alone are the same."""
        return "\n".join(ast.dump(statement) for statement in self.statements)


@lru_cache(maxsize=4096)
def row_tree(row: Row) -> RowTree:
    """The trees of a row; not to be changed by whoever gets them."""
    statements = (node for source in row.setup for node in parse(source).body)
    return RowTree(tuple(statements), check_expression(row.expression))
