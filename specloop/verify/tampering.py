"""PURE. What no honest module needs: ways to its caller, to its judge, and around the checks."""

import ast
import re
from collections.abc import Callable, Iterator

from specloop.attempt.report import StaticFinding
from specloop.verify import patching
from specloop.verify.names import IMPORTS, Imports, Names, imported

CALLER = "looks at the code that called this module; take what is needed as a parameter"
INSIDE = "reaches into the interpreter; do the work with plain Python"
WATCHES = "watches or steers how other code runs; leave it out"
ENDS = "ends the process that called this module; raise an exception instead"
AT_IMPORT = "ends the program while this module is imported; let a function do that"
TESTS = "belongs to the tests, of which no module here may know; leave it out"
HIDDEN = "imports what may not be imported; use what the spec allows"
EQUAL = "gives the same answer to everything; compare with the other value"

TEST_TOOLS = ("_pytest", "pluggy", "pytest", "unittest")
INNER = ("__main__", "_ctypes", "cffi", "ctypes")
REACHES = {
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers", "gc.get_referents"), INSIDE),
    **dict.fromkeys(("inspect.currentframe", "inspect.getouterframes", "inspect.stack"), CALLER),
    **dict.fromkeys(("sys._current_frames", "sys._current_exceptions", "sys._getframe"), CALLER),
    **dict.fromkeys(("traceback.extract_stack", "traceback.walk_stack"), CALLER),
    **dict.fromkeys(("sys.settrace", "sys.setprofile", "sys.addaudithook"), WATCHES),
    **dict.fromkeys(("sys.monitoring", "threading.settrace", "threading.setprofile"), WATCHES),
    **dict.fromkeys(("os._exit", "os.abort"), ENDS),
}
EXITS = {"builtins.exit", "builtins.quit", "sys.exit"}
ENDINGS = {"builtins.KeyboardInterrupt", "builtins.SystemExit"}
KILLS = {"os.kill", "os.killpg"}
OURSELVES = {"os.getpgrp", "os.getpid", "os.getppid"}
OPENS = {"builtins.open", "io.open", "linecache.getlines", "pathlib.Path"}
WRITES = {"symlink_to", "touch", "write_bytes", "write_text"}
VARIABLE = re.compile(r"PYTEST(_[A-Z_]*)?")
START_FILE = re.compile(r"(.*/)?(conftest\.py|\.?pytest\.ini|(site|user)customize\.py)")
TEST_FILE = re.compile(r"(.*/)?tests?/(.*/)?(test_\w+|\w+_test)\.py")
ALWAYS = {"__eq__": True, "__ne__": False}

MayImport = Callable[[str], bool]
Found = Iterator[tuple[int, str, str]]


def find(names: Names, may_import: MayImport) -> Iterator[StaticFinding]:
    """A finding for each such construct; `may_import` tells whether a dotted name is in order."""
    told = set()
    for line, name, fault in _all(names, may_import):
        if (line, fault) not in told:  # the parts of one expression are one matter
            told.add((line, fault))
            yield StaticFinding(line, "tampering", f"{_shortened(name)!r} {fault}")


def is_tool(name: str) -> bool:
    """Whether a dotted name is of what tests are made with, or of the interpreter's inside."""
    return name.partition(".")[0] in (*TEST_TOOLS, *INNER)


def _all(names: Names, may_import: MayImport) -> Found:
    yield from patching.find(names)
    for node in names.at_import:
        yield from _exits(node, names)
    tests_may_be_known = may_import("pytest")
    for node in names.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imports(node, may_import)
        elif isinstance(node, ast.ClassDef | ast.Dict):
            yield from _equal_to_all(node, names)
        elif isinstance(node, ast.expr):
            yield from _reaches(node, names)
            yield from _by_name(node, names, may_import)
            yield from _kills(node, names)
            if not tests_may_be_known:
                yield from _tells_of_tests(node, names)


def _imports(node: Imports, may_import: MayImport) -> Found:
    for name in imported(node):
        if name in REACHES:
            yield node.lineno, name, REACHES[name]
        elif is_tool(name) and not may_import(name):
            yield node.lineno, name, _of_tool(name)


def _of_tool(name: str) -> str:
    return TESTS if name.partition(".")[0] in TEST_TOOLS else INSIDE


def _reaches(node: ast.expr, names: Names) -> Found:
    """An attribute that leads to the caller or into the interpreter, also by `getattr`."""
    found = names.attribute(node)
    if not found:
        return
    owner, name = found
    full = names.dotted(node)
    if full == "os._exit" and "os.fork" in names.used:
        return  # how a process ends that was forked
    if full in REACHES:
        yield node.lineno, full, REACHES[full]
    elif name == "f_back":  # no way from a frame to a caller's but this one
        yield node.lineno, name, CALLER
    elif name == "__closure__" or (name == "__subclasses__" and _is_root(owner, names)):
        yield node.lineno, name, INSIDE


def _is_root(owner: ast.expr, names: Names) -> bool:
    """Whether this is a class from which all others can be had; one's own may list its heirs."""
    if isinstance(owner, ast.Subscript):
        return _is_root(owner.value, names)
    above = isinstance(owner, ast.Attribute) and owner.attr in ("__base__", "__bases__", "__mro__")
    return above or names.dotted(owner).startswith("builtins.")


def _by_name(node: ast.expr, names: Names, may_import: MayImport) -> Found:
    """What is had by its name alone: from `sys.modules`, or by a call that imports it."""
    if not isinstance(node, ast.Subscript | ast.Call):
        return
    full = names.dotted(node)
    if is_tool(full):
        if not may_import(full):
            yield node.lineno, ast.unparse(node), _of_tool(full)
        return
    if isinstance(node, ast.Call) and node.args:
        name, function = names.text(node.args[0]), names.dotted(node.func)
        if name and function in IMPORTS and not may_import(name):
            yield node.lineno, ast.unparse(node), HIDDEN


def _kills(node: ast.expr, names: Names) -> Found:
    """A signal to the process that this code runs in, or to the one above it."""
    if not isinstance(node, ast.Call) or not node.args or names.dotted(node.func) not in KILLS:
        return
    first = node.args[0]
    ours = isinstance(first, ast.Call) and names.dotted(first.func) in OURSELVES
    if ours and "signal.signal" not in names.used:  # who handles signals may pass them on
        yield node.lineno, ast.unparse(node), ENDS


def _tells_of_tests(node: ast.expr, names: Names) -> Found:
    """Texts that only make sense to code that wants to know of its tests."""
    if isinstance(node, ast.Constant | ast.BinOp):
        text = names.text(node)
        if text and VARIABLE.fullmatch(text):
            yield node.lineno, text, TESTS
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        name = names.text(node.left) or ""
        if is_tool(name) and names.dotted(node.comparators[0]) == "sys.modules":
            yield node.lineno, ast.unparse(node), TESTS
    if isinstance(node, ast.Call):
        yield from _files(node, names)


def _files(node: ast.Call, names: Names) -> Found:
    """A file that tests are in, opened; or one that pytest or Python runs at its start, written."""
    opens = names.dotted(node.func) in OPENS and node.args
    text = (names.text(node.args[0]) or "") if opens else ""
    if TEST_FILE.fullmatch(text):
        yield node.lineno, text, TESTS
    for part in ast.walk(_written(node, names) or ast.Constant(None)):
        text = (names.text(part) or "") if isinstance(part, ast.expr) else ""
        if START_FILE.fullmatch(text):
            yield node.lineno, text, TESTS


def _written(node: ast.Call, names: Names) -> ast.expr | None:
    """The path that a call writes to."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
        return node.func.value
    if names.dotted(node.func) not in OPENS:
        return None
    modes = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "mode")]
    mode = names.text(modes[0]) if modes else ""
    return node.args[0] if node.args and set(mode or "") & set("awx+") else None


def _equal_to_all(node: ast.ClassDef | ast.Dict, names: Names) -> Found:
    """A comparison that does not look at what it is given; in a class, or in what makes one."""
    if isinstance(node, ast.Dict):
        members = [
            (names.text(key), value.body)
            for key, value in zip(node.keys, node.values, strict=True)
            if key and isinstance(value, ast.Lambda)
        ]
    else:
        members = [member for statement in node.body for member in _member(statement)]
    for name, answer in members:
        if name in ALWAYS and isinstance(answer, ast.Constant) and answer.value is ALWAYS[name]:
            yield answer.lineno, name, EQUAL


def _member(statement: ast.stmt) -> Iterator[tuple[str | None, ast.expr]]:
    """Name and answer of a member of a class that does nothing but return."""
    if isinstance(statement, ast.FunctionDef):
        body = statement.body[1:] if ast.get_docstring(statement) else statement.body
        if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value:
            yield statement.name, body[0].value
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, statement.value.body


def _exits(node: ast.AST, names: Names) -> Found:
    """What ends the program, in what runs when the module is imported."""
    if isinstance(node, ast.Call) and names.dotted(node.func) in EXITS:
        yield node.lineno, names.dotted(node.func).removeprefix("builtins."), AT_IMPORT
    elif isinstance(node, ast.Raise) and node.exc:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if names.dotted(raised) in ENDINGS:
            yield node.lineno, ast.unparse(raised), AT_IMPORT


def _shortened(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}..."
