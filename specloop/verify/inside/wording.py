"""How the reporter tells of failures: bounded, and the same in each run of the same code."""

import errno
import os
import re
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.config import ConftestImportFailure

MESSAGE = 2_000  # characters kept of each text
LONGREPR = 6_000
CAPTURED = 8_000
FRAMES = 40
ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]+")
LIMITS = (errno.EFBIG, errno.EMFILE, errno.ENOMEM, errno.ENOSPC)

Record = dict[str, Any]


class Text:
    """How texts and tracebacks are told: bounded, and the same in each run of the same code."""

    captured = CAPTURED

    def __init__(self, run: str, project: str) -> None:
        self._run = f"{run}/"
        self._project = f"{project}/"

    def plain(self, text: str) -> str:
        """`text` without the folder of this run and without addresses."""
        text = text.replace(self._project, "").replace(self._run, "")
        return ADDRESS.sub("0x…", text)

    def bounded(self, text: str, limit: int) -> str:
        """Head and tail of `text` where it is longer than `limit`."""
        if len(text) > limit:
            text = f"{text[: limit // 2]}\n[…]\n{text[-limit // 2 :]}"
        return self.plain(text)

    def sections(self, sections: list[tuple[str, str]]) -> str:
        """The end of what was captured of output and logs.

        Of what is cut off, the project's lines in tracebacks stay: they say whose fault it was.
        """
        whole = "\n".join(f"--- {name} ---\n{content}" for name, content in sections)
        cut, end = whole[:-CAPTURED], whole[-CAPTURED:]
        ours = [line for line in cut.splitlines() if f'File "{self._project}' in line]
        return self.plain("\n".join([*ours[-FRAMES:], end]))

    def frames(self, error: BaseException) -> list[tuple[str, int, str]]:
        """The project's lines in the traceback of `error` and of what it came from.

        Outermost first, and the origin of a chain of exceptions last.
        """
        lines = [
            (frame.f_code.co_filename, line, frame.f_code.co_name)
            for link in chain(error)
            for frame, line in traceback.walk_tb(link.__traceback__)
        ]
        syntax = [link for link in chain(error) if isinstance(link, SyntaxError)]
        lines += [(link.filename or "", link.lineno or 0, "") for link in syntax]
        found = [
            (file.removeprefix(self._project), line, function)
            for file, line, function in lines
            if file.startswith(self._project)
        ]
        return found if len(found) <= FRAMES else found[: FRAMES // 2] + found[-FRAMES // 2 :]

    def traceback(self, error: BaseException) -> str:
        """The traceback from the first of the project's lines on."""
        link = error.__traceback__
        while link and not link.tb_frame.f_code.co_filename.startswith(self._project):
            link = link.tb_next
        return "".join(traceback.format_exception(type(error), error, link))

    def error(self, error: BaseException) -> Record:
        """The exception of a failure: its class, its message, its frames, the limit it hit."""
        error = origin(error)
        return {
            "exception": type(error).__name__,
            "message": self.bounded(message(error), MESSAGE),
            "frames": self.frames(error),
            "limit": next((name for link in chain(error) if (name := limit(link))), ""),
        }

    def whole(self, error: BaseException) -> Record:
        """As `error`, with the traceback, of what no report of pytest's tells of."""
        longrepr = self.bounded(self.traceback(origin(error)), LONGREPR)
        return {"longrepr": longrepr, **self.error(error)}


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what it was raised from, or while, and what a group of errors holds."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        link = waiting.pop(0)
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += getattr(link, "exceptions", ())
        waiting.append(link.__cause__ or (None if link.__suppress_context__ else link.__context__))


def origin(error: BaseException) -> BaseException:
    """The error itself, out of what pytest wraps around errors in modules and conftest files."""
    while isinstance(error, pytest.Collector.CollectError) and error.__cause__:
        error = error.__cause__
    return error.cause if isinstance(error, ConftestImportFailure) else error


def message(error: BaseException) -> str:
    """What the error says, even where saying it is an error."""
    try:
        return str(error)
    except Exception as broken:
        return f"(its message cannot be read: {type(broken).__name__})"


def limit(error: BaseException) -> str:
    """Which limit of the run the error comes from, in the system's words; "" if from none."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError):
        number = errno.ENOMEM
    return os.strerror(number) if number in LIMITS else ""
