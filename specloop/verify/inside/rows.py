"""Example rows evaluated apart from pytest: the values of their calls are told, nothing is judged.

What a row expects is not in this process. verify/opinion has the plan of it and the judgement.
"""

import asyncio
import builtins
import logging
import re
import sys
from collections.abc import Callable
from typing import Any

from .plain import class_name, classes, tell

# Functions keep the builtins that their module had when they were made; rows get these, too.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]
_BUILTINS: dict[str, Any] = dict(vars(builtins))

MESSAGE = 100_000  # characters told of a text
RECORDS = 1_000  # log records told of a row

Send = Callable[..., None]
_run, _exc_info, _notes = asyncio.run, sys.exc_info, "__notes__"


def work(order: dict[str, Any], send: Send) -> int:
    """Import the module and evaluate the order's rows; 1 where it cannot be imported, else 0."""
    logs = _Logs()
    logging.root.addHandler(logs)  # basicConfig() in the module does nothing under pytest either
    names = ", ".join(order["names"]) or "*"
    scope = _scope()
    try:
        exec(compile(f"from {order['module']} import {names}", "<rows>", "exec"), scope)
    except BaseException as error:
        send("import", error=_told_error(error))
        return 1
    for row in order["rows"]:
        send("row", row=row["row"], **_evaluated(row, dict(scope), logs))
    return 0


def _scope() -> dict[str, Any]:
    """The globals of a row: what the file of the row tests has, but pytest."""
    own = dict(_BUILTINS)
    return {
        "__builtins__": own,
        "__name__": "rows",
        "asyncio": asyncio,
        "logging": logging,
        "re": re,
    }


class _Logs(logging.Handler):
    """Keeps records, as pytest's caplog does."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def handle(self, record: logging.LogRecord) -> bool:
        """Keep a record."""
        if len(self.kept) < RECORDS:
            self.kept.append(record)
        return True


class _Told:
    """What a row has told so far."""

    def __init__(self, logs: _Logs, level: int | None) -> None:
        self.values: list[list[Any]] = []
        self.errors: list[list[Any]] = []
        self.begun = False
        self.end: Callable[[], None] = lambda: None
        self._logs = logs
        self._level = level

    def begin(self) -> None:
        """The statements before the check have been run."""
        self.begun = True
        if self._level is not None:
            self.end = _set_level(self._logs, self._level)

    def record(self, index: int, value: Any) -> Any:  # noqa: ANN401
        """Tell a value and hand it on."""
        try:
            told = tell(value)
        except BaseException as error:  # an object that breaks when it is looked at
            told = ["o", f"{class_name(type(value))}, {class_name(type(error))}", False, None]
        self.values.append([index, told])
        return value

    def failed(self, index: int) -> None:
        """Tell the exception that is being handled."""
        error = _exc_info()[1]
        if error is not None:
            self.errors.append([index, _told_error(error)])


def _evaluated(row: dict[str, Any], scope: dict[str, Any], logs: _Logs) -> dict[str, Any]:
    """What a record of the row says."""
    logs.kept = []
    logging.root.addHandler(logs)  # the module may have put its own in the place of all others
    told, error = _Told(logs, row["level"]), None
    try:
        exec(compile(row["source"], "<row>", "exec", dont_inherit=True), scope)
        result = scope["__row__"](told.record, told.failed, told.begin)
        if row["awaits"]:
            _run(result)
    except BaseException as caught:
        error = _told_error(caught)
    finally:
        told.end()
    records = [] if row["level"] is None else [_told_record(record) for record in logs.kept]
    said = {"values": told.values, "errors": told.errors, "begun": told.begun}
    return {**said, "error": error, "logs": records}


def _set_level(logs: _Logs, level: int) -> Callable[[], None]:
    """As caplog.at_level does; the result undoes it."""
    root = logging.root
    before, disabled = root.level, root.manager.disable
    root.setLevel(level)
    logs.setLevel(level)
    if not root.isEnabledFor(level):
        logging.disable(max(level - 10, logging.NOTSET))

    def undo() -> None:
        root.setLevel(before)
        logs.setLevel(logging.NOTSET)
        logging.disable(disabled)

    return undo


def _told_record(record: Any) -> list[Any]:  # noqa: ANN401
    """Level and message of a log record, None for what is none."""
    try:
        level, message = record.levelno, _text(record.getMessage())
    except BaseException:
        return [None, None]
    return [level if type(level) is int and abs(level) < 2**31 else None, message]


def _told_error(error: BaseException) -> dict[str, Any]:
    """The classes of an exception, and what it says with its notes, as pytest reads it."""
    try:
        parts = [_text(str(error)), *map(_text, getattr(error, _notes, ()))]
        message = "\n".join(part for part in parts if part is not None)
    except BaseException:
        message = ""
    return {"classes": classes(error)[:50], "message": message[:MESSAGE]}


def _text(value: object) -> str | None:
    """A text that is nothing but one."""
    return str.__getitem__(value, slice(MESSAGE)) if isinstance(value, str) else None
