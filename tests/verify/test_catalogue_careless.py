"""Modules that would do harm: each is ended as it should be, and nothing outside is touched."""

import re

import pytest
from catalogue.contents import CARELESS, asked_for, named
from catalogue.surroundings import SECRET, surroundings
from catalogue.trying import bench

ENTRIES = named(asked_for(CARELESS))
LONGEST = 200_000  # characters of a report, whatever a module said


@pytest.fixture(scope="module")
def around():
    with pytest.MonkeyPatch.context() as patch, surroundings() as found:
        patch.setenv("CATALOGUE_SECRET", SECRET)
        yield found


@pytest.fixture(scope="module")
def closed(around):
    yield from warm(around, subprocess=False)


@pytest.fixture(scope="module")
def opened(around):
    yield from warm(around, subprocess=True)


def warm(around, **sandbox):
    with bench(around.project, **sandbox) as found:
        found.warm_up()
        yield found


@pytest.mark.parametrize("name", ENTRIES)
def test_no_trace_is_left(around, request, name):
    entry = ENTRIES[name]
    tried = request.getfixturevalue("opened" if entry.subprocess else "closed")
    if entry.confined and tried.runner.confinement.level != "strong":
        pytest.skip("nothing here could keep it from doing harm")
    before, there = around.state(), around.left()
    report = tried.try_out(entry, around.constants + entry.text)
    assert around.state() == before
    assert around.left_since(there) == set()
    assert report.verdict in entry.verdict.split("|"), report
    assert re.search(entry.says, said(report)), report
    assert SECRET not in repr(report)
    assert len(repr(report)) < LONGEST


def said(report):
    texts = (f"{each.exception}: {each.message}" for each in report.failures)
    return "\n".join([report.note, *texts])
