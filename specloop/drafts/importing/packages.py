"""Lists of packages, as plans write them, made requirements such as project.toml takes."""

import re
import sys
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from specloop.drafts.importing.draft import Place, Setting
from specloop.drafts.importing.source import Source

_BETWEEN = re.compile(r"(?:[,、;]|\band\b)(?![^()\[\]]{0,200}[)\]]|\s*[<>=!~])")
_ASIDE = re.compile(r"\s*\([^()]{0,200}\)")
_THERE = re.compile(r"(?i)(?:python|pytest)\s*[<>=~!]*\s*[\d.x+*]*(?: or [a-z]+)?|none|n/a")
_LONGEST = 1000  # characters; what is longer is no list of packages


def note_packages(source: Source, key: str, text: str, place: Place) -> None:
    """Make settings of the packages that a text lists, as far as it is plain which they are."""
    if len(text) > _LONGEST:
        source.settings.append(Setting(key, text, place, usable=False))
        return
    settings = list(_settings(key, text, place))
    source.settings += settings
    if not settings:
        source.drop(place.path, place.line, f"{text!r}: nothing to set")


def _settings(key: str, text: str, place: Place) -> Iterator[Setting]:
    for part in _BETWEEN.split(text.replace("`", "")):
        name = part.strip(" .")
        found = _requirement(name) or _requirement(_ASIDE.sub("", name))
        if found is not None:
            if not _is_there(found):
                yield Setting(key, found, place)
        elif name and not _THERE.fullmatch(name):
            yield Setting(key, name, place, usable=False)


def _requirement(text: str) -> str | None:
    """The requirement in its usual spelling; None where it is none, or names a place to load it."""
    try:
        read = Requirement(text)
    except InvalidRequirement:
        return None
    if read.url is not None:
        return None
    read.name = canonicalize_name(read.name)
    return str(read)


def _is_there(requirement: str) -> bool:
    """Whether there is nothing to install: it is no package, or one that is always there."""
    name = Requirement(requirement).name.replace("-", "_")
    return name in sys.stdlib_module_names or name in ("python", "pytest", "none")
