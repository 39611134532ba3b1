"""Taking the result: the run's branch is merged into the one that is checked out."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from specloop.commits.branch import Branch, named
from specloop.commits.git import words
from specloop.commits.place import Place, find_place
from specloop.commits.trailers import parse_trailers
from specloop.errors import RepositoryUnavailable


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was taken: the commit now checked out, and the files that changed, from the root.

    `others` are the commits, each as its id and its subject, that neither a run made nor the branch
    checked out had before: such as work of another branch, which was checked out during a run.
    """

    kind: Literal["fast-forward", "merge", "nothing"]
    commit: str
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def accept(root: Path, branch: str) -> Accepted:
    """Merge the run's branch into the one that is checked out, as `git merge` of the user's would.

    RepositoryUnavailable, with everything as it was, where uncommitted work would be touched or
    the two do not fit. Uncommitted work in other files stays as it is.
    """
    root = root.resolve()
    place = find_place(root)
    tip = Branch(place, branch).tip() if place else None
    if place is None or tip is None:
        raise RepositoryUnavailable(
            f"there is no branch {branch!r} in {str(root)!r} to accept; build first: specloop run"
        )
    _require_branch(place, branch)
    place.require_settled()
    head = place.head()
    base = place.git.ask("merge-base", head, tip)
    if base == tip:
        return Accepted("nothing", head)
    changed = set(Branch(place, branch).changes(base or head, tip))
    _require_committed(place, changed, branch, fast_forward=base == head)
    others = _others(place, head, tip)
    _merge(place, branch, tip)
    files = sorted(os.fsdecode(path) for path in Branch(place, branch).changes(head, "HEAD"))
    return Accepted(
        "fast-forward" if base == head else "merge",
        place.head(),
        tuple(os.path.relpath(file, place.prefix or ".") for file in files),
        others,
    )


def _require_branch(place: Place, branch: str) -> None:
    if place.git.ask("symbolic-ref", "--quiet", "HEAD") is None:
        raise RepositoryUnavailable(
            f"no branch is checked out in {str(place.git.folder)!r}, so that nothing could hold "
            f"the result; choose one first: git switch BRANCH, then accept {branch!r} again"
        )


def _require_committed(
    place: Place, changed: set[bytes], branch: str, *, fast_forward: bool
) -> None:
    """Refuse where the merge would change a file that holds work git knows nothing of."""
    top = Path(place.git.line("rev-parse", "--show-toplevel"))
    status = place.git.run("-C", str(top), "status", "-z", "--no-renames", "--untracked-files=no")
    items = [item for item in status.split(b"\0") if item]  # two letters, a blank, the path
    tracked = set(place.git.run("-C", str(top), "ls-files", "-z").split(b"\0"))
    # Ignored files count: git would overwrite them without a word.
    untracked = {path for path in changed - tracked if os.path.lexists(top / os.fsdecode(path))}
    touched = untracked | changed.intersection(item[3:] for item in items)
    if touched:
        raise RepositoryUnavailable(
            f"accepting {branch!r} would change {named(touched)} in {str(top)!r}, which hold work "
            "that is not committed; commit it or move it away (git stash --include-untracked), "
            "then accept again"
        )
    staged = {item[3:] for item in items if not item.startswith(b" ")}
    if staged and not fast_forward:
        raise RepositoryUnavailable(
            f"accepting {branch!r} needs a merge, and git makes none in {str(top)!r} while "
            f"{named(staged)} are staged; commit that (git commit) or put it aside (git stash), "
            "then accept again"
        )


def _others(place: Place, head: str, tip: str) -> tuple[str, ...]:
    """The commits, oldest first, that the merge brings along and that no run has made."""
    between = f"{head}..{tip}"
    log = place.git.run("log", "-z", "--no-merges", "--reverse", "--format=%h%n%B", between)
    found = []
    for item in log.decode("utf-8", "replace").split("\0"):
        commit, _, text = item.partition("\n")
        if commit and "Specloop-Module" not in parse_trailers(text):
            found.append(f"{commit} {text.partition(chr(10))[0]}")
    return tuple(found)


def _merge(place: Place, branch: str, tip: str) -> None:
    # The commit that was checked, since a run may go on and move the branch meanwhile.
    merged = place.git.as_user(
        *("merge", "--ff", "--no-squash", "--commit", "--no-edit", "--no-autostash"),
        *("-m", f"Merge {branch}", tip),
    )
    if merged.returncode == 0:
        return
    said = words(merged)
    if (place.git_dir / "MERGE_HEAD").exists():
        aborted = place.git.as_user("merge", "--abort")
        if aborted.returncode:
            raise place.git.refusal(aborted)
    raise RepositoryUnavailable(
        f"{branch!r} cannot be merged in {str(place.git.folder)!r} as it is, and all was left as "
        f"it was: {said}; merge by hand: git merge {branch}, then settle the conflicts, git add "
        "them, and git commit"
    )
