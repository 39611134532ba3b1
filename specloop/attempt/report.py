"""What a test run found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a test run ended. Only the first two are said of the code's behaviour."""

    PASSED = "passed"
    FAILED = "failed"
    TIMEOUT = "timeout"  # the suite ran into [limits] test_seconds
    RESOURCE = "resource"  # the suite ran into a memory, file or process limit
    ABORTED = "aborted"  # ended from outside, or pytest itself broke: proves nothing


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a traceback; `file` is relative to the project's root."""

    file: str
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class TestFailure:
    """Why one test did not pass.

    `node_id` is pytest's. `frames` are those inside the project, outermost first. `longrepr` is
    pytest's own text; `captured` is what the test printed and logged. Both are bounded.
    """

    __test__ = False  # not a test class, whatever its name says

    node_id: str
    when: str  # "collect", "setup", "call" or "teardown"
    exception: str  # the class's name, "" where pytest gives none
    message: str
    longrepr: str
    frames: tuple[Frame, ...] = ()
    captured: str = ""
    requirements: tuple[str, ...] = ()  # full ids, from @pytest.mark.spec


@dataclass(frozen=True, slots=True)
class StaticFinding:
    """Something a check found in the code without running it; `line` is 0 for the whole file."""

    line: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class OneOpinion:
    """An example row that pytest alone has judged, and why it was not judged again outside."""

    node_id: str
    why: str


@dataclass(frozen=True, slots=True)
class TestReport:
    """The result of one test run.

    `passed`, `collected`, `set_aside` and `not_run` are node ids: `set_aside` are tests that a mark
    of their own (skip, skipif, xfail) or a setting keeps from deciding anything, `not_run` those
    that were not tried because what had failed before failed again. `note` says in one line what
    ended a run that is neither passed nor failed. `sandbox` is the level of confinement, `layers`
    what held of it. `forged` says how the code tried to decide its own verdict: that is for people,
    and never shown to a model.
    """

    __test__ = False

    verdict: Verdict
    collected: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    failures: tuple[TestFailure, ...] = ()
    static: tuple[StaticFinding, ...] = ()
    note: str = ""
    sandbox: str = "none"
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    forged: tuple[str, ...] = ()
    one_opinion: tuple[OneOpinion, ...] = ()
    not_run: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether this is evidence that the code may be committed."""
        return self.verdict is Verdict.PASSED and not (self.forged or self.not_run)
