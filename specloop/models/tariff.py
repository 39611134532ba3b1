"""The rates that a model's tokens are charged at."""

from dataclasses import dataclass

from specloop.spec.hours import CheapHours


@dataclass(frozen=True, slots=True)
class Rates:
    """USD per million tokens; where `reasoning` is None, thoughts cost what other output does."""

    input: float
    cached_input: float
    output: float
    reasoning: float | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """The rates of a model, and those of the hours in which it costs less, if there are any."""

    peak: Rates
    cheap: Rates | None = None
    hours: CheapHours | None = None

    def at(self, time: float) -> Rates:
        """The rates that hold at `time`, in seconds since the epoch."""
        if self.cheap is not None and self.hours is not None and self.hours.hold(time):
            return self.cheap
        return self.peak
