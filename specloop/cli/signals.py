"""Ctrl-C and its like, while work goes on that is paid for."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from specloop.engine.workers import Interruption
from specloop.errors import Interrupted, Unavailable


def handle_signals(interruption: Interruption) -> None:
    """The first signal asks the work to stop; the second ends it where it stands."""
    signals = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]

    def handle(number: int, frame: FrameType | None) -> None:
        if not interruption.requested:
            interruption.request()
            return
        for each in signals:  # ending takes a moment, and is not to be ended half-way
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt  # unwinds: programs are ended, the terminal is put right

    for each in signals:
        signal.signal(each, handle)


@contextmanager
def told_as_interruption(interruption: Interruption) -> Iterator[None]:
    """Tell of what failed after a signal as Interrupted.

    Ctrl-C also reaches what runs in the terminal with us, such as an installation.
    """
    try:
        yield
    except Unavailable as error:
        if interruption.requested:
            raise Interrupted(f"interrupted: {error}") from error
        raise
