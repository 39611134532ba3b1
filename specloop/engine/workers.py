"""Work that is under way outside the coordinator's thread, and how it is brought to an end."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal

from specloop.errors import Interrupted
from specloop.loop.event import Event
from specloop.ports import Say

LOOK_SECONDS = 0.5  # how soon an interruption is noticed at the latest
GRACE_SECONDS = 60  # how long calls that are paid for may go on after an interruption

Kind = Literal["call", "tests"]


@dataclass(frozen=True, slots=True)
class _Said:
    """Something to tell people about work that goes on."""

    text: str


_Result = tuple[str, Event | BaseException | _Said]


def stopping(calls: int) -> str:
    """What people are told when work is asked to stop while so many calls are under way."""
    paid = f"calls under way may go on for {GRACE_SECONDS} s, since they are paid for; "
    return f"stopping: {paid if calls else ''}interrupt again to end at once"


class Interruption:
    """A request to stop, safe to make from a signal handler or another thread."""

    def __init__(self) -> None:
        self.results: SimpleQueue[_Result | None] = SimpleQueue()
        self.requested = False

    def request(self) -> None:
        """Start nothing new from now on."""
        self.requested = True
        self.results.put(None)


class Workers:
    """A thread for each call and each test run; their results come back through one queue.

    Threads get small frozen values and return one event. Nothing is recorded here. What they say
    meanwhile is passed on to `hear`, with the name of the work, in the coordinator's thread.
    """

    def __init__(
        self,
        interruption: Interruption,
        end_tests: Callable[[], None],
        hear: Callable[[str, str], None],
    ) -> None:
        self._interruption = interruption
        self._end_tests = end_tests
        self._hear = hear
        self._under_way: dict[str, Kind] = {}
        self._deadline: float | None = None

    def __contains__(self, name: str) -> bool:
        return name in self._under_way

    def busy(self, kind: Kind | None = None) -> int:
        """How much work (of a kind) is under way."""
        return len(self._under_way) if kind is None else Counter(self._under_way.values())[kind]

    @property
    def stopping(self) -> bool:
        """Whether nothing new may be started."""
        return self._interruption.requested

    def submit(self, name: str, kind: Kind, work: Callable[[Say], Event]) -> None:
        """Do `work` in a thread, under a name that no other work bears at that time."""
        self._under_way[name] = kind
        results = self._interruption.results

        def perform() -> None:
            try:
                results.put((name, work(lambda text: results.put((name, _Said(text))))))
            except BaseException as error:
                results.put((name, error))

        # A daemon: a server that never answers must not keep the process from ending.
        threading.Thread(target=perform, name=f"specloop-{name}", daemon=True).start()

    def take(self) -> Event | None:
        """Wait for one result. None if there is nothing to record; raises what the work raised.

        Once an interruption is requested, tests are ended, what they still say is dropped, and
        calls may go on for a while; Interrupted is raised when nothing is left to wait for.
        """
        if self.stopping:
            return self._take_last()
        try:
            # A signal that comes just before this blocks is handled only when it ends.
            result = self._interruption.results.get(timeout=LOOK_SECONDS)
        except Empty:
            return None
        if result is None:
            return None
        name, outcome = result
        if isinstance(outcome, _Said):
            self._pass_on(name, outcome)
            return None
        self._under_way.pop(name, None)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def settle(self, turn: Callable[[bool], bool]) -> Exception | None:
        """Call `turn` until it says that nothing is left, with whether to start anything new.

        Once it has raised, nothing new is started: what is under way is paid for, and waited for.
        The first that it raised is returned.
        """
        ended: Exception | None = None
        going = True
        while going:
            try:
                going = turn(ended is None)
            except Exception as error:
                ended = ended or error
                going = self.busy() > 0
        return ended

    def _pass_on(self, name: str, said: _Said) -> None:
        if name in self._under_way:
            self._hear(name, said.text)

    def _take_last(self) -> Event | None:
        if self._deadline is None:
            self._deadline = time.monotonic() + GRACE_SECONDS
            self._end_tests()
        if not self._under_way:
            raise Interrupted("interrupted; run the same command again to resume")
        try:
            result = self._interruption.results.get(
                timeout=max(0.0, self._deadline - time.monotonic())
            )
        except Empty:
            self._under_way.clear()
            return None
        if result is None:
            return None
        name, outcome = result
        if isinstance(outcome, _Said):
            self._pass_on(name, outcome)
            return None
        kind = self._under_way.pop(name, None)
        return outcome if kind == "call" and not isinstance(outcome, BaseException) else None
