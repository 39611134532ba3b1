"""Every command on the example `slug`: before, during and after its run."""

import json
import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from command_line import RIGHT, SPECLOOP, WHOLE, Folder, environment, specloop

from specloop.spec.read import read_project

NOTHING = {
    "calls": 0,
    "input_tokens": 0,
    "cached_tokens": 0,
    "output_tokens": 0,
    "reasoning_tokens": 0,
}

UNFINISHED = " M README.md\nAM notes.txt\n M specs/slug.yaml"


@dataclass
class Story:
    """The example before its run and after it, with a person's unfinished work in it."""

    folder: Folder
    status_before: dict[str, Any]
    plan: dict[str, Any]
    prompt: str
    belongings: object
    run: subprocess.CompletedProcess


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    root = tmp_path_factory.mktemp("story") / "slug"
    specloop("init", root, "--example", "slug")
    folder = Folder(root)
    folder.write({"notes.txt": "staged"})
    folder.git("add", "notes.txt")
    folder.write({"notes.txt": "not staged", "README.md": "rewritten"})
    spec = (root / "specs" / "slug.yaml").read_text()
    logging = "logging:\n    - L1: nothing is logged\n"
    folder.write({"specs/slug.yaml": spec.replace("logging: none\n", logging)})
    return Story(
        folder=folder,
        status_before=folder.status(),
        plan=json.loads(folder.specloop("plan", "--json").stdout),
        prompt=folder.specloop("plan", "--prompt", "slug").stdout,
        belongings=folder.belongings(),
        run=specloop("run", root, "--json", "--log-format", "json"),
    )


@pytest.fixture
def copy(story, tmp_path):
    """The built project, for a test that changes it."""
    shutil.copytree(story.folder.root, tmp_path / "slug")
    return Folder(tmp_path / "slug")


def test_status_before_the_run(story):
    assert story.status_before == {
        "project": "slug",
        "state": "not started",
        "modules": [
            {
                "name": "slug",
                "file": "shop/slug.py",
                "state": "pending",
                "reason": None,
                "attempts": 0,
                "commit": None,
                "tests": {"passed": 0, "failed": 0, "held_out": 0, "not_run": 0},
                "usage": NOTHING,
                "cost_usd": None,
                "sandbox": None,
            }
        ],
        "integration": {
            "state": "none",
            "attempts": 0,
            "tests": {"passed": 0, "failed": 0},
            "failures": [],
        },
        "usage": NOTHING,
        "cost_usd": 0.0,
        "reason": None,
    }


def test_status_after_the_run(story):
    status = story.folder.status()
    usage = status["usage"]
    assert usage["calls"] == 2
    assert usage["input_tokens"] > usage["output_tokens"] > 0
    confined = status["modules"][0]["sandbox"]
    assert confined in ("strong", "basic"), "whatever this machine has"
    assert status == {
        "project": "slug",
        "state": "passed",
        "modules": [
            {
                "name": "slug",
                "file": "shop/slug.py",
                "state": "passed",
                "reason": None,
                "attempts": 2,
                "commit": story.folder.git("rev-parse", "specloop/slug"),
                "tests": {"passed": 12, "failed": 0, "held_out": 4, "not_run": 0},
                "usage": usage,
                "cost_usd": None,
                "sandbox": confined,
            }
        ],
        "integration": {
            "state": "none",
            "attempts": 0,
            "tests": {"passed": 0, "failed": 0},
            "failures": [],
        },
        "usage": usage,
        "cost_usd": None,
        "reason": None,
    }


def test_project_is_a_file_a_folder_or_at_hand(story):
    root = story.folder.root
    texts = {
        specloop("status", root).stdout,
        specloop("status", "slug/project.toml", cwd=root.parent).stdout,
        specloop("status", cwd=root).stdout,
    }
    (text,) = texts
    assert "slug: passed" in text
    assert "12/12" in text


def test_run_prints_the_status_and_logs_json(story):
    assert json.loads(story.run.stdout) == story.folder.status()
    lines = [json.loads(line) for line in story.run.stderr.splitlines()]
    assert {"event", "level", "timestamp"} <= set.intersection(*(set(line) for line in lines))
    warnings = [line["event"] for line in lines if line["level"] == "warning"]
    assert any("1 warning on specs and tests; see `specloop check`" in text for text in warnings)
    assert any("not committed, used as they stand: specs/slug.yaml" in text for text in warnings)
    texts = [line["event"] for line in lines if line.get("module") == "slug"]
    assert texts[0] == "red check: 12 of 12 tests wait for code"
    assert texts[-1].startswith("committed as ")
    verdicts = [line["verdict"] for line in lines if "verdict" in line]
    assert verdicts == ["failed", "failed", "passed"]


def test_run_leaves_what_is_a_persons_alone(story):
    assert story.folder.belongings() == story.belongings
    assert story.folder.git("status", "--porcelain") == UNFINISHED
    changed = story.folder.git("diff", "--name-only", "main", "specloop/slug")
    assert changed.splitlines() == ["shop/slug.py", "tests/spec/test_slug.py"]


def test_second_run_does_nothing(story):
    before = story.folder.events("slug"), story.folder.git("rev-parse", "specloop/slug")
    again = story.folder.specloop("run", "-v")
    assert again.stdout.startswith("Nothing to do: 1 module up to date")
    assert "\x1b" not in again.stdout + again.stderr
    after = story.folder.events("slug"), story.folder.git("rev-parse", "specloop/slug")
    assert after == before
    assert "nothing" in story.folder.specloop("plan").stdout


def test_plan(story):
    (step,) = story.plan["steps"]
    assert (step["module"], step["does"], step["reason"]) == ("slug", "build", "not built yet")
    assert story.plan["model"] == "replay/replies"
    assert story.plan["worst_tokens"] > story.plan["expected_tokens"] > 0
    assert story.plan["worst_usd"] is None
    contents = [message["content"] for message in step["prompt"]]
    assert [text for text in contents if text not in story.prompt] == []


def test_plan_shows_no_held_out_row(story):
    shown = "".join(message["content"] for message in story.plan["steps"][0]["prompt"])
    spec = read_project(story.folder.root).module("slug")
    assert [row for row in spec.rows if row.source not in shown] == []
    assert [row for row in spec.held_out if row.expression in shown + story.prompt] == []


def test_show(story):
    text = story.folder.specloop("show", "slug").stdout
    assert re.findall(r"^attempt \d", text, re.MULTILINE) == ["attempt 1", "attempt 2"]
    assert "-    slug = slug[: max_length - 1].rstrip" in text
    assert "+    slug = slug[:max_length].rstrip" in text
    first = story.folder.specloop("show", "slug", "--attempt", "1").stdout
    assert "--- user ---" in first
    assert "--- reply ---" in first
    assert "attempt 2" not in first
    assert (
        "has 2 attempts, not 3"
        in story.folder.specloop("show", "slug", "--attempt", "3", code=2).stderr
    )
    assert "did you mean 'slug'?" in story.folder.specloop("show", "slugs", code=2).stderr


def test_check(folder):
    folder.write({"specs/double.yaml": WHOLE})
    assert folder.specloop("check", "--strict").stdout.startswith("sums: 1 module, 3 example rows")
    folder.write(
        {"specs/double.yaml": WHOLE.replace("output:", "validation:\n    - V1: even\n  output:")}
    )
    text = folder.specloop("check").stdout
    assert text.startswith("specs/double.yaml:7: warning W103 nothing checks double/V1")
    assert folder.specloop("check", "--strict", code=1).stdout == text
    (finding,) = json.loads(folder.specloop("check", "--json").stdout)
    assert (finding["path"], finding["line"]) == ("specs/double.yaml", 7)
    assert (finding["level"], finding["code"]) == ("warning", "W103")
    folder.write({"specs/double.yaml": WHOLE.replace("O1: double(2)", "O7: double(2)")})
    (finding,) = json.loads(folder.specloop("check", "--json", code=2).stdout)
    assert (finding["level"], finding["code"], finding["line"]) == ("error", "R102", 9)


def test_accept_refuses_where_work_would_be_lost(copy):
    copy.write({"shop/slug.py": "mine"})
    before = copy.belongings()
    refusal = copy.specloop("accept", code=4)
    assert "would change 'shop/slug.py'" in refusal.stderr
    assert "then accept again" in refusal.stderr
    assert copy.belongings() == before


def test_accept(copy):
    tip = copy.git("rev-parse", "specloop/slug")
    done = copy.specloop("accept")
    assert done.stdout.splitlines() == [
        f"fast-forward to {tip[:10]}, 2 files:",
        "  shop/slug.py",
        "  tests/spec/test_slug.py",
    ]
    assert copy.git("rev-parse", "main") == tip
    assert copy.git("status", "--porcelain") == UNFINISHED
    assert (copy.root / "shop" / "slug.py").exists()
    again = json.loads(copy.specloop("accept", "--json").stdout)
    assert (again["kind"], again["commit"]) == ("nothing", tip)


def on_terminal(folder, *words, **variables):
    """All that `specloop WORDS…` writes to a terminal."""
    here, there = os.openpty()
    process = subprocess.Popen(
        [SPECLOOP, *words],
        cwd=folder.root,
        env=environment(TERM="xterm-256color", COLUMNS="100", **variables),
        stdin=subprocess.DEVNULL,
        stdout=there,
        stderr=there,
    )
    os.close(there)
    written = b""
    with suppress(OSError):  # that is how a terminal ends
        while data := os.read(here, 65536):
            written += data
    os.close(here)
    assert process.wait() == 0, written
    return written.decode()


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}], ids=["colour", "no colour"])
def test_on_a_terminal(folder, variables):
    folder.write({"replies/double/01.md": RIGHT})
    written = on_terminal(folder, "run", **variables)
    assert re.search("✓ +double", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written))
    colours = re.findall(r"\x1b\[(?:\d+;)*[349][0-7](?:;\d+)*m", written)
    assert bool(colours) == (not variables)
