"""Hours of the week in which a model costs less."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

EVERY_DAY = range(1, 8)
HOURS = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)"

_DAY = 24 * 60
_QUARTER = 15  # in every zone, a day begins at some quarter of an hour in UTC
_NAMES = ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of the day in UTC, from `begin` up to `end`, on `days`; 1 is Monday."""

    days: frozenset[int]
    begin: int
    end: int


def windows_of(hours: Iterable[str], days: Iterable[int] = EVERY_DAY) -> tuple[Window, ...]:
    """The windows of texts such as "16:30-00:30"; ValueError for any other text.

    Hours that pass midnight are two windows, both on `days`; the same hour twice is a whole day.
    """
    on = frozenset(days)
    return tuple(window for text in hours for window in _windows(text, on) if on)


@dataclass(frozen=True, slots=True)
class CheapHours:
    """The windows of a week; times are in seconds since the epoch.

    Hours are those of UTC, while `zone` says which day of the week it is.
    """

    windows: tuple[Window, ...]
    zone: str = "UTC"

    def hold(self, at: float) -> bool:
        """Whether `at` is one of the hours."""
        utc = datetime.fromtimestamp(at, UTC)
        day = utc.astimezone(ZoneInfo(self.zone)).isoweekday()
        minute = 60 * utc.hour + utc.minute
        return any(day in each.days and each.begin <= minute < each.end for each in self.windows)

    def change(self, at: float) -> float | None:
        """When the hours next begin or end after `at`; None where they never do."""
        now = self.hold(at)
        midnight = datetime.fromtimestamp(at, UTC).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        edges = {minute for each in self.windows for minute in (each.begin, each.end)}
        minutes = sorted(edges | set(range(0, _DAY, _QUARTER)))
        later = (
            moment
            for day in range(9)
            for minute in minutes
            if (moment := midnight.timestamp() + 60 * (day * _DAY + minute)) > at
        )
        return next((moment for moment in later if self.hold(moment) is not now), None)

    def __str__(self) -> str:
        days = sorted({each.days for each in self.windows}, key=min)
        return "; ".join(f"{_named(each)} {self._on(each)}" for each in days) + " UTC"

    def _on(self, days: frozenset[int]) -> str:
        spans = sorted((each.begin, each.end) for each in self.windows if each.days == days)
        return ", ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in spans)


def _windows(hours: str, days: frozenset[int]) -> list[Window]:
    if not re.fullmatch(HOURS, hours):
        raise ValueError(f"{hours!r} are no hours; write them as HH:MM-HH:MM, such as 16:30-00:30")
    begin, end = (60 * int(text[:2]) + int(text[3:]) for text in hours.split("-"))
    parts = [(begin, end)] if begin < end else [(begin, _DAY), (0, end)]
    return [Window(days, first, last) for first, last in parts if first < last]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _named(days: frozenset[int]) -> str:
    """Such as "Mon-Fri, Sun"."""
    runs = groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - pair[0])
    ends = [[day for _, day in run] for _, run in runs]
    return ", ".join(
        _NAMES[run[0]] if len(run) == 1 else f"{_NAMES[run[0]]}-{_NAMES[run[-1]]}" for run in ends
    )


def moment(at: float) -> str:
    """A time in UTC for people: "Tue 04:00"."""
    return datetime.fromtimestamp(at, UTC).strftime("%a %H:%M")
