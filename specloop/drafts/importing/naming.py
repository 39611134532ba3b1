"""Names for modules that are drafted: valid, unique, and like what the source calls them."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 80
_RESERVED = "integration"  # what the tests of a whole project go by


def module_name(proposals: Iterable[str], taken: set[str]) -> str:
    """The first proposal that can name a module and is free, else one with a number.

    `taken` holds folded names; the name found is added.
    """
    fit = [name for proposal in proposals if (name := _fit(proposal))] or ["feature"]
    numbered = [f"{fit[0]}_{number}" for number in range(2, len(taken) + 4)]
    used = taken | {_RESERVED}
    name = next(name for name in (*fit, *numbered) if name.casefold() not in used)
    taken.add(name.casefold())
    return name


def file_proposals(file: str) -> Iterable[str]:
    """What the module in a file may be called: as the file, or with folders before it."""
    parts = PurePosixPath(file).with_suffix("").parts
    return ["_".join(parts[-length:]) for length in range(1, len(parts) + 1)]


def _fit(proposal: str) -> str:
    return _UNFIT.sub("-", proposal)[:_LONGEST].lstrip("0123456789-").rstrip("-_")
