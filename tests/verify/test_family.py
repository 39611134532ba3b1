"""Suites that do not end by themselves, and what becomes of all that they started."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from textwrap import dedent

import pytest

from specloop.attempt.report import Frame, Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.spec.settings import Settings
from specloop.verify.family import Excerpt
from specloop.verify.runner import PytestRunner

SUITE = "tests/test_bad.py"
DAEMON = """
import os, pathlib, time

def daemon(folder):
    '''Start a process in a session of its own whose parent is gone, and give its pid.'''
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, str(os.getpid()).encode())
            os.execvp("sleep", ["sleep", "600"])
        os._exit(0)
    pid = os.read(reader, 32).decode()
    pathlib.Path(folder, "pid").write_text(pid)
    return int(pid)
"""
OPEN = Settings(project={"name": "shop"}, sandbox={"level": "basic", "subprocess": True})
linux = pytest.mark.skipif(sys.platform != "linux", reason="there is no subreaper elsewhere")


def job(suite, **fields):
    return TestJob(
        files={
            SUITE: dedent(suite).encode(),
            "tests/daemon.py": DAEMON.encode(),
            "pytest.ini": b"[pytest]\naddopts = -p no:asyncio -p no:anyio\n",
        },
        targets=(SUITE,),
        candidate=SUITE,
        **fields,
    )


def gone(pid):
    """Whether the process ends within a bounded time; one that waits to be reaped has ended."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_suite_out_of_time_names_the_test_and_its_place(shared_runner):
    suite = """
        import pytest
        def test_a(): pass
        @pytest.mark.spec("bad/V1")
        def test_b():
            while True: pass
    """
    report = shared_runner.run(job(suite, seconds=2))
    assert report.verdict is Verdict.TIMEOUT
    assert report.note == f"the suite did not end within 2 s, while {SUITE}::test_b was running"
    assert report.passed == (f"{SUITE}::test_a",)
    (failure,) = report.failures
    assert (failure.node_id, failure.when) == (f"{SUITE}::test_b", "call")
    assert failure.frames == (Frame(SUITE, 6, "test_b"),)
    assert failure.requirements == ("bad/V1",)


def test_suite_that_ignores_signals_runs_out_of_time(shared_runner):
    suite = """
        import signal, time
        def test_a():
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
                signal.signal(number, signal.SIG_IGN)
            while True: time.sleep(60)
    """
    assert shared_runner.run(job(suite, seconds=2)).verdict is Verdict.TIMEOUT


@linux
@pytest.mark.parametrize("ending", ["pass", "time.sleep(600)", "os.kill(os.getppid(), 9)"])
def test_daemon_ends_with_the_run(open_runner, tmp_path, ending):
    suite = f"""
        import os, time
        from daemon import daemon
        def test_a():
            assert daemon({str(tmp_path)!r})
            {ending}
    """
    seconds = 2 if "sleep" in ending else 60
    report = open_runner.run(job(suite, seconds=seconds))
    verdict = {"pass": Verdict.PASSED, "time.sleep(600)": Verdict.TIMEOUT}
    assert report.verdict is verdict.get(ending, Verdict.ABORTED)
    assert gone(int((tmp_path / "pid").read_text()))


def test_want_of_memory_is_no_failed_test(shared_runner):
    suite = "def test_a(): assert len(bytearray(1 << 40)) == 1\n"
    report = shared_runner.run(job(suite, memory_mb=512))
    assert report.verdict is Verdict.RESOURCE
    assert report.note == "the run reached a limit: Cannot allocate memory"
    assert report.failures[0].exception == "MemoryError"


def test_file_beyond_the_limit_is_no_failed_test(shared_runner):
    suite = """
        def test_a(tmp_path):
            with open(tmp_path / "big", "wb") as file:
                file.truncate(1 << 40)
    """
    report = shared_runner.run(job(suite))
    assert report.verdict is Verdict.RESOURCE
    assert report.note == "the run reached a limit: File too large"


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        (signal.SIGKILL, Verdict.RESOURCE),
        (signal.SIGTERM, Verdict.ABORTED),
    ],
)
def test_signal_from_outside_is_no_failed_test(shared_runner, number, verdict):
    suite = f"import os\ndef test_a(): os.kill(os.getpid(), {int(number)})\n"
    report = shared_runner.run(job(suite))
    assert report.verdict is verdict
    assert report.note


def test_flood_of_output_is_drained_and_cut(shared_runner):
    suite = """
        import os
        def test_a():
            with os.fdopen(os.dup(1), "wb") as output:
                for _ in range(50):
                    output.write(b"x" * 1_000_000)
            os._exit(7)
    """
    settings = b"[pytest]\naddopts = --capture=no\n"
    flood = TestJob({SUITE: dedent(suite).encode(), "pytest.ini": settings}, (SUITE,))
    report = shared_runner.run(flood)
    assert report.verdict is Verdict.FAILED
    assert "exit code 7" in report.failures[0].message
    assert 10_000 < len(report.failures[0].captured) < 100_000


def test_flood_beyond_the_limit_ends_the_run(shared_runner):
    suite = """
        import os
        def test_a():
            with os.fdopen(os.dup(1), "wb") as output:
                while True: output.write(b"x" * 1_000_000)
    """
    settings = b"[pytest]\naddopts = --capture=no\n"
    flood = TestJob({SUITE: dedent(suite).encode(), "pytest.ini": settings}, (SUITE,))
    report = shared_runner.run(flood)
    assert report.verdict is Verdict.RESOURCE
    assert report.note.startswith("the run reached a limit: more than 64 MB of output")


def test_what_a_failing_test_printed_is_bounded(shared_runner):
    suite = """
        def test_a():
            for _ in range(20):
                print("x" * 1_000_000)
            print("the end")
            assert 0
    """
    (failure,) = shared_runner.run(job(suite)).failures
    assert len(failure.captured) < 10_000
    assert failure.captured.endswith("the end\n")


def test_excerpt_keeps_head_and_tail():
    excerpt = Excerpt(head=4, tail=4)
    for part in (b"ab", b"cdef", b"ghijkl", b"m"):
        excerpt.add(part)
    assert excerpt.text() == "abcd\n[...]\njklm"
    whole = Excerpt(head=4, tail=4)
    whole.add(b"abcdefgh")
    assert whole.text() == "abcdefgh"


def test_close_ends_runs_and_starts_no_more(tmp_path):
    runner = PytestRunner(tmp_path, OPEN)
    runner.prepare()
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    suite = f"""
        import os, pathlib, time
        def test_a():
            pathlib.Path({str(fifo)!r}).write_text(str(os.getpid()))
            time.sleep(600)
    """
    reports = []
    thread = threading.Thread(target=lambda: reports.append(runner.run(job(suite))))
    thread.start()
    pid = int(fifo.read_text())
    runner.close()
    assert gone(pid)
    thread.join()
    assert reports[0].verdict is Verdict.ABORTED
    assert reports[0].failures == ()
    assert runner.run(job(suite)).verdict is Verdict.ABORTED


@linux
def test_family_of_a_killed_coordinator_ends(tmp_path):
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    suite = f"""
        import os, pathlib, time
        from daemon import daemon
        def test_a():
            pid = daemon({str(tmp_path)!r})
            pathlib.Path({str(fifo)!r}).write_text(f"{{os.getpid()}} {{os.getppid()}} {{pid}}")
            time.sleep(600)
    """
    script = f"""
from pathlib import Path
from specloop.ports import TestJob
from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner
sandbox = {{"level": "basic", "subprocess": True}}
settings = Settings(project={{"name": "shop"}}, sandbox=sandbox)
runner = PytestRunner(Path({str(tmp_path)!r}), settings)
runner.prepare()
runner.run({job(suite)!r})
"""
    coordinator = subprocess.Popen([sys.executable, "-c", script])
    pids = [int(pid) for pid in fifo.read_text().split()]
    coordinator.kill()
    coordinator.wait()
    assert len(pids) == 3
    assert all(gone(pid) for pid in pids)


def test_interpreter_that_vanished_is_no_verdict(tmp_path):
    runner = PytestRunner(tmp_path, Settings(project={"name": "shop", "python": "own/python"}))
    (tmp_path / "own").mkdir()
    python = tmp_path / "own" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    runner.prepare()
    assert runner.run(job("def test_a(): pass\n")).ok
    python.unlink()
    with pytest.raises(RunnerUnavailable, match="cannot start the interpreter"):
        runner.run(job("def test_a(): pass\n"))
    with pytest.raises(RunnerUnavailable, match="own/python"):
        runner.prepare()
    runner.close()
