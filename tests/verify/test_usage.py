"""What a family uses: what is shared counts once, and shared memory is no one else's to remove."""

import mmap
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from specloop.verify.inside import shared_memory, usage
from specloop.verify.inside.shared_memory import SharedMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")

MB = 1 << 20
FAMILY = """
import mmap, os, sys
def filled():
    kept = mmap.mmap(-1, 40 << 20)
    kept.write(bytes(40 << 20))
    return kept
together = filled()
pids = [os.getpid()]
reader, writer = os.pipe()
for _ in range(2):
    pid = os.fork()
    if not pid:
        kept = sum(together[::4096]), sys.argv[1] == "apart" and filled()
        os.write(writer, b".")
        sys.stdin.read()
        os._exit(0)
    pids.append(pid)
for _ in range(2):
    os.read(reader, 1)
print(*pids, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("maps", "found"), [("together", ""), ("apart", "more than 100 MB of memory")]
)
def test_memory_that_members_share_counts_once(maps, found):
    """Three processes see 40 MB each: the same, or their own."""
    command = [sys.executable, "-S", "-c", FAMILY, maps]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        family = [int(pid) for pid in process.stdout.readline().split()]
        told = usage.beyond(usage.Bounds(memory_mb=100), family)
        process.stdin.close()
    assert len(family) == 3
    assert told == found


def test_a_file_without_a_name_counts_once_however_often_it_is_open(tmp_path):
    bounds = usage.Bounds(disk_mb=10)
    with TemporaryFile(dir=tmp_path, buffering=0) as file:
        file.write(bytes(4 * MB))
        copies = [os.dup(file.fileno()) for _ in range(9)]
        assert usage.beyond(bounds, [os.getpid()]) == ""
        file.write(bytes(7 * MB))
        assert usage.beyond(bounds, [os.getpid()]) == "more than 10 MB on disk"
        for each in copies:
            os.close(each)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """One that no other program uses."""
    monkeypatch.setattr(shared_memory, "FOLDER", str(tmp_path))


@contextmanager
def named(name, user):
    """A file of shared memory of that user's."""
    path = Path(shared_memory.FOLDER, name)
    path.write_bytes(bytes(MB))
    try:
        os.chown(path, user, -1)
        yield path
    finally:
        path.unlink(missing_ok=True)


def test_shared_memory_that_a_run_makes_counts_as_files():
    confined = {"uid": os.getuid(), "alone": False}
    with named("old", os.getuid()):
        shared = SharedMemory(confined)
        with named("new", os.getuid()) as new:
            assert shared.new()[new.name] == MB
            assert usage.beyond(usage.Bounds(files=1), (), shared) == ""
            with named("newer", os.getuid()):
                assert usage.beyond(usage.Bounds(files=1), (), shared) == "more than 1 files"


@pytest.mark.parametrize("alone", [False, True])
def test_of_our_own_shared_memory_that_of_multiprocessing_is_removed(alone):
    user = os.getuid()
    with named("psm_old", user) as old:
        shared = SharedMemory({"uid": user, "alone": alone})
        with named("psm_new", user) as new, named("else", user) as other:
            shared.remove()
            assert old.exists()
            assert not new.exists()
            assert other.exists() is not alone


def test_shared_memory_that_a_process_holds_stays():
    user = os.getuid()
    shared = SharedMemory({"uid": user, "alone": False})
    with named("psm_a", user) as opened, named("psm_b", user) as mapped:
        with opened.open("rb"), mapped.open("rb") as file:
            kept = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            file.close()
            shared.remove()
            assert (opened.exists(), mapped.exists()) == (True, True)
            kept.close()
        shared.remove()
        assert (opened.exists(), mapped.exists()) == (False, False)


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is for root")
def test_all_shared_memory_of_another_user_is_removed():
    shared = SharedMemory({"uid": 65533, "alone": False})
    with named("new", 65533) as new, named("ours", os.getuid()) as ours:
        shared.remove()
        assert (new.exists(), ours.exists()) == (False, True)
