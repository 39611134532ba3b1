import shutil

import pytest

from specloop.commits.repository import GitRepository
from specloop.errors import RepositoryUnavailable
from specloop.ports import CommitRequest

BRANCH = "specloop/x"
REF = f"refs/heads/{BRANCH}"


def prepare(root, branch=BRANCH):
    repository = GitRepository(root, branch)
    return repository, repository.prepare()


def build(repository, files, module="m"):
    trailers = (("Specloop-Module", module),)
    parent = repository.tip()
    return repository.commit(
        CommitRequest(module, str(files), f"{module}: x", "", trailers, files, parent, 1)
    )


def save(git, root, text="theirs"):
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", text)
    return git(root, "rev-parse", "HEAD")


def test_no_repository_yet_and_one_is_made_of_what_the_user_wrote(tmp_path, git, put):
    root = tmp_path / "shop"
    put(root, "project.toml", "[project]\n")
    put(root, "specs/a.yaml", "task: a\n")
    put(root, ".gitignore", "*.log\n")
    put(root, "x.log", "")
    put(root, ".specloop/journal.db", "x")
    repository, told = prepare(root)
    assert "made a git repository" in told[0]
    assert BRANCH in told[1]
    assert git(root, "log", "--format=%s by %an") == "Start of shop by specloop"
    assert git(root, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "ls-files").split() == [".gitignore", "project.toml", "specs/a.yaml"]
    assert (root / ".specloop" / ".gitignore").read_text() == "*\n"
    assert repository.tip() == git(root, "rev-parse", "main")
    assert prepare(root)[1] == ()


def test_a_crash_while_the_repository_is_made_leaves_none(tmp_path, git, put):
    put(tmp_path, "project.toml", "")
    put(tmp_path, ".specloop/new-repository/.git/HEAD", "ref: ")
    prepare(tmp_path)
    assert git(tmp_path, "ls-files") == "project.toml"
    assert not (tmp_path / ".specloop" / "new-repository").exists()


def test_the_branch_starts_at_the_commit_checked_out(project, git, state):
    before = state(project)
    repository, told = prepare(project)
    assert told == (f"made the branch {BRANCH!r} at {repository.tip()[:12]}",)
    assert repository.tip() == git(project, "rev-parse", "HEAD")
    assert state(project) == before
    assert prepare(project)[1] == ()


def test_a_branch_ahead_of_head_stays(project):
    repository, _ = prepare(project)
    commit = build(repository, {"m.py": b"1"})
    assert prepare(project)[1] == ()
    assert repository.tip() == commit


def test_a_branch_that_was_accepted_follows_by_fast_forward(project, git, put):
    repository, _ = prepare(project)
    build(repository, {"m.py": b"1"})
    git(project, "merge", "-q", BRANCH)
    put(project, "later.py", "1")
    head = save(git, project)
    (told,) = prepare(project)[1]
    assert told == f"brought the branch {BRANCH!r} up to {head[:12]}"
    assert repository.tip() == head


def test_both_moved_and_a_persons_version_wins(project, git, put, state):
    put(project, "both.py", "0")
    put(project, "gone.py", "0")
    put(project, "theirs.py", "0")
    put(project, "deep/a.py", "0")
    save(git, project)
    repository, _ = prepare(project)
    tip = build(
        repository,
        {
            "both.py": b"run",
            "gone.py": b"run",
            "ours.py": b"run",
            "same.py": b"same",
            "deep/b.py": b"run",
        },
    )
    put(project, "both.py", "person")
    (project / "gone.py").unlink()
    put(project, "theirs.py", "person")
    put(project, "same.py", "same")
    shutil.rmtree(project / "app")
    put(project, "app", "a file now")
    (project / "run.sh").unlink()
    put(project, "run.sh/now/a folder.py", "1")
    (project / "deep/a.py").unlink()
    head = save(git, project)
    before = state(project)
    (told,) = prepare(project)[1]
    assert told.endswith("your version stands of 'both.py', 'gone.py'")
    assert git(project, "rev-parse", f"{REF}^1", f"{REF}^2").split() == [tip, head]
    assert {
        path: repository.read(path)
        for path in (
            *("both.py", "gone.py", "ours.py", "theirs.py", "same.py", "app", "app/main.py"),
            *("run.sh", "run.sh/now/a folder.py", "deep/a.py", "deep/b.py"),
        )
    } == {
        "both.py": b"person",
        "gone.py": None,
        "ours.py": b"run",
        "theirs.py": b"person",
        "same.py": b"same",
        "app": b"a file now",
        "app/main.py": None,
        "run.sh": None,
        "run.sh/now/a folder.py": b"1",
        "deep/a.py": None,
        "deep/b.py": b"run",
    }
    assert state(project) == before
    assert prepare(project)[1] == ()
    git(project, "fsck", "--strict", "--no-dangling")


def test_the_same_merge_has_the_same_id(project, git, put):
    repository, _ = prepare(project)
    tip = build(repository, {"m.py": b"1"})
    put(project, "n.py", "1")
    save(git, project)
    prepare(project)
    merged = repository.tip()
    git(project, "update-ref", REF, tip)
    prepare(project)
    assert repository.tip() == merged


def test_names_that_are_no_text_are_carried_over(project, git):
    repository, _ = prepare(project)
    build(repository, {"m.py": b"1"})
    (project / "caf\udce9.txt").write_bytes(b"latin")
    (project / "new\nline.txt").write_bytes(b"line")
    save(git, project)
    prepare(project)
    assert git(project, "diff", "--name-only", "HEAD", REF) == "m.py"
    assert repository.work_files()["caf\udce9.txt"] == b"latin"


def test_a_file_that_everybody_deleted_leaves_a_tree_that_is_empty(tmp_path, git, put):
    put(tmp_path, "a/b/c.py", "")
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "user.name", "Ada")
    git(tmp_path, "config", "user.email", "a@b")
    save(git, tmp_path)
    repository, _ = prepare(tmp_path)
    tree = git(tmp_path, "rev-parse", f"{REF}^{{tree}}")
    ours = git(tmp_path, "commit-tree", "-p", REF, "-m", "empty", tree)
    git(tmp_path, "update-ref", REF, ours)
    shutil.rmtree(tmp_path / "a")
    save(git, tmp_path)
    prepare(tmp_path)
    assert git(tmp_path, "ls-tree", "-r", REF) == ""
    assert git(tmp_path, "rev-list", "--count", REF) == "4"
    git(tmp_path, "fsck", "--strict", "--no-dangling")
    assert repository.read("a/b/c.py") is None


def refused(root, words, branch=BRANCH):
    with pytest.raises(RepositoryUnavailable, match=words):
        prepare(root, branch)


def test_a_branch_that_is_checked_out_is_never_moved(project, git, put, tmp_path):
    repository, _ = prepare(project)
    git(project, "switch", "-q", BRANCH)
    refused(project, "checked out in .*git switch")
    git(project, "switch", "-q", "main")
    git(project, "worktree", "add", "-q", str(tmp_path / "tree"), BRANCH)
    refused(project, "checked out in .*/tree.*git switch")
    git(project, "worktree", "remove", str(tmp_path / "tree"))
    prepare(project)
    git(project, "switch", "-q", BRANCH)  # in the middle of a run
    tip = repository.tip()
    with pytest.raises(RepositoryUnavailable, match="checked out"):
        build(repository, {"m.py": b"1"})
    assert repository.tip() == tip


def test_a_branch_that_is_another_name_of_head_is_refused(project, git):
    git(project, "symbolic-ref", REF, "refs/heads/main")
    refused(project, "another name of 'refs/heads/main'")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MERGE_HEAD", "a merge is under way.*git merge --abort"),
        ("rebase-merge/head-name", "a rebase is under way.*git rebase --abort"),
        ("CHERRY_PICK_HEAD", "cherry-pick --abort"),
        ("REVERT_HEAD", "revert --abort"),
        ("BISECT_LOG", "git bisect reset"),
    ],
)
def test_what_a_person_is_in_the_middle_of_is_finished_first(project, git, put, name, words):
    put(project, f".git/{name}", git(project, "rev-parse", "HEAD") + "\n")
    refused(project, words)
    assert not (project / ".git" / REF).exists()


def test_a_repository_without_a_commit_is_refused(tmp_path, git):
    git(tmp_path, "init", "-q")
    refused(tmp_path, "no commit yet.*git commit")


def test_a_bare_repository_is_refused(tmp_path, git):
    git(tmp_path, "init", "-q", "--bare")
    refused(tmp_path, "bare repository.*git worktree add")


def test_ids_that_cannot_be_written_are_refused(tmp_path, git):
    git(tmp_path, "init", "-q", "--object-format=sha256")
    refused(tmp_path, "sha256 ids.*--object-format=sha1")


def test_histories_that_have_nothing_in_common_are_refused(project, git):
    prepare(project)
    git(project, "checkout", "-q", "--orphan", "fresh")
    git(project, "commit", "-q", "-m", "fresh")
    refused(project, "no common history.*git branch -D")


def test_what_git_says_is_passed_on(project, git):
    refused(project, "update-ref .*refusing to update ref with bad name", "a..b")
    git(project, "branch", "specloop")
    refused(project, "'refs/heads/specloop' exists; cannot create")


def test_a_damaged_link_to_a_repository_is_not_made_anew(tmp_path, put):
    put(tmp_path, ".git", "gitdir: /nowhere\n")
    refused(tmp_path, "not a git repository: /nowhere")


def test_a_shallow_clone_works(project, git, tmp_path):
    save_at = tmp_path / "shallow"
    git(project, "commit", "-q", "--allow-empty", "-m", "two")
    git(tmp_path, "clone", "-q", "--depth=1", project.as_uri(), str(save_at))
    repository, _ = prepare(save_at)
    build(repository, {"m.py": b"1"})
    assert prepare(save_at)[1] == ()
    git(save_at, "fsck", "--strict", "--no-dangling")


def publish(project, git, tmp_path, *remotes):
    """A clone whose remotes have the branch with one built module, and the commit there."""
    commit = build(prepare(project)[0], {"m.py": b"1"})
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", project.as_uri(), str(clone))
    git(clone, "config", "user.name", "Bo")
    git(clone, "config", "user.email", "bo@example.org")
    for remote in remotes:
        git(clone, "remote", "add", remote, project.as_uri())
        git(clone, "fetch", "-q", remote)
    return clone, commit


def test_a_fresh_clone_goes_on_with_what_the_remote_has(project, git, tmp_path):
    clone, commit = publish(project, git, tmp_path)
    repository, (told,) = prepare(clone)
    assert told == f"took up the branch {BRANCH!r} of origin at {commit[:12]}"
    assert repository.tip() == commit
    assert repository.records()["m"].commit == commit
    assert prepare(clone)[1] == ()


def test_what_is_taken_up_is_brought_up_to_head(project, git, put, tmp_path):
    clone, commit = publish(project, git, tmp_path)
    put(clone, "theirs.py", "1")
    head = save(git, clone)
    repository, (told,) = prepare(clone)
    assert told.startswith(f"took up the branch {BRANCH!r} of origin at {commit[:12]}; merged ")
    assert git(clone, "rev-parse", f"{REF}^1", f"{REF}^2").split() == [commit, head]
    assert repository.read("theirs.py") == b"1"


def test_of_several_remotes_origin_is_taken(project, git, tmp_path):
    clone, commit = publish(project, git, tmp_path, "another")
    git(clone, "update-ref", f"refs/remotes/another/{BRANCH}", "HEAD")
    assert "of origin at" in prepare(clone)[1][0]
    assert git(clone, "rev-parse", REF) == commit


def test_of_several_remotes_without_origin_none_is_taken(project, git, tmp_path):
    clone, _ = publish(project, git, tmp_path, "one", "two")
    git(clone, "remote", "remove", "origin")
    assert "made the branch" in prepare(clone)[1][0]
    assert git(clone, "rev-parse", REF) == git(clone, "rev-parse", "HEAD")


def test_the_only_remote_that_has_it_is_taken_whatever_its_name(project, git, tmp_path):
    clone, commit = publish(project, git, tmp_path, "one")
    git(clone, "update-ref", "-d", f"refs/remotes/origin/{BRANCH}")
    assert prepare(clone)[1] == (f"took up the branch {BRANCH!r} of one at {commit[:12]}",)


def test_a_remotes_branch_that_has_nothing_in_common_is_not_taken(project, git, tmp_path):
    clone, _ = publish(project, git, tmp_path)
    git(clone, "checkout", "-q", "--orphan", "fresh")
    git(clone, "commit", "-q", "-m", "fresh")
    assert "made the branch" in prepare(clone)[1][0]


def test_a_first_commit_holds_no_secret(tmp_path, git):
    root = tmp_path / "new"
    for name in ("project.toml", ".env", ".env.example", "server.key", ".venv/lib/x.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    (told,) = GitRepository(root, "work").prepare()[:1]
    assert ".git/info/exclude" in told
    assert git(root, "ls-files").splitlines() == [".env.example", "project.toml"]
