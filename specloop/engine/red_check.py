"""Rows and tests tried without any code, before a model is asked for some."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from specloop.attempt.report import TestReport, Verdict
from specloop.engine.suites import Suites
from specloop.errors import Finding, RunnerUnavailable
from specloop.loop.red import PASSES_WITHOUT_CODE, broken_tests, idle_rows, idle_tests
from specloop.ports import TestRunner
from specloop.spec.interface import import_path
from specloop.spec.module import ModuleSpec
from specloop.spec.read import Sources
from specloop.spec.row_tests import row_node_id

_PROVES_NOTHING = "passes without any code, so it proves nothing; compare what the module returns"


class RedCheck:
    """Runs suites on stubs of all modules, and finds what passes there, or cannot run at all."""

    def __init__(self, sources: Sources, suites: Suites, runner: TestRunner) -> None:
        self._sources = sources
        self._suites = suites
        self._runner = runner
        pythonpath = sources.project.settings.project.pythonpath
        self._stubs = {import_path(spec.file, pythonpath) for spec in sources.project.modules}

    def findings(self) -> tuple[Finding, ...]:
        """All of them: from one run of all suites, or, where that does not end well, one each."""
        specs = [spec for spec in self._sources.project.modules if spec.has_tests]
        try:
            found, ended = self._try(specs)
        except RunnerUnavailable:  # one of the suites; which one?
            found, ended = [], False
        if not ended:
            found += [one for spec in specs for one in self._try_alone(spec)]
        return tuple(dict.fromkeys(found))

    def _try_alone(self, spec: ModuleSpec) -> list[Finding]:
        try:
            return self._try([spec])[0]
        except RunnerUnavailable as error:
            line = self._sources.files[spec.name].line("tests")
            return [Finding(spec.path, line, "error", "S122", " ".join(str(error).split()))]

    def _try(self, specs: Sequence[ModuleSpec]) -> tuple[list[Finding], bool]:
        """The findings about these modules, and whether their run came to its end."""
        if not specs:
            return [], True
        report = self._runner.run(self._suites.red_job(specs))
        passing = [found for spec in specs for found in self._passing(spec, report)]
        ended = report.verdict in (Verdict.PASSED, Verdict.FAILED)
        return [*passing, *self._broken(specs, report)], ended

    def _passing(self, spec: ModuleSpec, report: TestReport) -> Iterator[Finding]:
        for row in idle_rows(spec, report):
            text = f"the row {_PROVES_NOTHING} with something"
            yield Finding(spec.path, row.line, "error", PASSES_WITHOUT_CODE, text)
        for node in idle_tests(spec, report):
            line = self._line(spec, node)
            if line is not None:
                text = f"{node} {_PROVES_NOTHING}, or leave the test out"
                yield Finding(spec.path, line, "warning", "W107", text)

    def _broken(self, specs: Sequence[ModuleSpec], report: TestReport) -> Iterator[Finding]:
        for broken in broken_tests(report, self._stubs):
            file = broken.node_id.partition("::")[0]
            lines = ((spec.path, self._line(spec, broken.node_id)) for spec in specs)
            path, line = next(((p, n) for p, n in lines if n is not None), (file, 1))
            text = f"{broken.node_id} cannot run, whatever the code: {broken.text}"
            yield Finding(path, line, "error", "S122", " ".join(text.split()))

    def _line(self, spec: ModuleSpec, node: str) -> int | None:
        """Where the spec has the row, or names the test; None where it does neither."""
        for row in (*spec.rows, *spec.held_out):
            if row_node_id(spec, row) == node:
                return row.line
        for place, target in enumerate(spec.tests):
            if _is_below(node, target):
                return self._sources.files[spec.name].line("tests", place)
        return None


def _is_below(node: str, target: str) -> bool:
    """Whether a node id is that of a target, or of something in it."""
    if "::" in target and "::" in node:
        return node == target or node.startswith((f"{target}::", f"{target}["))
    return PurePosixPath(node.partition("::")[0]).is_relative_to(target.partition("::")[0])
