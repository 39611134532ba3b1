"""Ctrl-C and its like, while work goes on that is paid for."""

import signal
from types import FrameType

from specloop.engine.workers import Interruption


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
