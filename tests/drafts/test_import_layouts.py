"""Which layout a path belongs to, and sources that are not as they should be."""

import random
import shutil

import pytest
from drafted import FIXTURES, KIRO, OPENSPEC, SPEC_KIT, document, drafts_of, dropped, written

from specloop.drafts.importing.layouts import import_drafts
from specloop.errors import InvalidInput

RULE = "### Requirement 1\n1. WHEN a THEN b\n"


@pytest.mark.parametrize(
    ("path", "kind", "names"),
    [
        (SPEC_KIT / "specs", "spec-kit", 7),
        (SPEC_KIT / "specs/002-sharing", "spec-kit", 1),
        (SPEC_KIT / "specs/002-sharing/spec.md", "spec-kit", 1),
        (OPENSPEC / "openspec/specs", "openspec", 1),
        (OPENSPEC / "openspec/changes/add-keys", "openspec", 2),
        (KIRO / ".kiro", "kiro", 4),
        (KIRO / ".kiro/specs/sprache", "kiro", 1),
    ],
)
def test_a_path_in_a_layout_says_what_is_asked_for(path, kind, names):
    drafts, imported = drafts_of(path)
    assert (imported.kind, len(drafts)) == (kind, names)
    assert drafts_of(path, kind)[1] == imported


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (FIXTURES, "auto"),
        (FIXTURES.parent, "auto"),
        (SPEC_KIT / ".specify/memory", "auto"),
        (SPEC_KIT, "kiro"),
        (OPENSPEC / "openspec/specs", "spec-kit"),
    ],
)
def test_another_layout_is_told_with_what_was_looked_for(path, kind):
    with pytest.raises(InvalidInput, match="no layout that is known") as told:
        import_drafts(path, kind)
    assert (".kiro/specs/" in str(told.value)) == (kind != "spec-kit")
    assert ("specs/NAME/spec.md" in str(told.value)) == (kind != "kiro")


def test_two_layouts_are_a_question(tmp_path):
    files = {".kiro/specs/a/requirements.md": RULE, "specs/a/spec.md": "- FR-001: one"}
    written(tmp_path, files)
    with pytest.raises(InvalidInput, match="spec-kit and kiro; choose one with --kind"):
        import_drafts(tmp_path, "auto")
    assert import_drafts(tmp_path, "kiro").kind == "kiro"
    assert import_drafts(tmp_path / "specs", "auto").kind == "spec-kit"


def test_openspec_is_not_taken_for_spec_kit_from_inside(tmp_path):
    shutil.copytree(OPENSPEC, tmp_path / "shop")
    for path in ("openspec", "openspec/specs/login", "openspec/changes/add-keys/specs"):
        assert import_drafts(tmp_path / "shop" / path, "auto").kind == "openspec"


def test_links_in_circles_and_out_of_the_repository(tmp_path):
    secret = written(tmp_path / "else", {"spec.md": "- FR-001: secret"})
    root = written(tmp_path / "shop", {"specs/1-a/spec.md": "- FR-001: one"})
    (root / "specs/loop").symlink_to("loop")
    (root / "specs/up").symlink_to("..")
    (root / "specs/2-b").mkdir()
    (root / "specs/2-b/spec.md").symlink_to("spec.md")
    (root / "specs/3-c").mkdir()
    (root / "specs/3-c/spec.md").symlink_to(secret / "spec.md")
    drafts, imported = drafts_of(root)
    assert list(drafts) == ["a"]
    told = "\n".join(dropped(imported))
    assert "'specs/2-b/spec.md' does not exist" in told
    assert "'specs/3-c/spec.md' is a link that leaves" in told
    with pytest.raises(InvalidInput, match="does not exist, or is a link to nothing"):
        import_drafts(root / "specs/loop", "auto")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"# A\n\xff\xfe", "the file is not UTF-8"),
        ("- FR-001: one".encode("utf-16"), "the file is not UTF-8"),
        (b"- FR-001: a\n" * 90_000, "the file is larger than 1 MB"),
        (b"nothing of the kind", "about the document itself"),
        (b"## Requirements\n### Functional Requirements\n", "nothing in it makes a draft"),
    ],
)
def test_a_file_that_gives_nothing_is_told(tmp_path, content, told):
    root = written(tmp_path, {"specs/1-a/spec.md": content, "specs/2-b/spec.md": "- FR-001: one"})
    drafts, imported = drafts_of(root)
    assert list(drafts) == ["b"]
    assert any(told in text for text in dropped(imported))


def test_folders_and_strange_names_in_place_of_files(tmp_path):
    root = written(tmp_path, {"specs/1\n# a/spec.md": "- FR-001: one", "specs/2/spec.md/x": "a"})
    drafts, imported = drafts_of(root)
    assert not drafts
    told = "\n".join(dropped(imported))
    assert "holds control characters" in told
    assert "this is not a file" in told


@pytest.mark.parametrize("sign", list("*-#`[|<(a1.=~_:{"))
def test_long_lines_and_many(tmp_path, sign):
    long = f"- [ ] T001 {sign * 30_000} {sign} {f'{sign} ' * 15_000}\n"
    files = {"specs/1/spec.md": f"- FR-001: {long}{long}", "specs/1/tasks.md": long * 2}
    drafts, _ = drafts_of(written(tmp_path, files))
    assert list(drafts) == ["feature"]


_BITS = (
    *(b"\xff", b"\x00", b"\x85", b"\r", b"\n\n", b"\t", b"```\n", b"<!--", b"-->", b"---\n"),
    *(b"# ", b"### ", b"- ", b"- [ ] ", b"1. ", b"**", b"_", b"{x}", b"`", b"|"),
    *(b"'", b'"', b": ", b" #", b"&a ", b"*a ", b"!x ", b"%", b"none", b"V1: "),
    *("\u2028\ufeff\U0001f4f7 ".encode(), b"FR-001", b"a.py", b"../b.py ", b"[US1]"),
)


def mutated(data, chance):
    """The bytes with some of them lost, doubled, moved, or joined by others."""
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.randint(0, len(data)) for _ in range(2))
        end = min(end, start + chance.choice((1, 20, 200)))
        middle = chance.choice((b"", data[start:end] * 2, data[start:end][::-1]))
        data = data[:start] + middle + chance.choice(_BITS) + data[end:]
    return data


@pytest.mark.parametrize("kind", ["spec-kit", "openspec", "kiro"])
def test_whatever_stands_in_the_files_a_draft_can_be_read(tmp_path, kind):
    chance = random.Random(kind)
    source = {"spec-kit": SPEC_KIT, "openspec": OPENSPEC, "kiro": KIRO}[kind]
    files = {p: p.read_bytes() for p in sorted(source.rglob("*.md"))}
    read = 0
    for _ in range(70):
        for path, data in files.items():
            content = mutated(data, chance) if chance.random() < 0.6 else data
            written(tmp_path, {str(path.relative_to(source)): content})
        for draft in import_drafts(tmp_path, kind).drafts:
            document(draft.text)
            assert draft.open_points
            read += 1
    assert read > 100
