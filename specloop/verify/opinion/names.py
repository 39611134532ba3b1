"""What the names of a row stand for, as far as that is known outside of the worker."""

import ast
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from specloop.verify.opinion import calls
from specloop.verify.opinion.opaque import Unclear


@dataclass(frozen=True, slots=True)
class Names:
    """What names stand for: `values` of constants, full names of what `setup` imports.

    `other` are the names that the module or the row gives a meaning of its own, `objects` those of
    them that are made by a class of the module, `plain` the functions that promise plain data and
    what they gave; `bound` are those of a loop around.
    """

    values: Mapping[str, Any]
    imported: Mapping[str, str]
    other: frozenset[str]
    objects: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()

    def full_name(self, node: ast.expr) -> str:
        """The full name of what a function or a constant is called in a row; "" if not known."""
        match node:
            case ast.Name(id=name) if name in self.bound:
                return ""
            case ast.Attribute(value=ast.Name(id=name)) if name in self.bound:
                return ""
            case ast.Name(id=name) if name in self.imported:
                return self.imported[name]
            case ast.Name(id=name) if name not in self.other and name not in self.values:
                return name
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in self.imported:
                return f"{self.imported[name]}.{attribute}"
            case ast.Attribute(value=ast.Attribute() as value, attr=attribute):
                before = self.full_name(value)
                return f"{before}.{attribute}" if "." in before else ""
        return ""

    def promises(self, node: ast.expr) -> bool:
        """Whether the value of an expression is promised to be plain data."""
        match node:
            case ast.Await(value=ast.Call(func=ast.Name(id=name))) | ast.Name(id=name):
                return name in self.plain
            case ast.Call(func=ast.Name(id=name)):
                return name in self.plain
        return False

    def function(self, node: ast.expr) -> Callable[..., Any] | None:
        """What a call calls, where that can be worked out here."""
        name = self.full_name(node)
        if isinstance(node, ast.Name) and name == node.id and name not in self.imported:
            return calls.BUILTINS.get(name)
        found = calls.IMPORTED.get(name)
        return found if callable(found) else None

    def constant(self, node: ast.expr) -> Any:  # noqa: ANN401
        """What a name or a dotted name stands for; Unclear where that is not known."""
        if isinstance(node, ast.Name):
            if node.id in self.bound:
                raise Unclear(f"`{node.id}` is known in its loop alone")
            if node.id in self.values:
                return self.values[node.id]
            if node.id in calls.CLASSES and self.full_name(node) == node.id:
                return calls.CLASSES[node.id]
        name = self.full_name(node)
        if name in calls.IMPORTED and not (isinstance(node, ast.Name) and "." not in name):
            return calls.IMPORTED[name]
        raise Unclear(f"`{ast.unparse(node)}` is not known outside of the worker")


def bind(target: ast.expr, value: Any) -> dict[str, Any]:  # noqa: ANN401
    """The names that an assignment gives values; Unclear where it assigns to anything else."""
    match target:
        case ast.Name(id=name):
            return {name: value}
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            values = calls.items(value)
            if len(values) == len(targets):
                pairs = zip(targets, values, strict=True)
                return {name: each for one, item in pairs for name, each in bind(one, item).items()}
    raise Unclear("it is no assignment to names")


def makes_object(node: ast.expr, imported: Mapping[str, str]) -> bool:
    """Whether an expression calls what looks like a class, and none that is known here."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name[:1].isupper() and name not in imported and not hasattr(builtins, name)
    return False
