import os
import shutil
import subprocess
from pathlib import Path

import pytest


def run_git(folder, *arguments, check=True):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=False, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip("\n")


@pytest.fixture(scope="session", autouse=True)
def only_our_settings():
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("GIT_") or name == "EMAIL":
                patch.delenv(name)
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        patch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
        yield


@pytest.fixture
def git():
    return run_git


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("template")
    run_git(root, "init", "-q", "-b", "main")
    run_git(root, "config", "user.name", "Ada Ünal")
    run_git(root, "config", "user.email", "ada@example.org")
    write(root, "project.toml", "[project]\n")
    write(root, "app/main.py", "MAIN = 1\n")
    write(root, "app/deep/er/x.py", "X = 1\n")
    write(root, "run.sh", "#!/bin/sh\n").chmod(0o755)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "-m", "one")
    return root


@pytest.fixture
def project(template, tmp_path):
    """A repository with one commit, whose owner is Ada."""
    root = tmp_path / "user service é"
    shutil.copytree(template, root)
    return root


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


@pytest.fixture
def put():
    return write


@pytest.fixture
def state():
    """All that a person sees of a repository and the run must leave alone."""

    def look(root):
        git_dir = Path(run_git(root, "rev-parse", "--absolute-git-dir"))
        index = (git_dir / "index").read_bytes()
        files = {
            path: path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and not {".git", ".specloop"} & set(path.parts)
        }
        return (
            (git_dir / "HEAD").read_bytes(),
            run_git(root, "rev-parse", "HEAD"),
            run_git(root, "--no-optional-locks", "status", "--porcelain"),
            run_git(root, "stash", "list"),
            index,
            files,
        )

    return look
