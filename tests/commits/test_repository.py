import os
import stat
import subprocess
import sys

import pytest

from specloop.commits import objects
from specloop.commits.git import Git
from specloop.commits.repository import GitRepository
from specloop.errors import RepositoryUnavailable
from specloop.ports import CommitRequest

BRANCH = "specloop/user-service"
REF = f"refs/heads/{BRANCH}"


def request(repository, files, module="slug", key="sha256:01", at=1_700_000_000):
    return CommitRequest(
        module=module,
        key=key,
        subject=f"{module}: Turn a title into a slug",
        body="14 tests passed",
        trailers=(("Specloop-Module", module), ("Specloop-Key", key)),
        files=files,
        parent=repository.tip(),
        at=at,
    )


@pytest.fixture
def repository(project):
    repository = GitRepository(project, BRANCH)
    repository.prepare()
    return repository


FILES = {"app/slug.py": b"def slug(): ...\n", "tests/spec/test_slug.py": b"def test_1(): ...\n"}


def test_a_commit_holds_its_files_on_top_of_its_parent(project, repository, git):
    made = request(repository, FILES)
    commit = repository.commit(made)
    assert repository.tip() == commit == git(project, "rev-parse", REF)
    assert git(project, "rev-parse", f"{commit}^") == made.parent
    changed = git(project, "diff", "--name-status", made.parent, commit).splitlines()
    assert changed == ["A\tapp/slug.py", "A\ttests/spec/test_slug.py"]
    assert {path: repository.read(path) for path in FILES} == FILES
    assert git(project, "log", "-1", "--format=%an <%ae> %ad|%cn <%ce> %cd", commit) == "|".join(
        ["Ada Ünal <ada@example.org> Tue Nov 14 22:13:20 2023 +0000"] * 2
    )
    git(project, "fsck", "--strict", "--no-dangling")


def test_what_a_person_sees_is_untouched(project, git, put, state):
    put(project, "app/main.py", "MAIN = 2\n")
    put(project, "staged.py", "")
    git(project, "add", "staged.py")
    put(project, "untracked file.txt", "")
    os.utime(project / "run.sh", (1, 1))  # which lets a plain `git status` write the index
    before = state(project)
    repository = GitRepository(project, BRANCH)
    repository.prepare()
    repository.work_files()
    repository.commit(request(repository, FILES))
    repository.keep_failed("b", {"b.py": b"?"}, "b failed", 1)
    assert state(project) == before


def test_no_program_of_the_users_runs(project, git, put, tmp_path):
    marker = tmp_path / "marker"
    program = put(tmp_path, "program", f"#!/bin/sh\necho $0 >>'{marker}'\nexit 1\n")
    program.chmod(0o755)
    hooks = project / ".git" / "hooks"
    for name in ("reference-transaction", "pre-commit", "post-commit", "commit-msg", "post-update"):
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(program)
    for name in (
        *("core.fsmonitor", "gpg.program", "filter.f.clean", "filter.f.smudge", "filter.f.process"),
        *("core.editor", "diff.external", "core.pager", "credential.helper"),
    ):
        git(project, "config", name, str(program))
    git(project, "config", "commit.gpgSign", "true")
    git(project, "config", "log.showSignature", "true")
    git(project, "config", "core.autocrlf", "true")
    put(project, ".gitattributes", "* filter=f text eol=crlf\n")
    repository = GitRepository(project, BRANCH)
    repository.prepare()
    commit = repository.commit(request(repository, {"a.py": b"1\r\n2\n"}))
    repository.keep_failed("b", {"b.py": b"?"}, "b failed", 1)
    assert repository.read("a.py") == b"1\r\n2\n"
    assert repository.records()["slug"].commit == commit
    assert "a.py" not in repository.work_files()
    assert not marker.exists()


def test_variables_of_another_repository_do_not_mislead(project, git, tmp_path, monkeypatch):
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", str(other))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / "objects"))
    repository = GitRepository(project, BRANCH)
    repository.prepare()
    commit = repository.commit(request(repository, FILES))
    monkeypatch.undo()
    assert git(project, "rev-parse", REF) == commit
    assert not (other / "objects").exists()


def test_the_same_request_has_the_same_id_in_another_clone(project, repository, git, tmp_path):
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(project), str(clone))
    git(clone, "config", "user.name", "Ada Ünal")
    git(clone, "config", "user.email", "ada@example.org")
    there = GitRepository(clone, BRANCH)
    there.prepare()
    made = request(repository, FILES)
    assert there.commit(made) == repository.commit(made)


def test_a_commit_is_made_once(project, repository, git):
    made = request(repository, FILES)
    first = repository.commit(made)
    assert repository.commit(made) == first
    other = repository.commit(request(repository, {"b.py": b""}, "b", "sha256:02"))
    assert repository.commit(made) == first
    assert repository.tip() == other
    assert git(project, "rev-list", "--count", REF) == "3"


def test_a_new_key_or_a_file_put_back_is_a_new_commit(project, repository):
    first = repository.commit(request(repository, FILES))
    second = repository.commit(request(repository, FILES, key="sha256:02"))
    assert second != first
    repository.commit(request(repository, {"app/slug.py": b"broken"}, "vandal", "sha256:03"))
    third = repository.commit(request(repository, FILES, key="sha256:02"))
    assert third not in (first, second)
    assert repository.read("app/slug.py") == FILES["app/slug.py"]


def test_a_tip_that_somebody_moved_is_not_committed_on(project, repository, git):
    made = request(repository, FILES)
    tree = git(project, "rev-parse", f"{REF}^{{tree}}")
    theirs = git(project, "commit-tree", "-p", REF, "-m", "a person's", tree)
    git(project, "update-ref", REF, theirs)
    with pytest.raises(RepositoryUnavailable, match="moved by somebody else"):
        repository.commit(made)
    assert repository.tip() == theirs


def test_programs_stay_programs_and_links_become_files(project, repository, git):
    (project / "link.py").symlink_to("app/main.py")
    git(project, "add", "link.py")
    git(project, "commit", "-q", "-m", "link")
    repository.prepare()
    repository.commit(request(repository, {"run.sh": b"#!/bin/sh\nls\n", "link.py": b"1\n"}))
    assert git(project, "ls-tree", REF, "run.sh", "link.py").split()[::4] == ["100644", "100755"]
    assert repository.read("app/deep/er/x.py") == b"X = 1\n"


def test_paths_may_hold_blanks_and_any_letters(project, repository, git):
    files = {"app/ü 名/a b.py": b"1", "app/[x]*.py": b"2", "-r": b"3", ":(top)x": b"4"}
    repository.commit(request(repository, files))
    assert {path: repository.read(path) for path in files} == files
    git(project, "fsck", "--strict", "--no-dangling")


def test_reading_what_is_not_there(project, repository):
    assert repository.read("nothing.py") is None
    assert repository.read("app") is None
    assert repository.read("app/main.py/x") is None


def test_before_a_run_has_made_its_branch_what_is_checked_out_is_read(project, git):
    other = GitRepository(project, "specloop/other")
    assert other.tip() == git(project, "rev-parse", "HEAD")
    assert other.read("app/main.py") == b"MAIN = 1\n"
    assert other.records() == {}


def test_without_any_commit_there_is_no_tip(tmp_path, git):
    git(tmp_path, "init", "-q")
    assert GitRepository(tmp_path, "specloop/x").find_tip() is None
    with pytest.raises(RepositoryUnavailable, match="specloop run"):
        GitRepository(tmp_path, "specloop/x").tip()


def test_records_are_the_newest_commits_of_each_module(project, repository, git):
    assert repository.records() == {}
    repository.commit(request(repository, {"a.py": b"1"}, "a", "sha256:01"))
    b = repository.commit(request(repository, {"b.py": b"1"}, "b", "sha256:02"))
    a = repository.commit(request(repository, {"a.py": b"2"}, "a", "sha256:03", at=5))
    records = repository.records()
    assert {name: (record.commit, record.key) for name, record in records.items()} == {
        "a": (a, "sha256:03"),
        "b": (b, "sha256:02"),
    }
    assert records["a"].subject == "a: Turn a title into a slug"
    assert records["a"].trailers == {"Specloop-Module": "a", "Specloop-Key": "sha256:03"}


def test_records_survive_acceptance_by_a_real_merge(project, repository, git):
    commit = repository.commit(request(repository, FILES))
    git(project, "commit", "-q", "--allow-empty", "-m", "meanwhile")
    git(project, "merge", "-q", "--no-edit", BRANCH)
    repository.prepare()
    assert repository.tip() == git(project, "rev-parse", "HEAD")
    assert repository.records()["slug"].commit == commit
    git(project, "commit", "-q", "--allow-empty", "-m", "prose\n\nSpecloop-Module: x\nis a trailer")
    repository.prepare()
    assert set(repository.records()) == {"slug"}


def test_a_failed_candidate_is_kept_apart(project, repository, git):
    tip = repository.tip()
    first = repository.keep_failed("slug", {"app/slug.py": b"1"}, "slug failed\n", 7)
    second = repository.keep_failed("slug", {"app/slug.py": b"2"}, "slug failed \ud800\n", 8)
    assert repository.tip() == tip
    assert git(project, "rev-parse", "refs/specloop/failed/slug") == second != first
    assert git(project, "show", f"{second}:app/slug.py") == "2"
    assert git(project, "rev-parse", f"{second}^") == tip
    git(project, "fsck", "--strict", "--no-dangling")


@pytest.mark.parametrize("ref", [REF, "refs/specloop/failed/slug"])
def test_the_lock_of_a_dead_run_is_removed(project, repository, put, ref):
    lock = put(project, f".git/{ref}.lock", "")
    theirs = [put(project, f".git/{name}.lock", "") for name in ("index", "HEAD", "packed-refs")]
    commit = repository.commit(request(repository, FILES))
    repository.keep_failed("slug", {"a.py": b""}, "failed", 1)
    assert repository.tip() == commit
    assert not lock.exists()
    assert all(other.exists() for other in theirs)


def test_work_files_are_what_git_would_take(project, repository, git, put, tmp_path):
    put(project, ".gitignore", "*.log\n/build\n")
    put(project, "new ü.py", "new")
    put(project, "a.log", "")
    put(project, "build/x.py", "")
    put(project, ".specloop/.gitignore", "")
    put(project, ".specloop/journal.db", "")
    put(tmp_path, "secret", "secret")
    (project / "link").symlink_to(tmp_path / "secret")
    (project / "folder").symlink_to(tmp_path)
    git(tmp_path, "init", "-q", str(project / "nested"))
    put(project, "nested/n.py", "")
    put(project, "app/main.py", "changed")
    (project / "app/deep/er/x.py").unlink()
    assert repository.work_files() == {
        ".gitignore": b"*.log\n/build\n",
        "app/main.py": b"changed",
        "new ü.py": b"new",
        "project.toml": b"[project]\n",
        "run.sh": b"#!/bin/sh\n",
    }


def test_a_tracked_file_behind_a_link_is_not_followed(project, repository, put, tmp_path):
    put(tmp_path, "elsewhere/er/x.py", "secret")
    (project / "app/deep/er/x.py").unlink()
    (project / "app/deep/er").rmdir()
    (project / "app/deep").rmdir()
    (project / "app/deep").symlink_to(tmp_path / "elsewhere")
    assert "app/deep/er/x.py" not in repository.work_files()


def test_a_project_may_be_a_folder_of_a_larger_repository(project, git, put):
    root = project / "services" / "slug é"
    put(root, "project.toml", "")
    put(root, "specs/a.yaml", "")
    repository = GitRepository(root, BRANCH)
    repository.prepare()
    repository.commit(request(repository, FILES))
    assert git(project, "show", f"{REF}:services/slug é/app/slug.py") == "def slug(): ..."
    assert repository.read("app/slug.py") == FILES["app/slug.py"]
    assert repository.read("run.sh") is None
    assert set(repository.work_files()) == {"project.toml", "specs/a.yaml"}


def test_a_project_in_an_ignored_folder_is_refused(project, put):
    put(project, ".gitignore", "/play\n")
    put(project, "play/project.toml", "")
    with pytest.raises(RepositoryUnavailable, match=r"ignored by the repository above.*git init"):
        GitRepository(project / "play", BRANCH).prepare()


def test_a_linked_work_tree_and_a_detached_head(project, git, tmp_path, state):
    tree = tmp_path / "tree"
    git(project, "worktree", "add", "-q", "--detach", str(tree), "main")
    before = state(project), state(tree)
    repository = GitRepository(tree, BRANCH)
    repository.prepare()
    commit = repository.commit(request(repository, FILES))
    assert git(project, "rev-parse", REF) == commit
    assert (state(project), state(tree)) == before


def test_without_an_identity_specloop_signs(project, git):
    git(project, "config", "--unset", "user.name")
    git(project, "config", "--unset", "user.email")
    git(project, "config", "user.useConfigOnly", "true")
    repository = GitRepository(project, BRANCH)
    repository.prepare()
    commit = repository.commit(request(repository, FILES))
    signed = git(project, "log", "-1", "--format=%an <%ae>, %cn <%ce>", commit)
    assert signed == "specloop <specloop@localhost>, specloop <specloop@localhost>"


def test_a_half_written_object_of_a_crash_is_replaced(project, repository, git):
    commit = repository.commit(request(repository, FILES))
    blob = git(project, "rev-parse", f"{commit}:app/slug.py")
    broken = project / ".git" / "objects" / blob[:2] / blob[2:]
    broken.chmod(0o644)
    broken.write_bytes(b"")
    again = request(repository, FILES, key="sha256:09")
    repository.commit(again)
    assert repository.read("app/slug.py") == FILES["app/slug.py"]
    git(project, "fsck", "--strict", "--no-dangling")


def test_objects_are_as_git_writes_them_and_nothing_else_is_left(project, repository, git):
    commit = repository.commit(request(repository, FILES))
    objects = project / ".git" / "objects"
    made = objects / commit[:2] / commit[2:]
    assert stat.S_IMODE(made.stat().st_mode) == 0o444
    assert not list(objects.glob("tmp_*"))


RUN = """
import sys
from pathlib import Path
from specloop.commits.repository import GitRepository
from specloop.ports import CommitRequest
repository = GitRepository(Path(sys.argv[1]), sys.argv[2])
repository.prepare()
print("ready", flush=True)
for number in range(4):
    name = f"m{number}"
    files = {f"app/{name}.py": name.encode(), f"tests/spec/test_{name}.py": b"pass"}
    if repository.read(f"app/{name}.py") is None:
        trailers = (("Specloop-Module", name), ("Specloop-Key", "k"))
        tip = repository.tip()
        repository.commit(CommitRequest(name, "k", name, "", trailers, files, tip, number))
    print(name, flush=True)
"""


def test_kill_9_at_any_time_loses_and_doubles_nothing(project, repository, git, state):
    before = state(project)
    command = [sys.executable, "-c", RUN, str(project), BRANCH]
    for lines in (1, 2, 4):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            for _ in range(lines):
                process.stdout.readline()
            process.kill()
    undisturbed = subprocess.run(command, check=True, capture_output=True, text=True)
    assert undisturbed.stdout.split() == ["ready", "m0", "m1", "m2", "m3"]
    subjects = git(project, "log", "--format=%s", REF).splitlines()
    assert subjects == ["m3", "m2", "m1", "m0", "one"]
    assert set(repository.records()) == {"m0", "m1", "m2", "m3"}
    assert state(project) == before
    git(project, "fsck", "--strict", "--no-dangling")


def test_an_object_that_a_prune_took_away_is_stored_again(project, repository, git, monkeypatch):
    real = objects.sync
    pruned = []

    def sync_after_prune(path):
        if not pruned:
            pruned.append(path)
            git(project, "gc", "-q", "--prune=now")
        real(path)

    monkeypatch.setattr(objects, "sync", sync_after_prune)
    content = b"kept all the same"
    name = objects.Objects(Git(project), project / ".git" / "objects").blob(content)
    assert pruned
    assert git(project, "cat-file", "blob", name) == content.decode()


def test_objects_that_cannot_be_written_are_explained(project, repository):
    objects = project / ".git" / "objects"
    made = request(repository, FILES)
    subprocess.run(["mv", str(objects), f"{objects}.away"], check=True)
    try:
        with pytest.raises(RepositoryUnavailable, match="run again"):
            repository.commit(made)
    finally:
        subprocess.run(["mv", f"{objects}.away", str(objects)], check=True)


def test_a_folder_that_is_gone_is_explained(tmp_path):
    with pytest.raises(RepositoryUnavailable, match="is the folder there"):
        GitRepository(tmp_path / "nowhere", BRANCH).tip()


def test_without_git_the_message_says_so(project, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RepositoryUnavailable, match="installed and on PATH"):
        GitRepository(project, BRANCH).prepare()
