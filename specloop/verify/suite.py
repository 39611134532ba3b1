"""PURE. What pytest is told to run, and how it is to import it."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import PurePosixPath

from specloop.ports import TestJob
from specloop.spec.interface import import_path
from specloop.verify.layout import RunFolder

TEST_FILES = ("test_*.py", "*_test.py")


def order(job: TestJob, run: RunFolder, token: str) -> dict[str, object]:
    """What the reporter is to do."""
    arguments = [
        "-q",
        "--color=no",
        "--show-capture=no",  # the reporter tells it
        f"--rootdir={run.project}",
        f"--basetemp={run.tmp / 'pytest'}",
        "-o",
        f"cache_dir={run.tmp / 'cache'}",
        *(["--import-mode=importlib"] if clash(job) else []),
        *(["--maxfail=1"] if job.stop_early else []),
        *(["--tb=no", "--assert=plain"] if job.brief else []),
        "--continue-on-collection-errors",  # what cannot be imported hides nothing else
        *job.targets,
    ]
    return {
        "token": token,
        "run": str(run.path),
        "project": str(run.project),
        "stack": str(run.control / "stack"),
        "candidate": job.candidate,
        "module": "" if job.targets else import_path(job.candidate, job.pythonpath),
        "arguments": arguments,
    }


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
    return below and any(fnmatch(path.name, pattern) for pattern in TEST_FILES)


def _module(file: str, files: Mapping[str, bytes]) -> tuple[str, tuple[str, ...]]:
    """The folder that a test file is imported from by default, and its name there."""
    folder = PurePosixPath(file).parent
    parts = [PurePosixPath(file).stem]
    while folder.name and str(folder / "__init__.py") in files:
        parts.insert(0, folder.name)
        folder = folder.parent
    return str(folder), tuple(parts)
