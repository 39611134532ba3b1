"""Strength measured: mutants and probing rows run by the TestRunner, several at once.

What is found is told as it comes, and what was found before is not run again as long as neither
the code nor the suite has changed.
"""

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TypeVar

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import TestReport, Verdict
from specloop.engine.suites import Suites
from specloop.errors import InvalidInput, RunnerUnavailable
from specloop.ports import TestJob, TestRunner
from specloop.spec.module import ModuleSpec
from specloop.spec.row import Row
from specloop.spec.row_tests import row_node_id
from specloop.strength.mutant import Mutant, mutants
from specloop.strength.nearest import nearest_requirement
from specloop.strength.probe import (
    asking,
    confirmed,
    killer,
    learned,
    row_text,
    variants,
    with_rows,
)
from specloop.strength.strength import Judged, Killed, Strength, Survivor, Unjudged

SLOWER = 5  # times the time of the suite on the code itself: then a mutant does not end
SHORTEST = 10  # seconds that a mutant always has

Keep = Callable[[Strength], None]
T = TypeVar("T")


def measure(
    suites: Suites,
    runner: TestRunner,
    spec: ModuleSpec,
    code: str,
    *,
    workers: int,
    kept: Strength | None = None,
    keep: Keep = lambda strength: None,
) -> Strength:
    """Run the module's suite on every mutant of its code; then look for rows for the survivors.

    `keep` is told what is known after every result, in the calling thread, so that it can be stored
    and shown. `kept` is what was stored last. InvalidInput where the code itself does not pass;
    RunnerUnavailable where tests cannot be run.
    """
    measuring = _Measuring(suites, runner, spec, code, workers, keep, kept)
    measuring.judge()
    measuring.find_requirements()
    measuring.look_for_rows()
    return measuring.strength


@dataclass(frozen=True, slots=True)
class _Probe:
    """The rows that hold for the code and are not in the spec, and the job that runs them."""

    spec: ModuleSpec
    rows: tuple[Row, ...]
    job: TestJob


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of looking for a row; `ended` says that it was ended from outside."""

    mutant: str
    row: Row | None
    ended: bool


class _Measuring:
    """The measuring of one module: what is known of each mutant so far."""

    def __init__(
        self,
        suites: Suites,
        runner: TestRunner,
        spec: ModuleSpec,
        code: str,
        workers: int,
        keep: Keep,
        kept: Strength | None,
    ) -> None:
        self._suites, self._runner, self._spec, self._code = suites, runner, spec, code
        self._workers, self._keep = workers, keep
        self._candidate = Candidate(spec.file, code)
        self._suite = suites.suite(spec, self._candidate)
        if not spec.has_tests:
            raise InvalidInput(
                f"{spec.path}: {spec.name!r} has no rows and no tests whose strength could be "
                "measured; add `examples`"
            )
        try:
            self._mutants = {mutant.id: mutant for mutant in mutants(code)}
        except SyntaxError as error:
            raise InvalidInput(_not_passing(spec, f"it is not Python: {error.msg}")) from error
        self._judged: dict[str, Judged] = {}
        if kept is not None and kept.suite == self._suite:
            self._judged.update({one.id: one for one in kept.killed})
            self._judged.update({one.id: one for one in kept.survived})

    @property
    def strength(self) -> Strength:
        """What is known."""
        return Strength.of(self._spec, self._suite, self._mutants.values(), self._judged)

    def judge(self) -> None:
        """Run the suite on the code, and on the mutants that were not judged yet."""
        waiting = [one for id_, one in self._mutants.items() if id_ not in self._judged]
        if not waiting:
            return
        job = self._job_of(self._spec)
        report = self._proof(replace(job, stop_early=True))
        if not report.ok:
            failed = report.failures[0].node_id if report.failures else report.note
            raise InvalidInput(_not_passing(self._spec, f"{failed} {report.verdict}"))
        job = replace(job, seconds=_limit(job, report), stop_early=True)
        self._run(
            waiting,
            lambda mutant: _judged(mutant, self._runner.run(_with_code(job, mutant))),
            self._note,
        )

    def find_requirements(self) -> None:
        """Name the requirement nearest to each survivor, from the spec as it is now."""
        strength = self.strength
        for one in strength.survived:
            mutant = self._mutants[one.id]
            near = nearest_requirement(self._spec, mutant, self._code, strength.killed)
            self._judged[one.id] = replace(one, requirement=near.full_id if near else "")

    def look_for_rows(self) -> None:
        """Find a row that would kill each survivor for which none was looked for yet."""
        waiting = {one.id: one for one in self.strength.survived if not one.settled}
        if not waiting:
            return
        probe = self._learn()
        if probe is None:
            for one in waiting.values():
                self._note(replace(one, note=self._why_no_row(one, 0)))
            return

        def note(found: _Found) -> None:
            one = waiting[found.mutant]
            if not found.ended:
                row = row_text(found.row) if found.row else ""
                why = "" if row else self._why_no_row(one, len(probe.rows))
                self._note(replace(one, row=row, note=why))

        mutants_waiting = [self._mutants[id_] for id_ in waiting]
        self._run(mutants_waiting, lambda mutant: self._seek(probe, mutant), note)

    def _seek(self, probe: _Probe, mutant: Mutant) -> _Found:
        """The first row of the probe that fails on a mutant, and fails again.

        Once is not enough: the row may ask for what changes by itself, such as the time.
        """
        report = self._runner.run(_with_code(probe.job, mutant))
        row = killer(probe.spec, probe.rows, report)
        if row is not None:
            node = row_node_id(probe.spec, row)
            again = replace(probe.job, targets=(node,), expected=(node,))
            report = self._runner.run(_with_code(again, mutant))
            row = killer(probe.spec, [row], report)
        return _Found(mutant.id, row, report.verdict is Verdict.ABORTED)

    def _learn(self) -> _Probe | None:
        """What the code does with variations of the rows' calls; None where nothing is learned.

        RunnerUnavailable where the runs proved nothing.
        """
        varied = variants(self._spec)
        asked = asking(varied)
        if not asked:
            return None
        asking_job = self._job_of(with_rows(self._spec, asked))
        rows = learned(self._spec, varied, asked, self._proof(asking_job))
        if not rows:
            return None
        job = self._job_of(with_rows(self._spec, rows))
        report = self._proof(job)
        rows = confirmed(self._spec, rows, report)
        if not rows:
            return None
        spec = with_rows(self._spec, rows)
        job = replace(self._job_of(spec), seconds=_limit(job, report), stop_early=True)
        return _Probe(spec, rows, job)

    def _proof(self, job: TestJob) -> TestReport:
        report = self._runner.run(job)
        if report.verdict is Verdict.ABORTED:
            raise RunnerUnavailable(f"the suite of {self._spec.name!r} was ended: {report.note}")
        return report

    def _job_of(self, spec: ModuleSpec) -> TestJob:
        """The suite as pytest alone judges it: a mutant does not cheat."""
        return replace(self._suites.job(spec, self._candidate), rows=None)

    def _run(
        self, waiting: Iterable[Mutant], work: Callable[[Mutant], T], note: Callable[[T], None]
    ) -> None:
        """Do the work on each of the mutants in threads, and note in this one what comes of it."""
        pool = ThreadPoolExecutor(max(1, self._workers), thread_name_prefix="specloop-mutant")
        try:
            futures = [pool.submit(work, mutant) for mutant in waiting]
            for future in as_completed(futures):
                note(future.result())
        finally:  # after an interruption, whoever owns the runner ends what still runs
            pool.shutdown(wait=False, cancel_futures=True)

    def _note(self, judged: Judged) -> None:
        self._judged[judged.id] = judged
        self._keep(self.strength)

    def _why_no_row(self, survivor: Survivor, tried: int) -> str:
        """What it means that no row was found."""
        line = survivor.line
        if not any(killed.line == line for killed in self.strength.killed):
            return f"nothing of line {line} is noticed: add a row that needs it, or leave it out"
        if not tried:
            return f"no row has a call that could be varied: add one that line {line} decides"
        return (
            f"none of {tried} variations of the rows tells it from the code: it may do the same; "
            f"if not, a row has to need what line {line} says"
        )


def _with_code(job: TestJob, mutant: Mutant) -> TestJob:
    return replace(job, files={**job.files, job.candidate: mutant.code.encode()})


def _limit(job: TestJob, report: TestReport) -> int:
    """The seconds that a mutant may take, from the time that the code itself took."""
    enough = max(SHORTEST, math.ceil(SLOWER * report.seconds))
    return min(job.seconds, enough) if job.seconds else enough


def _judged(mutant: Mutant, report: TestReport) -> Judged:
    if report.verdict is Verdict.ABORTED:
        return Unjudged(mutant.id, mutant.operator, mutant.line, report.note)
    if report.verdict is Verdict.PASSED:
        return Survivor(mutant.id, mutant.operator, mutant.line, mutant.diff)
    first = report.failures[0] if report.failures else None
    return Killed(
        mutant.id,
        mutant.operator,
        mutant.line,
        str(report.verdict),
        first.node_id if first else "",
        first.requirements if first else (),
    )


def _not_passing(spec: ModuleSpec, why: str) -> str:
    return (
        f"{spec.file}: strength is measured on code that passes its suite, and this does not "
        f"({why}); run `specloop run` first"
    )
