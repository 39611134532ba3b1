from pathlib import Path

import pytest

from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner


def runner_at(root, **sandbox):
    """A prepared runner, which is closed after its use and must have left nothing behind."""
    runner = PytestRunner(root, Settings(project={"name": "shop"}, sandbox=sandbox))
    runner.prepare()
    yield runner
    runner.close()
    assert not list(Path(root, ".specloop/runs").glob("*")), "a run's folder was left behind"


@pytest.fixture(scope="session")
def shared_runner(tmp_path_factory):
    """One prepared runner for all tests that do not close it, as confined as can be."""
    yield from runner_at(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def open_runner(tmp_path_factory):
    """One whose runs may start processes and send signals, as all may at level basic."""
    yield from runner_at(tmp_path_factory.mktemp("open"), level="basic", subprocess=True)
