"""The catalogue is what it says: large, and made of tricks that work on runners that trust."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from catalogue import naive
from catalogue.contents import CARELESS, GAMING, HONEST, named


def test_there_are_many_of_each_kind():
    assert (len(GAMING) >= 64, len(CARELESS) >= 28, len(HONEST) >= 28) == (True, True, True)
    entries = (*GAMING, *CARELESS, *HONEST)
    assert len(named(entries)) == len(entries), "two have one name"


@pytest.mark.long
@pytest.mark.skipif(not naive.works(), reason="needs bubblewrap")
def test_runners_that_trust_are_fooled():
    figures = naive.figures(GAMING)
    assert figures.exit_code > 0.9 * len(GAMING)
    assert figures.junit > 0.5 * len(GAMING)


@pytest.mark.long
@pytest.mark.skipif(not naive.works(), reason="needs bubblewrap")
def test_honest_modules_pass_in_plain_pytest():
    entries = [each for each in HONEST if naive.has_packages(each)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda each: naive.trust(each, each.text, set()), entries))
    assert [each.output for each in found if not each.exit_code] == []
