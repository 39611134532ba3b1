"""Whether a module defines what its spec declares, as it is declared."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from specloop.attempt.report import StaticFinding

Function = ast.FunctionDef | ast.AsyncFunctionDef
KINDS = {"property", "classmethod", "staticmethod"}
MAKES_INIT = {"dataclass", "define", "frozen", "mutable", "attrs", "s"}


def compare(tree: ast.Module, declared: Mapping[str, str]) -> Iterator[StaticFinding]:
    """A finding for each declared name that is missing or is not as it was declared."""
    scope = bindings(tree.body)
    borrowed = _imported(tree.body)
    for name, source in declared.items():
        wanted = ast.parse(source).body[0]
        found = scope.get(name, [])
        if name in borrowed and not found:
            text = f"{name!r} is only imported; define it in this file"
            yield StaticFinding(borrowed[name], "export", text)
        elif isinstance(wanted, Function):
            yield from _function(name, wanted, found)
        elif isinstance(wanted, ast.ClassDef):
            yield from _class(wanted, found, scope)
        elif not found:
            text = f"{ast.unparse(wanted)!r} is missing; assign {name!r} at the top level"
            yield StaticFinding(0, "export", text)


Scope = dict[str, list[ast.stmt]]


def bindings(body: Sequence[ast.stmt]) -> Scope:
    """What each name is bound to by statements of a body, also inside `if`, `try` and the like.

    Imports bind nothing here: a module must define its exports itself.
    """
    found: Scope = {}
    for statement in _flat(body):
        for name in _names(statement):
            found.setdefault(name, []).append(statement)
    return found


def _imported(body: Sequence[ast.stmt]) -> dict[str, int]:
    """The names that imports bind, each with its line."""
    return {
        alias.asname or alias.name: statement.lineno
        for statement in _flat(body)
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names
    }


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, Function | ast.ClassDef):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _flat(getattr(statement, field, ()))
        for branch in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            yield from _flat(branch.body)


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, Function | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.AnnAssign):
        targets: list[ast.expr] = [statement.target]
    elif isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        alias = getattr(statement, "name", None)  # type X = …, from Python 3.12 on
        return [alias.id] if isinstance(alias, ast.Name) else []
    return [
        node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)
    ]


def _function(name: str, wanted: Function, found: list[ast.stmt]) -> list[StaticFinding]:
    """Findings on the definition that fits best: branches and overloads define a name twice."""
    text = header(wanted)
    if not found:
        return [StaticFinding(0, "export", f"{name!r} is missing; define `{text}`")]
    definitions = [node for node in found if isinstance(node, Function)]
    if not definitions:
        line = found[-1].lineno
        return [StaticFinding(line, "export", f"{name!r} must be a function: `{text}`")]
    findings = [
        [StaticFinding(node.lineno, "signature", f"{name!r} {fault}; it must be `{text}`")]
        for node in definitions
        if (fault := mismatch(wanted, node))
    ]
    return findings[-1] if len(findings) == len(definitions) else []


def _class(wanted: ast.ClassDef, found: list[ast.stmt], scope: Scope) -> list[StaticFinding]:
    classes = [node for node in found if isinstance(node, ast.ClassDef)]
    if not classes:
        line = found[-1].lineno if found else 0
        text = f"class {wanted.name!r} is missing; define it with all that the spec declares"
        return [StaticFinding(line, "export", text)]
    node = classes[-1]
    members = _members(node, scope)
    findings: list[StaticFinding] = []
    for name, declared in bindings(wanted.body).items():
        full = f"{wanted.name}.{name}"
        if isinstance(declared[0], Function):
            generated = name == "__init__" and _makes_init(node)
            if name in members or not generated:
                findings += _function(full, declared[0], members.get(name, []))
        elif name not in members:
            text = f"{full!r} is missing; annotate it in the class or assign it to self"
            findings.append(StaticFinding(node.lineno, "export", text))
    return findings


def _members(node: ast.ClassDef, scope: Scope, seen: tuple[str, ...] = ()) -> Scope:
    """What the class binds: in its body, on self, and through bases of the same file."""
    members: Scope = {}
    for base in reversed(node.bases):
        for parent in scope.get(ast.unparse(base), ()):
            if isinstance(parent, ast.ClassDef) and parent.name not in seen:
                members |= _members(parent, scope, (*seen, node.name))
    members |= _on_self(node)
    return members | bindings(node.body)


def _on_self(node: ast.ClassDef) -> Scope:
    found: Scope = {}
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Assign | ast.AnnAssign):
            continue
        targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
        for target in (part for each in targets for part in ast.walk(each)):
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                found.setdefault(target.attr, []).append(inner)
    return found


def _makes_init(node: ast.ClassDef) -> bool:
    return bool(_decorators(node) & MAKES_INIT)


def _decorators(node: Function | ast.ClassDef) -> set[str]:
    """The last names of the decorators: `dataclass` of `@dataclasses.dataclass(frozen=True)`."""
    calls = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    names = {ast.unparse(call).rpartition(".")[2] for call in calls}
    return {"property" if name == "cached_property" else name for name in names}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `kind` reads as in `inspect.Parameter`."""

    name: str
    kind: str
    default: bool
    annotation: str


def parameters(arguments: ast.arguments) -> list[Parameter]:
    """The parameters in order; those by keyword alone have none, and are sorted."""
    places = [("positional only", arg) for arg in arguments.posonlyargs]
    places += [("plain", arg) for arg in arguments.args]
    first_default = len(places) - len(arguments.defaults)
    found = [_parameter(arg, kind, i >= first_default) for i, (kind, arg) in enumerate(places)]
    if arguments.vararg:
        found.append(_parameter(arguments.vararg, "*", False))
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    named = [_parameter(arg, "keyword only", default is not None) for arg, default in keywords]
    found += sorted(named, key=lambda parameter: parameter.name)
    if arguments.kwarg:
        found.append(_parameter(arguments.kwarg, "**", False))
    return found


def _parameter(arg: ast.arg, kind: str, default: bool) -> Parameter:
    return Parameter(arg.arg, kind, default, annotation(arg.annotation))


def annotation(node: ast.expr | None) -> str:
    """An annotation in one spelling, quoted or not; "" where there is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        quoted = node.value
        try:
            node = ast.parse(quoted, mode="eval").body
        except SyntaxError:
            return quoted
    return ast.unparse(node) if node is not None else ""


def mismatch(wanted: Function, found: Function) -> str:
    """In which way `found` is not as `wanted`, "" if it is; annotations count where declared."""
    if type(wanted) is not type(found):
        return "is async" if isinstance(found, ast.AsyncFunctionDef) else "is not async"
    kinds = _decorators(wanted) & KINDS
    if kinds != _decorators(found) & KINDS:
        return f"must be a {kinds.pop()}" if kinds else "must be a plain function"
    ours, theirs = parameters(wanted.args), parameters(found.args)
    if [p.name for p in ours] != [p.name for p in theirs]:
        return f"takes ({', '.join(p.name for p in theirs)})"
    for our, their in zip(ours, theirs, strict=True):
        if our.kind != their.kind:
            return f"takes {our.name!r} in another way ({their.kind})"
        if our.default != their.default:
            return f"gives {our.name!r} {'a' if their.default else 'no'} default"
        if our.annotation not in ("", their.annotation):
            return f"annotates {our.name!r} with {their.annotation or 'nothing'!r}"
    returns = annotation(wanted.returns)
    if returns not in ("", annotation(found.returns)):
        return f"returns {annotation(found.returns) or 'nothing declared'!r}"
    return ""


def header(node: Function) -> str:
    """The `def` line of a function."""
    bare = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(bare, Function)
    bare.body = [ast.Expr(ast.Constant(...))]
    bare.decorator_list = []
    return ast.unparse(bare).replace("\n    ...", "").removesuffix(":")
