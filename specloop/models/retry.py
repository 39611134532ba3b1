"""Asking again after a failed request: the only place in specloop that does."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    stop_before_delay,
    wait_exponential_jitter,
    wait_random,
)
from tenacity.stop import stop_base

from specloop.models.failure import RequestFailed
from specloop.ports import Say

TRIES = 5
BILLED_TRIES = 2  # a call may be charged for that often at most, and its worst case says so

T = TypeVar("T")

_backoff = wait_exponential_jitter(initial=1, max=20, jitter=1)
_apart = wait_random(0, 1)  # calls that were told to wait together do not return together


def persist(
    ask: Callable[[], T],
    failures: list[RequestFailed],
    pause: Callable[[float], None],
    seconds: float,
    say: Say,
) -> T:
    """The result of `ask`, tried again while it fails in a way that may pass.

    Every failed try is appended to `failures`; the last is raised when no try is left: after
    `TRIES`, after `BILLED_TRIES` that may have been charged for, or where the next one would begin
    more than `seconds` after the first.
    """

    def once() -> T:
        try:
            return ask()
        except RequestFailed as failed:
            failures.append(failed)
            raise

    def tell(state: RetryCallState) -> None:
        say(f"{failures[-1].short}; asks again in {state.upcoming_sleep:.0f} s")

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, RequestFailed) and error.again),
        stop=stop_any(
            stop_after_attempt(TRIES),
            stop_before_delay(seconds),
            _BilledEnough(failures),
        ),
        wait=_wait,
        before_sleep=tell,
        sleep=pause,
        reraise=True,
    )
    return retrying(once)


class _BilledEnough(stop_base):
    def __init__(self, failures: list[RequestFailed]) -> None:
        self._failures = failures

    def __call__(self, retry_state: RetryCallState) -> bool:
        return sum(failed.billed for failed in self._failures) >= BILLED_TRIES


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, RequestFailed) and error.after is not None:
        return error.after + _apart(state)
    return _backoff(state)
