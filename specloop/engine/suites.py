"""What is made from the project's files for one module: its context, its checks, its suite."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from specloop.attempt.candidate import Candidate
from specloop.engine.inputs import Inputs
from specloop.loop.ladder import ModelLimits
from specloop.loop.next_action import Context
from specloop.loop.red import Stubs, stubs_of
from specloop.ports import RowsJob, StaticJob, TestJob
from specloop.prompt.context import Needed, PromptContext
from specloop.spec.fingerprint import digest
from specloop.spec.interface import import_path
from specloop.spec.module import ROW_TESTS, ModuleSpec
from specloop.spec.project import Project
from specloop.spec.row import Row
from specloop.spec.row_tests import render_row_tests, row_node_id
from specloop.spec.stub import stub


class Suites:
    """Lays out what a module is judged by, and what a model is told."""

    def __init__(
        self,
        project: Project,
        inputs: Inputs,
        models: tuple[ModelLimits, ...],
        package_names: frozenset[str],
    ) -> None:
        self._project = project
        self._inputs = inputs
        self._models = models
        self._package_names = package_names

    def context(self, spec: ModuleSpec) -> Context:
        """What a model is told, and how often it is asked."""
        settings = self._project.settings
        pythonpath = settings.project.pythonpath
        prompt = PromptContext(
            import_path=import_path(spec.file, pythonpath),
            style=tuple(settings.style.rules),
            packages=tuple(settings.project.packages),
            interfaces={
                need.name: Needed(
                    import_path(need.file, pythonpath),
                    self._inputs.interface(need, docstrings=True),
                    self._inputs.interface(need, docstrings=False),
                )
                for need in self._inputs.direct_needs(spec)
            },
            tests={
                path: data.decode("utf-8", "replace")
                for path, data in self._inputs.tests(spec).items()
            },
            module_lines=self._project.limit(spec, "module_lines"),
            function_lines=self._project.limit(spec, "function_lines"),
        )
        return Context(prompt, self._models, self._project.limit(spec, "attempts"))

    def parts(self, spec: ModuleSpec) -> Mapping[str, str]:
        """What the module is built from, with digests."""
        return self._inputs.parts(spec)

    def static_job(self, spec: ModuleSpec, candidate: Candidate) -> StaticJob:
        """The checks that run no code."""
        pythonpath = self._project.settings.project.pythonpath
        needs = (import_path(need.file, pythonpath) for need in self._inputs.direct_needs(spec))
        return StaticJob(
            file=spec.file,
            code=candidate.code,
            exports={export.name: export.source for export in spec.exports},
            imports=self._package_names.union(needs),
            module_lines=self._project.limit(spec, "module_lines"),
            function_lines=self._project.limit(spec, "function_lines"),
            ruff=tuple(self._project.settings.style.ruff),
            first_party=frozenset(
                import_path(module.file, pythonpath).partition(".")[0]
                for module in self._project.modules
            ),
        )

    def standing(self, spec: ModuleSpec) -> Candidate | None:
        """The module's file on the branch, where it has one."""
        code = self._inputs.code(spec)
        return None if code is None else Candidate(spec.file, self._inputs.text(spec))

    def stub(self, spec: ModuleSpec) -> Candidate:
        """What the red check runs on: the exports, none of which works."""
        return Candidate(spec.file, stub(spec))

    def job(
        self, spec: ModuleSpec, candidate: Candidate, expected: tuple[str, ...] = ()
    ) -> TestJob:
        """The module's suite on a candidate; `expected` are node ids besides those of the rows."""
        files = dict(self._inputs.test_files)
        for need in self._project.needs(spec):
            files[need.file] = self._inputs.text(need).encode()
        files[spec.file] = candidate.code.encode()
        rows = tuple((row_node_id(spec, row), row) for row in (*spec.rows, *spec.held_out))
        targets = list(spec.tests)
        if rows:
            files[spec.row_tests_file] = self.row_tests(spec)
            targets.insert(0, spec.row_tests_file)
        job = self._job(
            files,
            tuple(targets),
            candidate=spec.file,
            expected=tuple(dict.fromkeys((*(node for node, _ in rows), *expected))),
            seconds=self._project.limit(spec, "test_seconds"),
            memory_mb=self._project.limit(spec, "memory_mb"),
        )
        return replace(job, rows=self._rows_job(spec, rows) if rows else None)

    def _rows_job(self, spec: ModuleSpec, rows: tuple[tuple[str, Row], ...]) -> RowsJob:
        """The rows, to be judged again without their tests."""
        module = import_path(spec.file, self._project.settings.project.pythonpath)
        return RowsJob(
            module,
            names=tuple(export.name for export in spec.exports),
            exports=tuple(export.source for export in spec.exports),
            setup=spec.setup,
            rows=rows,
        )

    def red_job(self, specs: Sequence[ModuleSpec]) -> TestJob:
        """The suites of these modules in one run, on stubs of all modules."""
        # The folder of the row tests is run as one, for pytest takes long over hundreds of paths:
        # so no row test of a spec that is gone may lie there.
        user = self._inputs.test_files.items()
        files = {path: data for path, data in user if not path.startswith(ROW_TESTS)}
        files |= {other.file: stub(other).encode() for other in self._project.modules}
        rows = {spec.row_tests_file: self.row_tests(spec) for spec in specs}
        files |= {path: text for path, text in rows.items() if text}
        folder = [str(PurePosixPath(ROW_TESTS).parent)] if any(rows.values()) else []
        tests = (test for spec in specs for test in spec.tests)
        limit = max((self._project.limit(spec, "test_seconds") for spec in specs), default=0)
        job = self._job(
            files,
            tuple(dict.fromkeys([*folder, *tests])),
            seconds=limit + len(specs) if limit else 0,
            memory_mb=max((self._project.limit(spec, "memory_mb") for spec in specs), default=0),
        )
        return replace(job, brief=True)

    def stubs(self, specs: Sequence[ModuleSpec], without_code: Sequence[ModuleSpec]) -> Stubs:
        """What has no code when these specs are tried on stubs."""
        pythonpath = self._project.settings.project.pythonpath
        tests = {p: d for spec in specs for p, d in self._inputs.tests(spec).items()}
        return stubs_of(
            [import_path(other.file, pythonpath) for other in without_code],
            specs,
            {path: data.decode("utf-8", "replace") for path, data in tests.items()},
        )

    def integration_job(self) -> TestJob:
        """The integration tests on all modules as they stand on the branch."""
        files = dict(self._inputs.test_files)
        for spec in self._project.modules:
            files[spec.file] = self._inputs.text(spec).encode()
        limits = self._project.settings.limits
        return self._job(
            files,
            tuple(self._project.settings.integration.tests),
            seconds=limits.test_seconds,
            memory_mb=limits.memory_mb,
        )

    def suite(self, spec: ModuleSpec, candidate: Candidate) -> str:
        """The digest of all that a verdict on the candidate depends on: equal ones are the same."""
        return self.suites(spec)(candidate)

    def suites(self, spec: ModuleSpec) -> Callable[[Candidate], str]:
        """The same for any candidate, with the branch as it is now: callable in any thread."""
        needs = {need.file: self._inputs.text(need) for need in self._project.needs(spec)}
        limits = [self._project.limit(spec, key) for key in ("test_seconds", "memory_mb")]
        common = [self.row_tests(spec).decode(), spec.tests, needs, limits]
        surroundings = self._inputs.surroundings
        return lambda candidate: digest([[candidate.code, *common], surroundings])

    def integration_suite(self) -> str:
        """The digest of all that a verdict of the integration tests depends on."""
        code = {spec.file: self._inputs.text(spec) for spec in self._project.modules}
        settings = self._project.settings
        limits = [settings.limits.test_seconds, settings.limits.memory_mb]
        return digest([code, settings.integration.tests, limits, self._inputs.surroundings])

    def rows_stand(self, spec: ModuleSpec) -> bool:
        """Whether the tests made from the example rows stand on the branch as they must."""
        rows = self.row_tests(spec)
        return not rows or self._inputs.at_tip(spec.row_tests_file) == rows

    def commit_files(self, spec: ModuleSpec, candidate: Candidate) -> Mapping[str, bytes]:
        """What a commit of the module holds."""
        rows = self.row_tests(spec)
        files = {spec.file: candidate.code.encode()}
        return {**files, spec.row_tests_file: rows} if rows else files

    def row_tests(self, spec: ModuleSpec) -> bytes:
        """The pytest file made from the example rows, b"" where there are none."""
        return render_row_tests(spec, self._project.settings.project.pythonpath).encode()

    def _job(
        self,
        files: Mapping[str, bytes],
        targets: tuple[str, ...],
        *,
        candidate: str = "",
        expected: tuple[str, ...] = (),
        seconds: int,
        memory_mb: int,
    ) -> TestJob:
        pythonpath = tuple(self._project.settings.project.pythonpath)
        return TestJob(files, targets, candidate, expected, pythonpath, seconds, memory_mb)
