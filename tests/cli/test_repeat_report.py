"""`specloop repeat` and `specloop report`, on projects that are built from answers in a folder."""

import json
import signal

import pytest
from command_line import GATED_MODEL, LONGEST, PROJECT, RIGHT, everything

QUICK = "[pytest]\naddopts = -p no:asyncio -p no:anyio -p no:hypothesispytest\n"  # they take long

QUADRUPLE = """\
task: Four times a number
file: sums/quadruple.py
exports:
  - "def quadruple(x: int) -> int"
requirements:
  output:
    - O1: four times the number
dependencies: [double]
examples: |
  O1: quadruple(2) == 8
"""
TWICE = "from sums.double import double\n\n\ndef quadruple(x: int) -> int:\n    return {}\n"

# A program that answers each time in other words, as a model at a high temperature does.
FICKLE = """\
n=$(cat {root}/asked 2>/dev/null | wc -l)
echo asked >> {root}/asked
[ $n -lt 2 ] && cat {root}/replies/double/02.md && exit
cat {root}/replies/double/03.md
"""
SUMMED = RIGHT.replace("    return x * 2", "    twice = x + x\n    return twice")


@pytest.fixture
def folder(folder):
    folder.write({"pytest.ini": QUICK})
    return folder


def repeated(folder, *words):
    return json.loads(folder.specloop("repeat", "double", *words, "--json").stdout)


def test_trials_are_compared_and_touch_nothing(folder):
    folder.write(
        {
            "project.toml": PROJECT.replace("replay/replies", "command/sh fickle.sh"),
            "fickle.sh": FICKLE.format(root=folder.root),
            "replies/double/03.md": SUMMED,
            ".gitignore": "asked\n",
        }
    )
    folder.start_repository()
    before = folder.belongings()
    done = folder.specloop("repeat", "double", "-n", "3", "--jobs", "1")
    assert "3 of 3 passed (100 %), 3 of them with the first answer" in done.stdout
    assert "code that passed: 1 of 3 pairs alike, similarity of the others 0." in done.stdout
    assert "trial 3: 3 of 3 tests passed" in done.stderr
    (folder.root / "asked").unlink()
    assert folder.belongings() == before
    assert folder.git("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]
    assert not (folder.root / ".specloop" / "journal.db").exists()

    told = repeated(folder, "-n", "3")
    assert not (folder.root / "asked").exists()  # it was measured before
    assert [trial["passed"] for trial in told["trials"]] == [True] * 3
    assert (told["pass_rate"], told["total"]["cost_usd"]) == (1.0, None)
    likeness = told["likeness"]["passing"]
    assert (likeness["codes"], likeness["pairs"], likeness["identical"]) == (3, 3, 1)
    assert 0.5 < likeness["similarity"] < 1
    codes = {trial["code"] for trial in told["trials"]}
    assert codes == {text.removeprefix("```python\n")[:-4] for text in (RIGHT, SUMMED)}

    assert len(repeated(folder, "-n", "1")["trials"]) == 1
    assert not (folder.root / "asked").exists()
    assert len(repeated(folder, "-n", "4")["trials"]) == 4
    assert (folder.root / "asked").read_text() == "asked\n"  # for the fourth alone
    kept = sorted(p.name for p in (folder.root / ".specloop/repeat/double").glob("*.db"))
    assert kept == [f"{n:02}.db" for n in range(1, 5)]


def test_it_is_built_on_what_stands_on_the_branch(folder):
    folder.write(
        {
            "specs/quadruple.yaml": QUADRUPLE,
            "replies/double/01.md": RIGHT,
            "replies/quadruple/01.md": f"```python\n{TWICE.format('double(double(x))')}```\n",
        }
    )
    folder.start_repository()
    told = folder.specloop("repeat", "quadruple", code=2).stderr
    assert "'quadruple' needs 'double', of which there is no code yet" in told
    assert "specloop run --module double" in told
    assert not (folder.root / ".specloop" / "repeat").exists()
    folder.specloop("run", "--module", "double")
    journal = (folder.root / ".specloop" / "journal.db").read_bytes()
    told = json.loads(folder.specloop("repeat", "quadruple", "-n", "1", "--json").stdout)
    assert [trial["passed"] for trial in told["trials"]] == [True]
    assert folder.subjects() == ["double: Double a number"]
    assert (folder.root / ".specloop" / "journal.db").read_bytes() == journal


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["repeat", "duoble"], "no spec defines a module 'duoble'; did you mean 'double'?"),
        (["repeat", "double", "-n", "0"], "0 is not in the range"),
        (["report"], "no run is recorded here yet; start one: specloop run"),
    ],
)
def test_what_cannot_be_done_is_refused(refused, words, said):
    code, told = refused(*words)
    assert code == 2
    assert said in told


def test_trials_that_fail_are_a_result(folder):
    folder.write({"project.toml": f"{PROJECT}[limits]\nattempts = 1\n"})
    folder.start_repository()
    done = folder.specloop("repeat", "double", "-n", "2")
    assert "0 of 2 passed (0 %)" in done.stdout
    assert "(not passed after 1 of 1 attempts)" in done.stdout
    assert "code that passed: nothing to compare" in done.stdout
    assert "first answers: 1 of 1 pair alike" in done.stdout


def test_a_budget_ends_it_and_more_of_it_goes_on(folder):
    priced = PROJECT + "price = { input = 100.0, output = 100.0 }\nmax_output_tokens = 2000\n"
    limits = "[limits]\nmodels_in_flight = 1\nusd = {}\n"
    folder.write({"replies/double/01.md": RIGHT, "project.toml": priced + limits.format(0.25)})
    folder.start_repository()
    told = folder.specloop("repeat", "double", "-n", "2", code=3).stderr
    assert "usd = 0.25 does not cover the next call" in told
    assert "1 of 2 trials have ended: raise it and type the same command again" in told
    assert told.count("asks replay/replies") == 1
    folder.write({"project.toml": priced + limits.format(9.0)})
    done = folder.specloop("repeat", "double", "-n", "2", "--json")
    assert done.stderr.count("asks replay/replies") == 1
    told = json.loads(done.stdout)
    assert told["total"]["cost_usd"] == pytest.approx(sum(t["cost_usd"] for t in told["trials"]))
    assert told["total"]["cost_usd"] > 0.05
    assert told["lost"] == {"tokens": 0, "cost_usd": 0.0}


def test_one_at_a_time_and_what_an_interruption_and_a_kill_cost(folder, gate):
    model = GATED_MODEL.format(root=folder.root, arrived=gate.arrived, passed=gate.passed)
    folder.write(
        {
            "project.toml": PROJECT.replace("replay/replies", "command/sh gated.sh"),
            "gated.sh": model,
            "replies/double/01.md": RIGHT,
        }
    )
    folder.start_repository()
    words = ["repeat", "double", "-n", "2", "--jobs", "1"]
    first = folder.start(*words)
    gate.wait()
    assert f"process {first.pid} " in folder.specloop(*words, code=4).stderr
    first.send_signal(signal.SIGINT)
    gate.let_through()
    printed, told = first.communicate(timeout=LONGEST)
    assert (first.returncode, printed) == (130, "")
    assert "interrupted; run the same command again to resume" in told

    second = folder.start(*words)
    gate.wait()  # the second trial asks: the answer of the first is recorded
    second.kill()
    _, told = second.communicate(timeout=LONGEST)
    assert "trial 1: 3 of 3 tests passed" in told
    assert told.count("asks command") == told.count("trial 2: asks command") == 1

    third = folder.start(*words)
    gate.wait()
    gate.let_through()  # the program of the process that was killed, which nobody ended
    gate.let_through()
    printed, told = third.communicate(timeout=LONGEST)
    assert told.count("trial 1: ") == 0
    assert told.count("trial 2: asks command") == 1
    assert "2 of 2 passed" in printed
    assert "lost in calls whose reply never came: up to" in printed


def test_a_report_says_what_status_says_and_more(folder):
    folder.start_repository()
    folder.specloop("run")
    text = folder.specloop("report").stdout
    assert "solved with the first answer: 0, by the loop: 1, not solved: 0" in text
    assert "replay/replies" in text
    before = everything(folder.root, ".git")
    told = json.loads(folder.specloop("report", "--json").stdout)
    assert everything(folder.root, ".git") == before
    status = folder.status()
    assert told["total"]["usage"] == status["usage"]
    assert told["total"]["cost_usd"] is status["cost_usd"] is None
    (module,) = told["modules"]
    assert (module["writer"], module["solved_by"], module["attempts"]) == (
        "replay/replies",
        "loop",
        2,
    )
    assert module["tests"] == {"passed": 3, "failed": 0, "held_out": 1, "not_run": 0}
    assert module["account"] == told["total"]
    assert 0.3 < told["prefix_share"] < 1
