"""Lists of packages in plans, and the lines for project.toml that come of them."""

import tomllib

import pytest

from specloop.drafts.importing.draft import Place, Setting
from specloop.drafts.importing.packages import note_packages
from specloop.drafts.importing.project_toml import first_project, settings_lines
from specloop.drafts.importing.source import Source

PLAN = Place("plan.md", 6)
KEY = "[project] packages"


@pytest.mark.parametrize(
    ("text", "usable", "unclear"),
    [
        ("FastAPI, httpx", ["fastapi", "httpx"], []),
        ("`FastAPI`; SQLAlchemy and Typing_Extensions.", None, []),
        ("uvicorn[standard], httpx>=0.27,<1, x", ["uvicorn[standard]", "httpx<1,>=0.27", "x"], []),
        ("FastAPI (web, async), httpx (client)", ["fastapi", "httpx"], []),
        ("FastAPI 0.110, pandas", ["pandas"], ["FastAPI 0.110"]),
        ("FastAPI - web framework", [], ["FastAPI - web framework"]),
        ("x @ https://pypi.example/x.whl", [], ["x @ https://pypi.example/x.whl"]),
        ("Python 3.12, pytest, pytest 8.x, pytest-asyncio", ["pytest-asyncio"], []),
        ("Python 3.11 with FastAPI", [], ["Python 3.11 with FastAPI"]),
        ("Python>=3.12", [], []),
        ("sqlite3, argparse, None", [], []),
        ("N/A", [], []),
        ("pytest 8 or later", [], []),
        ("NEEDS CLARIFICATION", [], ["NEEDS CLARIFICATION"]),
        ("a, " * 400, [], ["a, " * 400]),
    ],
)
def test_what_is_plainly_a_package_is_one(tmp_path, text, usable, unclear):
    source = Source(tmp_path, tmp_path)
    note_packages(source, KEY, text, PLAN)
    usable = ["fastapi", "sqlalchemy", "typing-extensions"] if usable is None else usable
    assert [found.text for found in source.settings if found.usable] == usable
    assert [found.text for found in source.settings if not found.usable] == unclear
    told = [] if usable or unclear else [f"{text!r}: nothing to set"]
    assert [found.reason for found in source.dropped] == told


def test_lines_are_toml_and_each_key_stands_once():
    settings = [
        Setting("[style] rules", 'Say "no" \\ \x01', PLAN),
        Setting(KEY, "fastapi", PLAN),
        Setting("[project] test_packages", "pytest-asyncio", Place("plan.md", 7)),
        Setting(KEY, "a web framework", PLAN, usable=False),
        Setting(KEY, "httpx", Place("b/plan.md", 2)),
        Setting(KEY, "fastapi", Place("b/plan.md", 2)),
    ]
    lines = settings_lines(settings)
    assert lines[:3] == [
        "[project]",
        "# from plan.md#L6, b/plan.md#L2",
        'packages = ["fastapi", "httpx"]',
    ]
    assert tomllib.loads("\n".join(lines)) == {
        "project": {"packages": ["fastapi", "httpx"], "test_packages": ["pytest-asyncio"]},
        "style": {"rules": ['Say "no" \\ \x01']},
    }
    first = first_project("my shop_", "drafts/*.yaml", settings)
    assert tomllib.loads(first) == {"project": {"name": "my-shop", "specs": ["drafts/*.yaml"]}}
    assert '\n# packages = ["fastapi", "httpx"]\n' in first
    assert first_project("日本", "specs/*.yaml", []) == '[project]\nname = "project"'
