"""PURE. What the expressions of a module stand for, as far as its text tells."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator

BUILTINS = frozenset(dir(builtins))
IMPORTS = {"builtins.__import__", "importlib.import_module", "importlib.__import__"}
Imports = ast.Import | ast.ImportFrom
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Binder = Definition | ast.ExceptHandler | ast.MatchAs | ast.MatchStar


def imported(node: Imports) -> list[str]:
    """The dotted names that a statement imports: `from a import b` may mean a module a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]


class Names:
    """The names of one module.

    A name that is bound in two ways, wherever that is, stands for nothing. `own` are the functions
    and classes that the module defines, `modules` those that it imports whole, `used` all dotted
    names that it mentions; `nodes` is its whole tree, `at_import` what runs when it is imported.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = list(ast.walk(tree))
        self.at_import = list(_run_at_import(tree.body))
        self.own: set[str] = set()
        self.modules: set[str] = set()
        self._stands: dict[str, str] = {}
        aliases: list[tuple[str, ast.expr]] = []
        bound: Counter[str] = Counter()
        for node in self.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                aliases.append((node.targets[0].id, node.value))
            elif isinstance(node, Definition):
                self.own.add(node.name)
            if name := _bound_by(node):
                bound[name] += 1
        self._bound = {*bound, *self._stands}
        for name in bound:
            self._stands.pop(name, None)
        for name, value in aliases:
            if bound[name] == 1 and (meant := self.dotted(value)):
                self._stands[name] = meant
        read = (n for n in self.nodes if isinstance(n, ast.Attribute | ast.Name))
        self.used = {self.dotted(node) for node in read}

    def _import(self, node: Imports) -> None:
        for alias, full in zip(node.names, imported(node), strict=True):
            if isinstance(node, ast.ImportFrom):
                self._stands[alias.asname or alias.name] = full
                continue
            parts = full.split(".")
            self.modules |= {".".join(parts[: n + 1]) for n in range(len(parts))}
            self._stands[alias.asname or parts[0]] = full if alias.asname else parts[0]

    def dotted(self, node: ast.expr) -> str:
        """The dotted name that an expression stands for, "" if none can be told."""
        if isinstance(node, ast.Name):
            return self._stands.get(node.id) or self._builtin(node.id)
        if isinstance(node, ast.NamedExpr):
            return self.dotted(node.value)
        if isinstance(node, ast.Subscript):
            return self._entry(self.dotted(node.value), self.text(node.slice))
        if isinstance(node, ast.Call) and self._gets_entry(node):
            return self.text(node.args[0]) or ""
        attribute = self.attribute(node)
        if attribute:
            owner, name = attribute
            above = self.dotted(owner)
            return f"{above}.{name}" if above else ""
        return self._called(node) if isinstance(node, ast.Call) else ""

    def _builtin(self, name: str) -> str:
        if name == "__builtins__":
            return "builtins"
        return f"builtins.{name}" if name in BUILTINS and name not in self._bound else ""

    def _entry(self, owner: str, key: str | None) -> str:
        if key is None:
            return ""
        if owner == "sys.modules":
            return key
        if owner == "builtins":
            return f"builtins.{key}"
        return owner.removesuffix("__dict__") + key if owner.endswith(".__dict__") else ""

    def _gets_entry(self, node: ast.Call) -> bool:
        return bool(node.args) and self.dotted(node.func) in ("sys.modules.get", "sys.modules.pop")

    def _called(self, node: ast.Call) -> str:
        """What the module is called that a call imports, or the dictionary that `vars` returns."""
        function = self.dotted(node.func) if node.args else ""
        if function in IMPORTS:
            name = self.text(node.args[0]) or ""
            return name if function == "importlib.import_module" else name.partition(".")[0]
        owner = self.dotted(node.args[0]) if function == "builtins.vars" else ""
        return f"{owner}.__dict__" if owner else ""

    def attribute(self, node: ast.AST) -> tuple[ast.expr, str] | None:
        """Owner and name of an attribute, also of `getattr(OWNER, "NAME")`."""
        if isinstance(node, ast.Attribute):
            return node.value, node.attr
        if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.func, ast.Name):
            name = self.text(node.args[1]) if node.func.id == "getattr" else None
            return (node.args[0], name) if name else None
        return None

    def text(self, node: ast.expr) -> str | None:
        """The constant text of an expression, also where it is put together with `+`."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(node.left), self.text(node.right)
            return left + right if left is not None and right is not None else None
        return None


def _bound_by(node: ast.AST) -> str:
    """The name that a node binds otherwise than by an import, "" if none."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return node.id
    if isinstance(node, ast.arg):
        return node.arg
    return (node.name or "") if isinstance(node, Binder) else ""


def _run_at_import(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes that count when a module is imported: not functions, not what a program does."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and _is_program(node.test):
            yield from _run_at_import(node.orelse)
            continue
        yield node
        yield from _run_at_import(ast.iter_child_nodes(node))


def _is_program(test: ast.expr) -> bool:
    """Whether a condition asks for the name that a module has when it is run as a program."""
    return any(
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq)
        and "__name__" in (ast.unparse(node.left), ast.unparse(node.comparators[0]))
        for node in ast.walk(test)
    )
