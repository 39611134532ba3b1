"""Whether a conftest.py prepares something for the row tests that their worker goes without."""

import ast
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_SETTINGS = (
    *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
    *("pyproject.toml", "tox.ini", "setup.cfg"),
)
_PREPARING = re.compile(
    r"^\s*(?:\[(?:tool\.)?pytest_env\]|(?:env|env_files|usefixtures|DJANGO_SETTINGS_MODULE)\s*=)",
    re.MULTILINE,
)
# Hooks that change nothing which a row could see: options, and which tests run or are shown.
_HARMLESS = {
    *("pytest_addoption", "pytest_collection_modifyitems", "pytest_make_parametrize_id"),
    *("pytest_report_header", "pytest_terminal_summary", "pytest_assertrepr_compare"),
    *("pytest_ignore_collect", "pytest_itemcollected", "pytest_generate_tests"),
}
_OF_THE_PROCESS = {"environ", "putenv", "path", "modules", "setrecursionlimit", "chdir"}


def conftest_prepares(files: Mapping[str, bytes], row_tests_file: str) -> bool:
    """Whether the files of a test run prepare what evaluating rows apart from pytest lacks.

    `files` are the run's, by their paths from the project's root. Looked at are the conftest.py
    files from the root down to the folder of `row_tests_file`, and the settings of pytest in the
    root. A conftest.py that cannot be read prepares something.
    """
    in_scope = [str(folder / "conftest.py") for folder in PurePosixPath(row_tests_file).parents]
    if any(_prepares(files[path], files) for path in in_scope if path in files):
        return True
    texts = [files[name].decode("utf-8", "replace") for name in _SETTINGS if name in files]
    return any(map(_PREPARING.search, texts))


def _prepares(content: bytes, files: Mapping[str, bytes]) -> bool:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    if any(map(_does_more, tree.body)) or any(map(_tells, ast.walk(tree))):
        return True
    return any(b"autouse" in files[path] for path in _imported(tree) if path in files)


def _imported(tree: ast.Module) -> list[str]:
    """The files that a conftest.py may take fixtures from."""
    homes = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [f"{home.replace('.', '/')}.py" for home in homes]


def _does_more(statement: ast.stmt) -> bool:
    """Whether a statement at the top does more than import and define."""
    match statement:
        case ast.FunctionDef(name="pytest_configure", body=body):
            return not all(map(_only_names_a_marker, body))
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name.startswith("pytest_") and name not in _HARMLESS
        case ast.Import() | ast.ImportFrom() | ast.ClassDef():
            return False
        case ast.Assign(targets=targets, value=value):
            return not all(isinstance(each, ast.Name) for each in targets) or _calls(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is not None and _calls(value)
    return not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def _only_names_a_marker(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="addinivalue_line"))):
            return True
    return False


def _calls(value: ast.expr) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(value))


def _tells(node: ast.AST) -> bool:
    """Whether a part of the file prepares something for tests that do not ask for it."""
    match node:
        case ast.keyword(arg="autouse", value=value):
            return not (isinstance(value, ast.Constant) and value.value is False)
        case ast.Attribute(value=ast.Name(id="os" | "sys"), attr=name):
            return name in _OF_THE_PROCESS
        case ast.ImportFrom(module=home, names=aliases):
            names = {each.name for each in aliases}
            return "*" in names or (home in ("os", "sys") and bool(names & _OF_THE_PROCESS))
        case ast.Name(id="pytest_plugins"):
            return True
    return False
