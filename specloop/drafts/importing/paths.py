"""The Python files that a task names."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from specloop.spec.path_rules import normal

_BETWEEN = re.compile(r"[\s`'\"()\[\],;:<>|（）「」、。，]+")
_PATTERN = re.compile(r"[*?{}$#=~]")
_LONGEST = 250  # characters; what is longer was no path


def python_files(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modules, and the pytest files, that a text names, in its order."""
    found = dict.fromkeys(_paths(text))
    return _those(found, tests=False), _those(found, tests=True)


def _those(paths: Iterable[str], *, tests: bool) -> tuple[str, ...]:
    return tuple(path for path in paths if _is_test(path) == tests)


def _paths(text: str) -> Iterable[str]:
    for word in _BETWEEN.split(text):
        path = word.strip("*").rstrip(".").replace("\\", "/")
        if not path.endswith(".py") or len(path) > _LONGEST or path.startswith("//"):
            continue
        stem = PurePosixPath(path).stem
        if stem in (".py", "__init__") or _PATTERN.search(path):
            continue
        yield normal(path)


def _is_test(path: str) -> bool:
    *folders, name = PurePosixPath(path).parts
    stem = name.removesuffix(".py")
    named = name == "conftest.py" or stem.startswith("test_") or stem.endswith("_test")
    return named or "tests" in folders or "test" in folders
