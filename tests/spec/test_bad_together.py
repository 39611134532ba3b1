"""Faults that no single line makes: two specs, a link, a folder, no project at all."""

from pathlib import Path

import pytest
from small_project import FILES, SLUG, Make, changed, found_in

from specloop.errors import InvalidInput
from specloop.spec.read import read_project


def test_two_specs_for_one_file(make: Make) -> None:
    (finding,) = found_in(make(changed("specs/text.yaml", "shop/text.py", "shop/Slug.py")))
    assert (finding.path, finding.line, finding.code) == ("specs/text.yaml", 2, "S202")
    assert "specs/slug.yaml" in finding.text
    assert "shop/Slug.py" in finding.text


def test_two_specs_of_one_name(make: Make) -> None:
    root = make(
        {"specs/zzz.yaml": SLUG.replace("slug.py", "z.py").replace("task", "name: SLUG\ntask")}
    )
    (finding,) = found_in(root)
    assert (finding.path, finding.line, finding.code) == ("specs/zzz.yaml", 1, "S201")


def test_cycle_is_shown(make: Make) -> None:
    root = make({"specs/text.yaml": FILES["specs/text.yaml"] + "dependencies: [slug]\n"})
    (finding,) = found_in(root)
    assert (finding.path, finding.line, finding.code) == ("specs/slug.yaml", 11, "S204")
    assert "slug -> text -> slug" in finding.text


def test_generated_file_among_tests(make: Make) -> None:
    changes = changed("project.toml", "tests/integration", "checks")
    changes |= changed("specs/slug.yaml", "shop/slug.py", "checks/slug.py")
    (finding,) = found_in(make({**changes, "checks/test_all.py": ""}))
    assert (finding.line, finding.code) == (2, "S114")
    assert "'checks'" in finding.text


def test_generated_file_behind_a_link(make: Make, tmp_path: Path) -> None:
    root = make({"real/__init__.py": ""})
    (root / "shop").symlink_to(root / "real")
    assert {(f.code, f.line) for f in found_in(root)} == {("S114", 2)}
    assert not list(tmp_path.glob("real/slug.py"))


def test_module_with_the_name_of_a_package(make: Make) -> None:
    (finding,) = found_in(make(changed("specs/text.yaml", "shop/text.py", "shop.py")))
    assert (finding.path, finding.line, finding.code) == ("specs/text.yaml", 2, "S205")
    assert "'shop/slug.py'" in finding.text


def test_spec_behind_a_link_that_leaves_the_root(make: Make, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("task: secret")
    root = make({"inner/specs/a.yaml": SLUG, "inner/project.toml": '[project]\nname = "a"\n'})
    (root / "inner/specs/a.yaml").unlink()
    (root / "inner/specs/a.yaml").symlink_to(outside)
    (finding,) = found_in(root / "inner")
    assert (finding.path, finding.code) == ("specs/a.yaml", "S100")


def test_generated_file_outside_pythonpath(make: Make) -> None:
    root = make(changed("project.toml", 'name = "shop"', 'name = "shop"\npythonpath = ["src"]'))
    assert {(f.path, f.code) for f in found_in(root)} == {
        ("specs/slug.yaml", "S114"),
        ("specs/text.yaml", "S114"),
    }


def test_checked_by_integration_without_integration_tests(make: Make) -> None:
    changes = changed("project.toml", 'tests = ["tests/integration"]', "attempts = 1")
    changes |= changed("specs/text.yaml", "tests: [tests/test_text.py]", "checked_by: integration")
    (finding,) = found_in(make(changes))
    assert (finding.code, finding.line) == ("S116", 5)


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no project\.toml in .*specloop init"):
        read_project(tmp_path)
    other = tmp_path / "other.toml"
    other.write_text("")
    with pytest.raises(InvalidInput, match="is not a project"):
        read_project(other)
    (tmp_path / "project.toml").mkdir()
    with pytest.raises(InvalidInput) as caught:
        read_project(tmp_path)
    assert [f.code for f in caught.value.findings] == ["P100"]
