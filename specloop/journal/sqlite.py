"""The journal in SQLite: every event is on the disk before `append` returns.

Each opening for writing begins an epoch, and a row is written only while its epoch is the newest:
a run whose lock file was deleted under it can damage nothing.
"""

import errno
import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType

from specloop.errors import JournalUnavailable
from specloop.journal import ballast
from specloop.journal.codec import decode, encode, sync_folder
from specloop.loop.event import Event

APPLICATION_ID = 0x53504C50  # "SPLP"
VERSION = 1

_SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
PRAGMA journal_mode = WAL;
CREATE TABLE epoch (number INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch INTEGER NOT NULL REFERENCES epoch (number),
    at REAL NOT NULL,
    module TEXT,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
"""

_SETTINGS = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON;"

_APPEND = """
INSERT INTO event (epoch, at, module, kind, body)
SELECT number, ?, ?, ?, ? FROM epoch
WHERE number = ? AND number = (SELECT max(number) FROM epoch)
"""


class SqliteJournal:
    """The journal of one project; made by `open`, and used by the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, epoch: int | None) -> None:
        self._path = path
        self._blobs = path.parent / "blobs"
        self._ballast = path.parent / "ballast"
        self._connection = connection
        self._epoch = epoch
        self._file = _identity(path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "SqliteJournal":
        """Open the journal at `path`, made on first use unless `read_only`.

        JournalUnavailable, with the file untouched, when it is not there to be read, damaged,
        another program's or a newer specloop's.
        """
        with _explained(path):
            if not read_only and not path.exists():
                _create(path)
            _check_header(path)
            if read_only:
                return cls(path, _connect_reader(path), None)
            _check_pages(path)
            ballast.load(path.parent / "ballast")
            connection = _connect(path, "rw", "INSERT INTO epoch DEFAULT VALUES;")
            (epoch,) = connection.execute("SELECT last_insert_rowid()").fetchone()
            return cls(path, connection, epoch)

    def append(self, event: Event) -> None:
        """Write one event; JournalUnavailable when it cannot be made durable.

        On a full disk the event is recorded in space set aside for it, and JournalUnavailable is
        raised all the same: the run has to stop.
        """
        with _explained(self._path):
            try:
                self._write(event)
            except (sqlite3.OperationalError, OSError) as error:
                if _is_out_of_room(error) and ballast.release(self._ballast):
                    self._write(event)
                raise

    def events(self) -> tuple[Event, ...]:
        """All events, oldest first."""
        with _explained(self._path):
            rows = self._connection.execute("SELECT seq, body FROM event ORDER BY seq").fetchall()
        return tuple(self._decoded(seq, body) for seq, body in rows)

    def close(self) -> None:
        """Release what is held."""
        self._connection.close()

    def __enter__(self) -> "SqliteJournal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, event: Event) -> None:
        if self._epoch is None:
            raise JournalUnavailable(f"the journal {str(self._path)!r} was opened for reading")
        if _identity(self._path) != self._file:
            raise JournalUnavailable(
                f"the journal {str(self._path)!r} was moved or deleted while it was in use; run "
                "again: what is committed stays"
            )
        module = getattr(event, "module", None)
        row = (event.at, module, event.kind, encode(event, self._blobs), self._epoch)
        if self._connection.execute(_APPEND, row).rowcount != 1:
            raise JournalUnavailable(
                f"another run took over the journal {str(self._path)!r}: this one has written "
                "nothing more; see `specloop status`"
            )

    def _decoded(self, seq: int, body: str) -> Event:
        try:
            return decode(body, self._blobs)
        except ValueError as error:
            raise JournalUnavailable(
                f"event {seq} of the journal {str(self._path)!r} cannot be read: {error}; {_MEND}"
            ) from error


_MEND = (
    "move the journal file away and run again: what is committed stays, and unfinished attempts "
    "start afresh"
)


def _create(path: Path) -> None:
    """Make the database beside `path` and rename it: whatever stands there is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    for stale in (new, *_companions(new), *_companions(path)):
        stale.unlink(missing_ok=True)  # a log that is left over would be replayed into the new one
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.executescript(_SCHEMA)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _check_header(path: Path) -> None:
    """Look at the file without SQLite, which may write to whatever it opens."""
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        raise JournalUnavailable(f"{str(path)!r} is not a journal, or is cut off; {_MEND}")
    (version,) = struct.unpack_from(">I", header, 60)
    (application,) = struct.unpack_from(">I", header, 68)
    if application != APPLICATION_ID:
        raise JournalUnavailable(f"{str(path)!r} is the database of another program; {_MEND}")
    if version > VERSION:
        raise JournalUnavailable(
            f"the journal {str(path)!r} was written by a newer specloop (format {version}; this "
            f"one reads {VERSION}); upgrade specloop"
        )


def _check_pages(path: Path) -> None:
    with closing(_connect_reader(path)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise JournalUnavailable(f"the journal {str(path)!r} is damaged: {found}; {_MEND}")


def _connect_reader(path: Path) -> sqlite3.Connection:
    try:
        return _connect(path, "ro")
    except sqlite3.OperationalError:
        # A full or read-only disk has no room for SQLite's index of the log. None is needed while
        # the log is empty, as the last writer leaves it.
        log, _ = _companions(path)
        if log.exists() and log.stat().st_size:
            raise
        return _connect(path, "ro&immutable=1")


def _connect(path: Path, mode: str, script: str = "") -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        connection.executescript(_SETTINGS + script)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _is_out_of_room(error: sqlite3.OperationalError | OSError) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn the failures of SQLite and of the disk into what the user can do about them."""
    try:
        yield
    except FileNotFoundError as error:
        raise JournalUnavailable(
            f"there is no journal {str(path)!r} yet; start with `specloop run`"
        ) from error
    except OSError as error:
        raise JournalUnavailable(
            f"the journal {str(path)!r} cannot be used: {error.strerror}; make room, or the folder "
            "writable, and run again: what is recorded stays"
        ) from error
    except sqlite3.OperationalError as error:
        raise JournalUnavailable(
            f"the journal {str(path)!r} cannot be used: {error}; make room, or the folder "
            "writable, and run again: what is recorded stays"
        ) from error
    except sqlite3.ProgrammingError:
        raise  # a mistake of ours, not of the disk's
    except sqlite3.DatabaseError as error:
        raise JournalUnavailable(
            f"the journal {str(path)!r} is damaged: {error}; {_MEND}"
        ) from error
