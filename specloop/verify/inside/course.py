"""What takes pytest from test to test, held against what it was: its hooks, its tests, who tells.

The guard looks at what all runs have in common, this at the objects of one run: code under test
finds them by way of the session. All is compared by identity, since comparing may be what was
changed.
"""

from collections.abc import Callable
from contextlib import suppress
from os.path import exists
from typing import Any

import pytest

from .guard import JUDGES

Changed = Callable[[], list[str]]


def remembered() -> tuple[Callable[[Changed], None], Changed]:
    """What takes a way to look for changes, and what looks in all of these ways."""
    ways: tuple[Changed, ...] = ()

    def remember(way: Changed) -> None:
        nonlocal ways
        ways = (*ways, way)

    def changed() -> list[str]:
        return [name for way in ways for name in way()]

    return remember, changed


def watch_hooks(config: pytest.Config, reporter: object) -> Changed:
    """Remember how hooks are called, and what of them pytest's judges and the reporter have."""
    manager, relay = config.pluginmanager, config.hook
    execute = vars(manager).get("_inner_hookexec")
    traced = config.known_args_namespace.debug is not None  # pytest itself puts another one there
    relayed: dict[str, Any] = vars(relay)
    callers = [
        (name, caller, caller._hookexec, caller._hookimpls, _judging(caller, reporter))
        for name, caller in relayed.items()
        if name.startswith("pytest_")
    ]

    def changed() -> list[str]:
        if config.pluginmanager is not manager or config.hook is not relay:
            return ["hooks"]
        if vars(manager).get("_inner_hookexec") is not execute and not traced:
            return ["hooks"]
        return [
            f"hook {name}"
            for name, caller, way, hooks, judging in callers
            if caller._hookexec is not way
            or caller._hookimpls is not hooks
            or (judging and _lack(hooks, judging))
            or relayed.get(name) is not caller
        ]

    return changed


def _judging(caller: Any, reporter: object) -> dict[int, tuple[Any, object]]:  # noqa: ANN401
    return {
        id(each): (each, each.function)
        for each in caller._hookimpls
        if each.plugin is reporter or each.function.__module__ in JUDGES
    }


def _lack(hooks: list[Any], judging: dict[int, tuple[Any, object]]) -> bool:
    """Whether a hook is missing, or has another function."""
    if not judging.keys() <= {*map(id, hooks)}:
        return True
    return bool([1 for each, function in judging.values() if each.function is not function])


def watch_object(name: str, thing: object) -> Changed:
    """Remember what it has and what its class has; numbers may change."""
    before = _all_of(thing)

    def changed() -> list[str]:
        now = _all_of(thing)
        others = [key for key, value in before.items() if now.get(key) is not value]
        if len(now) == len(before) and not [key for key in others if type(before[key]) is not int]:
            return []
        return [name]

    return changed


def _all_of(thing: object) -> dict[str, object]:
    return {**vars(type(thing)), **vars(thing)}


class Tests:
    """The tests as they were collected."""

    def __init__(self, candidate: str) -> None:
        self._candidate = candidate
        self._collected: dict[int, tuple[pytest.Item, list[object]]] = {}
        self._others: set[str] = set()  # files, of which none is the candidate

    def keep(self, session: pytest.Session) -> list[str]:
        """Remember all; the names of those that the code under test has made."""
        self._collected.update((id(item), (item, _parts(item))) for item in session.items)
        made = [name for item in session.items for name in self.made(item)]
        return made + (["hooks"] if "gethookproxy" in vars(session) else [])

    def changed(self, item: pytest.Item) -> list[str]:
        """The name of a test that is not the one that was collected."""
        kept, was = self._collected.get(id(item), (None, []))
        now = _parts(item)
        same = kept is item and len(was) == len(now)
        if same and not [1 for place, part in enumerate(was) if now[place] is not part]:
            return []
        return [f"test {item.nodeid}"]

    def made(self, item: pytest.Item) -> list[str]:
        """The name of a test if a function of it is the candidate's, and no decorator's.

        Where the tests themselves are the candidate, all of them are.
        """
        if str(item.path) == self._candidate:
            return []
        for function in _functions(item):
            if self._is_candidates(function):
                inner = [getattr(each, "__code__", None) for each in _inner(function)]
                if str(item.path) not in [code.co_filename for code in inner if code]:
                    return [f"test {item.nodeid}"]
        return []

    def _is_candidates(self, function: Any) -> bool:  # noqa: ANN401
        """Whether it stands in that file, or was made for that module of a text."""
        code = getattr(function, "__code__", None)
        if code is None or code.co_filename in self._others:
            return False
        file = code.co_filename
        if not exists(file):  # noqa: PTH110
            return bool(function.__globals__.get("__file__", self._candidate) == self._candidate)
        if file != self._candidate:
            self._others.add(file)
        return bool(file == self._candidate)


def _parts(item: Any) -> list[object]:  # noqa: ANN401
    """What makes out that an item is this test."""
    parameters = getattr(item, "callspec", None)
    values = parameters.params.values() if parameters else ()
    return [type(item), item.session, item.config, *_functions(item), *values]


def _functions(item: Any) -> list[Any]:  # noqa: ANN401
    """How it is run, and what is run, without what methods are bound to."""
    found = [item.runtest, item.obj] if isinstance(item, pytest.Function) else [item.runtest]
    return [getattr(each, "__func__", each) for each in found]


def _inner(function: Any) -> list[Any]:  # noqa: ANN401
    """What a decorator's function may call."""
    found = [getattr(function, "__wrapped__", None)]
    for cell in getattr(function, "__closure__", None) or ():
        with suppress(ValueError):  # it is empty
            found.append(cell.cell_contents)
    return found
