"""What a run of pytest does that is the same in each: done once, in the server, before any fork.

Each part replaces a function of pytest by one that looks up what is done already. Where this
version of pytest has no such function, or a trial run does not end as it must, nothing is replaced:
runs then take longer, and say the same.
"""

import ast
import contextlib
import importlib.metadata
import json
import os
import re
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from . import guard

_REWRITTEN = 400  # files whose rewritten code is kept
_SUITE = """
import logging
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_passes(
    number, request, pytestconfig, cache, tmp_path, tmp_path_factory, monkeypatch, caplog, capsys,
    recwarn, record_property, doctest_namespace,
):
    monkeypatch.setenv("A", "b")
    logging.getLogger().warning("c")
    assert number in {1: "d", 2: "e"}

def test_asserts():
    with pytest.raises(AssertionError, match="assert .1. == .2."):
        assert [1] == [2]
"""
_distributions = importlib.metadata.distributions


class Ahead:
    """Prepares runs of pytest; `settle` is called in the process of each run."""

    def __init__(self) -> None:
        self._code: dict[bytes, CodeType] = {}
        self._config: Any = None
        self._found: list[Any] = []  # distributions that have plugins
        self._fixtures: dict[int, ModuleType] = {}  # by the plugin that has them

    def prepare(self, folder: Path) -> list[str]:
        """Make what runs look up, and try it out in `folder`; the modules that a run imports."""
        with contextlib.suppress(ImportError, AttributeError, TypeError):
            from _pytest import config

            prepared = config.get_config()
            plugins = prepared.pluginmanager.get_plugins()
            modules = [each for each in plugins if isinstance(each, ModuleType)]
            self._fixtures = {id(each): _Fixtures(each) for each in modules if _is_pytests(each)}
            self._found = [_read(each) for each in _distributions() if _has_plugin(each)]
            self._config = prepared
        guard.cells()
        return self._try_out(folder)

    @property
    def works(self) -> bool:
        """Whether runs look up what is prepared."""
        return self._config is not None

    def rewrite(self, paths: Iterable[str]) -> None:
        """Have the assertions of these test files rewritten; code that cannot be is passed over."""
        from _pytest.assertion.rewrite import rewrite_asserts

        if not self.works:
            return
        for path in paths:
            try:
                source = Path(path).read_bytes()
                if source in self._code:
                    continue
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    tree = ast.parse(source, filename=path)
                    rewrite_asserts(tree, source, path)
                    code = compile(tree, path, "exec", dont_inherit=True)
            except Exception:  # the run itself says what is wrong with it, or warns
                continue
            if len(self._code) == _REWRITTEN:
                del self._code[next(iter(self._code))]
            self._code[source] = code

    def settle(self) -> None:
        """Have the run of this process look up what is prepared."""
        _allow_what_is_imported()
        if not self.works:
            return
        from _pytest import config
        from _pytest.assertion import rewrite
        from _pytest.fixtures import FixtureManager

        registered = FixtureManager.pytest_plugin_registered
        rewrite_test = rewrite._rewrite_test
        make_config = config.get_config

        def get_config(args: Any = None, plugins: Any = None, **more: Any) -> Any:  # noqa: ANN401
            config.get_config = make_config
            self._config.invocation_params = self._config.InvocationParams(
                args=args or (), plugins=plugins, dir=Path.cwd()
            )
            self._config.pluginmanager.consider_preparse(args or (), exclude_only=True)
            return self._config

        def _rewrite_test(path: Path, config: Any) -> tuple[Any, CodeType]:  # noqa: ANN401
            source = path.read_bytes()
            code = self._code.get(source)
            if code is None or config.getini("enable_assertion_pass_hook"):
                return rewrite_test(path, config)
            return path.stat(), _moved(code, str(path))

        def distributions(**query: Any) -> Iterable[Any]:  # noqa: ANN401
            return _distributions(**query) if query else self._found

        def pytest_plugin_registered(self: Any, plugin: object, plugin_name: str) -> None:  # noqa: ANN401
            # the objects that pytest registers itself have no fixtures, only its modules do
            ours = nothing if _is_pytests(type(plugin)) else plugin
            registered(self, fixtures.get(id(plugin), ours), plugin_name)

        fixtures, nothing = self._fixtures, ModuleType("nothing")
        for owner, replacement in (
            (FixtureManager, pytest_plugin_registered),
            (config, get_config),
            (rewrite, _rewrite_test),
            (importlib.metadata, distributions),
        ):
            setattr(owner, replacement.__name__, replacement)

    def _try_out(self, folder: Path) -> list[str]:
        """Run a small suite in a process of its own; the modules that it had to import.

        What expressions it had to compile are compiled. If it does not end as it must, nothing
        prepared is used.
        """
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reader)
            self._run(folder, writer)
        os.close(writer)
        with os.fdopen(reader) as told:
            found = json.loads(told.read() or '{"modules": [], "expressions": []}')
        _, status = os.waitpid(pid, 0)
        if status:
            self._config = None
        for expression, flags in found["expressions"]:
            re.compile(expression, flags)
        return found["modules"]  # type: ignore[no-any-return]

    def _run(self, folder: Path, writer: int) -> None:
        import pytest

        before = set(sys.modules)
        suite = folder / "test_ahead.py"
        suite.write_text(_SUITE)
        self.rewrite([str(suite)])
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        status = 70  # EX_SOFTWARE of sysexits.h
        try:
            self.settle()
            options = ["-q", "-o", f"cache_dir={folder / 'cache'}", f"--basetemp={folder / 'tmp'}"]
            status = pytest.main([*options, f"--rootdir={folder}", str(suite)], [_Restorer()])
            names = [name for name in sys.modules if name not in before and name != suite.stem]
            found = {"modules": names, "expressions": _compiled()}
            with os.fdopen(writer, "w") as told:
                json.dump(found, told)
        finally:
            os._exit(status)


def _allow_what_is_imported() -> None:
    """Have pytest not warn of plugins that it cannot rewrite, since we have imported them."""
    from _pytest.assertion.rewrite import AssertionRewritingHook

    imported = frozenset(sys.modules)
    warn = AssertionRewritingHook._warn_already_imported

    def warned(self: AssertionRewritingHook, name: str) -> None:
        if name not in imported:
            warn(self, name)

    setattr(AssertionRewritingHook, "_warn_already_imported", warned)  # noqa: B010 (for mypy)


def _compiled() -> list[tuple[str, int]]:
    """The regular expressions that this process has compiled and kept, with their flags."""
    kept = getattr(re, "_cache", {})
    return [(key[1], int(key[2])) for key in kept if key[0] is str]


def restore() -> None:
    """Put back what code of the project could see replaced."""
    importlib.metadata.distributions = _distributions


def plugin_modules() -> list[str]:
    """The modules of installed plugins of pytest, which else are rewritten as they are imported."""
    found: dict[str, None] = {}
    for distribution in filter(_has_plugin, _distributions()):
        named = [each.module for each in distribution.entry_points if each.group == "pytest11"]
        files = [path for path in distribution.files or () if path.suffix == ".py"]
        tops = [path.parts[0].removesuffix(".py") for path in files]
        found.update(dict.fromkeys(name for name in (*tops, *named)))
    return list(found)


class _Restorer:
    """The plugin of a trial: does what the reporter does before code of a project is imported."""

    def pytest_load_initial_conftests(self) -> None:
        """Put back what a run puts back there."""
        restore()


def _has_plugin(distribution: importlib.metadata.Distribution) -> bool:
    return any(entry.group == "pytest11" for entry in distribution.entry_points)


def _is_pytests(owner: ModuleType | type) -> bool:
    name = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__
    return name.startswith("_pytest.")


class _Fixtures(ModuleType):
    """A plugin as far as its fixtures go, which are looked for among all that a plugin has."""

    def __init__(self, plugin: ModuleType) -> None:
        super().__init__(plugin.__name__)
        self._names: list[str] = []
        for name, value in vars(plugin).items():
            marked = "_pytestfixturefunction" in getattr(value, "__dict__", ())  # before 8.4
            if marked or type(value).__name__ == "FixtureFunctionDefinition":
                setattr(self, name, value)
                self._names.append(name)

    def __dir__(self) -> list[str]:
        return self._names


class _Read(importlib.metadata.PathDistribution):
    """A distribution that has read its lists of plugins and of files."""

    def __init__(self, path: Any) -> None:  # noqa: ANN401
        super().__init__(path)
        self._entry_points = super().entry_points
        self._files = super().files

    @property
    def entry_points(self) -> Any:  # noqa: ANN401
        return self._entry_points

    @property
    def files(self) -> Any:  # noqa: ANN401
        return self._files


def _read(distribution: importlib.metadata.Distribution) -> importlib.metadata.Distribution:
    path = getattr(distribution, "_path", None)
    return (
        _Read(path) if type(distribution) is importlib.metadata.PathDistribution else distribution
    )


def _moved(code: CodeType, path: str) -> CodeType:
    """Code as if it stood at `path`."""
    inner = (_moved(each, path) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_filename=path, co_consts=tuple(inner))
