"""What `check` finds in specs of many kinds: one fault in each bad one, nothing in good ones.

Each spec stands alone in a project, in specs/ under its own name. `NAME.toml` beside it is the
project's project.toml where the usual one does not fit; what lies in `NAME/` is in the project,
too. The first line of a bad spec is `# expect: CODE LINE`, that of a good one says what it is
about.
"""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from specloop.errors import Finding, InvalidInput
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.read import read_sources

CORPUS = Path(__file__).parent / "corpus"
BAD = sorted((CORPUS / "bad").glob("*.yaml"))
GOOD = sorted((CORPUS / "good").glob("*.yaml"))
TODAY = date(2027, 1, 31)
PROJECT = """\
[project]
name = "corpus"
specs = ["specs/*.yaml"]
packages = ["click>=8", "fastapi>=0.115", "httpx>=0.27", "pydantic>=2", "sqlalchemy>=2"]
"""
# Good specs in which something is found all the same. What is mended must leave this list.
FALSE_ALARMS: dict[str, str] = {}


def marked(spec: Path):
    reason = FALSE_ALARMS.get(spec.stem)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(spec, id=spec.stem, marks=marks)


def found(spec: Path, root: Path) -> list[Finding]:
    companions, settings = spec.with_suffix(""), spec.with_suffix(".toml")
    if companions.is_dir():
        shutil.copytree(companions, root, dirs_exist_ok=True)
    (root / "specs").mkdir(exist_ok=True)
    shutil.copy(spec, root / "specs" / spec.name)
    text = settings.read_text("utf-8") if settings.exists() else PROJECT
    (root / "project.toml").write_text(text, "utf-8")
    try:
        sources = read_sources(root)
    except InvalidInput as error:
        return list(error.findings)
    return list(without_ignored(lint(sources, TODAY), sources.project))


@pytest.mark.parametrize("spec", BAD, ids=lambda spec: spec.stem)
def test_bad(spec: Path, tmp_path: Path) -> None:
    first = spec.read_text("utf-8").partition("\n")[0]
    expected = re.fullmatch(r"# expect: ([A-Z]\d{3}) (\d+)", first)
    assert expected is not None, first
    findings = found(spec, tmp_path)
    assert [(finding.line, finding.code) for finding in findings] == [
        (int(expected[2]), expected[1])
    ], "\n".join(map(str, findings))


@pytest.mark.parametrize("spec", [marked(spec) for spec in GOOD])
def test_good(spec: Path, tmp_path: Path) -> None:
    assert re.match(r"# \w+", spec.read_text("utf-8"))
    findings = found(spec, tmp_path)
    assert not findings, "\n".join(map(str, findings))


def test_there_are_enough_of_both() -> None:
    assert len(BAD) >= 60
    assert len(GOOD) >= 20
