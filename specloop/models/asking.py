"""One request after the other, each in a thread of its own that somebody waits for."""

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from queue import Empty, SimpleQueue

from specloop.models.failure import CLOSED, ENDLESS, OUT_OF_TIME, TIMED_OUT, RequestFailed
from specloop.ports import Say

_Outcome = tuple[object, BaseException | None]

TICK = 3.0  # seconds between two words to a person who waits
_SILENT_TICKS = 4  # while nothing comes there is less to say


class Exchange:
    """One request under way: written by the thread that asks, read by the one that waits.

    `without` are the keys of a streamed request that this server has refused; it outlives the
    request. `answered` says that a sound reply came, `counted` that its usage is the server's own.
    """

    def __init__(self, timeout_seconds: int, most_bytes: int, without: set[str]) -> None:
        self.timeout_seconds = timeout_seconds
        self.without = without
        self.characters = 0
        self.answered = False
        self.counted = True
        self.failure: RequestFailed | None = None
        self.given_up = False
        self._bytes = 0
        self._most_bytes = most_bytes

    def receive(self, size: int) -> None:
        """Note that some bytes came; RequestFailed where they are too many or too late."""
        if self.given_up:
            raise _closed(billed=True)
        self._bytes += size
        if self._bytes > self._most_bytes:
            raise RequestFailed(
                ENDLESS,
                f"{ENDLESS}: more than {self._most_bytes // 1_000_000} MB came, and no end",
                billed=True,
            )


# Where the transport below LiteLLM finds what it works for.
current: ContextVar[Exchange | None] = ContextVar("current", default=None)


class Asking:
    """The requests of one model, from any thread, which `close` ends all at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._closing = threading.Event()
        self._waiting: set[SimpleQueue[_Outcome]] = set()

    def rest(self, seconds: float) -> None:
        """Wait, but not beyond `close`."""
        self._closing.wait(seconds)

    def send(self, ask: Callable[[], object], exchange: Exchange, until: float, say: Say) -> object:
        """What `ask` returns; what it raises; RequestFailed when it takes too long.

        `until` ends the call, on the clock of `time.monotonic`. The thread is left behind when
        time is up: nothing can stop it but its next byte.
        """
        now = time.monotonic()
        limit = min(until, now + 3 * exchange.timeout_seconds)
        outcome: SimpleQueue[_Outcome] = SimpleQueue()
        self._waiting.add(outcome)
        try:
            if self._closing.is_set():
                raise _closed(billed=False)
            if now >= limit:
                raise RequestFailed(OUT_OF_TIME, f"{OUT_OF_TIME} before it was asked")
            threading.Thread(
                target=_run, args=(ask, exchange, outcome), name=f"ask {self._name}", daemon=True
            ).start()
            found, error = _wait(outcome, exchange, limit, say)
        finally:
            exchange.given_up = True
            self._waiting.discard(outcome)
        if error is not None:
            raise error
        return found

    def close(self) -> None:
        """End every wait."""
        self._closing.set()
        for outcome in tuple(self._waiting):  # a copy: the calls take themselves off
            outcome.put((None, _closed(billed=True)))


def _run(ask: Callable[[], object], exchange: Exchange, outcome: SimpleQueue[_Outcome]) -> None:
    current.set(exchange)
    try:
        outcome.put((ask(), None))
    except BaseException as error:
        # LiteLLM wraps what the transport knows better.
        outcome.put((None, exchange.failure or error))


def _wait(
    outcome: SimpleQueue[_Outcome], exchange: Exchange, limit: float, say: Say
) -> tuple[object, BaseException | None]:
    began, ticks, told = time.monotonic(), 0, 0
    while True:
        left = limit - time.monotonic()
        try:
            return outcome.get(timeout=max(0.0, min(TICK, left)))
        except Empty:
            if left <= TICK:
                raise _late(exchange, limit - began) from None
        ticks += 1
        if exchange.characters > told:
            told = exchange.characters
            say(f"receives, {told} characters so far")
        elif not told and ticks % _SILENT_TICKS == 0:
            say(f"waits for the first word, {time.monotonic() - began:.0f} s")


def _late(exchange: Exchange, seconds: float) -> RequestFailed:
    text = f"no whole reply within {seconds:.0f} s"
    if seconds < 3 * exchange.timeout_seconds - 0.5:
        return RequestFailed(OUT_OF_TIME, f"{text}, the time that was left", billed=True)
    return RequestFailed(TIMED_OUT, text, billed=True)


def _closed(billed: bool) -> RequestFailed:
    return RequestFailed(CLOSED, "the run is ending", billed=billed)
