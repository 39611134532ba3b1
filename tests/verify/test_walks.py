"""Code that leaves folders and files behind that it is no joy to look through."""

import contextlib
import os
import socket
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

import pytest

from specloop.attempt.report import Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.verify import layout
from specloop.verify.inside import supervise, usage, wire

OTHER = 61234  # a user
TEST = "import m\ndef test_a(): assert m.f() == 1\n"
SWAPPED = """
import atexit, os, shutil
os.rename("tests", "keep")
os.mkdir("tests")
shutil.copy("keep/test_a.py", "tests/test_a.py")
with open("tests/test_b.py", "w") as file:
    file.write("def test_b(): pass\\n")
def back():
    shutil.rmtree("tests")
    os.rename("keep", "tests")
atexit.register(back)
def f(): return 1
"""
BUSY = """
import os, signal, time
def f():
    if os.fork() == 0:
        while True:  # an orphan that ends, again and again
            if os.fork() == 0:
                if os.fork() == 0:
                    time.sleep(0.05)
                os._exit(0)
            os.wait()
            time.sleep(0.1)
    for _ in range(70):
        if os.fork() == 0:
            signal.pause()
    time.sleep(20)
    return 1
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc elsewhere")
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def job(code, seconds=60, **more):
    texts = {"m.py": dedent(code), "tests/test_a.py": TEST, **more}
    files = {path: text.encode() for path, text in texts.items()}
    return TestJob(files, ("tests",), "m.py", seconds=seconds, pythonpath=(".",))


def laid_out(scratch, owner=None):
    files = {"m.py": b"x = 1\n", "tests/test_a.py": b"", "tests/data.toml": b"", "d/a.json": b"{}"}
    return layout.lay_out(scratch, files, owner), files


@pytest.fixture
def reachable():
    """A folder that any user can write to, which one below that of pytest is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@contextlib.contextmanager
def as_user(folder):
    """Be somebody who owns nothing of ours, in `folder`."""
    before = Path.cwd()
    os.chdir(folder)
    os.setegid(OTHER)
    os.seteuid(OTHER)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.chdir(before)


def after(run):
    """Let the clock of the file system go past the time at which the run was laid out."""
    mark = run.control / "mark"
    mark.touch()
    while mark.stat().st_ctime_ns <= run.laid_out:
        mark.touch()


@pytest.mark.parametrize("make", ["os.symlink('/dev/zero', p)", "os.mkfifo(p)"])
def test_file_that_became_something_else(open_runner, make):
    code = f"""
        import os
        def f():
            p = "tests/data.toml"
            os.rename(p, "old")
            {make}
            return 1
    """
    report = open_runner.run(job(code, **{"tests/data.toml": ""}))
    assert report.verdict is Verdict.FAILED
    assert any("tests/data.toml" in failure.message for failure in report.failures)


def test_folder_that_was_swapped_and_put_back(shared_runner):
    wrong = {"tests/test_b.py": "import m\ndef test_b(): assert m.f() == 2\n"}
    assert shared_runner.run(job(SWAPPED, **wrong)).verdict is Verdict.FAILED


def rename(folder):
    folder.rename(folder.with_name("keep")).rename(folder)


def replace(folder):
    folder.rename(folder.with_name("keep"))
    folder.mkdir()


def link(folder):
    folder.rename(folder.with_name("keep")).with_name("keep").rename(folder.parent.parent / "keep")
    folder.symlink_to("../keep")


@pytest.mark.parametrize("change", [rename, replace, link])
def test_moved_folder_is_altered(tmp_path, change):
    run, files = laid_out(tmp_path)
    after(run)
    change(run.project / "tests")
    assert layout.altered(run, files) == ("tests",)


def test_second_name_is_altered(tmp_path):
    run, files = laid_out(tmp_path)
    after(run)
    os.link(run.project / "m.py", run.project / "other")
    assert layout.altered(run, files) == ("m.py",)


def test_files_that_come_and_go_alter_nothing(tmp_path):
    run, files = laid_out(tmp_path)
    after(run)
    (run.project / "tests" / "out").touch()
    (run.project / "tests" / "out").unlink()
    (run.project / "out.db").touch()
    (run.project / "d").rename(run.project / "e")
    assert layout.altered(run, files) == ()


@root
def test_owner_adds_files_but_moves_nothing_watched(reachable):
    run, files = laid_out(reachable / "runs", (OTHER, OTHER))
    after(run)
    with as_user(run.project):
        for old in ("tests", "m.py", "tests/test_a.py"):
            with pytest.raises(PermissionError):
                Path(old).rename("keep")
        Path("out.db").touch()
        Path("tests/out").touch()
        Path("tests/out").unlink()
        Path("d/a.json").write_text("")
        Path("d").rename("e")
    assert layout.altered(run, files) == ()


def test_lay_out_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(RunnerUnavailable):
        layout.lay_out(tmp_path, {"a.py": b"", "b" * 300 + ".py": b""})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "depth"), [("d", 5_000), ("d" * 200, 300)])
def test_deep_folder_is_removed(tmp_path, name, depth):
    target = tmp_path / "run"
    target.mkdir()
    (tmp_path / "kept").touch()
    (target / "link").symlink_to(tmp_path)
    folder = os.open(target, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=folder)
        inner = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    layout.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["link", "file", "nothing"])
def test_remove_what_is_no_folder(tmp_path, kind):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kept").touch()
    target = tmp_path / "target"
    if kind == "link":
        target.symlink_to("other")
    elif kind == "file":
        target.touch()
    layout.remove(target)
    assert not os.path.lexists(target)
    assert (tmp_path / "other" / "kept").exists()


def test_deep_folders_of_a_run(shared_runner):
    """Left by code that passes: too deep for paths, so that what is there cannot be counted."""
    code = """
        import os
        def f():
            for _ in range(3000):
                os.mkdir("d")
                os.chdir("d")
            return 1
    """
    report = shared_runner.run(job(code))
    assert report.verdict is Verdict.RESOURCE
    assert "a folder that cannot be looked into" in report.note


@linux
def test_clock_is_kept_while_orphans_end(open_runner):
    report = open_runner.run(job(BUSY))
    assert report.verdict is Verdict.RESOURCE, report.note
    assert "more than 64 processes at once" in report.note


@root
def test_closed_folders(reachable):
    """One that can be written to hides what it holds; one closed to all is opened at the end."""
    bounds = usage.Bounds(folders=("top",), files=1)
    with as_user(reachable):
        closed = Path("top/closed")
        closed.mkdir(parents=True)
        (closed / "file").touch()
        closed.chmod(0)
        assert usage.beyond(bounds, [os.getpid()]) == ""
        assert usage.beyond(bounds, ()) == "more than 1 files"
        closed.chmod(0o300)
        assert usage.beyond(bounds, [os.getpid()]) == "a folder that cannot be looked into"


def broken(*_):
    raise RuntimeError("no")


def broken_in_its_child(*_):
    pid = os.fork()
    if not pid:
        raise RuntimeError("of the test process")
    return pid


@linux
@pytest.mark.parametrize(
    ("start", "why", "status", "text"),
    [
        (broken, "unstartable", 0, "RuntimeError: no"),
        (broken_in_its_child, "exit", 70, None),
    ],
)
def test_supervisor_speaks_for_itself(tmp_path, start, why, status, text):
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    order = {"run": str(tmp_path), "seconds": 60, "bounds": {}}
    pid = os.fork()
    if not pid:
        ours.close()
        os.dup2(writer, 2)  # where Python tells of what ends it
        try:
            supervise.run(order, [theirs.detach(), os.dup(reader), writer], start)
        finally:
            os._exit(1)  # were it to come back
    theirs.close()
    os.close(writer)
    told, _ = wire.receive(ours)
    assert (told["why"], told["status"], told.get("text")) == (why, status, text)
    assert wire.receive(ours)[0] is None
    assert os.waitpid(pid, 0)[1] == 0
    ours.close()
    os.close(reader)
