"""What a test process is given of the machine: an environment and limits."""

import contextlib
import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specloop.verify.layout import RunFolder

PASSED_ON = (
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NUMERIC",
    "LC_TIME",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TZ",
)
MEGABYTE = 1024 * 1024
FILE_MB = 256  # the largest file that a test may write
OPEN_FILES = 1024
DISK_MB, FILES = 1024, 20_000  # that a run may add to its folders
PROCESSES, THREADS = 64, 512  # of a family
TASKS = 512  # processes and threads of the user's, beyond those that there are


def limits(uid: int, seconds: int, memory_mb: int) -> dict[str, int]:
    """Names of resource limits and their values, for a process of that user.

    They hold for each process, not for the family; but tasks are counted for the whole user, and
    for root not at all.
    """
    found = {
        "RLIMIT_CORE": 1,  # less than any; 0 would not keep the kernel from piping it to a program
        "RLIMIT_FSIZE": FILE_MB * MEGABYTE,
        "RLIMIT_NOFILE": OPEN_FILES,
    }
    if memory_mb:
        found["RLIMIT_AS"] = memory_mb * MEGABYTE
    if seconds:  # behind the supervisor's clock, which ends the run first
        found["RLIMIT_CPU"] = seconds * (os.cpu_count() or 1) + 10
    if uid and Path("/proc/self/task").exists():
        found["RLIMIT_NPROC"] = _tasks(uid) + TASKS
    return found


def bounds(run: RunFolder, memory_mb: int, files: int, laid_out: int) -> dict[str, Any]:
    """What the family of a run may use together, as `inside/usage.py` has it.

    `files` and `laid_out`, in bytes, are what the run finds in its folders.
    """
    return {
        "folders": [str(run.project), str(run.home), str(run.tmp)],
        "memory_mb": memory_mb,
        "disk_mb": laid_out // MEGABYTE + DISK_MB,
        "files": files + FILES,
        "processes": PROCESSES,
        "threads": THREADS,
    }


def _tasks(uid: int) -> int:
    """How many processes and threads that user has: each is a folder, as links are counted."""
    total = 0
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdecimal():
                with contextlib.suppress(OSError):
                    found = Path(entry.path, "task").stat()
                    total += found.st_nlink - 2 if found.st_uid == uid else 0
    return total


def flags(python: Path) -> tuple[str, ...]:
    """The interpreter's options: no bytecode, and of the user's own packages those we have, too."""
    ours = site.ENABLE_USER_SITE and python == Path(sys.executable)
    return ("-B",) if ours else ("-B", "-s")


def environment(python: Path, run: RunFolder, given: Mapping[str, str]) -> dict[str, str]:
    """The variables of a test process: few of `given`, and never one that could hold a secret."""
    found = {name: given[name] for name in PASSED_ON if name in given}
    folders = (str(python.parent), given.get("PATH", os.defpath))
    found |= {
        "PATH": os.pathsep.join(folders),
        "HOME": str(run.home),
        "TMPDIR": str(run.tmp),
        # the run lies within the user's work tree: git must not look for a repository that far up
        "GIT_CEILING_DIRECTORIES": str(run.path.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        # runs go side by side; and a process with threads can neither be forked nor be confined
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    if site.ENABLE_USER_SITE:  # packages that stand under the real home are found there still
        found["PYTHONUSERBASE"] = site.getuserbase()
    return found
