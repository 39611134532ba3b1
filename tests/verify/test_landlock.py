"""Landlock, on this kernel: what a process that is restricted reaches, and what it does not."""

import os
import socket
import sys
from pathlib import Path

import pytest
from confined_process import confined

from specloop.verify.inside import landlock

LIBRARIES = [path for path in ("/lib", "/lib64", "/usr/lib", "/usr/lib64") if Path(path).exists()]


def offered():
    try:
        return landlock.abi()
    except OSError:
        return 0


ABI = offered() if sys.platform == "linux" else 0
pytestmark = pytest.mark.skipif(not ABI, reason="this kernel offers no Landlock")


def since(abi):
    return pytest.mark.skipif(abi > ABI, reason=f"this kernel offers Landlock {ABI}, not {abi}")


@pytest.fixture
def folders(tmp_path):
    """`own` may be written, `shown` be read, `secret` neither."""
    for name in ("own", "shown", "secret"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return tmp_path


def restricted(folders, body, *, network=False):
    read = [str(folders / "shown"), *LIBRARIES, str(folders / "missing")]
    order = {
        "layers": ["landlock"],
        "read": read,
        "write": [str(folders / "own"), "/dev/null"],
        "network": network,
    }
    return confined(order, body, folders=str(folders))


def test_only_what_is_shown_can_be_read(folders):
    body = """
    place = pathlib.Path(given["folders"])
    tell(
        shown=(place / "shown/file").read_text(),
        own=(place / "own/file").read_text(),
        secret=refusal(lambda: (place / "secret/file").read_text()),
        listed=refusal(lambda: list((place / "secret").iterdir())),
        above=refusal(lambda: list(place.iterdir())),
        proc=refusal(lambda: open("/proc/self/environ")),
        home=refusal(lambda: os.listdir(os.path.expanduser("~"))),
    )
    """
    told = restricted(folders, body)
    assert told.pop("shown") == "shown"
    assert told.pop("own") == "own"
    assert set(told.values()) == {"EACCES"}


def test_only_its_own_folder_can_be_written(folders):
    body = """
    place = pathlib.Path(given["folders"])
    own = place / "own"
    (own / "new").write_text("x")
    (own / "sub").mkdir()
    (own / "new").unlink()
    open(os.devnull, "w").write("x")
    (own / "link").symlink_to(place / "secret/file")
    tell(
        into_shown=refusal(lambda: (place / "shown/new").touch()),
        over_shown=refusal(lambda: (place / "shown/file").open("a")),
        over_secret=refusal(lambda: (place / "secret/file").open("w")),
        through_link=refusal(lambda: (own / "link").open("a")),
        removed=refusal(lambda: (place / "secret/file").unlink()),
        folder=refusal(lambda: (place / "secret/new").mkdir()),
    )
    """
    told = restricted(folders, body)
    assert set(told.values()) == {"EACCES"}
    assert (folders / "secret/file").read_text() == "secret"


@since(2)
def test_files_move_within_the_own_folder_but_not_into_it(folders):
    body = """
    place = pathlib.Path(given["folders"])
    (place / "own/sub").mkdir()
    (place / "own/file").rename(place / "own/sub/file")
    tell(
        moved=refusal(lambda: (place / "secret/file").rename(place / "own/stolen")),
        linked=refusal(lambda: os.link(place / "secret/file", place / "own/stolen")),
    )
    """
    told = restricted(folders, body)
    assert set(told.values()) <= {"EACCES", "EXDEV"}
    assert (folders / "own/sub/file").exists()
    assert not (folders / "own/stolen").exists()


@since(3)
def test_what_is_shown_cannot_be_cut_short(folders):
    body = """
    shown = given["folders"] + "/shown/file"
    tell(
        truncated=refusal(lambda: os.truncate(shown, 0)),
        opened=refusal(lambda: os.open(shown, os.O_RDONLY | os.O_TRUNC)),
    )
    """
    assert set(restricted(folders, body).values()) == {"EACCES"}
    assert (folders / "shown/file").read_text() == "shown"


@since(4)
@pytest.mark.parametrize(("network", "expected"), [(False, "EACCES"), (True, "")])
def test_tcp_is_for_those_who_may_use_the_network(folders, network, expected):
    with socket.create_server(("127.0.0.1", 0)) as server:
        body = f"""
        tell(
            connected=refusal(lambda: socket.socket().connect({server.getsockname()!r})),
            bound=refusal(lambda: socket.socket().bind(("127.0.0.1", 0))),
        )
        """
        told = restricted(folders, body, network=network)
    assert told == {"connected": expected, "bound": expected}


@since(6)
def test_no_signal_leaves_and_children_can_be_ended(folders):
    body = """
    child = os.fork()
    if not child:
        signal.pause()
    os.kill(child, signal.SIGKILL)
    tell(parent=refusal(lambda: os.kill(os.getppid(), 0)), ended=os.waitpid(child, 0)[1])
    """
    assert restricted(folders, body) == {"parent": "EPERM", "ended": 9}


def test_children_are_restricted_as_well(folders):
    body = """
    child = os.fork()
    if not child:
        code = refusal(lambda: open(given["folders"] + "/secret/file"))
        os._exit(0 if code == "EACCES" else 1)
    tell(status=os.waitpid(child, 0)[1])
    """
    assert restricted(folders, body) == {"status": 0}


@pytest.mark.parametrize("abi", range(1, 9))
def test_a_kernel_of_any_version_is_asked_for_what_it_knows(folders, abi):
    """Each version's request is made to this kernel, as far as it knows it; a newer one is not."""
    if abi > ABI:
        pytest.skip(f"this kernel offers Landlock {ABI} only")
    body = """
    secret = given["folders"] + "/secret/file"
    tell(read=refusal(lambda: open(secret)), write=refusal(lambda: open(secret, "a")))
    """
    prelude = f"landlock.abi = lambda: {abi}"
    order = {"layers": ["landlock"], "read": LIBRARIES, "write": [], "network": False}
    told = confined(order, body, prelude=prelude, folders=os.fspath(folders))
    assert told == {"read": "EACCES", "write": "EACCES"}
