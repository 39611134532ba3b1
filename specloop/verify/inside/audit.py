"""What the interpreter itself tells of the code under test: an audit hook, which nobody can remove.

Checks of a source see what is written in it. Code that is put together while it runs is seen here:
its text is told, to be checked like the rest, and so are ways round any text. What other people's
packages do is none of this.
"""

import os
import sys
from collections.abc import Callable
from os import lstat
from os.path import abspath
from pathlib import Path
from threading import get_ident
from types import FrameType
from typing import Any

from .guard import Send
from .wire import Message

_TEXT = 50_000  # characters told of a source
_TEXTS = 40  # sources told of a run
_BYTECODE = ".pyc"
_LOOKS_UP = 3  # frames: ast.parse() and Path.read_text() stand between code and its doing
_WAYS_ROUND = {
    *("code.__new__", "ctypes.dlopen", "gc.get_objects", "gc.get_referents", "gc.get_referrers"),
    *("marshal.loads", "sys._current_frames", "sys._getframe", "sys.addaudithook"),
    *("sys.setprofile", "sys.settrace"),
}
_CODE = {"__code__", "__defaults__", "__kwdefaults__"}
_CHANGES = {"os.link", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"}


def install(send: Send, order: Message) -> None:
    """Tell from now on what the code of the project does, other than that of its tests."""
    listener = _Listener(send, order)
    heard = _HEARD  # this is called some thousands of times in the shortest run

    def hear(event: str, given: tuple[Any, ...]) -> None:
        if event in heard:
            listener.hear(event, given)

    sys.addaudithook(hear)


class _Listener:
    def __init__(self, send: Send, order: Message) -> None:
        self._send = send
        self._project = f"{order['folder']}/"
        self._tests = frozenset(self._project + path for path in order["tests"])
        self._watched = tuple(order["watched"])  # endings of code and settings
        self._laid_out: int = order["laid_out"]  # in ns: no file that changed since is as we put it
        self._heard: set[object] = set()
        self._compiled: list[str] = []
        self._busy: set[int] = set()  # threads

    def hear(self, event: str, given: tuple[Any, ...]) -> None:
        """Take what goes on in the caller's caller; what comes of that is not heard again."""
        thread = get_ident()
        if thread in self._busy:
            return
        self._busy.add(thread)
        try:
            _HEARD[event](self, event, given, sys._getframe(2))
        except (OSError, TypeError, ValueError, AttributeError):
            pass  # arguments that the call itself will refuse
        finally:
            self._busy.discard(thread)

    def _is_ours(self, frame: FrameType | None) -> bool:
        """Whether it is code of the project that no person wrote as a test, or has no file."""
        if frame is None:
            return False
        file: str = frame.f_code.co_filename
        if file.startswith(self._project):
            return file not in self._tests
        return file.startswith("<") and not file.startswith("<frozen")

    def _is_for_ours(self, frame: FrameType | None) -> bool:
        """Whether it is that code, or a function or two between it and what goes on."""
        for _ in range(_LOOKS_UP):
            if self._is_ours(frame):
                return True
            frame = frame.f_back if frame else None
        return False

    def _tell(self, name: str) -> None:
        if name not in self._heard:
            self._heard.add(name)
            self._send("reached", names=[name])

    def _way_round(self, event: str, given: tuple[Any, ...], frame: FrameType) -> None:
        if self._is_ours(frame):
            self._tell(event)

    def _attribute(self, event: str, given: tuple[Any, ...], frame: FrameType) -> None:
        if given[1] in _CODE and self._is_ours(frame):
            self._tell(given[1])

    def _compile(self, event: str, given: tuple[Any, ...], frame: FrameType | None) -> None:
        source, file = given
        if isinstance(file, str):
            self._put_there(file)
        text = source.decode(errors="replace") if isinstance(source, bytes) else source
        if isinstance(text, str) and len(self._compiled) < _TEXTS and self._is_for_ours(frame):
            self._compiled.append(text[:_TEXT])

    def _put_there(self, file: str) -> None:
        """Tell of a file that is run, if it is none of those that we have put there."""
        if file.startswith(self._project) and self._is_new(file):
            self._tell(f"a module that was put there: {file.removeprefix(self._project)}")

    def _is_new(self, path: str) -> bool:
        return lstat(path).st_ctime_ns > self._laid_out

    def _exec(self, event: str, given: tuple[Any, ...], frame: FrameType) -> None:
        if self._compiled and self._is_ours(frame):
            for text in self._compiled:
                if text not in self._heard:
                    self._heard.add(text)
                    self._send("compiled", names=[text])
            self._compiled.clear()

    def _open(self, event: str, given: tuple[Any, ...], frame: FrameType) -> None:
        path, _, flags = given
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._change(event, (path,), frame)
            return
        place = abspath(os.fsdecode(path))  # noqa: PTH100 (links are not followed)
        if place.endswith(_BYTECODE) and _loads(frame):
            self._put_there(place)
        elif place in self._tests and self._is_for_ours(frame):
            self._tell("its own tests, which it reads")

    def _change(self, event: str, given: tuple[Any, ...], frame: FrameType) -> None:
        for each in given[:2]:
            if isinstance(each, (str, bytes, os.PathLike)):
                path = abspath(os.fsdecode(each))  # noqa: PTH100
                if path.startswith(self._project) and self._was_laid_out(path):
                    self._tell(f"{event} of {path.removeprefix(self._project)}")

    def _was_laid_out(self, path: str) -> bool:
        """Whether it is code or a setting that we have put there, or a folder that has some."""
        if os.path.isdir(path):  # noqa: PTH112
            inner = (Path(above, name) for above, _, names in os.walk(path) for name in names)
            return any(self._was_laid_out(str(each)) for each in inner)
        return path.endswith(self._watched) and not self._is_new(path)


def _loads(frame: FrameType) -> bool:
    """Whether it is code of the interpreter's or of pytest's that imports modules."""
    file: str = frame.f_code.co_filename
    return file.startswith("<frozen importlib") or "/_pytest/" in file


_HEARD: dict[str, Callable[[_Listener, str, tuple[Any, ...], FrameType], None]] = {
    **dict.fromkeys(_WAYS_ROUND, _Listener._way_round),
    **dict.fromkeys(_CHANGES, _Listener._change),
    "object.__setattr__": _Listener._attribute,
    "object.__delattr__": _Listener._attribute,
    "compile": _Listener._compile,
    "exec": _Listener._exec,
    "open": _Listener._open,
}
