import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing

import pytest

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.message import Message
from specloop.attempt.report import Frame, StaticFinding, TestFailure, TestReport, Verdict
from specloop.errors import JournalUnavailable
from specloop.journal.sqlite import SqliteJournal
from specloop.loop import event as happened

REPORT = TestReport(
    Verdict.FAILED,
    collected=("tests/test_a.py::test_x[é-1]",),
    failures=(
        TestFailure(
            "tests/test_a.py::test_x[é-1]",
            "call",
            "AssertionError",
            "assert 1 == 2",
            "long\x00repr",
            frames=(Frame("a.py", 3, "f"),),
            requirements=("a/V1",),
        ),
    ),
    static=(StaticFinding(2, "F401", "unused"),),
    seconds=0.25,
)
EVENTS = (
    happened.RunStarted(1.5, "0.1"),
    happened.ModuleStarted(2.0, "a", "sha256:00"),
    happened.CallStarted(2.1, "a", 1, "first", "m", (Message("user", "write"),), 900, 0.25),
    happened.CompletionReceived(
        3.0,
        "a",
        1,
        Completion("cut \ud83d, nul \x00, snow ☃", "m", "stop", Usage(1, 5, 0, 7), None),
    ),
    happened.CallFailed(3.5, "a", 2, "no server", False),
    happened.TestsFinished(4.0, "a", "candidate", "ab12", REPORT),
    happened.ModuleReopened(4.5, "a", "integration", "why", "def f(): ...", REPORT),
    happened.ModuleReopened(4.6, "a", "stale", "why", "def f(): ..."),
    happened.ModuleRetried(4.7, "a"),
    happened.CommitPrepared(5.0, "a", "sha256:01", "0" * 40),
    happened.ModuleCommitted(5.1, "a", "sha256:01", "1" * 40),
    happened.ModuleFailed(5.2, "b", "8 attempts"),
    happened.IntegrationFinished(6.0, "1" * 40, "cd34", TestReport(Verdict.PASSED)),
    happened.RunPaused(7.0, "interrupted", 130),
    happened.RunResumed(7.5),
    happened.RunEnded(8.0, True),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "with space" / "journal.db"


def fill(path, *events):
    with SqliteJournal.open(path) as journal:
        for event in events:
            journal.append(event)


def read(path):
    with SqliteJournal.open(path, read_only=True) as journal:
        return journal.events()


def reply(text):
    return happened.CompletionReceived(1.0, "a", 1, Completion(text, "m"))


def test_every_event_comes_back_equal_and_in_order(path):
    fill(path, *EVENTS)
    assert read(path) == EVENTS
    assert {type(event) for event in EVENTS} == set(happened.Event.__args__)


def test_a_second_opening_goes_on_where_the_first_ended(path):
    fill(path, *EVENTS[:3])
    fill(path, *EVENTS[3:])
    assert read(path) == EVENTS


def test_a_long_text_stands_in_a_file_of_its_own(path):
    event = reply("x☃\ud800\x00" * 10_000)
    fill(path, event)
    (blob,) = (file for file in (path.parent / "blobs").rglob("*") if file.is_file())
    assert blob.parent.name == blob.name[:2]
    assert path.stat().st_size < 40_000
    assert read(path) == (event,)


def test_a_missing_text_is_named(path):
    fill(path, reply("x" * 20_000))
    (blob,) = (file for file in (path.parent / "blobs").rglob("*") if file.is_file())
    blob.unlink()
    with pytest.raises(JournalUnavailable, match=blob.name):
        read(path)


def test_a_damaged_text_is_named(path):
    fill(path, reply("x" * 20_000))
    (blob,) = (file for file in (path.parent / "blobs").rglob("*") if file.is_file())
    blob.write_bytes(b"y" * 20_000)
    with pytest.raises(JournalUnavailable, match=f"{blob.name}' is damaged"):
        read(path)


def test_an_event_of_an_unknown_kind_is_refused(path):
    fill(path, EVENTS[0])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE event SET body = replace(body, 'run_started', 'run_dreamt')")
    with pytest.raises(JournalUnavailable, match="event 1 of the journal"):
        read(path)


def test_readers_see_each_event_while_the_writer_goes_on(path):
    with SqliteJournal.open(path) as journal:
        for number, event in enumerate(EVENTS, 1):
            journal.append(event)
            assert read(path) == EVENTS[:number]


def test_a_reader_writes_nothing(path):
    fill(path, EVENTS[0])
    with (
        SqliteJournal.open(path, read_only=True) as journal,
        pytest.raises(JournalUnavailable, match="opened for reading"),
    ):
        journal.append(EVENTS[1])
    assert read(path) == EVENTS[:1]


def test_a_journal_that_is_not_there_is_not_made_by_reading(path):
    with pytest.raises(JournalUnavailable, match="specloop run"):
        SqliteJournal.open(path, read_only=True)
    assert not path.parent.exists()


def test_a_run_that_was_overtaken_writes_nothing_more(path):
    with SqliteJournal.open(path) as first:
        first.append(EVENTS[0])
        with SqliteJournal.open(path) as second:
            with pytest.raises(JournalUnavailable, match="another run took over"):
                first.append(EVENTS[1])
            second.append(EVENTS[2])
    assert read(path) == (EVENTS[0], EVENTS[2])


def test_a_journal_deleted_under_its_writer_takes_no_more_events(path):
    with SqliteJournal.open(path) as journal:
        shutil.rmtree(path.parent)
        with pytest.raises(JournalUnavailable, match="moved or deleted"):
            journal.append(EVENTS[0])


def set_header(path, offset, value):
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(struct.pack(">I", value))


def damaged_newer(path):
    fill(path, *EVENTS)
    set_header(path, 60, 99)


def damaged_other(path):
    fill(path, *EVENTS)
    set_header(path, 68, 7)


def damaged_foreign(path):
    path.parent.mkdir()
    path.write_bytes(b"%PDF-1.7" * 100)


def damaged_empty(path):
    path.parent.mkdir()
    path.touch()


def damaged_cut(path):
    fill(path, *EVENTS * 6)
    os.truncate(path, 8192)


def damaged_page(path):
    fill(path, *EVENTS * 6)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 3 * 4096)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damaged_newer, "newer specloop .format 99.*upgrade"),
        (damaged_other, "(?s)another program.*move"),
        (damaged_foreign, "(?s)not a journal.*move"),
        (damaged_empty, "(?s)cut off.*move"),
        (damaged_cut, "(?s)damaged.*move"),
        (damaged_page, "(?s)damaged.*move"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_left_as_it_is(path, damage, words):
    damage(path)
    before = path.read_bytes()
    with pytest.raises(JournalUnavailable, match=words):
        SqliteJournal.open(path)
    assert path.read_bytes() == before


def test_a_log_left_from_a_deleted_journal_is_not_replayed(path):
    with SqliteJournal.open(path) as journal:
        journal.append(EVENTS[0])
        log = path.with_name("journal.db-wal").read_bytes()
    assert log
    path.unlink()
    path.with_name("journal.db-wal").write_bytes(log)
    fill(path, EVENTS[1])
    assert read(path) == (EVENTS[1],)


def test_what_was_acknowledged_survives_kill_9(path):
    program = f"""
from pathlib import Path
from specloop.attempt.completion import Completion
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.event import CompletionReceived
journal = SqliteJournal.open(Path({str(path)!r}))
number = len(journal.events())
while True:
    number += 1
    text = str(number) * (9000 if number % 7 == 0 else 1)
    journal.append(CompletionReceived(1.0, "a", number, Completion(text, "m")))
    print(number, flush=True)
"""
    expected = 0
    for stop_after in (1, 40, 150):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
            for _ in range(stop_after):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read()
        acknowledged = expected + stop_after + len(rest.splitlines())
        numbers = [event.number for event in read(path)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) - acknowledged in (0, 1)
        expected = len(numbers)


def test_importing_the_journal_does_not_import_pydantic():
    program = "import sys, specloop.journal.sqlite; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


FULL_DISK = """
mount -t tmpfs -o size=12m tmpfs "$1" || exit 77
exec "$2" - "$1" <<'END'
import sys
from pathlib import Path
from specloop.attempt.completion import Completion
from specloop.errors import JournalUnavailable
from specloop.journal.sqlite import SqliteJournal
from specloop.loop.event import CompletionReceived, RunPaused

def reply(number):
    return CompletionReceived(1.0, "a", number, Completion(str(number) * 60_000, "m"))

path = Path(sys.argv[1], "journal.db")
journal = SqliteJournal.open(path)
number = 0
try:
    while number < 1000:
        number += 1
        journal.append(reply(number))
except JournalUnavailable as error:
    print(error)
    journal.append(RunPaused(2.0, "disk full", 4))
    assert journal.events()[-2:] == (reply(number), RunPaused(2.0, "disk full", 4))
    journal.close()
    Path(sys.argv[1], "rest").write_bytes(b"")
    try:
        with Path(sys.argv[1], "rest").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
    except OSError:
        pass
    try:
        SqliteJournal.open(path)
    except JournalUnavailable as error:
        print(error)
        assert not Path(sys.argv[1], "ballast").exists()
        assert len(SqliteJournal.open(path, read_only=True).events()) == number + 1
END
"""


def test_a_full_disk_still_takes_what_was_paid_for_and_then_stops_the_run(tmp_path):
    found = subprocess.run(
        ["unshare", "-rm", "sh", "-c", FULL_DISK, "sh", str(tmp_path), sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 77 or "unshare" in found.stderr:
        pytest.skip("a small disk cannot be mounted here")
    assert found.returncode == 0, found.stderr
    first, second = found.stdout.splitlines()
    assert "full" in first or "No space" in first
    assert "make room" in first
    assert "make room" in second
