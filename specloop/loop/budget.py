"""The ledger of a run: what was spent and reserved, and whether one more call is affordable."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from specloop.attempt.completion import Usage
from specloop.loop.event import (
    CallFailed,
    CallStarted,
    CompletionReceived,
    Event,
    RunResumed,
    RunStarted,
)
from specloop.spec.settings import LimitsTable


@dataclass(frozen=True, slots=True)
class Ledger:
    """Sums over the events of one run.

    `usd` counts priced calls alone; `unpriced` is the number of the others. `open_calls` are the
    worst cases (tokens, USD) of calls that were sent and have no recorded reply yet; `lost_tokens`
    and `lost_usd` are those of calls whose reply never came, which may have been charged for.
    `excess` is how many times its worst case a call took, the most of any: a server may count more
    than was thought, and write more than it was told. What is still to come is reckoned so.
    `seconds` is the time in which a process worked on the run.
    """

    usage: Usage = field(default_factory=Usage)
    usd: float = 0.0
    unpriced: int = 0
    open_calls: tuple[tuple[str, int, int, float], ...] = ()  # module, number, tokens, USD
    lost_tokens: int = 0
    lost_usd: float = 0.0
    excess: float = 1.0
    seconds: float = 0.0
    last_at: float | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Ledger":
        """The ledger of the last run among `events`."""
        ledger = cls()
        for event in events:
            ledger = ledger.then(event)
        return ledger

    def then(self, event: Event) -> "Ledger":
        """The ledger after one more event."""
        if isinstance(event, RunStarted):
            return Ledger(last_at=event.at)
        if isinstance(event, RunResumed):
            return replace(self._all_lost(), last_at=event.at)
        # A worker may have looked at the clock before the event that was recorded just now.
        last_at = event.at if self.last_at is None else max(event.at, self.last_at)
        passed = 0.0 if self.last_at is None else last_at - self.last_at
        after = replace(self, seconds=self.seconds + passed, last_at=last_at)
        if isinstance(event, CallStarted):
            call = (event.module, event.number, event.worst_tokens, event.worst_usd or 0.0)
            return replace(after, open_calls=(*after.open_calls, call))
        if isinstance(event, CompletionReceived):
            return after._received(event)
        if isinstance(event, CallFailed):
            return after._failed(event)
        return after

    @property
    def cost_usd(self) -> float | None:
        """What the calls cost, or None where one has no known price."""
        return None if self.unpriced else self.usd

    def refusal(
        self, limits: LimitsTable, now: float, tokens: int, usd: float | None
    ) -> str | None:
        """Why a call that may take `tokens` and `usd` must not be made, or None."""
        reserved_usd = self.excess * (self.lost_usd + sum(call[3] for call in self.open_calls))
        reserved_tokens = round(
            self.excess * (self.lost_tokens + sum(call[2] for call in self.open_calls))
        )
        tokens = round(self.excess * tokens)
        usd = None if usd is None else self.excess * usd
        spent_tokens = self.usage.input_tokens + self.usage.output_tokens
        if limits.usd and usd is not None and self.usd + reserved_usd + usd > limits.usd:
            return (
                f"usd = {limits.usd:g} does not cover the next call: {self.usd:.4f} spent, "
                f"{reserved_usd:.4f} reserved, up to {usd:.4f} needed"
            )
        if limits.tokens and spent_tokens + reserved_tokens + tokens > limits.tokens:
            return (
                f"tokens = {limits.tokens} does not cover the next call: {spent_tokens} used, "
                f"{reserved_tokens} reserved, up to {tokens} needed"
            )
        return self.out_of_time(limits, now)

    def seconds_left(self, limits: LimitsTable, now: float) -> float | None:
        """How long the run may still be worked on at `now`; None without a limit."""
        if not limits.minutes:
            return None
        running = max(0.0, now - self.last_at) if self.last_at is not None else 0.0
        return max(0.0, limits.minutes * 60 - self.seconds - running)

    def out_of_time(self, limits: LimitsTable, now: float) -> str | None:
        """Why nothing new may be started at `now`, or None."""
        return (
            f"minutes = {limits.minutes} are over" if self.seconds_left(limits, now) == 0 else None
        )

    def _all_lost(self) -> "Ledger":
        """A new process: whoever waited for the open calls is gone, and their replies with him."""
        return replace(
            self,
            open_calls=(),
            lost_tokens=self.lost_tokens + sum(call[2] for call in self.open_calls),
            lost_usd=self.lost_usd + sum(call[3] for call in self.open_calls),
        )

    def _failed(self, event: CallFailed) -> "Ledger":
        """A call without a reply: what it may have cost stays reserved, if it may have cost."""
        after = self._closed(event)
        if not event.may_be_charged:
            return after
        lost = [call for call in self.open_calls if call not in after.open_calls]
        return replace(
            after,
            lost_tokens=self.lost_tokens + sum(call[2] for call in lost),
            lost_usd=self.lost_usd + sum(call[3] for call in lost),
        )

    def _closed(self, event: CompletionReceived | CallFailed) -> "Ledger":
        ended = (event.module, event.number)
        return replace(
            self, open_calls=tuple(call for call in self.open_calls if call[:2] != ended)
        )

    def _received(self, event: CompletionReceived) -> "Ledger":
        completion = event.completion
        after = self._closed(event)
        used = completion.usage.input_tokens + completion.usage.output_tokens
        ratios = [
            taken / worst
            for call in self.open_calls
            if call not in after.open_calls
            for taken, worst in ((used, call[2]), (completion.cost_usd or 0.0, call[3]))
            if worst
        ]
        return replace(
            after,
            excess=max([self.excess, *ratios]),
            usage=self.usage + completion.usage,
            usd=self.usd + (completion.cost_usd or 0.0),
            unpriced=self.unpriced + (completion.cost_usd is None),
        )
