"""What is shown of other people's text, and what is told on the way."""

import pytest
from command_line import PROJECT, RIGHT

EVIL = "\x1b]0;pwned\x07"
SHOWN = r"\x1b]0;pwned\x07"


def test_the_reply_of_a_model_cannot_steer_the_terminal(folder):
    folder.write({"replies/double/01.md": f"{EVIL}\n{RIGHT}"})
    folder.specloop("run")
    shown = folder.specloop("show", "double", "--attempt", "1").stdout
    assert SHOWN in shown
    assert "\x1b" not in shown


def test_nor_can_an_error(folder):
    folder.write(
        {
            "project.toml": PROJECT.replace("replay/replies", "command/sh bad.sh"),
            "bad.sh": "printf '\\033]0;pwned\\007' >&2; exit 1\n",
        }
    )
    told = folder.specloop("run", code=4).stderr
    assert SHOWN in told
    assert "\x1b" not in told


@pytest.mark.parametrize("as_json", [False, True])
def test_accept_tells_of_commits_that_no_run_has_made(folder, as_json):
    folder.start_repository()
    folder.git("switch", "-qc", "aside")
    folder.write({"aside.txt": "1"})
    folder.git("add", "-A")
    folder.git("commit", "-qm", "Work of another day")
    folder.specloop("run")
    folder.git("switch", "-q", "main")
    done = folder.specloop("accept", *(["--json"] if as_json else []))
    told = done.stdout if as_json else done.stderr
    assert "Work of another day" in told
    assert "double: " not in told


def test_a_fresh_clone_pays_for_nothing_again(folder, tmp_path):
    folder.start_repository()
    folder.specloop("run")
    clone = tmp_path / "clone"
    folder.git("clone", "-q", str(folder.root), str(clone))
    folder.root = clone
    (clone / "replies" / "double" / "01.md").unlink()
    (clone / "replies" / "double" / "02.md").unlink()
    assert "took up the branch" in folder.specloop("run").stderr
    assert folder.state_of("double")["state"] == "passed"
