"""Modules that try to pass without doing what they should: none of them does.

What runs is a disguised form of each, which the checks that run no code cannot see through.
"""

import pytest
from catalogue.contents import GAMING, asked_for, named
from catalogue.disguise import disguised
from catalogue.trying import bench, without_records

ENTRIES = named(asked_for(GAMING))


@pytest.fixture(scope="module")
def tried():
    with bench() as found, without_records():
        yield found


@pytest.mark.parametrize("name", ENTRIES)
def test_no_trick_is_believed(tried, name):
    entry = ENTRIES[name]
    report = tried.try_out(entry, disguised(entry))
    assert not report.ok
    assert report.failures or report.note


def test_most_are_seen_without_being_run(tried):
    seen = [
        name
        for name, entry in ENTRIES.items()
        if tried.runner.inspect(tried.case(entry).static_job(entry.text)).static
    ]
    assert len(seen) > 0.7 * len(ENTRIES)


def test_the_disguise_hides_them(tried):
    for entry in list(ENTRIES.values())[::10]:
        assert tried.runner.inspect(tried.case(entry).static_job(disguised(entry))).ok
