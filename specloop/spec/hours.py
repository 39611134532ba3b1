"""Hours of the week, in UTC, in which a model costs less."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Some hours of some days: minutes of the day from `begin` to `end`, `days` 1 for Monday."""

    days: frozenset[int]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class CheapHours:
    """The windows of a week; times are in seconds since the epoch."""

    windows: tuple[Window, ...]

    def hold(self, at: float) -> bool:
        """Whether `at` is one of the hours."""
        return any(begin <= at < end for begin, end in self._near(at))

    def change(self, at: float) -> float | None:
        """When the hours next begin or end after `at`; None where they never do."""
        now = self.hold(at)
        edges = sorted({edge for window in self._near(at) for edge in window if edge > at})
        return next((edge for edge in edges if self.hold(edge) is not now), None)

    def _near(self, at: float) -> Iterator[tuple[float, float]]:
        """The windows of the day before and of the eight days from `at` on."""
        midnight = datetime.fromtimestamp(at, UTC).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        for day in (midnight + n * _DAY for n in range(-1, 9)):
            for window in self.windows:
                if day.isoweekday() in window.days:
                    start = day.timestamp()
                    yield start + 60 * window.begin, start + 60 * window.end
