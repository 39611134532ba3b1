"""A module that does not pass: what it stops, what it does not, and how to go on."""

from command_line import RIGHT, WRONG, answer

TOTAL = """\
task: Add the doubles of numbers
file: sums/total.py
exports:
  - "def total(xs: list[int]) -> int"
dependencies: [double]
requirements:
  output:
    - O1: the sum of what `double` makes of each
examples: |
  O1: total([1, 2]) == 6
"""
HALF = """\
task: Halve a number
file: sums/half.py
exports:
  - "def half(x: int) -> int"
requirements:
  output:
    - O1: half the number, rounded down
examples: |
  O1: half(5) == 2
"""
TOTAL_ANSWER = """\
```python
from sums.double import double


def total(xs: list[int]) -> int:
    return sum(double(x) for x in xs)
```
"""


def test_failing_module_and_the_way_on(folder):
    folder.write(
        {
            "specs/half.yaml": HALF,
            "specs/total.yaml": TOTAL,
            "replies/half/01.md": answer("x // 2").replace("double", "half"),
            "replies/double/02.md": WRONG,
            "right/double/01.md": RIGHT,
            "right/total/01.md": TOTAL_ANSWER,
        }
    )

    alone = folder.specloop("run", "--module", "half")
    assert "made a git repository in" in alone.stderr
    assert "with a first commit of the files there" in alone.stderr
    assert alone.stdout.startswith("1 of 3 modules passed")
    assert folder.subjects() == ["half: Halve a number"]
    assert folder.git("log", "--format=%s", "main") == "Start of sums"
    before, half = folder.belongings(), folder.git("rev-parse", "specloop/sums")
    assert [m["state"] for m in folder.status()["modules"]] == ["pending", "passed", "pending"]

    failed = folder.specloop("run", code=1)
    assert failed.stdout.startswith("1 of 3 modules passed")
    assert "double: failed: the model answered with the same code again" in failed.stdout
    assert "total: blocked: 'double' did not pass" in failed.stdout
    assert "Not done: failed: double; blocked: total" in failed.stdout
    status = folder.status()
    assert status["state"] == "failed"
    states = {module["name"]: module["state"] for module in status["modules"]}
    assert states == {"double": "failed", "half": "passed", "total": "blocked"}
    assert folder.git("rev-parse", "specloop/sums") == half
    kept = folder.git("show", "refs/specloop/failed/double:sums/double.py")
    assert kept == WRONG.removeprefix("```python\n").removesuffix("\n```\n")
    tests = {"passed": 1, "failed": 2, "held_out": 1, "not_run": 0}
    assert folder.state_of("double")["tests"] == tests
    assert "nothing is recorded" in folder.specloop("show", "total", code=2).stderr

    events = folder.events()
    again = folder.specloop("run", "-q", code=1)
    assert again.stderr == ""
    assert again.stdout.partition(";")[0] == failed.stdout.partition(";")[0]
    assert folder.events() == events

    right = folder.specloop("run", "--fresh", "--model", "replay/right")
    assert right.stdout.startswith("3 of 3 modules passed")
    models = folder.git(
        "log",
        "--reverse",
        "--format=%(trailers:key=Specloop-Model,valueonly)",
        "main..specloop/sums",
    )
    assert models.split() == ["replay/replies", "replay/right", "replay/right"]
    assert folder.git("rev-parse", "specloop/sums~2") == half
    assert folder.git("rev-list", "--count", "main..specloop/sums") == "3"
    assert folder.belongings() == before
