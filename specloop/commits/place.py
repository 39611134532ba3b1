"""Where a project stands in a git repository, and whether anything may be written there."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from specloop.commits.git import Git, signature
from specloop.commits.objects import sync
from specloop.errors import RepositoryUnavailable

_UNDER_WAY = {  # what stands in the git folder, by what a person is in the middle of
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
# What nobody who was not asked would commit: a secret stays in a history for ever.
_NOT_FOR_HISTORY = (
    *(".env", ".env.*", "!.env.example", "*.pem", "*.key", "id_rsa*"),
    *(".venv/", "venv/", "node_modules/", "__pycache__/", "*.pyc"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A project in a work tree.

    `prefix` is the project's folder as seen from the top of the work tree, with a slash at its end,
    or "". `git_dir` is the work tree's own git folder, `common_dir` the one that holds objects and
    branches.
    """

    git: Git
    prefix: str
    git_dir: Path
    common_dir: Path

    @property
    def objects(self) -> Path:
        """The folder of the object database."""
        return self.common_dir / "objects"

    def head(self) -> str:
        """The commit that is checked out."""
        found = self.git.ask("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
        if found is None:
            raise RepositoryUnavailable(
                f"the repository of {str(self.git.folder)!r} has no commit yet, and the run's "
                "branch needs one to start from: git add -A && git commit -m Start"
            )
        return found

    def require_settled(self) -> None:
        """RepositoryUnavailable while a merge, rebase, cherry-pick, revert or bisect goes on."""
        for name, action in _UNDER_WAY.items():
            if (self.git_dir / name).exists():
                raise RepositoryUnavailable(
                    f"a {action} is under way in {str(self.git.folder)!r}; {_way_out(action)}"
                )


def find_place(root: Path) -> Place | None:
    """The place of the project at `root`, or None where there is no repository at all."""
    git = Git(root)
    done = git.attempt(
        *("rev-parse", "--is-inside-work-tree", "--show-object-format", "--absolute-git-dir"),
        *("--git-common-dir", "--show-prefix"),
    )
    if done.returncode and b"not a git repository (or any" in done.stderr:
        return None
    if done.returncode:
        raise git.refusal(done)
    inside, object_format, git_dir, common_dir, prefix, *_ = os.fsdecode(done.stdout).split("\n")
    if inside != "true":
        raise RepositoryUnavailable(
            f"{str(root)!r} is in a bare repository, or inside a git folder; run specloop in a "
            "clone or work tree: git worktree add PATH"
        )
    if object_format != "sha1":
        raise RepositoryUnavailable(
            f"the repository of {str(root)!r} uses {object_format} ids, which specloop cannot "
            "write; use one made by: git init --object-format=sha1"
        )
    if prefix and git.ask("check-ignore", "--quiet", ".") is not None:
        raise RepositoryUnavailable(
            f"{str(root)!r} is ignored by the repository above it; give it one of its own: git init"
        )
    return Place(git, prefix, Path(git_dir), (root / common_dir).resolve())


def state_folder(root: Path) -> Path:
    """The project's `.specloop` folder, made when it is missing, which git never looks into."""
    folder = root / ".specloop"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")
    except OSError as error:
        raise RepositoryUnavailable(
            f"the folder {str(folder)!r} cannot be made: {error.strerror}; make {str(root)!r} "
            "writable and run again"
        ) from error
    return folder


def start_repository(root: Path) -> str:
    """Make a repository at `root`, with a first commit of all that is not ignored; what to tell.

    Secrets and installed packages are left out, even where nothing says to ignore them.

    It is made aside and renamed into its place, so that a crash leaves none or a whole one.
    """
    root = root.resolve()
    aside = state_folder(root) / "new-repository"
    shutil.rmtree(aside, ignore_errors=True)
    git = Git(root)
    git.run("-c", "init.defaultBranch=main", "init", "--quiet", str(aside))
    with (aside / ".git" / "info" / "exclude").open("a", encoding="utf-8") as exclude:
        exclude.write("".join(f"{pattern}\n" for pattern in _NOT_FOR_HISTORY))
    there = (f"--git-dir={aside / '.git'}", f"--work-tree={root}")
    git.run(*there, "add", "--all")
    subject = f"Start of {root.name}"
    first = git.attempt(
        *(*there, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", subject),
        variables=signature(git.identity()),
    )
    if first.returncode:
        raise git.refusal(first)
    os.sync()  # of what it writes at the start of a repository, git syncs nothing
    (aside / ".git").rename(root / ".git")
    sync(root)
    shutil.rmtree(aside)
    return (
        f"made a git repository in {str(root)!r}, with a first commit of the files there, without "
        "what .git/info/exclude lists (.env, keys, virtual environments)"
    )


def _way_out(action: str) -> str:
    if action == "bisect":
        return "end it with: git bisect reset"
    return f"end it with: git {action} --continue, or give it up with: git {action} --abort"
