"""Where a user's paths may point: inside the project, and for generated code where it can live."""

import keyword
import re
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

_RESERVED = (".git", ".specloop", "tests")


def normal(path: str) -> str:
    """The path as it is kept: without `./`, doubled or closing slashes."""
    return str(PurePosixPath(path))


def node_path(target: str) -> str:
    """The path of a path or pytest node id."""
    return normal(target.partition("::")[0])


def is_below(node: str, target: str) -> bool:
    """Whether a node id is that of a target (a path or a node id), or of something in it."""
    if "::" in target and "::" in node:
        return node == target or node.startswith((f"{target}::", f"{target}["))
    return PurePosixPath(node_path(node)).is_relative_to(node_path(target))


def outside(path: str) -> str | None:
    """What is wrong with a path that has to stay below the root; None if nothing is."""
    if not path or not path.isprintable():
        return f"the path {path!r} is empty or holds control characters; give a file or folder"
    if "\\" in path:
        return f"the path {path!r} holds a backslash; write it with /"
    if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path):
        return f"the path {path!r} is absolute; write it relative to the project's root"
    if ".." in PurePosixPath(path).parts:
        return f"the path {path!r} leads upwards; paths may not leave the project's root"
    return None


def missing(root: Path, path: str) -> str | None:
    """What is wrong with a path that has to exist below `root`; None if nothing is."""
    fault = outside(path)
    if fault is not None:
        return fault
    try:
        real = (root / path).resolve(strict=True)
    except (OSError, RuntimeError):
        return f"{path!r} does not exist; create it, or mend the path"
    if not real.is_relative_to(root.resolve()):
        return f"{path!r} is a link that leaves the project's root; put the file itself there"
    return None


def unfit_module_file(root: Path, file: str, pythonpath: Iterable[str]) -> str | None:
    """Why generated code cannot live in `file`; None if it can."""
    fault = outside(file)
    if fault is not None:
        return fault
    path = PurePosixPath(file)
    if path.suffix != ".py":
        return f"the file {file!r} does not end in .py; a module is one Python file"
    if path.parts[0].casefold() in _RESERVED:
        return f"the file {file!r} is below {path.parts[0]!r}, where no generated code may be"
    if path.name == "conftest.py" or re.fullmatch(r"test_.*|.*_test", path.stem):
        return f"pytest would take {file!r} for its own; choose another name"
    link = next((p for p in (path, *path.parents) if (root / p).is_symlink()), None)
    if link is not None and str(link) != ".":
        return f"{str(link)!r} is a symbolic link; give the real path of the file"
    if (root / path).is_dir():
        return f"{file!r} is a folder; name a file"
    return _not_importable(path, pythonpath)


def _not_importable(path: PurePosixPath, pythonpath: Iterable[str]) -> str | None:
    folders = [PurePosixPath(folder) for folder in pythonpath]
    above = [folder for folder in folders if path.is_relative_to(folder)]
    if not above:
        shown = ", ".join(repr(str(folder)) for folder in folders)
        return f"the file {str(path)!r} is below no folder of pythonpath ({shown})"
    nearest = max(above, key=lambda folder: len(folder.parts))
    parts = list(path.relative_to(nearest).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    bad = next((part for part in parts if not _is_name(part)), None if parts else "__init__")
    if bad is not None:
        return f"{str(path)!r} cannot be imported: {bad!r} is not a name in Python; rename it"
    if parts[0] in sys.stdlib_module_names:
        return f"{str(path)!r} would hide the standard library's {parts[0]!r}; rename it"
    return None


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)
