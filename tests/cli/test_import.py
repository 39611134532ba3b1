"""`specloop import`, as people type it, from sources in folders of their own."""

import json
import shutil
from pathlib import Path

import pytest
from command_line import everything, specloop

FIXTURES = Path(__file__).parents[1] / "drafts" / "fixtures"


@pytest.fixture
def source(tmp_path):
    return shutil.copytree(FIXTURES / "kiro", tmp_path / "shop")


def test_drafts_are_written_and_the_source_is_not_touched(source):
    before = everything(source)
    told = specloop("import", ".", cwd=source).stdout
    assert everything(source, "specs") == before
    names = ["cart-total.yaml", "cart.yaml", "discount.yaml", "sprache.yaml"]
    assert sorted(path.name for path in (source / "specs").iterdir()) == names
    assert f"kiro in {source}: 4 drafts, 11 open points\n" in told
    assert "specs/cart.yaml: shop/cart.py: validation 2, rows to write 1, open points 2\n" in told
    assert "specs/cart-total.yaml: file unknown: validation 1, open points 3\n" in told
    tech = ".kiro/steering/tech.md"
    packages = f'  [project]\n  # from {tech}#L9\n  packages = ["fastapi"]\n'
    rules = f'  [style]\n  # from {tech}#L13\n  rules = ["Type hints everywhere"]\n'
    assert f"for project.toml:\n{packages}{rules}\nnot taken over:\n" in told
    assert "  .kiro/specs/cart-total/design.md: lines 5, 21: the design: how it is built" in told
    assert told.endswith("answer what is open, then run `specloop check`\n")


def test_check_refuses_the_drafts_until_a_person_answers(source):
    specloop("import", ".", cwd=source)
    (source / "project.toml").write_text('[project]\nname = "shop"\nspecs = ["specs/cart.yaml"]\n')
    refused = specloop("check", cwd=source, code=2).stdout
    assert refused.count(" error S109 a point is open") == 2
    assert refused.count(" error S116 nothing says when this module is right") == 1
    assert refused.endswith("\nshop: 1 module, 0 example rows, 3 errors\n")
    draft = (source / "specs" / "cart.yaml").read_text("utf-8")
    answered = [line for line in draft.splitlines() if "NEEDS CLARIFICATION" not in line]
    answered.remove("constraints:")
    text = "\n".join(answered).replace(
        "examples: |\n",
        'exports: ["def total(prices: list[int]) -> int"]\nexamples: |\n'
        "  V1: total([1, 2]) == 3\n  V2: total([]) == 0\n",
    )
    (source / "specs" / "cart.yaml").write_text(text, "utf-8")
    assert "2 example rows" in specloop("check", cwd=source).stdout


def test_where_no_project_is_the_report_ends_with_one_that_check_reads(source):
    told = specloop("import", ".", cwd=source).stdout
    before, _, after = told.partition(f"write '{source}/project.toml', such as:\n\n")
    assert before.endswith("there is no project.toml yet, which `check` needs; ")
    text, _, last = after.partition("\n\n")
    assert last == "answer what is open, then run `specloop check`\n"
    assert '\n# packages = ["fastapi"]\n' in text
    (source / "project.toml").write_text(text)
    found = json.loads(specloop("check", "--json", cwd=source, code=2).stdout)
    assert {finding["code"] for finding in found} == {"S109", "S116"}
    shutil.rmtree(source / "specs")
    assert "there is no project.toml" not in specloop("import", ".", cwd=source).stdout
    elsewhere = source.parent / "else"
    elsewhere.mkdir()
    told = specloop("import", source, "--dry-run", cwd=elsewhere).stdout
    assert f"write '{elsewhere}/project.toml', such as:\n\n[project]\nname = \"else\"\n" in told
    assert (
        "there is no project.toml"
        not in specloop("import", source, "--dry-run", "--out", "/", cwd=elsewhere).stdout
    )


def test_what_nobody_can_tell_to_be_a_package_is_to_look_at(source):
    tech = source / ".kiro" / "steering" / "tech.md"
    tech.write_text("## Stack\n- FastAPI, a web framework\n")
    told = specloop("import", ".", "--dry-run", cwd=source).stdout
    look = "for project.toml, to look at:\n"
    assert f"{look}  [project] packages: a web framework  (.kiro/steering/tech.md#L2)\n" in told
    assert '  packages = ["fastapi"]\n' in told


def test_a_dry_run_shows_what_would_be_written(source):
    before = everything(source)
    told = specloop("import", source, "--dry-run", "--kind", "kiro", "--out", "new").stdout
    assert everything(source) == before
    assert "--- new/cart.yaml\ntask: |\n  Write `shop/cart.py`\n" in told
    assert told.endswith("nothing was written\n")


def test_json(source):
    made = json.loads(specloop("import", source, "--json", "--out", "new", cwd=source).stdout)
    assert (made["written"], made["kind"], made["root"]) == (True, "kiro", str(source))
    cart = next(draft for draft in made["drafts"] if draft["module"] == "cart")
    assert cart.pop("text") == (source / "new" / "cart.yaml").read_text("utf-8")
    assert cart == {
        "path": "new/cart.yaml",
        "module": "cart",
        "file": "shop/cart.py",
        "from": [".kiro/specs/cart-total/requirements.md#L1", ".kiro/specs/cart-total/tasks.md#L4"],
        "items": {"validation": 2, "rows_to_write": 1},
        "open_points": 2,
    }
    assert next(draft["file"] for draft in made["drafts"] if draft["module"] == "sprache") is None
    reason = "user stories: why it is wanted"
    place = {"path": ".kiro/specs/cart-total/requirements.md", "line": 15}
    assert {"reason": reason, **place} in made["dropped"]
    tech = {"path": ".kiro/steering/tech.md", "line": 9}
    packages = {"key": "[project] packages", "text": "fastapi", "usable": True}
    assert {**packages, **tech} in made["settings"]
    assert made["project_toml"].startswith('[project]\nname = "shop"\nspecs = ["new/*.yaml"]\n')
    (source / "project.toml").write_text("")
    made = json.loads(specloop("import", source, "--json", "--dry-run", cwd=source).stdout)
    assert made["project_toml"] is None
    assert not json.loads(specloop("import", source, "--json", "--dry-run").stdout)["written"]


def test_drafts_of_spec_kit_stand_beside_its_own_folders(tmp_path):
    source = shutil.copytree(FIXTURES / "spec_kit", tmp_path / "albums")
    before = everything(source / "specs")
    specloop("import", "specs/002-sharing", cwd=source)
    after = everything(source / "specs")
    assert after.pop(Path("sharing.yaml"))
    assert after == before


def test_what_is_there_is_never_overwritten(source):
    (source / "specs").mkdir()
    (source / "specs" / "cart.yaml").write_text("mine")
    before = everything(source)
    refused = specloop("import", ".", cwd=source, code=2).stderr
    assert "'specs/cart.yaml' would be overwritten; nothing was written" in refused
    assert everything(source) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["else"], "no layout that is known in 'else', nor around it"),
        (["nowhere"], "'nowhere' does not exist"),
        ([".", "--kind", "openspec"], "openspec/specs/ or openspec/changes/"),
        ([".", "--kind", "jira"], "'jira' is not one of"),
        ([".", "--out", "file"], "'file' is not a folder"),
        ([".kiro/specs/leer"], "nothing in it makes a draft; see above what was found"),
        ([], "Missing argument 'PATH'"),
    ],
)
def test_refused(source, words, told):
    (source / "else").mkdir()
    (source / "file").write_text("mine")
    before = everything(source)
    assert told in specloop("import", *words, cwd=source, code=2).stderr
    assert everything(source) == before


def test_text_of_files_cannot_steer_a_terminal(source):
    path = source / ".kiro" / "specs" / "sprache" / "requirements.md"
    path.write_text("### 1\n1. WHEN \x1b[31m red \u202e turned\n\n## \x1b]0;x\x07\ntext\n")
    told = specloop("import", ".", "--dry-run", cwd=source).stdout
    assert "red \\u202e turned" in told
    assert not set(told) & {"\x1b", "\x07", "\u202e"}
