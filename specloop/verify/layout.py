"""The fresh folder of one run: the project's files, a home, a place for temporary files."""

import contextlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from specloop.errors import InvalidInput, RunnerUnavailable

BYTECODE, CACHE = ".pyc", "__pycache__"  # beside our code no honest run leaves any: it is not to
READ_UNASKED = {
    *("conftest.py", "sitecustomize.py", "usercustomize.py"),
    *("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
    *("pyproject.toml", "tox.ini", "setup.cfg"),
}
WATCHED = {".py", *(f"/{name}" for name in READ_UNASKED)}  # endings of paths, wherever they are
BESIDE_CODE = {".ini", ".toml", ".cfg"}  # watched in the folders of code and below: elsewhere data

_SHARED = 0o1775  # the group may add entries, and take away none but its own
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# without blocking: else a pipe would be waited for
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folders of one run; `project` is where the tests run and all that they should see.

    `laid_out` is the time, in ns, at which all files stood there; `folders` are those that lead to
    a watched file, relative to the project, each with its device and inode.
    """

    path: Path
    laid_out: int = 0
    folders: tuple[tuple[str, tuple[int, int]], ...] = ()

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

    def relative(self, text: str) -> str:
        """`text` with the paths of this run made relative, so that two runs read the same."""
        return text.replace(f"{self.project}/", "").replace(f"{self.path}/", "")


def lay_out(
    scratch: Path, files: Mapping[str, bytes], owner: tuple[int, int] | None = None
) -> RunFolder:
    """Make a fresh folder under `scratch` that holds `files`; where that fails, none is left.

    `owner`, a user and a group, owns what may be written: all but the code, the settings, and the
    folders that lead to them. To those the owner may add files, but not rename what is watched.
    """
    for path in files:
        _refuse_escape(path)
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        run = RunFolder(Path(tempfile.mkdtemp(dir=scratch)).resolve())
        try:
            return _filled(run, files, owner)
        except BaseException:
            remove(run.path)
            raise
    except OSError as error:
        raise RunnerUnavailable(_cannot_write(scratch, error)) from error


def _filled(run: RunFolder, files: Mapping[str, bytes], owner: tuple[int, int] | None) -> RunFolder:
    for folder in (run.project, run.home, run.tmp, run.control):
        folder.mkdir()
    for path, content in files.items():
        target = run.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    watched = _watched(files)
    leading = _leading(watched)
    if owner:
        _hand_over(run, watched, leading, owner)
    # pytest looks for settings upwards: this empty file ends the search below the user's own
    last = run.path / "pytest.ini"
    last.touch()
    folders = tuple((path, _identity((run.project / path).lstat())) for path in leading)
    return replace(run, laid_out=last.stat().st_ctime_ns, folders=folders)


def _watched(files: Mapping[str, bytes]) -> list[str]:
    """What may not be changed: code, settings, and what code may take its settings from."""
    folders = {PurePosixPath(path).parent for path in files if path.endswith(".py")}
    below = folders - {PurePosixPath()}  # all is below the project's own
    return [
        path
        for path in files
        if f"/{path}".endswith(tuple(WATCHED))
        or (
            (file := PurePosixPath(path)).suffix in BESIDE_CODE
            and (file.parent in folders or not below.isdisjoint(file.parents))
        )
    ]


def _leading(files: Iterable[str]) -> list[str]:
    """The folders that lead to the files, the project's own included."""
    return sorted({str(parent) for path in files for parent in PurePosixPath(path).parents})


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _hand_over(
    run: RunFolder, watched: list[str], leading: list[str], owner: tuple[int, int]
) -> None:
    run.path.chmod(0o711)  # to be passed through
    ours = {run.project / path for path in (*watched, *leading)}
    for folder in (run.project, run.home, run.tmp):
        for place, _, names in os.walk(folder):
            if Path(place) in ours:
                os.chown(place, -1, owner[1])
                Path(place).chmod(_SHARED)
            else:
                os.chown(place, *owner)
            for name in names:
                if Path(place, name) not in ours:
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
    it. A folder that leads to them counts when another stands in its place, or when it changed
    though nothing came into it or left it: it was renamed and put back. Not seen is one that was
    put back and written to afterwards; where the run had an owner, none can be renamed. New files
    count where pytest or the interpreter reads them unasked: in a folder that the run made there
    are none, and what is imported from it is heard of by `inside/audit.py`.
    """
    moved = {path for path, identity in run.folders if _was_moved(run, path, identity)}
    found = {
        path
        for path in _watched(files)
        # through a folder that is not ours anything could be read
        if moved.isdisjoint(map(str, PurePosixPath(path).parents))
        and _differs(run, path, files[path])
    }
    return tuple(sorted(moved | found | _planted(run, files)))


def _was_moved(run: RunFolder, path: str, identity: tuple[int, int]) -> bool:
    try:
        found = (run.project / path).lstat()
    except OSError:
        return True
    renamed = found.st_mtime_ns <= run.laid_out < found.st_ctime_ns
    return renamed or _identity(found) != identity


def _differs(run: RunFolder, path: str, content: bytes) -> bool:
    try:
        with open(os.open(run.project / path, _FILE), "rb") as file:  # noqa: PTH123 (a descriptor)
            found = os.fstat(file.fileno())
            return (
                not stat.S_ISREG(found.st_mode)
                or found.st_nlink != 1
                or found.st_ctime_ns > run.laid_out
                or found.st_size != len(content)
                or file.read(len(content) + 1) != content
            )
    except OSError:
        return True


def _planted(run: RunFolder, files: Mapping[str, bytes]) -> set[str]:
    """New files that are read unasked, which are those in folders that were laid out."""
    found = set()
    ours = {str(run.project / folder) for folder in _leading(files)}
    waiting = [str(run.project)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.path in ours or entry.name == CACHE:
                        waiting.append(entry.path)
                elif entry.name in READ_UNASKED or entry.name.endswith(BYTECODE):
                    found.add(Path(entry.path).relative_to(run.project).as_posix())
    return found.difference(str(PurePosixPath(path)) for path in files)


def remove(folder: Path) -> None:
    """Delete a folder of any depth, also where tests took away its permissions; follows no link.

    What cannot be deleted stays.
    """
    with contextlib.suppress(OSError):
        if not stat.S_ISDIR(folder.lstat().st_mode):
            folder.unlink()
            return
        folder.chmod(0o700)
        top = os.open(folder, _FOLDER)
        try:
            _empty(top)
        finally:
            os.close(top)
        folder.rmdir()


def _empty(top: int) -> None:
    """Delete all in the folder `top`: what lies deeper is moved up to it, so no path grows long."""
    prefix = secrets.token_hex(8)  # of names that nothing there has
    moved = _clear(top, top, prefix, 0)
    count = len(moved)
    while moved:
        name = moved.pop()
        with contextlib.suppress(OSError):
            inner = os.open(name, _FOLDER, dir_fd=top)
            try:
                deeper = _clear(inner, top, prefix, count)
            finally:
                os.close(inner)
            count += len(deeper)
            moved += deeper
            os.rmdir(name, dir_fd=top)


def _clear(folder: int, top: int, prefix: str, count: int) -> list[str]:
    """Move the folders of `folder` to `top`, delete the rest; the new names of what was moved."""
    moved: list[str] = []
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        with contextlib.suppress(OSError):
            if is_folder:
                os.chmod(name, 0o700, dir_fd=folder)  # its contents can be reached, and it be moved
                new = f"{prefix}{count + len(moved)}"
                os.rename(name, new, src_dir_fd=folder, dst_dir_fd=top)
                moved.append(new)
            else:
                os.unlink(name, dir_fd=folder)
    return moved


def sweep(scratch: Path) -> None:
    """Delete what runs left behind that were killed. Only under the project's lock."""
    if scratch.is_dir():
        for folder in scratch.iterdir():
            remove(folder)
