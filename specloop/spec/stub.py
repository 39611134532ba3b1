"""The stub that stands in for code that is not there yet."""

import ast

from specloop.spec.module import Export, ModuleSpec

_RAISE = "raise _NoCode('no code yet')"
_ANYTHING = "*args, **kwargs"
_KEPT = {  # decorators that change how a method is called
    "staticmethod": "staticmethod",
    "classmethod": "classmethod",
    "property": "property",
    "cached_property": "property",
}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def stub(spec: ModuleSpec) -> str:
    """Importable code with the declared exports, in which nothing works.

    Every function takes what its signature says and raises what no example row can expect; every
    plain name is a value that cannot even be compared.
    """
    lines = [
        "from __future__ import annotations",
        "class _NoCode(BaseException): pass",
        "class _Missing:",
        f"    def __eq__(self, other): {_RAISE}",
        f"    def __ne__(self, other): {_RAISE}",
        f"    def __bool__(self): {_RAISE}",
        f"    def __str__(self): {_RAISE}",
        "    __hash__ = None",
    ]
    for export in spec.exports:
        lines.extend(_lines(export))
    return "\n".join(lines) + "\n"


def _lines(export: Export) -> list[str]:
    match ast.parse(export.source).body[0]:
        case ast.ClassDef() as node:
            return _class(node)
        case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
            return _function(node)
        case _:
            return [f"{export.name} = _Missing()"]


def _class(node: ast.ClassDef) -> list[str]:
    methods = [n for n in node.body if isinstance(n, _Function) and not _is_setter(n)]
    members = [line for method in methods for line in _function(method)]
    if not any(method.name == "__init__" for method in methods):
        members.insert(0, f"def __init__(self, {_ANYTHING}): {_RAISE}")
    return [f"class {node.name}:", *(f"    {line}" for line in members)]


def _function(node: _Function) -> list[str]:
    names = [ast.unparse(mark) for mark in node.decorator_list]
    kept = [f"@{_KEPT[name]}" for name in names if name in _KEPT]
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    # Any other decorator may change what the function takes.
    parameters = _ANYTHING if set(names) - set(_KEPT) else _parameters(node.args)
    return [*kept, f"{kind} {node.name}({parameters}): {_RAISE}"]


def _is_setter(node: _Function) -> bool:
    return any(isinstance(mark, ast.Attribute) for mark in node.decorator_list)


def _parameters(args: ast.arguments) -> str:
    """The parameters without types, and without what a default is made of."""
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if arg is not None:
            arg.annotation = None
    args.defaults = [ast.Constant(None) for _ in args.defaults]
    args.kw_defaults = [default and ast.Constant(None) for default in args.kw_defaults]
    return ast.unparse(args)
