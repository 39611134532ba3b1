"""Whatever is wrong in the world outside: a clear message, and nothing but .specloop is changed."""

import shutil
import subprocess

import pytest
from command_line import (
    GATED_MODEL,
    LONGEST,
    PROJECT,
    RIGHT,
    SPECLOOP,
    environment,
    everything,
)

NAMED_VARIABLE = 'x"\napi_base = "http://127.0.0.1:9/v1"\napi_key_env = "SUMS_KEY'


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (NAMED_VARIABLE, "'SUMS_KEY' named by api_key_env in project.toml is not set"),
        ("deepseek/deepseek-flash", "DEEPSEEK_API_KEY is not set"),
        ("command/no-such-program --once", "there is no program 'no-such-program'"),
    ],
    ids=["named variable", "variable of the provider", "program"],
)
def test_model_that_cannot_be_asked(folder, refused, model, told):
    folder.write({"project.toml": PROJECT.replace("replay/replies", model)})
    folder.start_repository()
    before = everything(folder.root)
    code, message = refused("run")
    assert code == 4
    assert told in message
    assert everything(folder.root) == before


def test_program_that_is_only_asked_when_the_other_is_stuck(folder):
    ladder = PROJECT + '[[models]]\nname = "command/no-such-program"\n'
    folder.write({"project.toml": ladder, "replies/double/01.md": RIGHT})
    assert "1 of 1 module passed" in folder.specloop("run").stdout


def test_another_run_is_going_on(folder, gate):
    gated = GATED_MODEL.format(root=folder.root, arrived=gate.arrived, passed=gate.passed)
    folder.write(
        {
            "project.toml": PROJECT.replace("replay/replies", "command/sh gated.sh"),
            "gated.sh": gated,
            "replies/double/01.md": RIGHT,
        }
    )
    folder.start_repository()
    first = folder.start("run")
    gate.wait()
    before = everything(folder.root, ".specloop")

    done = folder.specloop("run", code=4)

    assert f"this project is being run by process {first.pid} on host" in done.stderr
    assert f"`kill {first.pid}`" in done.stderr
    assert everything(folder.root, ".specloop") == before
    gate.let_through()
    assert first.communicate(timeout=LONGEST)[0].startswith("1 of 1 module passed")
    assert first.returncode == 0


def test_in_the_middle_of_a_merge(folder):
    folder.start_repository()
    folder.git("switch", "-qc", "other")
    folder.write({"README.md": "one"})
    folder.git("add", "-A")
    folder.git("commit", "-qm", "One")
    folder.git("switch", "-q", "main")
    folder.write({"README.md": "two"})
    folder.git("add", "-A")
    folder.git("commit", "-qm", "Two")
    subprocess.run(
        ["git", "merge", "-q", "other"],
        cwd=folder.root,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert (folder.root / ".git" / "MERGE_HEAD").exists()
    before = everything(folder.root, ".specloop")

    done = folder.specloop("run", code=4)

    assert "a merge is under way" in done.stderr
    assert "git merge --abort" in done.stderr
    assert everything(folder.root, ".specloop") == before


# Root may write what its mode forbids, but not what is mounted read-only. The mount ends with the
# namespace.
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


@pytest.mark.parametrize("begun", [False, True], ids=["fresh", "begun"])
def test_read_only_disk(folder, begun):
    unshare = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(folder.root)]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*unshare, "true"], check=False).returncode
    ):
        pytest.skip("mounting needs `unshare` and the right to use it")
    folder.start_repository()
    if begun:
        (folder.root / ".specloop").mkdir()
    before = everything(folder.root)

    done = subprocess.run(
        [*unshare, SPECLOOP, "run", str(folder.root)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 4, done.stderr
    assert "Read-only file system" in done.stderr
    assert "writable and run again" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert everything(folder.root) == before
