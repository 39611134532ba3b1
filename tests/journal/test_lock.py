import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from specloop.errors import ExitCode, JournalUnavailable, ProjectLocked
from specloop.journal.lock import Holder, ProjectLock, holder

HOLD = """
import sys
from pathlib import Path
from specloop.journal.lock import ProjectLock
with ProjectLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".specloop" / "lock"


@contextmanager
def held_elsewhere(path):
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.stdin.close()


def test_a_second_run_is_refused_with_the_holder_and_the_way_out(path):
    with held_elsewhere(path) as process:
        with pytest.raises(ProjectLocked) as refused, ProjectLock(path):
            pass
        assert f"process {process.pid} on host {socket.gethostname()!r}" in str(refused.value)
        assert f"kill {process.pid}" in str(refused.value)
        assert refused.value.exit_code is ExitCode.UNAVAILABLE
        assert holder(path) == Holder(process.pid, socket.gethostname())
    with ProjectLock(path):
        assert holder(path) == Holder(os.getpid(), socket.gethostname())
    assert holder(path) is None


def test_kill_9_releases_it(path):
    with held_elsewhere(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert holder(path) is None
        with ProjectLock(path):
            pass


def test_a_program_that_was_started_does_not_keep_it(path):
    command = [sys.executable, "-c", "print('up', flush=True); input()"]
    pipe = subprocess.PIPE
    with ProjectLock(path):
        orphan = subprocess.Popen(command, stdin=pipe, stdout=pipe, close_fds=False)
    with orphan:
        orphan.stdout.readline()
        with ProjectLock(path):
            orphan.communicate(b"\n")


def test_nobody_holds_a_lock_that_was_never_taken(path):
    assert holder(path) is None
    assert not path.exists()


def test_a_deleted_lock_file_does_not_lock_a_file_that_is_gone(path):
    with ProjectLock(path):
        shutil.rmtree(path.parent)
        with ProjectLock(path):  # fenced off by the journal's epoch
            assert holder(path) is not None
            assert path.exists()


def test_looking_never_refuses_a_run(path):
    with ProjectLock(path):
        pass
    stop = threading.Event()

    def look():
        while not stop.is_set():
            holder(path)

    watchers = [threading.Thread(target=look) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(300):
            with ProjectLock(path):
                pass
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()


def compete(path, start, results):
    start.wait()
    try:
        with ProjectLock(path):
            results.put("held")
            start.wait()
    except ProjectLocked:
        results.put("refused")
        start.wait()


def test_of_several_runs_started_at_once_one_gets_it(path):
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(3), context.Queue()
    runs = [context.Process(target=compete, args=(path, start, results)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(results.get() for _ in runs) == ["held", "refused", "refused"]


def test_a_folder_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(JournalUnavailable, match=r"cannot be taken.*writable"),
        ProjectLock(tmp_path / "file" / "lock"),
    ):
        pass
