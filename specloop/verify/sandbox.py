"""What a test process is given of the machine: an environment and limits.

Level "basic" sets limits on memory, processor time, the size and number of files; "none" sets
none. At both the environment is scrubbed and the process ends with its whole family.
"""

import os
import site
from collections.abc import Mapping
from pathlib import Path

from specloop.errors import RunnerUnavailable
from specloop.spec.settings import SandboxTable
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


def level_of(table: SandboxTable) -> str:
    """The level that can be had: "basic" or "none"; RunnerUnavailable if more is demanded."""
    if table.level == "strong":
        raise RunnerUnavailable(
            "[sandbox] level 'strong' cannot be provided by this runner; "
            "set it to 'auto' or 'basic', and run untrusted code in a container or a machine "
            "of its own"
        )
    return "none" if table.level == "none" else "basic"


def limits(level: str, seconds: int, memory_mb: int) -> dict[str, int]:
    """Names of resource limits and their values.

    They hold for each process, not for the family. The number of processes is left alone: it is
    counted per user, and so would depend on what else goes on.
    """
    if level == "none":
        return {}
    found = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": FILE_MB * MEGABYTE,
        "RLIMIT_NOFILE": OPEN_FILES,
    }
    if memory_mb:
        found["RLIMIT_AS"] = memory_mb * MEGABYTE
    if seconds:  # behind the supervisor's clock, which ends the run first
        found["RLIMIT_CPU"] = seconds * (os.cpu_count() or 1) + 10
    return found


def environment(
    python: Path, run: RunFolder, pythonpath: tuple[str, ...], given: Mapping[str, str]
) -> dict[str, str]:
    """The variables of a test process: few of `given`, and never one that could hold a secret."""
    found = {name: given[name] for name in PASSED_ON if name in given}
    folders = (str(python.parent), given.get("PATH", os.defpath))
    found |= {
        "PATH": os.pathsep.join(folders),
        "HOME": str(run.home),
        "TMPDIR": str(run.tmp),
        "PYTHONPATH": os.pathsep.join(str(run.project / folder) for folder in pythonpath),
        # the run lies within the user's work tree: git must not look for a repository that far up
        "GIT_CEILING_DIRECTORIES": str(run.path.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }
    if site.ENABLE_USER_SITE:  # packages that stand under the real home are found there still
        found["PYTHONUSERBASE"] = site.getuserbase()
    return found
