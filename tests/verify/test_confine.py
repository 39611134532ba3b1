"""All layers together, in their order: what holds afterwards, and that a part is never enough."""

import os
import sys
import tempfile
from textwrap import dedent

import pytest
from confined_process import confined

from specloop.verify.inside import confine

linux = pytest.mark.skipif(sys.platform != "linux", reason="there are only limits elsewhere")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
NOBODY = 65534


def order(*layers, **fields):
    given = {"limits": {}, "read": [], "write": [], "uid": os.getuid(), "gid": os.getgid()}
    opened = {"network": False, "subprocess": False, "alone": False}
    return {"layers": list(layers), **given, **opened, **fields}


def test_limits_are_set_for_good(tmp_path):
    limits = {"RLIMIT_NOFILE": 100, "RLIMIT_FSIZE": 1000, "RLIMIT_CORE": 1}
    body = """
    file = os.open(given["file"], os.O_CREAT | os.O_WRONLY)
    tell(
        layers=layers,
        files=resource.getrlimit(resource.RLIMIT_NOFILE),
        small=refusal(lambda: os.pwrite(file, b"x", 999)),
        large=refusal(lambda: os.pwrite(file, b"x", 1000)),
    )
    """
    told = confined(order("limits", limits=limits), body, file=str(tmp_path / "file"))
    assert told == {"layers": ["limits"], "files": [100, 100], "small": "", "large": "EFBIG"}


def test_a_lower_limit_of_the_system_stays():
    body = "tell(files=resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    lower = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))"
    told = confined(order("limits", limits={"RLIMIT_NOFILE": 100}), body, prelude=lower)
    assert told == {"files": 50}


def test_an_unknown_layer_is_refused():
    with pytest.raises(confine.Unconfined, match="no layer is named 'moat'"):
        confine.confine(order("moat"))


def refused(wanted, prelude):
    """What `confine` says to an order that cannot be carried out after `prelude`."""
    attempt = f"""
    {prelude}
    try:
        confine.confine(given["wanted"])
        tell(text="")
    except confine.Unconfined as error:
        tell(text=str(error))
    """
    return confined(order(), attempt, wanted=wanted)["text"]


@linux
def test_a_kernel_without_landlock_is_an_error_and_not_less():
    missing = "import errno; landlock.abi = lambda: kernel.call(499)"
    assert refused(order("landlock"), missing) == "landlock: [Errno 38] Function not implemented"


@linux
def test_a_machine_without_a_filter_is_an_error_and_not_less():
    other = "kernel.machine = lambda: 'riscv64'"
    assert refused(order("seccomp"), other) == "seccomp: no filter is known for 'riscv64'"


@linux
def test_a_process_with_threads_is_not_confined():
    waiting = (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    text = refused(order("capabilities"), waiting)
    assert text.startswith("2 threads run already")


STATUS = """
kept = ("Uid", "Gid", "Groups", "CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb", "NoNewPrivs")
lines = (line.split(":", 1) for line in open("/proc/self/status"))
told = {name: value.split() for name, value in lines if name in kept}
death = ctypes.c_int()
kernel.prctl(2, ctypes.addressof(death))
"""


@linux
@root_only
def test_root_becomes_nobody_and_there_is_no_way_back(tmp_path):
    file = tmp_path / "of root"
    file.touch(0o600)
    body = """
    tell(
        layers=layers,
        back=refusal(lambda: os.setresuid(0, 0, 0)),
        group=refusal(lambda: os.setgroups([0])),
        read=refusal(lambda: open(given["file"])),
        signalled=refusal(lambda: os.kill(os.getppid(), 0)),
        death=death.value,
        **told,
    )
    """
    wanted = order("user", uid=NOBODY, gid=NOBODY)
    told = confined(wanted, STATUS + dedent(body), file=str(file))
    assert told.pop("layers") == ["user"]
    assert told.pop("death") == 9
    assert {told.pop("back"), told.pop("group"), told.pop("signalled")} == {"EPERM"}
    assert told.pop("read") == "EACCES"
    assert told.pop("Uid") == told.pop("Gid") == [str(NOBODY)] * 4
    assert told.pop("Groups") == []
    assert told.pop("NoNewPrivs") == ["1"]
    assert set(map(tuple, told.values())) == {("0" * 16,)}


@linux
@root_only
def test_root_that_stays_root_has_no_powers(tmp_path):
    file = tmp_path / "of another"
    file.touch(0o600)
    os.chown(file, NOBODY, NOBODY)
    body = """
    tell(
        read=refusal(lambda: open(given["file"])),
        user=refusal(lambda: os.setuid(1)),
        host=refusal(lambda: socket.sethostname(socket.gethostname())),
        **told,
    )
    """
    told = confined(order("capabilities"), STATUS + dedent(body), file=str(file))
    assert told.pop("read") == "EACCES"
    assert {told.pop("user"), told.pop("host")} == {"EPERM"}
    assert told["Uid"] == ["0"] * 4
    assert told["CapPrm"] == told["CapBnd"] == ["0" * 16]


@pytest.fixture
def own_folder():
    """A folder of the user 4711 that is in reach for all."""
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 4711, 4711)
        yield folder


@linux
@root_only
def test_a_plain_user_is_confined_as_well(own_folder):
    """Becomes one first, as which all layers must work without any right."""
    wanted = order(
        *("limits", "capabilities", "landlock", "seccomp"),
        limits={"RLIMIT_NPROC": 64},
        write=[own_folder],
        uid=4711,
        gid=4711,
    )
    body = """
    (pathlib.Path(given["own"]) / "file").touch()
    tell(
        layers=layers,
        uid=os.getuid(),
        socket=refusal(socket.socket),
        outside=refusal(lambda: open("/etc/passwd")),
    )
    """
    become = "os.setgroups([]); os.setgid(4711); os.setuid(4711)"
    # all is imported before that: the interpreter may be where only root can read it
    early = f"import resource, signal, socket, pathlib, ctypes, mmap, shutil, asyncio\n{become}"
    told = confined(wanted, body, prelude=early, own=own_folder)
    assert told == {
        "layers": ["limits", "capabilities", "landlock", "seccomp"],
        "uid": 4711,
        "socket": "EPERM",
        "outside": "EACCES",
    }
