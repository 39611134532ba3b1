"""The test server: started once, replaced when it has to be, and gone with its coordinator."""

import os
import select
import signal
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from specloop.attempt.report import Verdict
from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.spec.settings import Settings
from specloop.verify.runner import PytestRunner
from specloop.verify.runs import Runs, Work
from specloop.verify.sandbox import Confinement
from specloop.verify.server import Interpreter, TestServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
SECONDS = 30  # far more than anything here takes
COUNTED = """
import os
with open({launches!r}, "a") as file:
    file.write(f"{{os.getpid()}}\\n")
"""
SLEEPY = """
import os, time
told = open({fifo!r}, "w")
told.write(f"{{os.getpid()}}\\n")
told.flush()
time.sleep(600)
"""
COORDINATOR = """
import sys
from pathlib import Path
from specloop.spec.settings import SandboxTable
from specloop.verify import sandbox
from specloop.verify.runs import Runs, Work
from specloop.verify.server import Interpreter, TestServer
python, scratch, level = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
confinement = sandbox.decide(SandboxTable(level=level), python, scratch, scratch / "nowhere")
server = TestServer(Interpreter(python, "rows", ("sleepy",), confinement), scratch)
order = {"module": "m", "names": [], "rows": []}
Runs(scratch, python, confinement).carry_out(server, Work({}, order, (".",), 60, 0))
"""
SILENT = """#!{python}
import socket, sys
from specloop.verify.inside.wire import receive, send
def log(text):
    with open({log!r}, "a") as file:
        file.write(text)
link = socket.socket(fileno=int(sys.argv[-1]))
log("launched ")
send(link, {{"path": []}})
receive(link)
send(link, {{"threaded": [], "forks": True}})
receive(link)
log("ordered")
"""


class Bench:
    """An interpreter with packages of its own, and runs in it."""

    def __init__(self, folder):
        self.folder = folder
        self.scratch = folder / "runs"
        self.launched = folder / "launched"
        venv.create(folder / "venv", symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        (self.site,) = folder.glob("venv/lib/python*/site-packages")
        self.package("counted", COUNTED.format(launches=str(self.launched)))
        self.runs = Runs(self.scratch, self.python, Confinement("none"))
        self.server = None

    def package(self, name, code):
        self.site.joinpath(f"{name}.py").write_text(dedent(code))

    def fifo(self, name="fifo"):
        os.mkfifo(self.folder / name)
        return self.folder / name

    def serve(self, *imports, work="rows", **more):
        interpreter = Interpreter(self.python, work, ("counted", *imports), Confinement("none"))
        self.server = TestServer(interpreter, self.scratch, **more)

    def run(self, code="", order=None, **files):
        order = order or {"module": "m", "names": [], "rows": []}
        files = {"m.py": dedent(code).encode(), **files}
        return self.runs.carry_out(self.server, Work(files, order, (".",), SECONDS, 0)).ending

    def passes(self, code=""):
        ending = self.run(code)
        return (ending.why, ending.status) == ("exit", 0)

    def launches(self):
        """The process ids of the servers that there were."""
        return [int(pid) for pid in self.launched.read_text().split()]


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.runs.close()
    if made.server:
        made.server.close()


@pytest.fixture
def thread():
    with ThreadPoolExecutor() as pool:
        yield pool.submit


def gone(pid):
    """Whether the process ends in a bounded time."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended = bool(select.select([process], [], [], SECONDS)[0])
    os.close(process)
    return ended


def waiting(started, go):
    """Code that tells that it is there, and waits."""
    return f"open({str(started)!r}, 'w').write('x')\nopen({str(go)!r}).read()\n"


def test_one_server_does_for_many_runs_and_threads(bench, thread):
    bench.serve()
    runs = [thread(bench.passes) for _ in range(4)]
    assert all(run.result() for run in runs)
    assert bench.passes()
    (server,) = bench.launches()
    bench.server.close()
    assert gone(server)
    assert bench.run().why == "lost"  # nobody starts it any more
    assert bench.launches() == [server]


def test_server_that_was_killed_is_replaced(bench):
    bench.serve()
    assert bench.passes()
    (server,) = bench.launches()
    os.kill(server, signal.SIGKILL)
    assert gone(server)
    assert bench.passes()
    assert len(bench.launches()) == 2


def test_run_outlives_a_server_that_is_killed(bench, thread):
    bench.serve()
    started, go = bench.fifo("started"), bench.fifo("go")
    run = thread(bench.passes, waiting(started, go))
    started.read_text()
    (server,) = bench.launches()
    os.kill(server, signal.SIGKILL)
    assert gone(server)
    assert bench.passes()
    go.write_text("go")
    assert run.result()
    assert len(bench.launches()) == 2


def test_server_that_is_closed_lets_its_run_end(bench, thread):
    bench.serve()
    started, go = bench.fifo("started"), bench.fifo("go")
    run = thread(bench.passes, waiting(started, go))
    started.read_text()
    closed = thread(bench.server.close)
    go.write_text("go")
    assert run.result()
    closed.result()
    assert gone(bench.launches()[0])


def test_runs_that_are_closed_end_with_the_server(bench, thread):
    bench.serve()
    started, go = bench.fifo("started"), bench.fifo("go")
    run = thread(bench.run, waiting(started, go))
    started.read_text()
    bench.runs.close()
    bench.server.close()
    assert run.result().why == "closed"
    assert gone(bench.launches()[0])


def test_close_does_not_wait_for_a_launch(bench, thread):
    fifo = bench.fifo()
    bench.package("sleepy", SLEEPY.format(fifo=str(fifo)))
    bench.serve("sleepy", longest=10 * SECONDS)
    run = thread(bench.run)
    with fifo.open() as told:
        server = int(told.readline())
    bench.server.close()
    assert run.result().why == "lost"
    assert gone(server)


def test_packages_that_change_are_imported_anew(bench):
    bench.serve()
    assert bench.passes()
    bench.package("more", "")
    assert bench.passes()
    assert bench.passes()
    assert len(bench.launches()) == 2


def test_packages_that_change_while_they_are_imported_are_noticed(bench):
    bench.package("late", "open(__file__ + '.more', 'a').close()\n")
    bench.serve("late")
    assert bench.passes()
    assert bench.passes()
    assert bench.passes()
    assert len(bench.launches()) == 2


def test_what_starts_threads_is_left_to_the_runs(bench):
    code = (
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    bench.package("threaded", code)
    bench.serve("threaded")
    assert bench.passes("import threaded")
    assert bench.passes(
        "import sys\nassert 'counted' in sys.modules\nassert 'threaded' not in sys.modules"
    )
    assert len(bench.launches()) == 2


def test_import_that_hangs_is_named(bench):
    bench.package("sleepy", "import time\ntime.sleep(600)\n")
    bench.serve("sleepy", longest=2)
    with pytest.raises(RunnerUnavailable) as raised:
        bench.run()
    assert "the import of 'sleepy' goes on for more than 2 s; mend that" in str(raised.value)
    assert gone(bench.launches()[0])


def test_import_that_ends_the_server_is_named(bench):
    bench.package("fatal", "import os, sys\nprint('no licence', file=sys.stderr)\nos._exit(0)\n")
    bench.serve("fatal")
    with pytest.raises(RunnerUnavailable) as raised:
        bench.run()
    told = "it ended while it imported 'fatal': no licence; mend that package, or remove it from"
    assert told in str(raised.value)


def test_what_ends_the_server_before_a_run_is_left_to_it(bench):
    (bench.site / "shop").mkdir()
    bench.package("shop/__init__", "")
    bench.package("shop/fatal", "import os\nos._exit(0)\n")
    bench.site.joinpath("tools.pth").write_text(str(Path(pytest.__file__).parents[1]))
    bench.serve("pytest", "shop", work="reporter")
    order = {"module": "m", "candidate": "m.py", "arguments": [], "only": [], "tests": []}
    order |= {"test_files": [], "watched": [], "imports": ["shop.fatal"]}
    assert bench.run("import shop", order).why == "exit"
    assert len(bench.launches()) == 2


def test_run_that_may_have_begun_is_not_started_again(bench, tmp_path):
    bench.python = tmp_path / "silent"
    bench.python.write_text(SILENT.format(python=sys.executable, log=str(tmp_path / "log")))
    bench.python.chmod(0o755)
    bench.serve()
    assert bench.run().why == "lost"
    assert (tmp_path / "log").read_text() == "launched ordered"


@pytest.mark.parametrize("level", ["basic", "auto"])
def test_server_that_imports_ends_with_its_coordinator(bench, level):
    """Within bubblewrap, too, where level "auto" has that."""
    bench.scratch.mkdir()
    fifo = bench.scratch / "fifo"
    os.mkfifo(fifo)
    bench.package("sleepy", SLEEPY.format(fifo=str(fifo)))
    command = [sys.executable, "-c", COORDINATOR, bench.python, bench.scratch, level]
    told = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(told, select.POLLIN)
    coordinator = subprocess.Popen(command)
    try:
        assert poll.poll(SECONDS * 1000), "nothing is imported"
        os.read(told, 100)
    finally:
        coordinator.kill()
        coordinator.wait()
    assert poll.poll(SECONDS * 1000), "the server goes on"
    assert os.read(told, 100) == b""  # whoever held the other end is gone
    os.close(told)


@pytest.mark.parametrize("forks", [True, False])
def test_module_may_be_named_like_one_that_pytest_needs(tmp_path, forks):
    runner = PytestRunner(tmp_path, Settings(project={"name": "shop"}), forks=forks)
    runner.prepare()
    for name in ("types", "enum"):
        test = f"import {name}\ndef test_a(): assert {name}.f() == 1\n".encode()
        files = {f"{name}.py": b"def f(): return 1\n", "tests/test_a.py": test}
        report = runner.run(TestJob(files, ("tests",), f"{name}.py", pythonpath=(".",)))
        assert report.verdict is Verdict.PASSED, report
    runner.close()
