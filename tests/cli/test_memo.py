"""A kept status is used as long as nothing has changed, and not a moment longer."""

import subprocess

import pytest

from specloop.cli.memo import Memo, keep, recall, witness

FINE = Memo(("project.toml", "specs/*.yaml"), "work", {"state": "passed"}, "fine")


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".specloop").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "project.toml").write_text("[project]")
    (tmp_path / "specs" / "a.yaml").write_text("task: a")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    git(tmp_path, "branch", "work")
    keep(tmp_path, FINE, witness(tmp_path, FINE.patterns, FINE.branch))
    return tmp_path


def git(folder, *words):
    person = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *person, *words], cwd=folder, check=True, capture_output=True)


def edit_spec(root):
    (root / "specs" / "a.yaml").write_text("task: b")


def add_spec(root):
    (root / "specs" / "b.yaml").write_text("task: b")


def remove_spec(root):
    (root / "specs" / "a.yaml").unlink()


def rename_spec(root):
    (root / "specs" / "a.yaml").rename(root / "specs" / "b.yaml")


def write_journal(root):
    (root / ".specloop" / "journal.db").write_bytes(b"x")


def move_branch(root):
    git(root, "commit", "-q", "--allow-empty", "-m", "two")
    git(root, "branch", "-f", "work", "HEAD")


def delete_branch(root):
    git(root, "branch", "-D", "work")


def damage(root):
    (root / ".specloop" / "status.json").write_text("[1")


def test_nothing_has_changed(root):
    (root / "README").write_text("not what a status is made from")
    assert recall(root) == FINE


@pytest.mark.parametrize(
    "change",
    [
        edit_spec,
        add_spec,
        remove_spec,
        rename_spec,
        write_journal,
        move_branch,
        delete_branch,
        damage,
    ],
)
def test_something_has_changed(root, change):
    change(root)
    assert recall(root) is None


def test_nothing_was_kept(tmp_path):
    assert recall(tmp_path) is None


@pytest.mark.parametrize("change", [edit_spec, write_journal, move_branch])
def test_what_changes_while_a_status_is_made_voids_it(root, change):
    seen = witness(root, FINE.patterns, FINE.branch)
    change(root)  # such as by a run that begins and ends meanwhile
    keep(root, FINE, seen)
    assert recall(root) is None


def test_another_repository_in_the_variables_is_not_looked_at(root, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert recall(root) == FINE


def test_a_second_status_is_the_kept_one(folder):
    folder.start_repository()
    folder.specloop("run")
    folder.specloop("status")
    path = folder.root / ".specloop" / "status.json"
    kept = path.stat()
    assert "passed" in folder.specloop("status").stdout
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)
