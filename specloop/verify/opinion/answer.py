"""What the worker says of one row, read: Malformed is raised for whatever it could not say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specloop.verify.opinion.opaque import printable
from specloop.verify.opinion.plan import RowPlan
from specloop.verify.opinion.probes import recorded
from specloop.verify.opinion.values import Malformed, Value, read, shown


class Raised(Exception):
    """A part of a check has no value, for evaluating it raised an exception."""


@dataclass(frozen=True, slots=True)
class Error:
    """An exception, as the worker tells it."""

    classes: tuple[tuple[str, str], ...]
    message: str

    def __str__(self) -> str:
        name = printable(self.classes[0][1]) if self.classes else "an exception"
        return f"{name}: {shown(self.message)}" if self.message else name


class Answer:
    """The record of one row, read; Malformed where it is none."""

    def __init__(self, row: RowPlan, record: Mapping[str, Any]) -> None:
        self.values = dict(_values(row, record.get("values")))
        self.errors = dict(_errors(row, record.get("errors")))
        self.logs = tuple(_logs(record.get("logs")))
        begun, error = record.get("begun"), record.get("error")
        self.raised = None if error is None else read_error(error)
        if self.raised is None and begun is not True:
            raise Malformed("the row has not begun")
        if self.raised is None and not self._is_whole(row):
            raise Malformed("a value is missing")
        self.used: set[int] = set()

    def _is_whole(self, row: RowPlan) -> bool:
        """Whether each step told its values, or its exception."""
        return all(
            number in self.errors or all(index in self.values for index in recorded(step))
            for number, step in enumerate(row.steps)
        )

    def told(self, index: int) -> Any:  # noqa: ANN401
        """The value of a probe."""
        if index in self.values:
            self.used.add(index)
            return self.values[index].data
        if self.errors:
            raise Raised(str(next(iter(self.errors.values()))))
        raise Malformed("a value is missing")

    def equal_to_all(self) -> str:
        """An object that equals whatever it is compared with, for a person; "" if none does."""
        objects = (each for value in self.values.values() for each in value.opaque)
        return next((shown(each) for each in objects if each.equals_anything), "")

    def not_as_promised(self, row: RowPlan) -> str:
        """What is an object where plain data are promised, for a person; "" if nothing is."""
        promised = row.parts.promised if row.parts else frozenset()
        objects = (
            each for index in promised & {*self.values} for each in self.values[index].opaque
        )
        return next(map(shown, objects), "")


def _values(row: RowPlan, told: Any) -> Iterator[tuple[int, Value]]:  # noqa: ANN401
    seen: set[int] = set()
    for index, value in _pairs(told):
        if index in seen or index not in row.probes:
            raise Malformed("a value was told twice, or that of nothing")
        seen.add(index)
        yield index, read(value, row.parts is not None and index in row.parts.promised)


def _errors(row: RowPlan, told: Any) -> Iterator[tuple[int, Error]]:  # noqa: ANN401
    seen: set[int] = set()
    for index, error in _pairs(told):
        if index in seen or not 0 <= index < len(row.steps):
            raise Malformed("an exception was told twice, or that of nothing")
        seen.add(index)
        yield index, read_error(error)


def _logs(told: Any) -> Iterator[tuple[int, str]]:  # noqa: ANN401
    for level, message in _pairs(told, or_none=True):
        if message is None:
            continue
        if not isinstance(message, str):
            raise Malformed("a log record has no text")
        if level is not None:
            yield level, message


def _pairs(told: Any, or_none: bool = False) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    if not isinstance(told, list):
        raise Malformed("a list is missing")
    for pair in told:
        if not isinstance(pair, list) or len(pair) != 2:
            raise Malformed("a list has no pairs")
        first, second = pair
        if type(first) is not int and not (or_none and first is None):
            raise Malformed("a pair has no number")
        yield first, second


def read_error(told: Any) -> Error:  # noqa: ANN401
    """The exception that was told."""
    if not isinstance(told, Mapping) or not isinstance(told.get("message"), str):
        raise Malformed("an exception has no message")
    classes = told.get("classes")
    if not isinstance(classes, list) or len(classes) > 50:
        raise Malformed("an exception has no classes")
    for pair in classes:
        if not isinstance(pair, list) or [type(each) for each in pair] != [str, str]:
            raise Malformed("an exception has no classes")
    return Error(tuple((home, name) for home, name in classes), told["message"])
