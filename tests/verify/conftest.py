from pathlib import Path

import pytest

from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner


@pytest.fixture(scope="session")
def shared_runner(tmp_path_factory):
    """One prepared runner for all tests that do not close it."""
    root = tmp_path_factory.mktemp("project")
    runner = PytestRunner(root, Settings(project={"name": "shop"}))
    runner.prepare()
    yield runner
    runner.close()
    assert not list(Path(root, ".specloop/runs").glob("*")), "a run's folder was left behind"
