"""Test files of one name in one run."""

from specloop.attempt.report import Verdict
from specloop.ports import TestJob
from specloop.verify.suite import importable, work

OWN, ROWS = "tests/test_slug.py", "tests/spec/test_slug.py"
FILES = {
    "src/shop/slug.py": "def slugify(title):\n    return title.lower()\n",
    "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef word():\n    return 'A'\n",
    "tests/words.py": "WORD = 'A'\n",
    OWN: "from shop.slug import slugify\nfrom words import WORD\n\n\n"
    "def test_a(word):\n    assert slugify(word) == slugify(WORD) == 'a'\n",
    ROWS: "from shop.slug import slugify\n\n\ndef test_a(word):\n    assert slugify(word) == 'a'\n",
}


def job(files, *targets):
    content = {path: text.encode() for path, text in files.items()}
    return TestJob(content, targets, "src/shop/slug.py", pythonpath=("src",))


def modes(files, *targets, tmp_path):
    arguments = work(job(files, *targets)).order["arguments"]
    return [argument for argument in arguments if "import-mode" in argument]


def test_both_run_under_their_own_node_ids(shared_runner):
    report = shared_runner.run(job(FILES, ROWS, OWN))
    assert report.verdict is Verdict.PASSED, report.failures
    assert report.passed == (f"{ROWS}::test_a", f"{OWN}::test_a")


def test_failing_assert_is_still_explained(shared_runner):
    files = FILES | {ROWS: "def test_a():\n    assert [1] == [2]\n"}
    (failure,) = shared_runner.run(job(files, "tests")).failures
    assert failure.node_id == f"{ROWS}::test_a"
    assert "At index 0 diff: 1 != 2" in failure.message


def test_only_a_clash_changes_how_pytest_imports(tmp_path):
    def found(files, *targets):
        return modes(files, *targets, tmp_path=tmp_path)

    clash = ["--import-mode=importlib"]
    assert found(FILES, ROWS, OWN) == clash
    assert found(FILES, "tests") == clash
    assert found(FILES, f"{OWN}::test_a", ROWS) == clash
    assert found(FILES, ".") == clash
    assert found(FILES, OWN) == []
    assert found(FILES, "tests/spec") == []
    assert found(FILES | {"tests/spec/__init__.py": ""}, "tests") == []
    assert found(FILES | {"tests/a/words.py": ""}, OWN, "tests/a") == []
    assert found({"tests/a/conftest.py": "", "tests/conftest.py": ""}, "tests") == []


def test_what_lies_beside_the_tests_can_be_imported_as_ever():
    assert importable(job(FILES, "tests")) == ("src", "tests/spec", "tests")
    assert importable(job(FILES, OWN)) == ("src",)
