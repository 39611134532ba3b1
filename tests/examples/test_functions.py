"""The example `functions`, as far as it needs no model."""

import subprocess
import sys

from command_line import EXAMPLES, Folder, environment, specloop

from specloop.attempt.completion import Completion
from specloop.prompt.reply import read_reply
from specloop.spec.read import read_project
from specloop.spec.row_tests import render_row_tests

FUNCTIONS = EXAMPLES / "functions"


def test_the_specs_are_beyond_doubt():
    checked = specloop("check", "--strict", str(FUNCTIONS))
    assert "20 modules" in checked.stdout
    assert "no findings" in checked.stdout


def test_every_spec_can_be_satisfied(tmp_path):
    project = read_project(FUNCTIONS)
    for spec in project.modules:
        assert len(spec.rows) >= 3
        assert spec.held_out
        reply = (FUNCTIONS / "replies" / spec.name / "01.md").read_text("utf-8")
        texts = {
            spec.file: read_reply(Completion(reply, "by hand"), spec).code,
            spec.row_tests_file: render_row_tests(spec, ["."]),
            "pytest.ini": (FUNCTIONS / "pytest.ini").read_text("utf-8"),
        }
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    rows = sum(len(spec.rows) + len(spec.held_out) for spec in project.modules)
    assert f"{rows} passed" in tested.stdout


def test_it_can_be_built_without_any_model(tmp_path):
    folder = Folder(tmp_path / "my-functions")
    specloop("init", folder.root, "--example", "functions")
    ran = folder.specloop("run", "--model", "replay/replies", "--module", "clamp")
    assert folder.subjects("specloop/functions") == ["clamp: Limit a number to a range"], ran.stdout
