"""Honest suites behind all layers that this machine has: they must not notice."""

import os
import sys
from pathlib import Path

import pytest
from confined_process import confined

from specloop.spec.settings import SandboxTable
from specloop.verify import allowance, sandbox
from specloop.verify.layout import lay_out, remove

linux = pytest.mark.skipif(sys.platform != "linux", reason="there are only limits elsewhere")

SUITE = """
import asyncio, contextvars, ctypes, decimal, getpass, gzip, hashlib, json, locale, logging
import mimetypes, os, random, shutil, sqlite3, ssl, sys, tarfile, tempfile, threading, time
import uuid, zipfile, zoneinfo
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest


def test_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one").write_text("x")
    (tmp_path / "a/one").rename(tmp_path / "two")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    shutil.copy2(tmp_path / "two", tmp_path / "b")
    with tarfile.open(tmp_path / "t.tgz", "w:gz") as archive:
        archive.add(tmp_path / "b", "b")
    with tarfile.open(tmp_path / "t.tgz") as archive:
        archive.extractall(tmp_path / "c")
    assert (tmp_path / "c/b/two").read_text() == "x"
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        assert Path(file.name).exists()
    Path("in the folder of the run").touch()
    shutil.rmtree(tmp_path / "c")


def test_database(tmp_path):
    with sqlite3.connect(tmp_path / "db") as db:
        db.execute("create table t (a)")
        db.execute("insert into t values (1)")
        db.execute("pragma journal_mode = wal")
    db.close()
    assert db is not None


def test_the_system():
    assert zoneinfo.ZoneInfo("Europe/Berlin").utcoffset(datetime(2024, 7, 1)).seconds == 7200
    assert ssl.create_default_context().get_ca_certs() is not None
    assert mimetypes.guess_type("a.png") == ("image/png", None)
    assert os.cpu_count() and uuid.uuid1() != uuid.uuid4() and os.urandom(2)
    assert getpass.getuser() and os.path.expanduser("~") == os.environ["HOME"]
    assert locale.getpreferredencoding() and time.localtime() and random.SystemRandom().random()
    Path("/dev/null").write_text("x")


def test_threads_and_loops():
    async def main():
        reader, writer = await asyncio.gather(asyncio.to_thread(int, "1"), asyncio.sleep(0, 2))
        return reader + writer

    assert asyncio.run(main()) == 3
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(str, range(3))) == ["0", "1", "2"]


def test_output(capsys, caplog, recwarn, monkeypatch):
    monkeypatch.setenv("A", "b")
    logging.getLogger().warning("c")
    print("x")
    assert capsys.readouterr().out == "x\\n" and caplog.messages == ["c"]


def test_refused():
    with pytest.raises(PermissionError):
        os.fork()
    with pytest.raises(OSError):
        Path(SECRET).read_text()
"""


PROGRAMS = """
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest


def test_programs():
    assert subprocess.check_output(["sh", "-c", "echo x"]) == b"x\\n"
    assert subprocess.check_output([sys.executable, "-c", "print(1)"]) == b"1\\n"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(method):
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(abs, [-1, 2])) == [1, 2]


def test_refused():
    script = "import sys; open(sys.argv[1])"
    assert subprocess.call([sys.executable, "-c", script, SECRET], stderr=subprocess.DEVNULL)
    with pytest.raises(OSError):
        os.kill(1, 9)
"""


@linux
@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize(("suite", "programs"), [(SUITE, False), (PROGRAMS, True)])
def test_an_honest_suite_passes(tmp_path, monkeypatch, suite, programs, wrapped):
    """As the runner does it: nothing of the suite is imported before it is confined."""
    python = Path(sys.executable)
    if not wrapped:
        monkeypatch.setenv("PATH", str(tmp_path))
    table = SandboxTable(subprocess=programs)
    confinement = sandbox.decide(table, python, tmp_path / "runs", tmp_path)
    if confinement.level != "strong" or bool(confinement.outer) != wrapped:
        pytest.skip(f"this machine has no more: {confinement.missing}")
    secret = tmp_path / "secret"
    secret.write_text("x")
    files = {"test_suite.py": suite.replace("SECRET", repr(str(secret))).encode()}
    run = lay_out(tmp_path / "runs", files, confinement.owner)
    body = """
    options = ["-q", "-p", "no:cacheprovider", "--rootdir=.", "--confcutdir=."]
    code = pytest.main([*options, "--basetemp", given["tmp"] + "/pytest"])
    assert not code
    tell(layers=layers)
    """
    prelude = f"""
    import pytest
    confine.prepare(given["order"])
    os.environ.clear()
    os.environ.update(given["environment"])
    os.chdir({str(run.project)!r})
    """
    told = confined(
        confinement.order(run, 60, 2048),
        body,
        prelude=prelude,
        prefix=confinement.prefix,
        tmp=str(run.tmp),
        environment=allowance.environment(python, run, {"PATH": os.defpath}),
    )
    remove(run.path)
    assert told == {"layers": list(confinement.layers)}
