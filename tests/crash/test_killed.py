"""Killed with SIGKILL and started again, a run ends where an undisturbed one does."""

import signal

from specloop.cli.reading import read_past
from specloop.journal.sqlite import SqliteJournal
from specloop.spec.read import read_project


def test_every_append_and_every_move_of_the_branch(sums):
    undisturbed, disturbed = sums("undisturbed"), sums("disturbed")
    quiet = undisturbed.run("-q")
    assert quiet.returncode == 0, quiet.stderr
    assert undisturbed.subjects() == [
        "double: Double a number",
        "total: Add the doubles of numbers",
        "total: fix integration: Add the doubles of numbers",
    ]

    deaths = 0
    while (last := disturbed.run("-q", dying=True)).returncode == -signal.SIGKILL:
        deaths += 1
    assert last.returncode == 0, last.stderr

    points = disturbed.points.read_text().splitlines()
    assert deaths == len(points)
    assert sum(point.startswith("before append") for point in points) >= 25
    assert sum(point.startswith("after move") for point in points) == 3
    assert disturbed.subjects() == undisturbed.subjects()
    assert disturbed.tree() == undisturbed.tree()
    in_flight = sum(point.startswith("before append completion_received") for point in points)
    # A call that was announced and not sent is asked later, not twice.
    assert len(disturbed.calls()) == len(undisturbed.calls()) + in_flight
    ledger = read_past(read_project(disturbed.root)).ledger
    assert ledger.usage.calls == len(undisturbed.calls())
    assert ledger.lost_tokens > 0
    assert disturbed.git("status", "--porcelain") == ""
    assert disturbed.git("symbolic-ref", "HEAD") == "refs/heads/main"
    assert disturbed.git("fsck", "--strict", "--no-dangling") == ""


def test_finished_run_does_nothing_when_run_again(sums):
    project = sums("again")
    assert project.run("-q").returncode == 0
    tip, calls = project.git("rev-parse", "specloop/sums"), project.calls()
    events = len(_events(project))

    assert project.run("-q").returncode == 0

    assert project.git("rev-parse", "specloop/sums") == tip
    assert project.calls() == calls
    assert len(_events(project)) == events


def test_fresh_clone_resumes_from_the_commits_alone(sums, tmp_path):
    project = sums("first")
    assert project.run("-q").returncode == 0
    calls = project.calls()
    clone = tmp_path / "clone"
    project.git("clone", "-q", str(project.root), str(clone))
    project.root = clone
    project.git("branch", "-q", "specloop/sums", "origin/specloop/sums")

    assert project.run("-q").returncode == 0
    assert project.calls() == calls


def _events(project):
    with SqliteJournal.open(project.root / ".specloop" / "journal.db", read_only=True) as journal:
        return journal.events()
