import os

import pytest

from specloop.models.machine import free_bytes, threads


@pytest.mark.parametrize(
    ("cores", "load", "expected"),
    [(8, 0.1, 4), (8, 3.4, 4), (8, 6.0, 2), (8, 20.0, 1), (2, 0.0, 1), (1, 0.0, 1)],
)
def test_a_model_gets_half_of_the_cores_as_far_as_they_are_idle(monkeypatch, cores, load, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    assert threads() == expected


def test_free_memory_is_a_part_of_all_memory():
    everything = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < free_bytes() <= everything
