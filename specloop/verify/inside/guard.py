"""What keeps evidence honest in a process that it shares with the code under test.

This makes no sandbox: it stops code that forges its verdict in passing, not code that is made to
hide it.
"""

import builtins
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import is_
from os.path import exists
from types import BuiltinFunctionType, FunctionType
from typing import Any

JUDGES = (
    "pytest",
    "_pytest._code.code",
    "_pytest.assertion.rewrite",
    "_pytest.assertion.util",
    "_pytest.outcomes",
    "_pytest.python",
    "_pytest.python_api",
    "_pytest.raises",
    "_pytest.recwarn",
    "_pytest.reports",
    "_pytest.runner",
    "_pytest.skipping",
    "pluggy._callers",
    "pluggy._hooks",
)
OFTEN_REPLACED = {"__import__", "breakpoint", "help", "input", "open", "print"}
METHODS = (FunctionType, classmethod, staticmethod, property)


Send = Callable[..., None]


def channel(descriptor: int, token: str) -> Send:
    """The way to the coordinator: a function that writes one record.

    Only the function knows the descriptor and the token. What it calls is bound before any code
    of the project runs, which could put something else in its place.
    """
    own, getpid, write, encode = os.getpid(), os.getpid, os.write, json.JSONEncoder().encode
    os.set_inheritable(descriptor, False)

    def send(kind: str, **fields: object) -> None:
        if getpid() != own:  # a fork of the test process says nothing
            return
        data = f"{token} {encode({'kind': kind, **fields})}\n".encode()
        while data:
            data = data[write(descriptor, data) :]

    return send


def watch() -> Callable[[], list[str]]:
    """Remember how things are; the result tells the names of what is not so any more."""
    modules = {name: sys.modules[name] for name in JUDGES if name in sys.modules}
    watched = cells()
    before = [_parts(namespace.get(key)) for _, namespace, key in watched]

    def changed() -> list[str]:
        names = [
            name
            for (name, namespace, key), parts in zip(watched, before, strict=True)
            if not _same(parts, namespace.get(key))
        ]
        names += [name for name, module in modules.items() if sys.modules.get(name) is not module]
        return sorted(names)

    return changed


@lru_cache(maxsize=1)
def cells() -> list[tuple[str, Mapping[str, object], str]]:
    """All that counts: its full name, and where its value is looked up, by which key."""
    contents = {name: vars(sys.modules[name]) for name in JUDGES if name in sys.modules}
    found: list[tuple[str, Mapping[str, object], str]] = []
    for name, value in vars(builtins).items():
        if isinstance(value, (type, BuiltinFunctionType)) and name not in OFTEN_REPLACED:
            found.append((f"builtins.{name}", vars(builtins), name))
    for module, content in contents.items():
        for name, value in content.items():
            home = getattr(value, "__module__", "")
            if (isinstance(value, (FunctionType, type)) and home in JUDGES) or module == "pytest":
                found.append((f"{module}.{name}", content, name))
            if isinstance(value, type) and home == module:  # plugins do patch other classes
                members = vars(value)
                found += [
                    (f"{module}.{name}.{member}", members, member)
                    for member, inner in members.items()
                    if isinstance(inner, METHODS)
                ]
    return found


def strange_hooks(hooks: Iterable[Any], candidate: str) -> list[str]:
    """The names of hooks of pytest that the code under test has a part in.

    `hooks` are pluggy's callers. A person's hooks stand in files of theirs; what is made while the
    tests run stands in none.
    """
    found = []
    for hook in hooks:
        for implementation in hook.get_hookimpls():
            code = getattr(implementation.function, "__code__", None)
            file = code.co_filename if code else candidate
            if file == candidate or not exists(file):  # noqa: PTH110 (a tenth of the time)
                found.append(f"hook {hook.name}")
    return sorted(set(found))


def _parts(value: object) -> tuple[object, object, object]:
    """The objects that a value consists of: code and defaults of a function can be changed."""
    function = getattr(value, "__func__", value)
    return value, getattr(function, "__code__", None), getattr(function, "__defaults__", None)


def _same(before: tuple[object, object, object], value: object) -> bool:
    """Compared by identity: what is changed may well be what comparing means."""
    return all(map(is_, before, _parts(value)))
