import pytest

from specloop.commits import accept as accepting
from specloop.commits.accept import Accepted, accept
from specloop.commits.repository import GitRepository
from specloop.errors import RepositoryUnavailable
from specloop.ports import CommitRequest

BRANCH = "specloop/x"


def build(root, files, at=1):
    repository = GitRepository(root, BRANCH)
    repository.prepare()
    trailers = (("Specloop-Module", "m"),)
    request = CommitRequest("m", str(files), "m: x", "", trailers, files, repository.tip(), at)
    return repository.commit(request)


def save(git, root):
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "theirs")
    return git(root, "rev-parse", "HEAD")


def refused(root, words):
    with pytest.raises(RepositoryUnavailable, match=words):
        accept(root, BRANCH)


def test_fast_forward_where_nothing_else_happened(project, git):
    commit = build(project, {"app/m.py": b"1", "tests/spec/test_m.py": b"2"})
    files = ("app/m.py", "tests/spec/test_m.py")
    assert accept(project, BRANCH) == Accepted("fast-forward", commit, files)
    assert git(project, "rev-parse", "main") == commit
    assert git(project, "status", "--porcelain") == ""
    assert (project / "app/m.py").read_bytes() == b"1"
    assert accept(project, BRANCH) == Accepted("nothing", commit)


def test_a_merge_where_the_person_went_on(project, git, put):
    commit = build(project, {"app/m.py": b"1"})
    put(project, "theirs.py", "1")
    head = save(git, project)
    taken = accept(project, BRANCH)
    assert (taken.kind, taken.files) == ("merge", ("app/m.py",))
    assert git(project, "rev-parse", "main", "main^1", "main^2").split() == [
        *(taken.commit, head, commit)
    ]
    assert git(project, "log", "-1", "--format=%s by %an") == "Merge specloop/x by Ada Ünal"
    assert GitRepository(project, BRANCH).prepare() != ()
    assert accept(project, BRANCH).kind == "nothing"


def test_a_merge_without_an_identity_is_signed_by_specloop(project, git, put):
    build(project, {"app/m.py": b"1"})
    put(project, "theirs.py", "1")
    save(git, project)
    git(project, "config", "--unset", "user.name")
    git(project, "config", "--unset", "user.email")
    git(project, "config", "user.useConfigOnly", "true")
    accept(project, BRANCH)
    assert git(project, "log", "-1", "--format=%ae %ce") == " ".join(["specloop@localhost"] * 2)


def test_files_are_named_from_the_projects_root(project, git, put):
    root = project / "services" / "one"
    put(root, "project.toml", "")
    save(git, project)
    build(root, {"m.py": b"1"})
    assert accept(root, BRANCH).files == ("m.py",)


@pytest.mark.parametrize("further", [False, True])
def test_uncommitted_work_in_other_files_stays(project, git, put, further):
    build(project, {"app/m.py": b"1"})
    if further:
        put(project, "theirs.py", "1")
        save(git, project)
    put(project, "app/main.py", "in the works")
    put(project, "note.txt", "untracked")
    assert accept(project, BRANCH).kind == ("merge" if further else "fast-forward")
    assert git(project, "status", "--porcelain").splitlines() == [" M app/main.py", "?? note.txt"]
    assert (project / "app/main.py").read_text() == "in the works"


def test_staged_work_in_other_files_stays_or_is_asked_for(project, git, put):
    build(project, {"app/m.py": b"1"})
    put(project, "app/main.py", "staged")
    git(project, "add", "-A")
    assert accept(project, BRANCH).kind == "fast-forward"
    assert git(project, "status", "--porcelain") == "M  app/main.py"
    build(project, {"app/m.py": b"2"})
    git(project, "commit", "-q", "-m", "theirs")
    put(project, "run.sh", "staged")
    git(project, "add", "-A")
    refused(project, "while 'run.sh' are staged; commit")
    assert git(project, "status", "--porcelain") == "M  run.sh"
    assert not (project / ".git" / "MERGE_HEAD").exists()


def change_tracked(project, git, put):
    put(project, "app/main.py", "in the works")


def change_staged(project, git, put):
    put(project, "app/main.py", "in the works")
    git(project, "add", "-A")


def delete_tracked(project, git, put):
    (project / "app/main.py").unlink()


def write_untracked(project, git, put):
    put(project, "app/m é.py", "mine")


def write_ignored(project, git, put):
    put(project, ".git/info/exclude", "m*\n")
    put(project, "app/m é.py", "mine")


@pytest.mark.parametrize(
    "work", [change_tracked, change_staged, delete_tracked, write_untracked, write_ignored]
)
@pytest.mark.parametrize("further", [False, True])
def test_uncommitted_work_that_would_be_touched_is_named(project, git, put, state, work, further):
    build(project, {"app/m é.py": b"1", "app/main.py": b"2"})
    if further:
        put(project, "theirs.py", "1")
        save(git, project)
    work(project, git, put)
    before = state(project)
    name = "app/main.py" if work.__name__.endswith(("tracked", "staged")) else "app/m é.py"
    name = "app/m é.py" if work is write_untracked else name
    refused(project, f"would change {name!r} in .*git stash")
    assert state(project) == before


def test_a_long_list_of_files_is_cut(project, put):
    build(project, {f"m{number:02}.py": b"1" for number in range(13)})
    for number in range(13):
        put(project, f"m{number:02}.py", "mine")
    refused(project, "'m09.py' and 3 more in")


def test_a_conflict_leaves_all_as_it_was(project, git, put, state):
    build(project, {"app/main.py": b"run\n", "app/m.py": b"1"})
    put(project, "app/main.py", "person\n")
    save(git, project)
    put(project, "run.sh", "in the works")
    before = state(project)
    refused(project, "(?s)CONFLICT.*app/main.py.*git merge specloop/x")
    assert state(project)[:4] + state(project)[5:] == before[:4] + before[5:]
    assert not (project / ".git" / "MERGE_HEAD").exists()


def test_a_hook_of_the_users_that_refuses_leaves_all_as_it_was(project, git, put):
    build(project, {"app/m.py": b"1"})
    put(project, "theirs.py", "1")
    head = save(git, project)
    put(project, ".git/hooks/commit-msg", "#!/bin/sh\necho no merges on Friday >&2\nexit 1\n")
    (project / ".git/hooks/commit-msg").chmod(0o755)
    refused(project, "no merges on Friday")
    assert git(project, "rev-parse", "HEAD") == head
    assert git(project, "status", "--porcelain") == ""


def test_nothing_to_accept_before_the_first_run(project, tmp_path, git):
    refused(project, "no branch 'specloop/x'.*specloop run")
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(empty, "no branch 'specloop/x'.*specloop run")


def test_a_detached_head_is_refused(project, git):
    build(project, {"app/m.py": b"1"})
    git(project, "switch", "-q", "--detach")
    refused(project, "no branch is checked out.*git switch")


def test_a_merge_under_way_is_finished_first(project, git, put):
    build(project, {"app/m.py": b"1"})
    put(project, ".git/MERGE_HEAD", git(project, "rev-parse", "HEAD") + "\n")
    refused(project, "a merge is under way")


def test_the_users_own_merge_options_do_not_get_in_the_way(project, git):
    commit = build(project, {"app/m.py": b"1"})
    git(project, "config", "merge.ff", "false")
    git(project, "config", "branch.main.mergeOptions", "--squash")
    assert accept(project, BRANCH).commit == commit


def test_commits_that_no_run_has_made_are_told(project, git, put):
    git(project, "switch", "-q", "-c", "aside")
    put(project, "aside.py", "1")
    aside = save(git, project)
    build(project, {"app/m.py": b"1"})
    put(project, "aside.py", "2")
    git(project, "commit", "-q", "-a", "-m", "more\n\nof it")
    more = git(project, "rev-parse", "HEAD")
    build(project, {"app/n.py": b"1"})
    git(project, "switch", "-q", "main")
    ids = [git(project, "rev-parse", "--short", commit) for commit in (aside, more)]
    taken = accept(project, BRANCH)
    assert taken.others == (f"{ids[0]} theirs", f"{ids[1]} more")
    assert set(taken.files) == {"aside.py", "app/m.py", "app/n.py"}


def test_a_branch_that_moves_after_the_check_is_merged_as_it_was(project, git, put, monkeypatch):
    commit = build(project, {"app/m.py": b"1"})
    require = accepting._require_committed

    def require_then_move(*arguments, **options):
        require(*arguments, **options)
        build(project, {"app/later.py": b"1"})

    monkeypatch.setattr(accepting, "_require_committed", require_then_move)
    assert accept(project, BRANCH).commit == commit
    assert not (project / "app/later.py").exists()
