"""Shares of the catalogue in the other layers that there are, and without forks."""

from importlib.util import find_spec

import pytest
from catalogue.contents import CARELESS, GAMING, HONEST, named, share
from catalogue.disguise import disguised
from catalogue.trying import benches, without_records

from specloop.errors import RunnerUnavailable

# how runs are confined and started, which share of the entries is tried so, and of how many
LAYERS = {
    "landlock": ({"layer": "landlock"}, 0, 3),
    "basic": ({"layer": "basic"}, 1, 3),
    "no forks": ({"forks": False}, 2, 12),
    "basic, no forks": ({"layer": "basic", "forks": False}, 8, 24),
}
GAMES = [(how, e.name) for how, (_, n, of) in LAYERS.items() for e in share(GAMING, n, of)]
HONESTY = [(how, e.name) for how, (_, n, of) in LAYERS.items() for e in share(HONEST, n, of)]
BASIC = named(each for each in CARELESS if not each.confined)


@pytest.fixture(scope="module")
def open_bench():
    with benches() as found, without_records():
        yield found


def opened(open_bench, how, **sandbox):
    settings, _, _ = LAYERS[how]
    try:
        return open_bench(**settings, **sandbox)
    except RunnerUnavailable as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(("how", "name"), GAMES)
def test_no_trick_is_believed_there_either(open_bench, how, name):
    entry = named(GAMING)[name]
    assert not opened(open_bench, how).try_out(entry, disguised(entry)).ok


@pytest.mark.parametrize(("how", "name"), HONESTY)
def test_honest_module_is_accepted_there_too(open_bench, how, name):
    entry = named(HONEST)[name]
    if any(find_spec(package) is None for package in entry.packages):
        pytest.skip("a package is missing")
    tried = opened(open_bench, how, network=entry.network, subprocess=entry.subprocess)
    report = tried.try_out(entry, entry.text)
    assert report.ok, report


@pytest.mark.parametrize("name", list(BASIC)[::3])
def test_limits_hold_at_level_basic(open_bench, name):
    entry = BASIC[name]
    report = opened(open_bench, "basic").try_out(entry, entry.text)
    assert report.verdict in entry.verdict.split("|"), report
