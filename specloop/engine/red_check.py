"""Rows and tests tried without any code, before a model is asked for some."""

from collections.abc import Iterator, Sequence

from specloop.attempt.report import TestReport, Verdict
from specloop.engine.suites import Suites
from specloop.errors import Finding, RunnerUnavailable
from specloop.loop.red import (
    BROKEN_TESTS,
    PASSES_WITHOUT_CODE,
    Broken,
    all_idle,
    broken_tests,
    empty_tests,
    idle_rows,
    idle_tests,
)
from specloop.ports import TestRunner
from specloop.spec.module import ModuleSpec
from specloop.spec.path_rules import is_below
from specloop.spec.read import Sources
from specloop.spec.row_tests import row_node_id

_PROVES_NOTHING = "without any code, so it proves nothing; compare what the module returns"


class RedCheck:
    """Runs suites on stubs of all modules, and finds what passes there, or cannot run at all."""

    def __init__(self, sources: Sources, suites: Suites, runner: TestRunner) -> None:
        self._sources = sources
        self._suites = suites
        self._runner = runner
        self._rows = {
            row_node_id(spec, row): (spec.path, row.line)
            for spec in sources.project.modules
            for row in (*spec.rows, *spec.held_out)
        }

    def findings(self) -> tuple[Finding, ...]:
        """All of them: from one run of all suites, or, where that does not end well, one each."""
        specs = [spec for spec in self._sources.project.modules if spec.has_tests]
        try:
            report = self._run(specs) if specs else None
        except RunnerUnavailable:  # one of the suites; which one?
            report = None
        found = [] if report is None else self._about(specs, report)
        if specs and (report is None or not _ended(report)):
            found += [one for spec in specs for one in self._alone(spec)]
        return tuple(dict.fromkeys(found))

    def _run(self, specs: Sequence[ModuleSpec]) -> TestReport:
        return self._runner.run(self._suites.red_job(specs))

    def _alone(self, spec: ModuleSpec) -> Iterator[Finding]:
        try:
            report = self._run([spec])
        except RunnerUnavailable as error:
            yield self._finding(spec, "", "error", BROKEN_TESTS, str(error))
            return
        yield from self._about([spec], report)
        if not _ended(report):
            text = f"the tests do not come to their end without code: {report.note}; see what waits"
            yield self._finding(spec, "", "warning", "W120", f"{text}, or ends the process")

    def _about(self, specs: Sequence[ModuleSpec], report: TestReport) -> list[Finding]:
        found = [one for spec in specs for one in self._passing(spec, report)]
        stubs = self._suites.stubs(specs, self._sources.project.modules)
        for broken in broken_tests(report, stubs):
            owner = next((spec for spec in specs if self._names(spec, broken.node_id)), None)
            found.append(self._broken(owner, broken))
        for spec in specs:
            found += (self._broken(spec, broken) for broken in empty_tests(spec, report))
        return found

    def _broken(self, owner: ModuleSpec | None, broken: Broken) -> Finding:
        """Told where a spec has the row or names the test, else in the file itself."""
        text = f"{broken.node_id} cannot run, whatever the code: {broken.text}"
        if owner is not None:
            return self._finding(owner, broken.node_id, "error", BROKEN_TESTS, text)
        file = broken.node_id.partition("::")[0]
        return Finding(file, 1, "error", BROKEN_TESTS, " ".join(text.split()))

    def _passing(self, spec: ModuleSpec, report: TestReport) -> Iterator[Finding]:
        for row in idle_rows(spec, report):
            text = f"the row passes {_PROVES_NOTHING} with something"
            yield Finding(spec.path, row.line, "error", PASSES_WITHOUT_CODE, text)
        if not (spec.rows or spec.held_out) and all_idle(spec, report):
            text = "all tests of the module pass without any code, so they prove nothing; see that"
            yield self._finding(
                spec, "", "error", PASSES_WITHOUT_CODE, f"{text} they call what is exported"
            )
            return
        for node in idle_tests(spec, report):
            text = f"{node} passes {_PROVES_NOTHING}, or leave the test out"
            yield self._finding(spec, node, "warning", "W107", text)

    def _names(self, spec: ModuleSpec, node: str) -> bool:
        """Whether the spec has the row of that node, or names the test."""
        own = self._rows.get(node)
        if own is not None:
            return own[0] == spec.path
        return any(is_below(node, target) for target in spec.tests)

    def _finding(self, spec: ModuleSpec, node: str, level: str, code: str, text: str) -> Finding:
        """A finding where the spec has the row, or names the test, or else its tests."""
        _, line = self._rows.get(node, ("", 0))
        if not line:
            places = (n for n, target in enumerate(spec.tests) if is_below(node, target))
            place = next(places, None) if node else None
            path = ("tests",) if place is None else ("tests", place)
            line = self._sources.files[spec.name].line(*path)
        return Finding(spec.path, line, level, code, " ".join(text.split()))


def _ended(report: TestReport) -> bool:
    return report.verdict in (Verdict.PASSED, Verdict.FAILED)
