"""`specloop check` tries rows and tests without any code."""

import json

import pytest
from command_line import PROJECT, RIGHT, WHOLE, Folder, everything

TESTS = "tests: [tests/test_double.py]\n"
USES = "from sums.double import double\n\n\n"


@pytest.fixture
def folder(tmp_path):
    """A project in no repository."""
    folder = Folder(tmp_path)
    folder.write({"project.toml": PROJECT, "specs/double.yaml": WHOLE})
    (tmp_path / "replies").mkdir()
    return folder


def found(folder, *words, code=0):
    told = folder.specloop("check", "--json", *words, code=code)
    return [(f["path"], f["line"], f["level"], f["code"]) for f in json.loads(told.stdout)]


def test_nothing_to_say_and_nothing_left_behind(folder):
    before = everything(folder.root)
    assert found(folder, "--strict") == []
    assert everything(folder.root) == before


def line_of(folder, text):
    lines = (folder.root / "specs/double.yaml").read_text().splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def test_a_row_that_passes_without_code_is_an_error(folder):
    spec = WHOLE.replace("  O1: double(-3)", "  O1: callable(double)\n  O1: double(-3)")
    folder.write({"specs/double.yaml": spec})
    line = line_of(folder, "callable")
    assert found(folder, code=2) == [("specs/double.yaml", line, "error", "R107")]
    assert found(folder, "--no-tests", "--strict") == []
    told = folder.specloop("run", code=1).stdout
    assert f"specs/double.yaml, line {line}" in told
    assert "0 in, 0 out tokens" in told
    ignoring = "ignore:\n  - R107: the export is the point\n"
    folder.write({"specs/double.yaml": spec + ignoring})
    assert found(folder, "--strict") == []


def test_a_persons_test_that_passes_without_code_is_a_warning(folder):
    test = f"{USES}def test_a():\n    assert callable(double)\n"
    folder.write({"specs/double.yaml": WHOLE + TESTS, "tests/test_double.py": test})
    line = line_of(folder, "tests:")
    assert found(folder) == [("specs/double.yaml", line, "warning", "W107")]


@pytest.mark.parametrize(
    "test",
    [
        "import nowhere\n",
        "def test_a(absent):\n    assert absent\n",
        "def test_a():\n    assert duoble(1) == 2\n",
        "def test_a(:\n",
        "",
        "import pytest\n\nnowhere = pytest.importorskip('nowhere')\n",
    ],
)
def test_a_suite_that_cannot_run_is_a_set_up_error_and_no_model_is_asked(folder, test):
    spec = WHOLE + TESTS
    folder.write({"specs/double.yaml": spec, "tests/test_double.py": USES + test})
    line = line_of(folder, "tests:")
    assert found(folder, code=2) == [("specs/double.yaml", line, "error", "S122")]
    told = folder.specloop("run", code=1).stdout
    assert "its tests cannot run, whatever the code" in told
    assert "0 in, 0 out tokens" in told


def test_a_spec_without_exports_can_be_checked_and_built(folder):
    spec = WHOLE.replace('exports:\n  - "def double(x: int) -> int"\n', "")
    folder.write({"specs/double.yaml": spec, "replies/double/01.md": RIGHT})
    assert [code for *_, code in found(folder)] == ["W101"]
    assert folder.specloop("run").stdout.startswith("1 of 1 module passed")


@pytest.mark.parametrize("row", ["double()", "double(1, 2)", "double(x=1, y=2)", "double(n=1)"])
def test_a_call_that_the_signature_does_not_take_is_an_error(folder, row):
    folder.write({"specs/double.yaml": WHOLE.replace("double(-3) == -6", f"{row} == 2")})
    line = line_of(folder, row)
    assert found(folder, code=2) == [("specs/double.yaml", line, "error", "S122")]
    assert "0 in, 0 out tokens" in folder.specloop("run", code=1).stdout


def test_a_module_whose_tests_all_pass_without_code_is_not_built(folder):
    rows = WHOLE[WHOLE.index("examples") : WHOLE.index("input: none")]
    spec = WHOLE.replace(rows, "") + TESTS
    mark = "@pytest.mark.spec('double/O1')\n"
    test = f"import pytest\n{USES}{mark}def test_a():\n    assert callable(double)\n"
    folder.write({"specs/double.yaml": spec, "tests/test_double.py": test})
    line = line_of(folder, "tests:")
    assert found(folder, code=2) == [("specs/double.yaml", line, "error", "R107")]
    assert "0 in, 0 out tokens" in folder.specloop("run", code=1).stdout
    folder.write({"specs/double.yaml": spec + "ignore:\n  - R107: it is a list of names\n"})
    assert found(folder, "--strict") == []


def test_an_ignored_error_does_not_keep_rows_from_being_tried(folder):
    spec = WHOLE.replace("Double a number", "Fix the code").replace(
        "double(-3) == -6", "callable(double)"
    )
    folder.write({"specs/double.yaml": spec + "ignore:\n  - S119: a joke\n"})
    assert [code for *_, code in found(folder, code=2)] == ["R107"]


def test_a_test_that_imports_what_is_no_dependency_is_an_error(folder):
    other = WHOLE.replace("double", "triple")
    test = (
        "from sums.triple import triple\n"
        + USES
        + "def test_a():\n    assert double(triple(1)) == 4\n"
    )
    folder.write(
        {
            "specs/double.yaml": WHOLE + TESTS,
            "specs/triple.yaml": other,
            "tests/test_double.py": test,
        }
    )
    line = line_of(folder, "tests:")
    assert found(folder, code=2) == [("specs/double.yaml", line, "error", "S123")]
    assert "S123" in folder.specloop("run", code=2).stderr
    uses = WHOLE.replace("dependencies: []", "dependencies: [triple]")
    folder.write({"specs/double.yaml": uses + TESTS})
    assert found(folder, "--strict") == []


def test_a_suite_that_needs_code_to_be_imported_is_fine(folder):
    test = f"{USES}TWO = double(1)\n\n\ndef test_a():\n    assert TWO == 2\n"
    folder.write({"specs/double.yaml": WHOLE + TESTS, "tests/test_double.py": test})
    assert found(folder, "--strict") == []


def test_a_conftest_that_cannot_be_imported_is_told(folder):
    folder.write({"conftest.py": "import nowhere\n"})
    ((path, _, level, code),) = found(folder, code=2)
    assert (path, level, code) == ("conftest.py", "error", "S122")


def test_one_suite_that_hangs_does_not_hide_what_another_shows(folder):
    hanging = "import threading\n\n\ndef test_a():\n    threading.Event().wait()\n"
    triple = (WHOLE + "tests: [tests/test_triple.py]\n").replace("double", "triple")
    idle = WHOLE.replace("  O1: double(-3)", "  O1: callable(double)\n  O1: double(-3)")
    folder.write(
        {
            "project.toml": PROJECT + "\n[limits]\ntest_seconds = 2\n",
            "specs/triple.yaml": triple,
            "specs/double.yaml": idle,
            "tests/test_triple.py": hanging,
        }
    )
    assert [code for *_, code in found(folder, code=2)] == ["R107", "W120"]


def test_packages_that_are_missing_are_installed_when_asked_only(folder):
    toml = PROJECT.replace('name = "sums"', 'name = "sums"\npackages = ["iniconfig"]')
    folder.write({"project.toml": toml})
    told = folder.specloop("check", "--strict")
    assert "specloop check --install" in told.stderr
    assert not (folder.root / ".specloop").exists()


def test_what_was_found_is_told_where_tests_cannot_run(folder):
    spec = WHOLE.replace("twice the number", "twice the number\n    - O2: an even number")
    empty = folder.root / "empty"
    empty.write_text("#!/bin/sh\nexit 1\n")
    empty.chmod(0o755)
    toml = PROJECT.replace('name = "sums"', 'name = "sums"\npython = "empty"')
    folder.write({"project.toml": toml, "specs/double.yaml": spec})
    assert [code for *_, code in found(folder, code=4)] == ["W103"]
    assert "tests cannot run with" in folder.specloop("check", code=4).stderr


def test_a_prompt_that_no_model_has_room_for_is_a_warning(folder):
    small = PROJECT + "context_tokens = 600\n"
    folder.write({"project.toml": small})
    assert found(folder) == [("specs/double.yaml", 1, "warning", "W115")]
