"""All entries, and shares of them."""

import os
from collections.abc import Iterable, Sequence

from catalogue import (
    careless_reach,
    careless_space,
    careless_time,
    gaming_ends,
    gaming_equals,
    gaming_forges,
    gaming_meanwhile,
    gaming_patches,
    gaming_plants,
    gaming_plugins,
    gaming_reads,
    gaming_session,
    gaming_tells,
    honest_classes,
    honest_language,
    honest_packages,
    honest_tests,
    honest_world,
)
from catalogue.entry import Entry

GAMING = (
    *gaming_ends.ENTRIES,
    *gaming_equals.ENTRIES,
    *gaming_forges.ENTRIES,
    *gaming_meanwhile.ENTRIES,
    *gaming_patches.ENTRIES,
    *gaming_plants.ENTRIES,
    *gaming_plugins.ENTRIES,
    *gaming_reads.ENTRIES,
    *gaming_session.ENTRIES,
    *gaming_tells.ENTRIES,
)
CARELESS = (*careless_reach.ENTRIES, *careless_space.ENTRIES, *careless_time.ENTRIES)
HONEST = (
    *honest_classes.ENTRIES,
    *honest_language.ENTRIES,
    *honest_packages.ENTRIES,
    *honest_tests.ENTRIES,
    *honest_world.ENTRIES,
)

SHARE = "CATALOGUE_SHARE"  # a variable: "1/3" tries the second of three shares


def share(entries: Sequence[Entry], number: int, of: int) -> Sequence[Entry]:
    """Each `of`th entry, from the one of that number on: a share of every kind."""
    return entries[number::of]


def asked_for(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The share that the environment asks for, or all."""
    number, _, of = os.environ.get(SHARE, "0/1").partition("/")
    return share(entries, int(number), int(of))


def named(entries: Iterable[Entry]) -> dict[str, Entry]:
    """By their names, which pytest shows."""
    return {entry.name: entry for entry in entries}
