"""What keeps evidence honest in a process that it shares with the code under test.

This makes no sandbox: it stops code that forges its verdict in passing, not code that is made to
hide it.
"""

import builtins
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
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
    own, getpid, write, encode = os.getpid(), os.getpid, os.write, _encoder()
    os.set_inheritable(descriptor, False)

    def send(kind: str, **fields: object) -> None:
        if getpid() != own:  # a fork of the test process says nothing
            return
        data = f"{token} {encode({'kind': kind, **fields})}\n".encode()
        while data:
            data = data[write(descriptor, data) :]

    return send


def _encoder() -> Callable[[object], str]:
    """What makes JSON, in C where it can be had: no method of a class is looked up on the way."""
    ours = json.JSONEncoder(check_circular=False)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return ours.encode
    in_c = make(
        None,
        ours.default,
        json.encoder.encode_basestring_ascii,
        None,
        ours.key_separator,
        ours.item_separator,
        False,
        False,
        True,
    )
    join = "".join
    return lambda value: join(in_c(value, 0))


def watch() -> Callable[[], list[str]]:
    """Remember how things are; the result tells the names of what is not so any more.

    All is compared by identity: what is changed may well be what comparing means.
    """
    modules = {name: sys.modules[name] for name in JUDGES if name in sys.modules}
    values = [(cell, _function(cell[1].get(cell[2]))) for cell in cells()]
    watched = [
        (name, namespace, key, namespace.get(key), function, *_parts(function))
        for (name, namespace, key), function in values
    ]

    def changed() -> list[str]:
        names = [
            name
            for name, namespace, key, value, function, code, defaults in watched
            if namespace.get(key) is not value
            or (code and (function.__code__ is not code or function.__defaults__ is not defaults))
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
    names: dict[str, set[str]] = {}  # by the file that they stand in
    for hook in hooks:
        for implementation in hook.get_hookimpls():
            names.setdefault(_file(implementation.function, candidate), set()).add(hook.name)
    strange = [file for file in names if file == candidate or not exists(file)]  # noqa: PTH110 (a tenth of the time)
    return sorted({f"hook {name}" for file in strange for name in names[file]})


def _file(hook: Any, unknown: str) -> str:  # noqa: ANN401
    """The file that the code of a hook stands in, which may be an object that can be called."""
    if isinstance(hook, partial):
        return _file(hook.func, unknown)
    code = getattr(hook, "__code__", None) or getattr(type(hook).__call__, "__code__", None)
    return code.co_filename if code else unknown


def _function(value: Any) -> Any:  # noqa: ANN401
    """The function behind a method of any kind, else the value itself."""
    return value.fget if isinstance(value, property) else getattr(value, "__func__", value)


def _parts(function: object) -> tuple[object, object]:
    """What of a function can be changed while it stays the same object."""
    return getattr(function, "__code__", None), getattr(function, "__defaults__", None)
