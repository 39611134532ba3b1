"""The port Repository, in git, by plumbing: one commit a module, on a branch of the run's own."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from specloop.commits.branch import Branch, moved_on, set_ref
from specloop.commits.objects import FILE, PROGRAM, Entry, Objects, blob_id
from specloop.commits.place import Place, find_place, start_repository, state_folder
from specloop.commits.trailers import message, parse_trailers
from specloop.errors import RepositoryUnavailable
from specloop.ports import CommitRecord, CommitRequest


class GitRepository:
    """The project in the folder `root`, and the run's branch of the repository it stands in.

    All paths are relative to `root`, which may be any folder of a work tree.
    """

    def __init__(self, root: Path, branch: str) -> None:
        self._root = root.resolve()
        self._branch_name = branch
        self._found: Place | None = None

    def prepare(self) -> tuple[str, ...]:
        """Make the repository and the branch ready and bring it up to HEAD.

        Returns what the user should be told. A repository without any commit is refused: its first
        one is the user's to make.
        """
        self._found = find_place(self._root)
        told = [] if self._found else [start_repository(self._root)]
        state_folder(self._root)
        self._place.require_settled()
        news = self._branch.bring_up()
        return tuple(told + ([news] if news else []))

    def tip(self) -> str:
        """The commit at the end of the run's branch."""
        found = self.find_tip()
        if found is None:
            raise RepositoryUnavailable(
                f"there is no branch {self._branch_name!r} in {str(self._root)!r} yet; `specloop "
                "run` makes it"
            )
        return found

    def exists(self) -> bool:
        """Whether the project is in a repository."""
        self._found = self._found or find_place(self._root)
        return self._found is not None

    def find_tip(self) -> str | None:
        """The commit at the end of the run's branch, else the one that a run would start it at.

        None where there is neither.
        """
        if not self.exists():
            return None
        head = ("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
        return self._branch.tip() or self._place.git.ask(*head)

    def read(self, path: str) -> bytes | None:
        """A file as it stands at the tip, or None."""
        entry = self._standing(self.tip(), [path]).get(path)
        return self._place.git.run("cat-file", "blob", entry.id) if entry else None

    def work_files(self) -> Mapping[str, bytes]:
        """The user's files in the work tree: tracked, or untracked and not ignored.

        Symbolic links, submodules and other repositories inside this one are left out.
        """
        listed = self._place.git.run(
            "ls-files", "-z", "--cached", "--others", "--exclude-standard"
        ).split(b"\0")
        found: dict[str, bytes] = {}
        for path in sorted({os.fsdecode(name) for name in listed if name}):
            content = None if path.startswith(".specloop/") else _content(self._root / path)
            if content is not None:
                found[path] = content
        return found

    def uncommitted(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Those of the paths that do not stand at the tip with this content, through no filter."""
        standing = self._standing(self.tip(), files)
        return tuple(
            path
            for path, content in files.items()
            if path not in standing or standing[path].id != blob_id(content)
        )

    def records(self) -> Mapping[str, CommitRecord]:
        """The newest commit of each module, by its name."""
        log = self._place.git.run(
            *("log", "-z", "--topo-order", "--format=%H%n%B"),
            *("--fixed-strings", "--grep=Specloop-Module: ", self.tip(), "--"),
        )
        found: dict[str, CommitRecord] = {}
        for item in log.decode("utf-8", "replace").split("\0"):
            commit, _, text = item.partition("\n")
            trailers = parse_trailers(text)
            module = trailers.get("Specloop-Module")
            if module and module not in found:
                key = trailers.get("Specloop-Key", "")
                found[module] = CommitRecord(module, commit, key, text.partition("\n")[0], trailers)
        return found

    def commit(self, request: CommitRequest) -> str:
        """Make the commit and move the branch; the commit's id.

        Idempotent: a newest commit of that module with the same key, whose files still stand at
        the tip, is returned instead. RepositoryUnavailable when the tip is no longer `parent`.
        """
        tip = self.tip()
        blobs = self._blobs(request.files)
        standing = self._standing(tip, request.files)
        if all(path in standing and standing[path].id == blob for path, blob in blobs.items()):
            record = self.records().get(request.module)
            if record and record.key == request.key:
                return record.commit
        if tip != request.parent:
            raise moved_on(self._branch_name, self._root)
        commit = self._build(tip, blobs, standing, request.at, message(request))
        self._branch.move(commit, tip, f"specloop: {request.module}")
        return commit

    def keep_failed(self, module: str, files: Mapping[str, bytes], message: str, at: int) -> str:
        """Keep a failed candidate under refs/specloop/failed/MODULE; the commit's id."""
        tip = self.tip()
        commit = self._build(tip, self._blobs(files), self._standing(tip, files), at, message)
        ref = f"refs/specloop/failed/{module}"
        done = set_ref(self._place, ref, commit, None, f"specloop: {module} failed")
        if done.returncode:
            raise self._place.git.refusal(done)
        return commit

    @property
    def _place(self) -> Place:
        if self._found is None:
            self._found = find_place(self._root)
        if self._found is None:
            raise RepositoryUnavailable(
                f"{str(self._root)!r} is in no git repository yet; `specloop run` makes one"
            )
        return self._found

    @property
    def _branch(self) -> Branch:
        return Branch(self._place, self._branch_name)

    @property
    def _objects(self) -> Objects:
        return Objects(self._place.git, self._place.objects)

    def _blobs(self, files: Mapping[str, bytes]) -> dict[str, str]:
        return {path: self._objects.blob(content) for path, content in files.items()}

    def _build(
        self, tip: str, blobs: Mapping[str, str], standing: Mapping[str, Entry], at: int, text: str
    ) -> str:
        """A commit on `tip` with the files `blobs`; a program stays one."""
        changes = {
            os.fsencode(self._place.prefix + path): Entry(_mode(standing.get(path)), blob)
            for path, blob in blobs.items()
        }
        tree = self._objects.tree(tip, changes)
        person = self._place.git.identity()
        return self._objects.commit(tree, (tip,), person, at, text)

    def _standing(self, commit: str, paths: Iterable[str]) -> dict[str, Entry]:
        """Those of the paths that are files in `commit`."""
        prefix = self._place.prefix
        listed = self._place.git.run(
            *("--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--"),
            *(prefix + path for path in paths),
        )
        found: dict[str, Entry] = {}
        for item in listed.split(b"\0")[:-1]:
            head, _, path = item.partition(b"\t")
            mode, kind, name = head.split(b" ")
            if kind == b"blob":
                found[os.fsdecode(path).removeprefix(prefix)] = Entry(mode, name.decode())
        return found


def _mode(standing: Entry | None) -> bytes:
    return PROGRAM if standing and standing.mode == PROGRAM else FILE


def _content(file: Path) -> bytes | None:
    """The content of a regular file that is reached through no link; None for all else."""
    if not file.is_file() or file.resolve() != file:
        return None
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None  # deleted just now
    except OSError as error:
        raise RepositoryUnavailable(
            f"the file {str(file)!r} cannot be read: {error.strerror}; make it readable, or list "
            "it in .gitignore"
        ) from error
