"""Which parts of a module can be mutated at all, and what stands around each."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_LOG_METHODS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
_NAMES_ONLY = {"getLogger", "TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "cast"}
_DECLARED = {"__all__", "__slots__"}
_TYPE_FIELDS = {"annotation", "returns", "type_params", "pattern"}
_OPAQUE = ("Import", "ImportFrom", "TypeAlias", "JoinedStr", "TemplateStr")


@dataclass(frozen=True, slots=True)
class Place:
    """A node, the nodes around it (outermost first), and its field in the last of them."""

    node: ast.AST
    parents: tuple[ast.AST, ...]
    field: str

    @property
    def parent(self) -> ast.AST:
        """The node that holds it."""
        return self.parents[-1]

    @property
    def scope(self) -> ast.AST:
        """The function, class or module whose names it binds."""
        scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Module)
        return next(node for node in reversed(self.parents) if isinstance(node, scopes))


def places(tree: ast.Module) -> Iterator[Place]:
    """The nodes that may be mutated, in the order of the source.

    Left out is what no test can tell by results: docstrings, annotations, imports, patterns,
    `__all__`, what is only for type checkers, what runs only in a script, texts of logging and the
    insides of f-strings (which are one text here).
    """
    yield from _below(tree, ())


def _is_log_call(node: ast.AST) -> bool:
    """Whether the node writes to a log, as in `logger.info(…)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in _LOG_METHODS and "log" in _last_name(node.func.value).lower()


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return _last_name(func)
        case _:
            return ""


def _below(node: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[Place]:
    inside = (*parents, node)
    for field, value in ast.iter_fields(node):
        if field in _TYPE_FIELDS or (field in ("test", "body") and _runs_never(node)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _says_nothing(child):
                if not _runs_never(child):
                    yield Place(child, inside, field)
                if not _is_opaque(child):
                    yield from _below(child, inside)


def _runs_never(node: ast.AST) -> bool:
    """Whether an `if` is for type checkers, or for a script, which no test runs."""
    if not isinstance(node, ast.If):
        return False
    if isinstance(node.test, ast.Compare):
        return isinstance(node.test.left, ast.Name) and node.test.left.id == "__name__"
    return _last_name(node.test) == "TYPE_CHECKING"


def _says_nothing(node: ast.AST) -> bool:
    """Whether a statement does nothing: a docstring, `...`, a declaration."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _DECLARED
        case _:
            return False


def _is_opaque(node: ast.AST) -> bool:
    """Whether the node may be changed as a whole only."""
    if isinstance(node, ast.Call) and _last_name(node.func) in _NAMES_ONLY:
        return True
    return type(node).__name__ in _OPAQUE or _is_log_call(node)
