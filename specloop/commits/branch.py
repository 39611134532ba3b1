"""The run's branch: made, brought up to what is checked out, moved by compare-and-swap.

HEAD, the index and the work tree are read and never written.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from specloop.commits.git import NOBODY, Done, signature
from specloop.commits.objects import Entry, Objects
from specloop.commits.place import Place
from specloop.errors import RepositoryUnavailable

_NOTHING = "0" * 40
_SHOWN = 10  # names of files in one message

Changes = dict[bytes, Entry | None]


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the repository at `place`, by its short name."""

    place: Place
    name: str

    @property
    def ref(self) -> str:
        """Its full name."""
        return f"refs/heads/{self.name}"

    def tip(self) -> str | None:
        """The commit at its end, or None where there is no such branch."""
        git = self.place.git
        return git.ask("rev-parse", "--quiet", "--verify", f"{self.ref}^{{commit}}")

    def move(self, new: str, old: str, reason: str) -> None:
        """Let it end in `new`; RepositoryUnavailable when it does not end in `old` any more."""
        self._require_apart()
        done = set_ref(self.place, self.ref, new, old, reason)
        if done.returncode:
            if (self.tip() or _NOTHING) != old:
                raise moved_on(self.name, self.place.git.folder)
            raise self.place.git.refusal(done)

    def bring_up(self) -> str | None:
        """Make it, or make it contain what is checked out; what to tell the user, if anything.

        A new one starts where a remote has it, so that a fresh clone goes on with what others
        built, and else at HEAD. Where it and HEAD both changed a file, a person's version, HEAD's,
        wins.
        """
        self._require_apart()
        head, tip = self.place.head(), self.tip()
        if tip is not None:
            return self._bring_up(tip, head)
        published = self._published(head)
        if published is None:
            self.move(head, _NOTHING, f"specloop: start at {head}")
            return f"made the branch {self.name!r} at {head[:12]}"
        remote, tip = published
        self.move(tip, _NOTHING, f"specloop: take up {remote}")
        told = f"took up the branch {self.name!r} of {remote} at {tip[:12]}"
        news = self._bring_up(tip, head)
        return f"{told}; {news}" if news else told

    def _published(self, head: str) -> tuple[str, str] | None:
        """The remote that has the branch, as far as is known here, and where it ends there.

        None where none has it, or several of which none is origin, or where it has nothing in
        common with `head`.
        """
        listed = self.place.git.run(
            "for-each-ref", "--format=%(objectname) %(refname)", f"refs/remotes/*/{self.name}"
        )
        found: dict[str, str] = {}
        for line in os.fsdecode(listed).splitlines():
            tip, _, ref = line.partition(" ")
            found[ref.removeprefix("refs/remotes/").removesuffix(f"/{self.name}")] = tip
        remote = next(iter(found)) if len(found) == 1 else "origin"
        if remote not in found or self.place.git.ask("merge-base", found[remote], head) is None:
            return None
        return remote, found[remote]

    def _bring_up(self, tip: str, head: str) -> str | None:
        if self._contains(tip, head):
            return None
        if self._contains(head, tip):
            self.move(head, tip, f"specloop: fast-forward to {head}")
            return f"brought the branch {self.name!r} up to {head[:12]}"
        return self._merge(tip, head)

    def changes(self, old: str, new: str) -> Changes:
        """The files that differ between two commits, as they are in the second."""
        listed = self.place.git.run(
            *("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev"),
            *("--ignore-submodules=none", old, new),
        )
        fields = listed.split(b"\0")[:-1]
        found: Changes = {}
        for status, path in zip(fields[::2], fields[1::2], strict=True):
            _, mode, _, name, letter = status.split(b" ")
            found[path] = None if letter == b"D" else Entry(mode, name.decode())
        return found

    def _merge(self, tip: str, head: str) -> str:
        git = self.place.git
        base = git.ask("merge-base", tip, head)
        if base is None:
            raise RepositoryUnavailable(
                f"the branch {self.name!r} and what is checked out in {str(git.folder)!r} have no "
                "common history; in a shallow clone: git fetch --unshallow; else give the branch "
                f"up: git branch -D {self.name}"
            )
        theirs, ours = self.changes(base, head), self.changes(base, tip)
        objects = Objects(git, self.place.objects)
        tree = objects.tree(tip, theirs)
        # The time of the later parent: the same merge has the same id, whenever it is made.
        at = max(int(git.line("log", "-1", "--format=%ct", commit)) for commit in (tip, head))
        text = f"Bring {self.name} up to {head[:12]}\n"
        merged = objects.commit(tree, (tip, head), git.identity(), at, text)
        self.move(merged, tip, f"specloop: merge {head}")
        told = f"merged {head[:12]}, which is checked out, into the branch {self.name!r}"
        both = [path for path, entry in theirs.items() if ours.get(path, entry) != entry]
        return f"{told}; your version stands of {named(both)}" if both else told

    def _contains(self, commit: str, other: str) -> bool:
        return self.place.git.ask("merge-base", "--is-ancestor", other, commit) is not None

    def _require_apart(self) -> None:
        """Moving a branch that is checked out would move HEAD under its owner."""
        git = self.place.git
        found = git.line("for-each-ref", "--format=%(symref)%00%(worktreepath)", self.ref)
        symref, _, folder = found.partition("\0")
        if symref:
            raise RepositoryUnavailable(
                f"the branch {self.name!r} is another name of {symref!r}, and a run must not move "
                "that; set another `branch` under [git] in project.toml"
            )
        if folder:
            raise RepositoryUnavailable(
                f"the run's branch {self.name!r} is checked out in {folder!r}, and a run must not "
                "move what is checked out; go back to your own: git switch BRANCH, or set another "
                "`branch` under [git] in project.toml"
            )


def set_ref(place: Place, ref: str, new: str, old: str | None, reason: str) -> Done:
    """Let a ref name `new`, durably, if it names `old`, or whatever it names.

    A lock that a dead run left on the ref is removed. Git itself waits for one first, longer than
    any living git keeps it, and other runs are kept away by the project's lock.
    """
    git = place.git
    arguments = ("update-ref", "--no-deref", "-m", reason, ref, new, *((old,) if old else ()))
    variables = signature(NOBODY)  # in the reflog it is specloop that moved the ref
    lock = place.common_dir / f"{ref}.lock"
    before = _inode(lock)
    done = git.attempt(*arguments, variables=variables)
    if done.returncode and before is not None and before == _inode(lock):
        lock.unlink(missing_ok=True)
        done = git.attempt(*arguments, variables=variables)
    return done


def moved_on(branch: str, folder: Path) -> RepositoryUnavailable:
    """The error of a commit that comes too late."""
    return RepositoryUnavailable(
        f"the branch {branch!r} in {str(folder)!r} was moved by somebody else during the run; run "
        "again: what was added stays, and the work goes on on top of it"
    )


def named(paths: Collection[bytes]) -> str:
    """Files in a message: all of them, or the first ones and how many more."""
    shown = ", ".join(repr(os.fsdecode(path)) for path in sorted(paths)[:_SHOWN])
    return f"{shown} and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else shown


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except (FileNotFoundError, NotADirectoryError):
        return None
