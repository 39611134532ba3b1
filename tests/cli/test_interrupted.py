"""Ctrl-C: what is paid for is recorded, what was cut off is no verdict, and the run can go on."""

import signal
import subprocess
from contextlib import suppress

import pytest
from command_line import GATED_MODEL, LONGEST, PROJECT, RIGHT

GATED_ANSWER = """\
```python
from pathlib import Path


def double(x: int) -> int:
    if Path({arrived!r}).exists():
        Path({arrived!r}).write_text("here")
        with Path({passed!r}).open() as gate:
            gate.readline()
    return x * 2
```
"""


def kinds(events):
    return [event["kind"] for event in events]


def test_during_a_call(folder, gate):
    folder.write(
        {
            "project.toml": PROJECT.replace("replay/replies", "command/sh gated.sh"),
            "gated.sh": GATED_MODEL.format(
                root=folder.root, arrived=gate.arrived, passed=gate.passed
            ),
            "replies/double/01.md": RIGHT,
        }
    )
    folder.start_repository()
    before = folder.belongings()
    run = folder.start("run")
    gate.wait()
    status = folder.status()
    assert (status["state"], status["modules"][0]["state"]) == ("running", "running")

    run.send_signal(signal.SIGINT)
    gate.let_through()
    printed, logged = run.communicate(timeout=LONGEST)

    assert run.returncode == 130
    assert printed == ""
    assert "interrupted; run the same command again to resume" in logged
    assert kinds(folder.events())[-2:] == ["call_started", "completion_received"]
    status = folder.status()
    assert (status["state"], status["modules"][0]["state"]) == ("interrupted", "pending")
    assert folder.subjects() == []

    gate.remove()  # a call would fail now
    folder.specloop("run")

    assert kinds(folder.events()).count("call_started") == 1
    assert folder.subjects() == ["double: Double a number"]
    assert folder.belongings() == before


def test_during_tests(folder, gate):
    answer = GATED_ANSWER.format(arrived=str(gate.arrived), passed=str(gate.passed))
    open_door = '\n[sandbox]\nlevel = "basic"\n'  # the code comes to a gate outside of its folder
    folder.write({"project.toml": PROJECT + open_door, "replies/double/01.md": answer})
    (folder.root / "replies" / "double" / "02.md").unlink()
    folder.start_repository()
    before = folder.belongings()
    run = folder.start("run")
    gate.wait()

    run.send_signal(signal.SIGINT)
    run.communicate(timeout=LONGEST)

    assert run.returncode == 130
    events = folder.events()
    assert events[-1]["kind"] == "completion_received"
    assert [e["purpose"] for e in events if e["kind"] == "tests_finished"] == ["red"]
    assert not list((folder.root / ".specloop" / "runs").iterdir())
    assert folder.subjects() == []

    gate.remove()
    folder.specloop("run")

    events = folder.events()
    assert kinds(events).count("call_started") == 1
    verdicts = [e["report"]["verdict"] for e in events if e["kind"] == "tests_finished"]
    assert verdicts == ["failed", "passed"]  # the red check, and the answer
    assert folder.subjects() == ["double: Double a number"]
    assert folder.belongings() == before


def test_again_and_again(folder, gate):
    folder.write(
        {
            "project.toml": PROJECT.replace("replay/replies", "command/sh gated.sh"),
            "gated.sh": GATED_MODEL.format(
                root=folder.root, arrived=gate.arrived, passed=gate.passed
            ),
        }
    )
    folder.start_repository()
    run = folder.start("run")
    gate.wait()
    while run.poll() is None:
        run.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            run.wait(0.2)
    assert run.returncode == 130
    assert "interrupted; run the same command again to resume" in run.communicate()[1]
    assert kinds(folder.events())[-1] == "call_started"
    assert folder.status()["state"] == "interrupted"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run"], "interrupted; run the same command again to resume"),
        (["repeat", "double"], "interrupted; run the same command again to resume"),
        (["schema", "spec"], "interrupted"),
    ],
)
def test_what_ends_at_once_says_so(refused, monkeypatch, words, told):
    def interrupt(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"specloop.cli.{words[0]}.command.callback", interrupt)
    assert refused(*words) == (130, f"\n{told}\n")  # below the ^C of the terminal
