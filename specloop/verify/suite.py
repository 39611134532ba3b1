"""PURE. What pytest is told to run, and how it is to import it."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import PurePosixPath

from specloop.ports import TestJob
from specloop.spec.interface import import_path
from specloop.spec.module import ROW_TESTS
from specloop.verify.layout import WATCHED
from specloop.verify.runs import Work

IMPORT = re.compile(rb"^\s*(?:import|from)\s+([a-zA-Z_][\w.]*)", re.MULTILINE | re.ASCII)
TEST_FILES = ("test_*.py", "*_test.py")


def work(job: TestJob, only: tuple[str, ...] = ()) -> Work:
    """The run of the suite, or of those of its tests alone that `only` names."""
    arguments = [
        "-q",
        "--color=no",
        "--show-capture=no",  # the reporter tells it
        *(["--import-mode=importlib"] if clash(job) else []),
        *(["--maxfail=1"] if job.stop_early else []),
        *(["--tb=no", "--assert=plain"] if job.brief else []),
        "--continue-on-collection-errors",  # what cannot be imported hides nothing else
        *job.targets,
    ]
    order = {
        "candidate": job.candidate,
        "module": "" if job.targets else import_path(job.candidate, job.pythonpath),
        "arguments": arguments,
        "only": only,
        "test_files": _test_files(job),
        "watched": sorted(WATCHED),
        "tests": [path for path in job.files if is_of_tests(job, path)],
        "imports": _imported_by_tests(job.files),
    }
    return Work(job.files, order, importable(job), job.seconds, job.memory_mb)


def _imported_by_tests(files: Mapping[str, bytes]) -> list[str]:
    """What the user's own tests import: never what anybody else has written.

    The same for all modules of a project, so that no verdict depends on what ran before.
    """
    paths = [path for path in files if _is_users_test(PurePosixPath(path))]
    return sorted({name for path in paths for name in _named(files[path])})


def _is_users_test(file: PurePosixPath) -> bool:
    return _is_named_so(file, "conftest.py", *TEST_FILES) and not str(file).startswith(ROW_TESTS)


def _is_named_so(file: PurePosixPath, *patterns: str) -> bool:
    return any(fnmatch(file.name, pattern) for pattern in patterns)


@lru_cache(maxsize=4096)
def _named(source: bytes) -> frozenset[str]:
    names = (name.decode() for name in IMPORT.findall(source))
    return frozenset(name for name in names if "__main__" not in name.split("."))


def is_of_tests(job: TestJob, path: str) -> bool:
    """Whether a file is a test, or code that lies with those of the job."""
    file = PurePosixPath(path)
    if file.suffix != ".py":
        return False
    if _is_named_so(file, "conftest.py", *TEST_FILES):
        return True
    targets = [PurePosixPath(target.partition("::")[0]) for target in job.targets]
    folders = [target.parent if target.suffix == ".py" else target for target in targets]
    code = PurePosixPath(job.candidate)
    return any(file.is_relative_to(folder) for folder in folders if not code.is_relative_to(folder))


def importable(job: TestJob) -> tuple[str, ...]:
    """The folders that modules of the run are imported from.

    Where pytest imports test files by their path it does not make what lies beside them importable,
    as it does else: so we do.
    """
    beside = [_module(path, job.files)[0] for path in _test_files(job)] if clash(job) else []
    return tuple(dict.fromkeys((*job.pythonpath, *beside)))


def clash(job: TestJob) -> bool:
    """Whether two test files have one name to import them by, which pytest refuses by default."""
    names = [_module(path, job.files)[1] for path in _test_files(job)]
    return len(set(names)) < len(names)


def _test_files(job: TestJob) -> list[str]:
    targets = [PurePosixPath(target.partition("::")[0]) for target in job.targets]
    return [path for path in sorted(job.files) if _is_test(PurePosixPath(path), targets)]


def _is_test(path: PurePosixPath, targets: Sequence[PurePosixPath]) -> bool:
    if path in targets:
        return path.suffix == ".py"
    below = any(path.is_relative_to(target) for target in targets)
    return below and _is_named_so(path, *TEST_FILES)


def _module(file: str, files: Mapping[str, bytes]) -> tuple[str, tuple[str, ...]]:
    """The folder that a test file is imported from by default, and its name there."""
    folder = PurePosixPath(file).parent
    parts = [PurePosixPath(file).stem]
    while folder.name and str(folder / "__init__.py") in files:
        parts.insert(0, folder.name)
        folder = folder.parent
    return str(folder), tuple(parts)
