"""What modules are built from, and whether what is committed is still that."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from specloop.spec.fingerprint import digest, files_digest, input_parts, module_key
from specloop.spec.interface import interface
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project

_REPLAY = "replay/"  # how the name of a model begins whose answers stand in a folder


class Inputs:
    """The files of a project as modules are built from them.

    `user_files` are what the user wrote, as it stood when the run began, by path; `read` gives
    generated code, as it stands on the run's branch when it is asked for.
    """

    def __init__(
        self,
        project: Project,
        user_files: Mapping[str, bytes],
        read: Callable[[str], bytes | None],
    ) -> None:
        self._project = project
        self._read = read
        generated = {spec.file for spec in project.modules}
        generated.update(spec.row_tests_file for spec in project.modules)
        self.user_files = {p: data for p, data in user_files.items() if p not in generated}

    @cached_property
    def test_files(self) -> dict[str, bytes]:
        """The user's files as code under test may read them.

        Specs hold rows that no model may see, and the answers of replay models are answers.
        """
        hidden = {str(PurePosixPath(spec.path)) for spec in self._project.modules}
        hidden |= {
            str(PurePosixPath(table.name.removeprefix(_REPLAY)))
            for table in self._project.settings.models
            if table.name.startswith(_REPLAY)
        }
        return {path: data for path, data in self.user_files.items() if not _below(path, hidden)}

    @cached_property
    def surroundings(self) -> str:
        """A digest of all that may decide a test besides generated code: the user's files.

        Specs count by what is made from them, and prose decides nothing.
        """
        specs = {spec.path for spec in self._project.modules}
        files = {
            path: data
            for path, data in self.user_files.items()
            if path not in specs and path != "project.toml" and not path.endswith((".md", ".rst"))
        }
        table = self._project.settings.project
        environment = [table.packages, table.test_packages, table.pythonpath, table.python]
        return digest([files_digest(files), environment])

    def at_tip(self, path: str) -> bytes | None:
        """A file at the tip of the branch."""
        return self._read(path)

    def code(self, spec: ModuleSpec) -> bytes | None:
        """The module's file at the tip of the branch."""
        return self._read(spec.file)

    def text(self, spec: ModuleSpec) -> str:
        """The module's file as text, "" where there is none."""
        return (self.code(spec) or b"").decode("utf-8", "replace")

    def direct_needs(self, spec: ModuleSpec) -> tuple[ModuleSpec, ...]:
        """The modules that the spec names, in build order."""
        return tuple(m for m in self._project.modules if m.name in spec.dependencies)

    def interface(self, spec: ModuleSpec, *, docstrings: bool) -> str:
        """The interface of the module as it stands on the branch, or as its spec declares it."""
        if self.code(spec) is None:
            return "\n\n".join(export.source for export in spec.exports)
        code = self.text(spec)
        try:
            return interface(code, [export.name for export in spec.exports], docstrings=docstrings)
        except SyntaxError:  # a person's edit on the branch; the module's own tests will tell
            return code

    def tests(self, spec: ModuleSpec) -> Mapping[str, bytes]:
        """The user's test files for a module, by path."""
        return self._below(spec.tests)

    def judged_by(self) -> Mapping[str, bytes]:
        """The user's files that say what is built and whether it is right, by path."""
        modules = self._project.modules
        specs = {
            spec.path: self.user_files[spec.path]
            for spec in modules
            if spec.path in self.user_files
        }
        tests = [test for spec in modules for test in spec.tests]
        integration = self._project.settings.integration.tests
        return {**specs, **self._below((*tests, *integration))}

    def parts(self, spec: ModuleSpec) -> Mapping[str, str]:
        """Digests of all that the module is to be built from, by the part."""
        interfaces = {
            need.name: self.interface(need, docstrings=False) for need in self.direct_needs(spec)
        }
        return input_parts(spec, self.tests(spec), interfaces)

    def fingerprint(self, spec: ModuleSpec) -> str:
        """The digest of all that the module is to be built from."""
        return digest(self.parts(spec))

    def key(self, spec: ModuleSpec) -> str | None:
        """The key of the module as it stands on the branch, or None where it does not."""
        code = self.code(spec)
        return None if code is None else module_key(self.fingerprint(spec), code)

    def integration_tests(self) -> str:
        """The digest of the integration tests."""
        return files_digest(self._below(self._project.settings.integration.tests))

    def _below(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The user's Python files that are, or stand below, one of these paths or node ids."""
        wanted = {str(PurePosixPath(path.partition("::")[0])) for path in paths}
        return {
            path: data
            for path, data in self.user_files.items()
            if path.endswith(".py") and _below(path, wanted)
        }


def _below(path: str, wanted: Collection[str]) -> bool:
    """Whether a path is one of those, or stands below one."""
    return path in wanted or any(str(up) in wanted for up in PurePosixPath(path).parents)
