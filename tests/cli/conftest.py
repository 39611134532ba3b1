import os
import signal
import sys
from pathlib import Path

import pytest

# The chat server is that of the models' tests, which need not be collected with these.
sys.path.append(str(Path(__file__).parents[1] / "models"))

from command_line import DOUBLE, PROJECT, RIGHT, WRONG, Folder, Gate, environment

from specloop.cli.main import main


@pytest.fixture
def folder(tmp_path):
    """A project of one module whose first recorded answer is wrong and whose second is right."""
    (tmp_path / "sums").mkdir()
    made = Folder(tmp_path / "sums")
    made.write(
        {
            "project.toml": PROJECT,
            "specs/double.yaml": DOUBLE,
            "replies/double/01.md": WRONG,
            "replies/double/02.md": RIGHT,
        }
    )
    yield made
    made.leave()


@pytest.fixture
def gate(tmp_path):
    made = Gate(tmp_path)
    yield made
    made.remove()


@pytest.fixture
def refused(folder, capsys, monkeypatch):
    """Type `specloop WORDS…` in the folder, for nothing; the exit code and the message.

    In this process, since starting one, or importing LiteLLM, takes most of the time of a refusal.
    """
    known = environment()
    for name in set(os.environ) - set(known):
        monkeypatch.delenv(name)
    handlers = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }

    def type_words(*words):
        monkeypatch.chdir(folder.root)
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        printed = capsys.readouterr()
        assert printed.out == ""
        return int(ended.value.code), printed.err

    yield type_words
    for number, handler in handlers.items():
        signal.signal(number, handler)
