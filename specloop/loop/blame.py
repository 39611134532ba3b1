"""Which modules an integration failure points at."""

import re
from collections.abc import Mapping, Sequence

from specloop.attempt.report import TestFailure, TestReport

_CAPTURED_FRAME = re.compile(
    r'File "(?P<file>[^"]+)", line \d+|^(?P<short>[\w./-]+\.py):\d+: ', re.MULTILINE
)


def blame(
    report: TestReport, files: Mapping[str, str], earlier: int = 0
) -> dict[str, tuple[TestFailure, ...]]:
    """The modules to reopen, each with the failures that speak against it.

    `files` maps the modules' files to their names, in build order. A failure is laid to the
    innermost frame of its traceback that is in a module, else to that of a traceback in what the
    test printed or logged (a server's 500). Failures that point nowhere are laid to one module:
    the last in build order at first, and the one before it with each of `earlier` fruitless rounds.
    So is a run that ended early and tells of no failure.
    """
    found: dict[str, list[TestFailure]] = {}
    for failure in report.failures:
        found.setdefault(_module_of(failure, files), []).append(failure)
    nowhere = found.pop("", [])
    if not found:
        names = list(files.values())
        found[names[-1 - earlier % len(names)]] = nowhere
    order = list(files.values())
    return {name: tuple(found[name]) for name in sorted(found, key=order.index)}


def _module_of(failure: TestFailure, files: Mapping[str, str]) -> str:
    traceback = [frame.file for frame in failure.frames]
    captured = [m["file"] or m["short"] for m in _CAPTURED_FRAME.finditer(failure.captured)]
    for paths in (traceback, captured):
        owners = [name for path in paths if (name := _owner(path, files))]
        if owners:
            return owners[-1]
    return ""


def _owner(path: str, files: Mapping[str, str]) -> str:
    """The module whose file `path` is; paths in logs may be absolute."""
    if path in files:
        return files[path]
    return next((name for file, name in files.items() if path.endswith("/" + file)), "")


def evidence(report: TestReport, failures: Sequence[TestFailure]) -> TestReport:
    """The part of an integration report that one module is shown."""
    return TestReport(
        verdict=report.verdict,
        collected=report.collected,
        passed=report.passed,
        failures=tuple(failures),
        note=report.note,
        sandbox=report.sandbox,
        seconds=report.seconds,
    )
