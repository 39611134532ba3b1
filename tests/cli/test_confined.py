"""What `specloop run` says where tests can be confined by less than "strong"."""

import sys

import pytest
from answering_python import install, path_without_wrapper
from command_line import DOUBLE, PROJECT, RIGHT

from specloop.cli.overrides import with_sandbox
from specloop.cli.wiring import open_outside
from specloop.engine.workers import Interruption
from specloop.spec.read import read_project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are those of Linux")


class Told:
    """An observer that keeps notices."""

    def __init__(self):
        self.notices = []

    def notice(self, text):
        self.notices.append(text)

    def doing(self, *_):
        """Keep nothing."""


@pytest.fixture
def told(folder, monkeypatch, tmp_path):
    """What is said when a run begins at a level, on a machine whose layers have such faults."""

    def begin(level, **faults):
        folder.write({"project.toml": PROJECT})
        install(folder.root, faults)
        monkeypatch.setenv("PATH", path_without_wrapper(tmp_path / "bin"))
        project = with_sandbox(read_project(folder.root), level)
        observer = Told()
        with open_outside(project, observer, Interruption()) as outside:
            outside.runner.prepare()
        return observer.notices

    return begin


FAULT = "[Errno 38] Function not implemented"


def test_less_than_strong_is_told_with_the_mend(told):
    (notice,) = told(None, landlock=FAULT)
    assert notice.startswith("tests may reach your files or the network here: only 'basic'")
    assert f"landlock: {FAULT}; use Linux 5.13 or later" in notice
    assert "bubblewrap: it is not installed" in notice
    assert notice.endswith("see `specloop doctor`")
    assert "\n" not in notice


def test_strong_needs_no_word(told):
    assert told(None) == []


@pytest.mark.parametrize("level", ["basic", "none", "strong"])
def test_nor_does_what_was_asked_for(told, level):
    fault = {} if level == "strong" else {"landlock": FAULT}
    assert told(level, **fault) == []


def test_a_level_of_the_command_line_is_what_a_run_has(folder):
    folder.write({"project.toml": PROJECT, "specs/double.yaml": DOUBLE})
    folder.write({"replies/double/01.md": RIGHT})
    folder.start_repository()
    done = folder.specloop("run", "--sandbox", "basic")
    assert "tests may reach" not in done.stderr
    assert folder.state_of("double")["sandbox"] == "basic"
    assert "\n  sandbox: basic (limits)\n" in folder.specloop("show", "double").stdout
