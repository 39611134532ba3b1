"""How a test process ended, as its supervisor and its streams tell."""

import re
from dataclasses import dataclass

from specloop.attempt.report import Frame

STACK_LINE = re.compile(
    r'^  File "(?P<file>.*)", line (?P<line>\d{1,9}) in (?P<function>.*)$', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a test process.

    `why` is "exit" (by itself), "timeout", "limit" (which one, `limit` tells), "closed" (we ended
    it) or "lost" (its supervisor was killed). `status` is its exit code, or minus the number of the
    signal that killed it. `records` are what the reporter said, `output` what was printed, `frames`
    where in the project it stood, if faulthandler told.
    """

    why: str
    status: int
    records: bytes = b""
    output: str = ""
    frames: tuple[Frame, ...] = ()
    seconds: float = 0.0
    limit: str = ""


def frames_of(stack: str, project: str) -> tuple[Frame, ...]:
    """The lines inside `project` of a stack that faulthandler wrote, outermost first."""
    found = [
        Frame(match["file"].removeprefix(f"{project}/"), int(match["line"]), match["function"])
        for match in STACK_LINE.finditer(stack)
        if match["file"].startswith(f"{project}/")
    ]
    return tuple(reversed(found))
