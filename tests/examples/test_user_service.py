"""The example `user_service`: its packages are installed, its replies replayed, its commits tested.

All of it takes a while, so it happens once, and the tests look at what came of it.
"""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Folder, environment, specloop

from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.read import read_project
from specloop.strength.mutant import mutants

BRANCH = "specloop/user-service"


@dataclass
class Commit:
    """A commit of the run, and the suite of its module as it ran on that commit."""

    subject: str
    trailers: dict[str, str]
    files: list[str]
    spec: ModuleSpec
    suite: subprocess.CompletedProcess


@dataclass
class Built:
    """What the run left, and how pytest ended in the places it was tried in."""

    folder: Folder
    project: Project
    python: Path
    untouched: bool
    run: subprocess.CompletedProcess
    commits: list[Commit]
    clone: Folder
    accepted: subprocess.CompletedProcess
    race_before_the_fix: subprocess.CompletedProcess


def plain_pytest(python, root, *words):
    """Pytest with what the example installed and nothing else: specloop is out of reach."""
    variables = environment(PYTHONDONTWRITEBYTECODE="1")
    variables.pop("PYTHONPATH", None)
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=root, env=variables, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    places = tmp_path_factory.mktemp("places")
    folder = Folder(places / "user-service")
    specloop("init", folder.root, "--example", "user_service")
    before = folder.belongings()
    run = folder.specloop("run")
    untouched = folder.belongings() == before
    project = read_project(folder.root)
    python = folder.root / ".specloop" / "venv" / "bin" / "python"

    clone = Folder(places / "clone")
    folder.git("clone", "-q", str(folder.root), str(clone.root))
    clone.git("branch", "-q", BRANCH, f"origin/{BRANCH}")
    clone.specloop("accept")

    def about(commit):
        text = folder.git("log", "-1", "--format=%s%n%(trailers:only,unfold)", commit)
        subject, *lines = text.strip().splitlines()
        trailers = dict(line.split(": ", 1) for line in lines)
        files = folder.git("diff", "--name-only", f"{commit}~", commit).splitlines()
        return subject, trailers, files, project.module(trailers["Specloop-Module"])

    ids = folder.git("rev-list", "--reverse", f"main..{BRANCH}").splitlines()
    known = [about(commit) for commit in ids]
    for commit in ids:
        folder.git("worktree", "add", "-q", "--detach", str(places / commit), commit)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        accepted = pool.submit(plain_pytest, python, clone.root)
        race = ("tests/integration", "-k", "race")
        race_before_the_fix = pool.submit(plain_pytest, python, places / ids[-2], *race)
        suites = [
            pool.submit(plain_pytest, python, places / commit, spec.row_tests_file, *spec.tests)
            for commit, (*_, spec) in zip(ids, known, strict=True)
        ]
    return Built(
        folder=folder,
        project=project,
        python=python,
        untouched=untouched,
        run=run,
        commits=[Commit(*k, suite.result()) for k, suite in zip(known, suites, strict=True)],
        clone=clone,
        accepted=accepted.result(),
        race_before_the_fix=race_before_the_fix.result(),
    )


def test_everything_passes(built):
    assert built.run.stdout.startswith("6 of 6 modules passed, integration tests passed")
    status = built.folder.status()
    assert status["state"] == "passed"
    assert {module["state"] for module in status["modules"]} == {"passed"}
    assert (status["integration"]["state"], status["integration"]["attempts"]) == ("passed", 2)
    assert status["integration"]["tests"] == {"passed": 21, "failed": 0}
    assert built.untouched


def test_one_commit_a_module_and_one_fix(built):
    *modules, fix = built.commits
    names = [commit.spec.name for commit in modules]
    assert sorted(names) == sorted(spec.name for spec in built.project.modules)
    assert len(names) == 6
    for commit in modules:
        assert commit.subject == f"{commit.spec.name}: {commit.spec.title}"
        assert set(commit.spec.dependencies) <= set(names[: names.index(commit.spec.name)])
        assert commit.files == sorted([commit.spec.file, commit.spec.row_tests_file])
    assert fix.subject == "repository: fix integration: Repository of users"
    assert fix.files == ["app/repository.py"]


def test_modules_that_took_more_than_one_answer(built):
    attempts = {c.spec.name: int(c.trailers["Specloop-Attempts"]) for c in built.commits[:-1]}
    assert {name for name, number in attempts.items() if number >= 2} == {
        "schemas",
        "passwords",
        "service",
    }
    replies = built.folder.root / "replies"
    assert sum(attempts.values()) + 1 == len(list(replies.glob("*/*.md")))


def test_every_commit_passes_the_tests_of_its_module(built):
    assert plain_pytest(built.python, built.folder.root, "--version").returncode == 0
    no_specloop = [built.python, "-I", "-c", "import specloop"]
    assert subprocess.run(no_specloop, capture_output=True, check=False).returncode == 1
    for commit in built.commits:
        assert commit.suite.returncode == 0, (commit.subject, commit.suite.stdout)
        passed = commit.trailers["Specloop-Tests"].partition(" passed")[0]
        assert f"{passed} passed" in commit.suite.stdout


def test_the_fix_is_needed(built):
    assert built.race_before_the_fix.returncode == 1
    assert "2 failed" in built.race_before_the_fix.stdout


def test_the_readme_counts_the_mutants_of_what_was_committed(built):
    readme = (built.folder.root / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|", readme, re.MULTILINE)
    counted = {
        spec.name: len(mutants(built.folder.git("show", f"{BRANCH}:{spec.file}") + "\n"))
        for spec in built.project.modules
    }
    assert {name: int(made) for name, made, *_ in table} == counted
    assert all(int(made) == int(killed) + int(survived) for _, made, killed, survived in table)


def test_second_run_does_nothing(built):
    tip = built.folder.git("rev-parse", BRANCH)
    events = built.folder.events("repository")
    again = built.folder.specloop("run", "-q")
    assert again.stderr == ""
    assert again.stdout.startswith("Nothing to do: 6 modules up to date")
    assert built.folder.git("rev-parse", BRANCH) == tip
    assert built.folder.events("repository") == events


def test_what_is_accepted_passes(built):
    assert built.clone.git("log", "-1", "--format=%s") == built.commits[-1].subject
    assert built.clone.git("status", "--porcelain") == ""
    app = {path.name for path in (built.clone.root / "app").glob("*.py")}
    assert app == {f"{spec.name}.py" for spec in built.project.modules}
    assert built.accepted.returncode == 0, built.accepted.stdout
    assert "failed" not in built.accepted.stdout.splitlines()[-1]
