"""What stands around the server: what it shows, and what is said where it does not work."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from specloop.spec.settings import SandboxTable
from specloop.verify import reach, sandbox, wrapper

PYTHON = Path(sys.executable)
# as Ubuntu 24.04 has it, where programs without a profile get no user namespaces
UBUNTU = "bwrap: setting up uid map: Permission denied"
linux = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")


@pytest.fixture
def prefix(tmp_path):
    """The prefix of a server that may write to tmp_path/runs, if bubblewrap works here."""
    program = wrapper.program()
    if sys.platform != "linux" or not program:
        pytest.skip("bubblewrap is not installed")
    (tmp_path / "runs").mkdir()
    prefixes = [sys.prefix, sys.base_prefix]
    read = reach.read_paths(prefixes, [], tmp_path)
    found = wrapper.command(program, read, tmp_path / "runs", network=False, subprocess=False)
    done = subprocess.run([*found, PYTHON, "-c", ""], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"bubblewrap does not work here: {done.stderr.strip()}")
    return found


def run(prefix, source, *arguments, **options):
    return subprocess.run(
        [*prefix, PYTHON, "-c", source, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_nothing_is_there_but_the_interpreter_and_the_runs(prefix, tmp_path):
    (tmp_path / "secret").touch()
    source = """
import os, pathlib, sys
above = pathlib.Path(sys.argv[1])
print(sorted(each.name for each in above.iterdir()))
(above / "runs/new").write_text("x")
print([pid for pid in os.listdir("/proc") if pid.isdigit()].__len__() < 5)
print(os.path.exists("/etc/shadow"), os.path.exists("/var"))
"""
    done = run(prefix, source, tmp_path)
    assert done.stdout.splitlines() == ["['runs']", "True", "False False"], done.stderr
    assert (tmp_path / "runs/new").read_text() == "x"


def test_what_is_shown_cannot_be_written(prefix, tmp_path):
    done = run(prefix, "import sys; open(sys.prefix + '/new', 'w')")
    assert "Read-only file system" in done.stderr


def test_the_network_is_another_one(prefix):
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = f"import socket; socket.create_connection({server.getsockname()!r})"
        assert "Connection refused" in run(prefix, source).stderr


def test_descriptors_reach_the_server(prefix):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        source = "import socket, sys; socket.socket(fileno=int(sys.argv[1])).sendall(b'here')"
        run(prefix, source, theirs.fileno(), pass_fds=[theirs.fileno()])
        theirs.close()
        assert ours.recv(10) == b"here"


def with_bwrap(monkeypatch, folder, script):
    folder.mkdir()
    fake = folder / "bwrap"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((str(folder), os.defpath)))


@linux
@pytest.mark.parametrize(
    ("text", "mend"),
    [
        (UBUNTU, "kernel.apparmor_restrict_unprivileged_userns"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "bwrap-userns-restrict"),
        ("bwrap: No permissions to create a new namespace, likely because …", "user namespaces"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "in most containers"),
    ],
)
def test_where_bubblewrap_fails_its_words_and_the_mend_are_told(monkeypatch, tmp_path, text, mend):
    with_bwrap(monkeypatch, tmp_path / "bin", f'echo "{text}" >&2; exit 1')
    found = sandbox.decide(SandboxTable(), PYTHON, tmp_path / "runs", tmp_path)
    (told,) = (each for each in found.missing if each.startswith("bubblewrap: "))
    assert text in told
    assert mend in told
    assert found.outer == ""
    assert found.prefix == ()


@linux
def test_where_bubblewrap_is_missing_that_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = sandbox.decide(SandboxTable(), PYTHON, tmp_path / "runs", tmp_path)
    assert any(
        each.startswith("bubblewrap: it is not installed; install") for each in found.missing
    )


@linux
def test_bubblewrap_is_used_where_it_works(prefix, tmp_path):
    found = sandbox.decide(SandboxTable(), PYTHON, tmp_path / "runs", tmp_path)
    assert found.outer == "bubblewrap"
    assert found.prefix[0] == shutil.which("bwrap")
    assert found.level == "strong"


def test_the_profile_for_macos(tmp_path):
    """No more than its text: there is no macOS to try it on in these tests."""
    read = [str(tmp_path / 'a "quoted" name'), str(tmp_path)]
    closed = wrapper.profile(read, tmp_path / "runs", network=False, subprocess=False)
    place = os.path.realpath(tmp_path)
    assert closed.splitlines() == [
        "(version 1)",
        "(deny default)",
        '(import "system.sb")',
        "(allow process-fork)",
        "(allow process-info* (target same-sandbox))",
        "(allow signal (target same-sandbox))",
        "(allow sysctl-read)",
        "(allow file-read-metadata)",
        f'(allow file-read* (subpath "{place}"))',
        f'(allow file-read* (subpath "{place}/a \\"quoted\\" name"))',
        f'(allow file-read* file-write* (subpath "{place}/runs"))',
        '(allow file-write-data (literal "/dev/null"))',
        f'(allow process-exec* (subpath "{place}"))',
        f'(allow process-exec* (subpath "{place}/a \\"quoted\\" name"))',
    ]
    opened = wrapper.profile(read, tmp_path / "runs", network=True, subprocess=True)
    assert opened.splitlines()[-2:] == ["(allow process-exec*)", "(allow network*)"]
