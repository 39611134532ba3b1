"""What keeps evidence honest in a process that it shares with the code under test.

Run by path, by the reporter, with the standard library alone. This makes no sandbox: it stops code
that forges its verdict in passing, not code that is made to hide it.
"""

import builtins
import json
import os
import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType

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


def channel(descriptor: int, token: str) -> Callable[..., None]:
    """The pipe to the coordinator: a function that writes one record.

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
    contents = {name: vars(module) for name, module in modules.items()}
    before = dict(_state(contents))

    def changed() -> list[str]:
        now = dict(_state(contents))
        names = [name for name, parts in before.items() if not _same(parts, now.get(name, ()))]
        names += [name for name, module in modules.items() if sys.modules.get(name) is not module]
        return sorted(names)

    return changed


def _state(contents: dict[str, dict[str, object]]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The names of all that counts, each with the objects that it consists of."""
    for name, value in vars(builtins).items():
        if isinstance(value, type | BuiltinFunctionType) and name not in OFTEN_REPLACED:
            yield f"builtins.{name}", (value,)
    for module, content in contents.items():
        for name, value in content.items():
            home = getattr(value, "__module__", "")
            if (isinstance(value, FunctionType | type) and home in JUDGES) or module == "pytest":
                yield f"{module}.{name}", _parts(value)
            if isinstance(value, type) and home == module:  # plugins do patch other classes
                for member, inner in vars(value).items():
                    if isinstance(inner, METHODS):
                        yield f"{module}.{name}.{member}", _parts(inner)


def _parts(value: object) -> tuple[object, ...]:
    function = getattr(value, "__func__", value)
    return value, getattr(function, "__code__", None), getattr(function, "__defaults__", None)


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
