"""What `specloop doctor` says of the sandbox: of this machine's, and where it lacks something."""

import json
import sys

import pytest
from answering_python import install, path_without_wrapper
from click.testing import CliRunner
from command_line import PROJECT

from specloop.cli.doctor import command
from specloop.verify import wrapper

linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are those of Linux")


@pytest.fixture
def sandbox(folder, monkeypatch, tmp_path):
    """The checks of the sandbox: with this [sandbox] table, on a machine with such faults."""

    def look(table="", *, possible=(), **faults):
        folder.write({"project.toml": f"{PROJECT}\n[sandbox]\n{table}\n"})
        if possible or faults:
            install(folder.root, faults, possible)
            monkeypatch.setenv("PATH", path_without_wrapper(tmp_path / "bin"))
        done = CliRunner().invoke(command, [str(folder.root), "--json"], standalone_mode=False)
        assert done.exception is None, done.exception
        found = json.loads(done.output)["checks"]
        return [check for check in found if check["what"] == "sandbox"]

    return look


@linux
def test_what_this_machine_has_is_tried(sandbox, folder):
    (check,) = sandbox()
    first, layers, tried, *_ = check["text"].splitlines()
    assert first.startswith(("strong: ", "basic: "))
    assert layers.startswith("layers: limits")
    assert tried.startswith(("tried: ", "possible: "))
    assert not list(folder.root.glob(".specloop/*"))


@linux
def test_strong_where_nothing_that_is_forbidden_is_possible(sandbox):
    (check,) = sandbox(possible=("nothing",))
    assert check["state"] == "ok"
    assert check["remedy"] == ""
    first, layers, tried, missing = check["text"].splitlines()
    assert first == "strong: tests cannot reach your files, use the network or start programs"
    assert layers.endswith("landlock, seccomp")
    assert tried == "tried: 2 things that tests must not do, all in vain"
    assert missing.startswith("missing: bubblewrap: it is not installed; install it")


@linux
@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("network = true", "cannot reach your files or start programs; they may use the network"),
        (
            "network = true\nsubprocess = true",
            "cannot reach your files; they may use the network and start programs",
        ),
    ],
)
def test_what_is_opened_is_said(sandbox, table, told):
    (check,) = sandbox(table, possible=("nothing",))
    assert check["text"].splitlines()[0] == f"strong: tests {told}"


@linux
def test_less_than_strong_says_what_is_possible_and_what_helps(sandbox):
    (check,) = sandbox(landlock="[Errno 38] Function not implemented", possible=("read",))
    assert check["state"] == "-"
    assert check["remedy"].startswith("mend one of what is missing, or run specloop in a container")
    assert check["text"].startswith("basic: ")
    assert "\npossible: read a file beside the folder of the run\n" in check["text"]
    fault = "landlock: [Errno 38] Function not implemented; use Linux 5.13 or later"
    assert f"\nmissing: {fault}\n" in check["text"]


@linux
def test_a_layer_that_does_not_keep_its_word_is_wrong(sandbox):
    held, *broken = sandbox(possible=("read", "memory"))
    assert held["state"] == "ok"
    assert [check["state"] for check in broken] == ["wrong", "wrong"]
    read, memory = broken
    assert read["text"] == "tests can read a file beside the folder of the run: it was possible"
    assert read["remedy"].endswith("run specloop in a container or a virtual machine")
    assert memory["text"].startswith("tests can take 1024 MB of memory more")
    assert memory["remedy"].startswith("this system does not hold to that limit")


@linux
def test_limits_have_to_hold_at_any_level(sandbox):
    held, memory = sandbox('level = "basic"', possible=("read", "memory"))
    assert held["state"] == "ok", "whoever chose the level knows what it leaves open"
    assert memory["text"].startswith("tests can take 1024 MB of memory more")


@linux
def test_where_not_even_limits_can_be_had_nothing_runs(sandbox):
    (check,) = sandbox(limits="not allowed to raise maximum limit")
    assert check["state"] == "wrong"
    assert "not even by limits" in check["text"]


def test_a_sandbox_that_nobody_wants(sandbox):
    (check,) = sandbox('level = "none"')
    assert check["state"] == "-"
    assert check["text"].startswith("none: nothing is closed to tests")


@linux
@pytest.mark.skipif(not wrapper.program(), reason="bubblewrap is not installed")
def test_what_stands_around_the_server_is_named(sandbox):
    (check,) = sandbox()
    assert "bubblewrap" in check["text"]
