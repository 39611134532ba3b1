import shutil

import pytest
from drafted import SPEC_KIT, codes, drafts_of, dropped, text_of, written

from specloop.drafts.importing.draft import Place

SPEC = "specs/001-photo-albums/spec.md"
TASKS = "specs/001-photo-albums/tasks.md"
MISSING = "NEEDS CLARIFICATION"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A repository with features, and with one of the tests that their tasks name."""
    root = shutil.copytree(SPEC_KIT, tmp_path_factory.mktemp("albums") / "root")
    return written(root, {"tests/unit/test_album.py": "def test_album(): ..."})


@pytest.fixture(scope="module")
def found(root):
    return drafts_of(root)


def test_each_python_file_that_tasks_name_is_a_module(found):
    drafts, _ = found
    assert {name: draft.file for name, draft in drafts.items() if MISSING not in draft.file} == {
        "store": "src/albums/store.py",
        "album": "src/albums/album.py",
        "service": "src/albums/service.py",
        "list": "src/albums/list.py",
        "dates": "src/albums/dates.py",
    }
    assert "T009: Sort albums in service.py" in drafts["service"].task
    assert drafts["list"].from_ == [f"{SPEC}#L1", f"{TASKS}#L25"]


def test_rules_go_where_tasks_cite_them_else_to_their_story_else_they_stay(found):
    drafts, imported = found
    assert drafts["album"].requirements.validation == [
        "FR-001: System MUST keep the name of an album; up to 80 characters; with emoji such as 📷"
    ]
    twice = f"{MISSING}: FR-002 is also the id of {SPEC}#L51"
    assert drafts["service"].requirements.validation == [
        "FR-002: System MUST sort albums by date",
        "FR-004: System MUST refuse a photo that is in the album already",
        f"FR-002: System MUST sort albums by name {twice}",
    ]
    left = drafts["photo-albums"]
    assert left.requirements.validation == [
        "FR-003: System MUST keep photos for [NEEDS CLARIFICATION: how long?]",
        "FR-005: NEEDS CLARIFICATION: the source says nothing here",
        "(V1) an item that looks like an id of specloop",
    ]
    assert left.requirements.edge_cases == [
        f"What happens when an album has no photos? {MISSING}: say what happens",
        'A name of spaces only: " " is refused # as empty',
        "(None)",
    ]
    assert left.file == "NEEDS CLARIFICATION: which file is photo-albums to be?"
    assert f"    # from: {SPEC}#L48\n    - " in text_of(imported, "album")


def test_scenarios_are_rows_to_write(found):
    drafts, _ = found
    assert drafts["service"].examples == [
        f"# from: {SPEC}#L25\n"
        "# row to write: Given no album, When one is made with a name, Then it is listed\n"
        f"# from: {SPEC}#L26\n# row to write: Given an album, When a photo is added twice, "
        "Then it is in the album once\n"
    ]
    assert "Then the newest comes first" in drafts["dates"].examples[0]
    assert not drafts["list"].examples


def test_what_tasks_wait_for_and_the_foundation_become_dependencies(found):
    drafts, _ = found
    assert {name: draft.dependencies for name, draft in drafts.items()} == {
        "store": [],
        "album": ["store"],
        "service": ["album", "store"],
        "list": ["service", "dates", "store"],
        "dates": ["store"],
        "photo-albums": [],
        "sharing": [],
    }


def test_a_test_file_that_exists_is_that_of_the_module_of_its_name(found):
    drafts, imported = found
    assert drafts["album"].tests == ["tests/unit/test_album.py"]
    assert len(drafts["album"].constraints) == 1
    assert len(drafts["service"].constraints) == 2
    assert f"{TASKS}:17 the test file 'tests/unit/test_service.py': it does not exist" in dropped(
        imported
    )


def test_what_is_left_out_is_told_with_its_line(found):
    _, imported = found
    told = dropped(imported)
    for line, word in [
        (3, "the document itself"),
        (17, "user stories"),
        (58, "blocks of code"),
        (64, "key entities"),
        (70, "success criteria"),
        (74, "assumptions"),
        (80, "clarifications"),
    ]:
        assert any(text.startswith(f"{SPEC}:{line} ") and word in text for text in told), word
    assert any(text.startswith(f"{TASKS}:7 ") and "done already" in text for text in told)
    assert any(text.startswith(f"{TASKS}:27 ") and "no Python file" in text for text in told)
    assert any("contracts" in text and "not read" in text for text in told)
    assert not any("FR-90" in draft.text for draft in imported.drafts)


def test_plan_and_constitution_are_for_project_toml(found):
    _, imported = found
    plan = "specs/001-photo-albums/plan.md"
    assert [(s.key, s.text, s.place) for s in imported.settings] == [
        ("[style] rules", "I. Library first", Place(".specify/memory/constitution.md", 5)),
        ("[project] packages", "fastapi", Place(plan, 6)),
        ("[project] packages", "sqlalchemy", Place(plan, 6)),
    ]
    assert all(setting.usable for setting in imported.settings)
    assert f"{plan}:5 the language and its version: nothing to set" in dropped(imported)
    assert f"{plan}:7 'pytest': nothing to set" in dropped(imported)


def test_a_file_with_a_mark_and_line_ends_of_windows_and_without_ids(found):
    drafts, _ = found
    assert drafts["sharing"].task == "Sharing"
    assert drafts["sharing"].requirements.validation == [
        "System MUST share an album by a link",
        "System MUST end the link after {days} days",
    ]


def test_check_finds_open_points_and_nothing_else(found, root):
    _, imported = found
    assert codes(imported, root) == {"S109", "S116"}
    # Once `file` is answered, `constraints` still says what is open.
    assert all(draft.open_points > 0 for draft in imported.drafts)


def tasks(*lines):
    return "## Phase 3: User Story 1\n" + "".join(f"- [ ] {line}\n" for line in lines)


def test_tasks_that_go_back_and_forth_make_no_circle(tmp_path):
    written(
        tmp_path,
        {
            "specs/1/spec.md": "# A",
            "specs/1/tasks.md": tasks(
                "T001 a.py (depends on T002)", "T002 b.py", "T003 b.py (depends on T001, T003)"
            ),
        },
    )
    drafts, imported = drafts_of(tmp_path)
    assert (drafts["a"].dependencies, drafts["b"].dependencies) == (["b"], [])
    assert "specs/1/tasks.md:4 that 'b.py' waits for 'a.py', which waits for it, too" in dropped(
        imported
    )


def test_one_file_in_two_features_is_one_module(tmp_path):
    written(
        tmp_path,
        {
            "specs/1-a/spec.md": "# A\n## Requirements\n- FR-001: one",
            "specs/1-a/tasks.md": tasks("T001 Write app/main.py"),
            "specs/2-b/spec.md": "# B\n## Requirements\n- FR-001: two",
            "specs/2-b/tasks.md": tasks("T001 Change app/main.py"),
        },
    )
    drafts, _ = drafts_of(tmp_path)
    assert list(drafts) == ["main"]
    assert drafts["main"].requirements.validation == ["FR-001: one", "FR-001: two"]
    assert drafts["main"].from_[0::2] == ["specs/1-a/spec.md#L1", "specs/2-b/spec.md#L1"]


def test_modules_of_one_name_are_told_apart_by_their_folders(tmp_path):
    lines = ["T001 api/user.py", "T002 db/user.py", "T003 db/integration.py", "T004 db/2.py"]
    files = {"specs/1/spec.md": "# A", "specs/1/tasks.md": tasks(*lines)}
    drafts, _ = drafts_of(written(tmp_path, files))
    assert list(drafts) == ["user", "db_user", "db_integration", "db_2"]


def test_scenarios_in_another_language_are_numbered_below_a_story(tmp_path):
    story = "### ユーザーストーリー 1 - 一覧 (優先度: P1)"
    text = f"{story}\n1. **前提** 空、**もし** 開く、**ならば** 無"
    drafts, _ = drafts_of(written(tmp_path, {"specs/1/spec.md": text}))
    assert "# row to write: 前提 空、もし 開く、ならば 無" in drafts["feature"].examples[0]


def test_too_many_files_are_left_together(tmp_path):
    lines = [f"T{n:03} a{n}.py" for n in range(301)]
    files = {"specs/1/spec.md": "- FR-001: one", "specs/1/tasks.md": tasks(*lines)}
    drafts, imported = drafts_of(written(tmp_path, files))
    assert list(drafts) == ["feature"]
    assert "specs/1/tasks.md:2 the tasks name more than 300 files" in dropped(imported)[0]


def test_a_draft_that_nobody_could_read_is_left_out(tmp_path):
    files = {
        "specs/1/spec.md": "# Huge\n" + "- FR-001: a\n" * 2001,
        "specs/2/spec.md": "- FR-001: a",
    }
    drafts, imported = drafts_of(written(tmp_path, files))
    assert len(drafts) == 1
    assert dropped(imported) == [
        "specs/1/spec.md:1 'Huge', more than 1 MB or 2000 items: divide it in the source"
    ]
