"""Progress as log lines, one an event."""

import logging
import os
import sys
from typing import TextIO

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from specloop.loop.event import CompletionReceived, Event, IntegrationFinished, TestsFinished
from specloop.report.describe import describe
from specloop.report.printable import printable


def make_logger(stream: TextIO, *, log_format: str, level: int) -> FilteringBoundLogger:
    """A logger that writes to `stream`, as "text" or "json"."""
    colour = stream.isatty() and not os.environ.get("NO_COLOR")
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=colour, pad_event_to=0, sort_keys=False)
    )
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso" if log_format == "json" else "%H:%M:%S"),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    return logger


# How the steps begin that an event tells of soon, or that are told again every few seconds.
_STEPS = ("asks ", "receives", "red check", "runs ", "waits ")


class Lines:
    """An observer that logs: events at info, and what else is done; mere steps at debug."""

    def __init__(self, *, log_format: str = "text", level: int = logging.INFO) -> None:
        self._log = make_logger(sys.stderr, log_format=log_format, level=level)

    def notice(self, text: str) -> None:
        """Log a notice."""
        self._log.warning(printable(text))

    def doing(self, module: str, text: str) -> None:
        """Log a step."""
        level = logging.DEBUG if text.startswith(_STEPS) else logging.INFO
        self._log.log(level, printable(text), **_about(module))

    def stands(self, module: str, *, passed: bool) -> None:
        """Log where a module stands."""
        text = "up to date" if passed else "blocked: one that it needs did not pass"
        self._log.info(text, **_about(module))

    def happened(self, event: Event) -> None:
        """Log an event, with its numbers."""
        text = describe(event)
        if not text:
            return
        details: dict[str, object] = _about(getattr(event, "module", ""))
        if isinstance(event, CompletionReceived):
            usage = event.completion.usage
            details["input_tokens"] = usage.input_tokens
            details["output_tokens"] = usage.output_tokens
        elif isinstance(event, TestsFinished | IntegrationFinished):
            details["verdict"] = str(event.report.verdict)
            details["seconds"] = round(event.report.seconds, 2)
        self._log.info(text, **details)

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put right."""


def _about(module: str) -> dict[str, object]:
    return {"module": module} if module else {}
