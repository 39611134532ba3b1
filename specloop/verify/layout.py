"""The fresh folder of one run: the project's files, a home, a place for temporary files."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from specloop.errors import InvalidInput, RunnerUnavailable

BYTECODE = ".pyc"  # no honest run leaves any: it is told not to
WATCHED = {".py", ".ini", ".toml", ".cfg"}
READ_UNASKED = {
    *("conftest.py", "sitecustomize.py", "usercustomize.py"),
    *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
    *("pyproject.toml", "tox.ini", "setup.cfg"),
}


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folders of one run; `project` is where the tests run and all that they should see.

    `laid_out` is the time, in ns, at which all files stood there.
    """

    path: Path
    laid_out: int = 0

    @property
    def project(self) -> Path:
        """The project's files."""
        return self.path / "project"

    @property
    def home(self) -> Path:
        """The home folder of the test process."""
        return self.path / "home"

    @property
    def tmp(self) -> Path:
        """The folder for temporary files of the test process."""
        return self.path / "tmp"

    @property
    def control(self) -> Path:
        """What the coordinator and the test process tell each other in files."""
        return self.path / "control"

    def write_order(self, name: str, order: Mapping[str, Any]) -> Path:
        """Write an order for a process of this run; the path of its file."""
        path = self.control / f"{name}.json"
        try:
            path.write_text(json.dumps(order))
        except OSError as error:
            raise RunnerUnavailable(_cannot_write(self.path, error)) from error
        return path

    def relative(self, text: str) -> str:
        """`text` with the paths of this run made relative, so that two runs read the same."""
        return text.replace(f"{self.project}/", "").replace(f"{self.path}/", "")


def lay_out(
    scratch: Path, files: Mapping[str, bytes], owner: tuple[int, int] | None = None
) -> RunFolder:
    """Make a fresh folder under `scratch` that holds `files`.

    `owner`, a user and a group, owns what may be written: all but the code and the settings.
    """
    for path in files:
        _refuse_escape(path)
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        run = RunFolder(Path(tempfile.mkdtemp(dir=scratch)).resolve())
        for folder in (run.project, run.home, run.tmp, run.control):
            folder.mkdir()
        for path, content in files.items():
            target = run.project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if owner:
            _hand_over(run, owner)
        # pytest looks for settings upwards: this empty file ends the search below the user's own
        last = run.path / "pytest.ini"
        last.touch()
        return replace(run, laid_out=last.stat().st_ctime_ns)
    except OSError as error:
        raise RunnerUnavailable(_cannot_write(scratch, error)) from error


def _hand_over(run: RunFolder, owner: tuple[int, int]) -> None:
    run.path.chmod(0o711)  # to be passed through
    for folder in (run.project, run.home, run.tmp):
        for place, _, names in os.walk(folder):
            os.chown(place, *owner)
            for name in names:
                if PurePosixPath(name).suffix not in WATCHED:
                    os.chown(Path(place, name), *owner)


def _cannot_write(folder: Path, error: OSError) -> str:
    return (
        f"cannot write the files of a test run into {str(folder)!r}: {error}; "
        "free space or mend the folder's permissions, then run again"
    )


def _refuse_escape(path: str) -> None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or not pure.parts or ".." in pure.parts or "\0" in path:
        raise InvalidInput(
            f"path {path!r} leaves the folder of the test run; "
            "give it relative to the project's root and without '..'"
        )


def altered(run: RunFolder, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Which of the code, the settings and pytest's own files are no longer as they were laid out.

    Also those that were written back since: the time of the last change tells, and no one can set
    it. New files count where pytest or the interpreter reads them unasked.
    """
    watched = [path for path in files if PurePosixPath(path).suffix in WATCHED]
    found = {path for path in watched if _differs(run, path, files[path])}
    laid_out = {run.project / path for path in files}
    for folder, _, names in os.walk(run.project):
        for name in names:
            path = Path(folder, name)
            if (name in READ_UNASKED or path.suffix == BYTECODE) and path not in laid_out:
                found.add(path.relative_to(run.project).as_posix())
    return tuple(sorted(found))


def _differs(run: RunFolder, path: str, content: bytes) -> bool:
    target = run.project / path
    try:
        return target.stat().st_ctime_ns > run.laid_out or target.read_bytes() != content
    except OSError:
        return True


def remove(folder: Path) -> None:
    """Delete a folder, also where tests took away its permissions."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    folder.chmod(0o700)
    for parent, names, _ in os.walk(folder):
        for name in names:
            inner = Path(parent, name)
            if not inner.is_symlink():
                inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def sweep(scratch: Path) -> None:
    """Delete what runs left behind that were killed. Only under the project's lock."""
    if scratch.is_dir():
        for folder in scratch.iterdir():
            remove(folder)
