"""`specloop init`, from a checkout and from a wheel."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from command_line import EXAMPLES, Folder, environment, everything, specloop

CHECKOUT = Path(__file__).parents[2]
LITTER = {  # what running an example in a checkout leaves there
    ".specloop/journal.db": "journal",
    ".specloop/blobs/0a": "blob",
    "shop/__pycache__/slug.cpython-311.pyc": "compiled",
}


def shipped(name):
    """The files of an example, by their paths in it."""
    found = everything(EXAMPLES / name, ".specloop", ".git")
    return {path: data for path, data in found.items() if "__pycache__" not in path.parts}


def test_list():
    text = specloop("init", "--list").stdout
    about = json.loads(specloop("init", "--list", "--json").stdout)
    assert set(about) == {"functions", "slug", "user_service"}
    for name, title in about.items():
        assert title in " ".join((EXAMPLES / name / "README.md").read_text().split())
        assert re.search(f"^{name} +{re.escape(title)}$", text, re.MULTILINE)
    assert "starter" not in text


def test_starter_is_called_as_its_folder(tmp_path):
    made = specloop("init", "My shop.lock", cwd=tmp_path)
    project = Folder(tmp_path / "My shop.lock")
    assert made.stdout.endswith("next: cd 'My shop.lock' && specloop run\n")
    changed = shipped("starter")
    changed[Path("project.toml")] = changed[Path("project.toml")].replace(
        b'name = "starter"', b'name = "My-shop-lock"'
    )
    assert everything(project.root, ".git", ".specloop") == changed
    assert project.specloop("check", "--strict").stdout.startswith("My-shop-lock: 1 module")
    assert project.git("status", "--porcelain") == ""
    assert project.git("log", "--format=%s %an") == "Start of My shop.lock Ada"
    assert project.git("symbolic-ref", "HEAD") == "refs/heads/main"


@pytest.mark.parametrize("name", ["...", "-x..y", "Über uns", "日本"])
def test_starter_in_a_folder_with_a_name_of_its_own_kind(tmp_path, name):
    specloop("init", "--", name, cwd=tmp_path)
    assert ": 1 module" in specloop("check", tmp_path / name).stdout


def test_example(tmp_path):
    (tmp_path / "there").mkdir()
    made = specloop("init", "there", "--example", "slug", "--json", cwd=tmp_path)
    assert json.loads(made.stdout) == {"folder": "there", "example": "slug"}
    assert everything(tmp_path / "there", ".git", ".specloop") == shipped("slug")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["full"], "'full' is there already and not empty"),
        (["full/file"], "'full/file' is there already"),
        (["new", "--example", "slugs"], "there is no example 'slugs'; did you mean 'slug'?"),
        (["full/file/below"], "the system refused 'full/file"),
    ],
)
def test_refused(tmp_path, words, told):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    before = everything(tmp_path)
    done = specloop("init", *words, cwd=tmp_path, code=4 if "system" in told else 2)
    assert told in done.stderr
    assert everything(tmp_path) == before


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a checkout in which examples were run."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("specloop", "examples"):
        shutil.copytree(
            CHECKOUT / name, checkout / name, ignore=shutil.ignore_patterns(".specloop")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(CHECKOUT / name, checkout)
    Folder(checkout / "examples" / "slug").write(LITTER)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", "dist", "."],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (found,) = (checkout / "dist").iterdir()
    return found


def test_wheel_holds_all_that_is_needed_and_no_more(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    examples = {
        f"specloop/examples/{name}/{path.as_posix()}"
        for name in ("functions", "slug", "starter", "user_service")
        for path, data in shipped(name).items()
        if data is not None
    }
    templates = {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / "specloop").rglob("*")
        if path.suffix in (".py", ".j2", ".typed", ".toml", ".yaml")
    }
    assert any(name.endswith(".j2") for name in templates)
    assert "specloop/py.typed" in templates
    assert {name for name in names if ".dist-info/" not in name} == examples | templates


def test_init_from_the_wheel(wheel, tmp_path):
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    start = "import specloop.cli.main as it; print(it.__file__); it.main()"
    done = subprocess.run(
        [sys.executable, "-c", start, "init", "made", "--example", "user_service"],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(unpacked)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(unpacked))
    assert everything(tmp_path / "made", ".git", ".specloop") == shipped("user_service")
