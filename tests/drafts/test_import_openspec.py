import pytest
from drafted import OPENSPEC, codes, drafts_of, dropped, text_of, written

SPEC = "openspec/specs/login/spec.md"
CHANGE = "openspec/changes/add-keys/specs/login/spec.md"


@pytest.fixture(scope="module")
def found():
    return drafts_of(OPENSPEC)


def test_a_capability_is_one_draft_with_the_planned_changes_in_it(found):
    drafts, imported = found
    assert list(drafts) == ["login", "keys"]
    assert drafts["login"].task == "Login\n\nWho somebody is.\n"
    assert drafts["keys"].task == "keys\n\nKeys in place of passwords.\n"
    assert drafts["login"].requirements.validation == [
        "AUTH-1 Session Lifetime: A session SHALL end after one hour.",
        "password length: Passwords MUST have 16 characters.",
        "Full Names: Names SHALL be kept.",
        "Keys: A key SHALL log in.",
    ]
    text = text_of(imported, "login")
    for line, note in [
        (f"{SPEC}#L8", ""),
        (f"{CHANGE}#L12", " (change: add-keys, modified)"),
        (f"{SPEC}#L35", " (change: add-keys, renamed from 'Names')"),
        (f"{CHANGE}#L3", " (change: add-keys, added)"),
    ]:
        assert f"    # from: {line}{note}\n" in text


def test_scenarios_are_rows_to_write_for_their_requirement(found):
    drafts, _ = found
    rows = drafts["login"].examples[0].splitlines()
    assert rows[:4] == [
        f"# from: {SPEC}#L17, for V1",
        "# row to write: An hour has passed: GIVEN a session, WHEN an hour has passed, "
        "THEN it is over, AND a new one is needed",
        f"# from: {SPEC}#L23, for V1",
        "# row to write: One without the word: WHEN nothing happens, THEN it lasts",
    ]
    assert rows[4] == f"# from: {CHANGE}#L6, for V4"


def test_what_is_left_out_is_told(found):
    _, imported = found
    told = dropped(imported)
    for text in [
        f"{SPEC}:12 blocks of code",
        f"{SPEC}:27 modified by the change 'add-keys'",
        f"{SPEC}:32 removed by the change 'add-keys'",
        f"{SPEC}:40 text below 'open questions'",
        f"{CHANGE}:17 why a change removes something",
        f"{CHANGE}:25 renames 'Nobody', which no spec has",
        "openspec/changes/archive:1 changes in the archive: the specs hold them already",
        "openspec/specs/empty/spec.md:1 the file is empty",
        "openspec/specs/prose/spec.md:1 text above all headings",
        "openspec/specs/prose/spec.md:1 nothing in it makes a draft",
    ]:
        assert text in told
    assert any("proposal.md:1 not read" in text for text in told)
    assert not any("In a fence" in draft.text for draft in imported.drafts)


def test_check_finds_open_points_and_nothing_else(found, tmp_path):
    assert codes(found[1], tmp_path) == {"S109", "S116"}


def test_two_changes_to_one_requirement_leave_a_question(tmp_path):
    modified = "## MODIFIED Requirements\n### Requirement: A\nIt SHALL be {}."
    files = {
        "openspec/specs/x/spec.md": "### Requirement: A\nIt SHALL be.",
        "openspec/changes/one/specs/x/spec.md": modified.format(1),
        "openspec/changes/two/specs/x/spec.md": modified.format(2),
    }
    drafts, _ = drafts_of(written(tmp_path, files))
    question = "NEEDS CLARIFICATION: another requirement has this name; which one holds?"
    assert drafts["x"].requirements.validation == [
        f"A: It SHALL be 1. {question}",
        f"A: It SHALL be 2. {question}",
    ]


def test_a_requirement_that_is_renamed_and_modified_is_still_one(tmp_path):
    change = """## RENAMED Requirements
- FROM: `### Requirement: A`
- TO: `### Requirement: B`
## MODIFIED Requirements
### Requirement: B
It SHALL be better.
#### Scenario: Now
- **WHEN** it is
"""
    files = {
        "openspec/specs/x/spec.md": "### Requirement: C\nSo.\n### Requirement: A\nIt SHALL be.",
        "openspec/changes/one/specs/x/spec.md": change,
    }
    drafts, _ = drafts_of(written(tmp_path, files))
    assert drafts["x"].requirements.validation == ["C: So.", "B: It SHALL be better."]
    assert "spec.md#L7, for V2\n# row to write: Now: WHEN it is" in drafts["x"].examples[0]


def test_rows_stay_with_a_requirement_that_is_renamed(tmp_path):
    files = {
        "openspec/specs/x/spec.md": "### Requirement: A\nSo.\n#### Scenario: S\n- **WHEN** a",
        "openspec/changes/one/specs/x/spec.md": "## RENAMED Requirements\n"
        "- FROM: `### Requirement: A`\n- TO: `### Requirement: B`\n",
    }
    drafts, _ = drafts_of(written(tmp_path, files))
    assert drafts["x"].requirements.validation == ["B: So."]
    assert "spec.md#L3, for V1\n" in drafts["x"].examples[0]


def test_a_requirement_that_asks_is_an_open_point(tmp_path):
    files = {"openspec/specs/x/spec.md": "### Requirement: A\nIs it?\n### Requirement: B?\nIs."}
    drafts, _ = drafts_of(written(tmp_path, files))
    assert drafts["x"].requirements.validation == [
        "A: Is it? NEEDS CLARIFICATION: say what happens",
        "B?: Is.",
    ]


def test_a_part_of_it_is_asked_for(tmp_path):
    drafts, imported = drafts_of(OPENSPEC / "openspec/changes/add-keys/specs/keys/spec.md")
    assert list(drafts) == ["keys"]
    assert imported.root == str(OPENSPEC)
    drafts, _ = drafts_of(OPENSPEC / "openspec")
    assert list(drafts) == ["login", "keys"]
