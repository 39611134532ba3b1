"""PURE. What a module changes that is not its own."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from sys import stdlib_module_names

from specloop.verify.names import Names

PATCHES = "changes what other code uses; write a function of this module and call that instead"
IMPORTING = "changes where imports come from, which is settled here; only import what is allowed"
IMPORT_SYSTEM = {
    "sys.meta_path",
    "sys.modules",
    "sys.path",
    "sys.path_hooks",
    "sys.path_importer_cache",
}
START_VARIABLES = {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"}
LOADER = "importlib.util.module_from_spec"
CODE = {"__code__", "__defaults__", "__kwdefaults__"}
SETTERS = {"builtins.delattr", "builtins.setattr"}
METHODS = {
    *("__delitem__", "__setitem__", "clear", "pop", "popitem", "setdefault", "update"),
    *("append", "extend", "insert", "remove", "reverse"),
}
MEANT_TO_BE_SET = {  # what the standard library's documentation tells people to assign
    *("builtins._", "sys.argv", "sys.breakpointhook", "sys.displayhook", "sys.excepthook"),
    *("sys.unraisablehook", "sys.ps1", "sys.ps2", "sys.stdin", "sys.stdout", "sys.stderr"),
    *("sys.dont_write_bytecode", "sys.tracebacklimit", "tempfile.tempdir", "threading.excepthook"),
    *("logging.lastResort", "logging.raiseExceptions"),
    *("warnings.formatwarning", "warnings.showwarning"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is set or deleted: OWNER.KEY, or OWNER[KEY] if `entry`.

    `key` is "" where it is not constant; `value` is None where none can be told.
    """

    node: ast.expr
    owner: ast.expr
    key: str
    value: ast.expr | None
    entry: bool


def find(names: Names) -> Iterator[tuple[int, str, str]]:
    """Line, name and fault of each change that no module needs to make."""
    at_import = {id(node) for node in names.at_import}
    for node in names.nodes:
        for change in _changes(node, names):
            owner = names.dotted(change.owner)
            if owner == "sys.path" and id(node) not in at_import:
                continue  # a program that loads what its user has written
            if fault := _fault(change, owner, names):
                yield change.node.lineno, _name(change, owner), fault


def _name(change: Change, owner: str) -> str:
    """How a message calls what is changed."""
    owner = owner or ast.unparse(change.owner)
    if change.entry:
        return f"{owner}[{change.key!r}]" if change.key else owner
    return f"{owner}.{change.key}" if change.key else owner


def _changes(node: ast.AST, names: Names) -> Iterator[Change]:
    if isinstance(node, ast.Assign | ast.Delete):
        value = node.value if isinstance(node, ast.Assign) else None
        for target in node.targets:
            yield from _targets(target, value, names)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        yield from _targets(node.target, node.value, names)
    elif isinstance(node, ast.Call):
        yield from _calls(node, names)


def _targets(target: ast.expr, value: ast.expr | None, names: Names) -> Iterator[Change]:
    if isinstance(target, ast.Attribute):
        yield Change(target, target.value, target.attr, value, entry=False)
    elif isinstance(target, ast.Subscript):
        yield Change(target, target.value, names.text(target.slice) or "", value, entry=True)
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _targets(part, None, names)


def _calls(node: ast.Call, names: Names) -> Iterator[Change]:
    function = names.dotted(node.func)
    if function in SETTERS and len(node.args) > 1:
        key = names.text(node.args[1]) or ""
        yield Change(node, node.args[0], key, (*node.args[2:], None)[0], entry=False)
    elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        key = (names.text(node.args[0]) if node.args else None) or ""
        yield Change(node, node.func.value, key, None, entry=True)


def _fault(change: Change, owner: str, names: Names) -> str:
    """What is wrong with a change, "" if nothing."""
    if change.entry and owner != "builtins" and not owner.endswith(".__dict__"):
        return _entry_fault(change, owner, names)
    owner = owner.removesuffix(".__dict__")
    if f"{owner}.{change.key}" in IMPORT_SYSTEM:
        return IMPORTING
    rewrites = change.key in CODE and not _is_own(change.owner, names)
    return PATCHES if rewrites or _replaces(change, owner, names) else ""


def _entry_fault(change: Change, owner: str, names: Names) -> str:
    """What is wrong with setting an entry of a list or a dictionary."""
    if owner == "sys.modules" and not change.key and LOADER in names.used:
        return ""  # the documented way to load a file as a module
    if owner in IMPORT_SYSTEM or (owner == "os.environ" and change.key in START_VARIABLES):
        return IMPORTING
    if isinstance(change.owner, ast.Attribute) and change.owner.attr == "__globals__":
        return PATCHES
    return ""


def _is_own(function: ast.expr, names: Names) -> bool:
    """Whether this is a function of the module, or `X.__new__`: so named tuples got defaults."""
    if isinstance(function, ast.Attribute):
        return function.attr == "__new__"
    return isinstance(function, ast.Name) and function.id in {*names.own, "self"}


def _replaces(change: Change, owner: str, names: Names) -> bool:
    """Whether what a module or a class of another module offers is replaced, not a setting made."""
    above, _, last = owner.rpartition(".")
    value = change.value
    ours = isinstance(value, ast.Lambda) or (isinstance(value, ast.Name) and value.id in names.own)
    if f"{owner}.{change.key}" in MEANT_TO_BE_SET:
        return False
    if owner == "builtins":
        return True
    if not _is_module(owner, names):
        return ours and last[:1].isupper() and _is_module(above, names)
    if owner.partition(".")[0] not in stdlib_module_names:
        return ours
    return ours or not (change.key.isupper() or _is_plain(value))


def _is_module(name: str, names: Names) -> bool:
    return name in names.modules or name in stdlib_module_names or name == "os.path"


def _is_plain(value: ast.expr | None) -> bool:
    """Whether a value is put together from constants alone."""
    made = (ast.Name, ast.Attribute, ast.Call, ast.Lambda)
    return value is not None and not any(isinstance(node, made) for node in ast.walk(value))
