"""Honest modules: every one is accepted, by the checks that run no code and by its suite."""

from importlib.util import find_spec

import pytest
from catalogue.contents import HONEST, asked_for, named
from catalogue.trying import benches

ENTRIES = named(asked_for(HONEST))


@pytest.fixture(scope="module")
def open_bench():
    with benches() as found:
        yield found


@pytest.mark.parametrize("name", ENTRIES)
def test_honest_module_is_accepted(open_bench, name):
    entry = ENTRIES[name]
    if missing := [package for package in entry.packages if find_spec(package) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    tried = open_bench(network=entry.network, subprocess=entry.subprocess)
    assert tried.runner.inspect(tried.case(entry).static_job(entry.text)).static == ()
    report = tried.try_out(entry, entry.text)
    assert report.ok, report
    assert report.forged == ()
