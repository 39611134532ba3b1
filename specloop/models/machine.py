"""What this machine has to give to a model."""

import os
import re
from pathlib import Path


def threads() -> int:
    """As many as cores are idle now, at most one for every two of them.

    Threads of llama.cpp wait for one another at every step: with as many as there are cores, a
    busy machine was 20 to 60 times slower than with one.
    """
    mine = getattr(os, "sched_getaffinity", None)  # only Linux tells which cores are ours to use
    cores = len(mine(0)) if mine else os.cpu_count() or 1
    idle = cores - round(os.getloadavg()[0])
    return max(1, min(cores // 2, idle))


def free_bytes() -> int:
    """The memory that can be had without swapping, or all there is where nobody tells."""
    told = Path("/proc/meminfo")
    found = re.search(r"MemAvailable: *(\d+) kB", told.read_text()) if told.exists() else None
    if found is None:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return int(found[1]) * 1024
