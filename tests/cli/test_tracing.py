"""`specloop trace`, on a project that is built from answers in a folder."""

import json

import pytest
from command_line import DOUBLE, PROJECT, RIGHT, Folder, answer

# A row on each side of the bound, and none at it.
WEAK = """\
task: Say whether a number has two digits
file: sums/double.py
exports:
  - "def double(x: int) -> bool"
requirements:
  output:
    - O1: whether the number is greater than 9
examples: |
  O1: double(8) is False
  O1: double(11) is True
"""


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path)
    replies = {"project.toml": PROJECT, "replies/double/01.md": RIGHT}
    folder.write({**replies, "specs/double.yaml": DOUBLE})
    folder.start_repository()
    return folder


def traced(folder, *words, code=0):
    return json.loads(folder.specloop("trace", "--json", *words, code=code).stdout)


def test_before_anything_is_built(folder):
    (module,) = traced(folder, "--strict")["modules"]
    assert (module["module"], module["commit"], module["strength"]) == ("double", None, None)
    (requirement,) = module["requirements"]
    assert requirement["id"] == "double/O1"
    assert [len(requirement[key]) for key in ("rows", "held_out", "tests")] == [2, 1, 0]
    told = folder.specloop("trace", "--strength", code=2).stderr
    assert "no module has code yet" in told
    told = folder.specloop("trace", "--strength", "double", code=2).stderr
    assert "module 'double' has no code yet" in told
    assert "specloop run" in told


def test_strict_fails_on_an_id_that_nothing_checks(folder):
    two = DOUBLE.replace("twice the number", "twice the number\n    - O2: an even number")
    folder.write({"specs/double.yaml": two})
    assert not traced(folder, "--strict", code=1)["modules"][0]["requirements"][1]["rows"]
    accepted = "accepted:\n  - {{ id: O2, reason: it follows from O1, until: {} }}\n"
    folder.write({"specs/double.yaml": two + accepted.format("2999-12-31")})
    traced(folder, "--strict")
    folder.write({"specs/double.yaml": two + accepted.format("2020-01-31")})
    found = traced(folder, "--strict", code=1)
    assert [one["state"] for one in found["modules"][0]["requirements"]] == ["checked", "expired"]


def test_strict_fails_on_a_citation_of_what_is_in_no_spec(folder):
    test = '@pytest.mark.spec("double/O7")\ndef test_a():\n    assert double(1) == 2\n'
    head = "import pytest\nfrom sums.double import double\n\n\n"
    tests = "tests: [tests/test_double.py]\n"
    folder.write({"specs/double.yaml": DOUBLE + tests, "tests/test_double.py": head + test})
    (unknown,) = traced(folder, "--strict", code=1)["unknown"]
    assert (unknown["path"], unknown["line"], unknown["id"]) == ("tests/test_double.py", 5, "O7")


def test_strength_is_measured_and_kept_until_something_changes(folder):
    folder.write(
        {
            "specs/double.yaml": WEAK,
            "replies/double/01.md": answer("x > 9").replace("-> int", "-> bool"),
        }
    )
    folder.specloop("run")
    told = folder.specloop("trace", "--strength", "double")
    assert "survived: line " in told.stdout
    lines = [line for line in told.stdout.splitlines() if "a row that would kill it" in line]
    rows = "".join(f"  {line.partition('kill it:  ')[2]}\n" for line in dict.fromkeys(lines))
    assert "double(9)" in rows
    before = traced(folder)["modules"][0]["strength"]
    assert before["score"] < 1
    assert folder.specloop("trace", "--strength").stdout == told.stdout

    folder.write({"specs/double.yaml": f"{WEAK}{rows}"})
    assert traced(folder)["modules"][0]["strength"] is None
    assert traced(folder)["modules"][0]["stale"]
    after = traced(folder, "--strength", "double")["modules"][0]["strength"]
    assert after["score"] == 1
    assert len(after["survived"]) == 0
    assert not folder.git("status", "--short", "--", "sums", "tests")


def test_strength_of_a_module_that_is_not_there(folder):
    told = folder.specloop("trace", "--strength", "duoble", code=2).stderr
    assert "did you mean 'double'?" in told
