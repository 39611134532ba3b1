"""The documentation holds what it says.

Conventions of the pages: a block with title="PATH" is a file that the reader writes there. In
docs/tutorial.md, lines of console blocks that begin with "$ " are commands, run in order, each of
which succeeds; the lines below one appear in its output, in that order, "…" standing for anything.
A toml block is (a part of) a project.toml and a yaml block (a part of) a spec, unless its title
says otherwise.
"""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import click
import pytest
from pages import BLOCK, DOCS, FINDINGS, PAGES, REFERENCE, ROOT, Block, blocks_of
from pydantic import BaseModel
from ruamel.yaml import YAML

from specloop.cli.main import COMMANDS
from specloop.errors import ExitCode
from specloop.spec.document import SpecDocument
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.problems import Problems
from specloop.spec.read import read_sources
from specloop.spec.settings import ModelTable, Settings
from specloop.spec.yaml_node import Mapping, plain
from specloop.spec.yaml_text import read_yaml

_LINK = re.compile(r"\]\(([^)\s]+)\)")

# Those of the pages on findings have faults: test_findings.py reads them.
BLOCKS = [block for page in PAGES if page.parent != FINDINGS for block in blocks_of(page)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


class _Loads(HTMLParser):
    """The addresses that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("script", "img", "iframe", "source") and attributes.get("src"):
            self.found.append(attributes["src"] or "")
        if tag == "link" and attributes.get("rel") in ("stylesheet", "icon", "preconnect"):
            self.found.append(attributes.get("href") or "")


def test_the_pages_build_and_load_nothing_from_other_hosts(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > len(PAGES) - 2
    for page in pages:
        parser = _Loads()
        text = page.read_text("utf-8")
        parser.feed(text)
        assert parser.found, page
        assert not [address for address in parser.found if re.match(r"(\w+:)?//", address)], page
        # The theme fetches a program from elsewhere to draw such diagrams.
        assert 'class="mermaid"' not in text, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_point_at_something(page: Path) -> None:
    text = BLOCK.sub("", page.read_text("utf-8"))
    for target in _LINK.findall(text):
        path, _, _ = target.partition("#")
        if path and not re.match(r"\w+:", path):
            assert (page.parent / path).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "toml"], ids=str)
def test_toml_blocks_are_settings(block: Block) -> None:
    given = tomllib.loads(block.body)
    given.setdefault("project", {}).setdefault("name", "any")
    Settings.model_validate(given)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "yaml"], ids=str)
def test_yaml_blocks_are_specs(block: Block) -> None:
    if block.title.startswith(".github/"):
        assert YAML(typ="safe", pure=True).load(block.body)
        return
    problems = Problems(block.page)
    tree = read_yaml(block.body, problems)
    assert isinstance(tree, Mapping), problems.found
    given = {key.value: plain(value) for key, value in tree.pairs}
    SpecDocument.model_validate({"task": "Any", "file": "any.py"} | given)


def typed(command: str, folder: Path) -> str:
    """What a command prints that a reader types in a folder; it must succeed."""
    person = {"NAME": "Reader", "EMAIL": "reader@example.org"}
    identity = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in person.items()}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"{{ {command}; }} 2>&1"],
        cwd=folder,
        env=os.environ | identity | {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}"
    return done.stdout


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def test_the_tutorial_runs(tmp_path: Path) -> None:
    folder = tmp_path
    ran = 0
    for block in blocks_of(DOCS / "tutorial.md"):
        if block.title:
            write(folder / block.title, block.body)
        elif block.language == "console":
            for command, expected in commands_of(block.body):
                if command.startswith("cd "):
                    folder /= command[3:]
                    continue
                printed = typed(command, folder)
                ran += 1
                pattern = ".*".join(re.escape(part) for part in expected.split("…"))
                assert re.search(pattern, printed, re.DOTALL), f"$ {command}\n{printed}"
    assert ran > 15


SLUGIFY = "def slugify(title: str) -> str:\n    return {}\n"


def test_a_repository_that_exists_takes_specloop_in(tmp_path: Path) -> None:
    """The files of the page, in a subfolder of a repository, with code that passes all but one."""
    typed("git init --quiet --initial-branch main .", tmp_path)
    root = tmp_path / "service"
    write(root / "shop" / "slug.py", SLUGIFY.format('title.lower().replace(" ", "-")'))
    test = 'def test_one_word():\n    assert slugify("A") == "a"\n'
    write(root / "tests" / "test_slug.py", f"from shop.slug import slugify\n\n\n{test}")
    files = {b.title: b.body for b in blocks_of(DOCS / "how-to" / "existing.md") if b.title}
    settings = files.pop("pytest.ini")
    for path, text in files.items():
        write(root / path, text)
    typed("git add --all && git commit --quiet --message Start", root)
    assert re.match("slug +test ", typed("specloop plan", root))
    answer = SLUGIFY.format('title.lower().replace(" ", "-").strip("!")')
    write(root / "answers" / "slug" / "01.md", f"```python\n{answer}```\n")
    told = typed("specloop run --model replay/answers", root)
    assert "2 of 3 tests passed" in told
    assert "3 of 3 tests passed" in told
    assert "tests/spec/test_slug.py" in typed("specloop accept", root)
    write(root / "pytest.ini", settings)
    assert "3 passed" in typed("python -m pytest -W error", root)
    assert "reopened" in typed("specloop run --model replay/answers", root)
    assert "Nothing to do" in typed("specloop run --model replay/answers", root)
    assert typed("git status --short", root).split() == ["??", "answers/", "??", "pytest.ini"]


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected.strip("\n")


def test_the_starter_is_a_project_without_findings() -> None:
    starter = ROOT / "examples" / "starter"
    assert 'name = "starter"' in (starter / "project.toml").read_text("utf-8")
    sources = read_sources(starter)
    assert not without_ignored(lint(sources, date.today()), sources.project)
    assert [len(spec.rows) > 0 and len(spec.held_out) > 0 for spec in sources.project.modules] == [
        True
    ]


def test_the_reference_of_project_toml_shows_every_default() -> None:
    page = REFERENCE / "project-toml.md"
    shown = tomllib.loads(next(b.body for b in blocks_of(page) if b.title == "project.toml"))
    defaults = Settings.model_validate({"project": {"name": "my-project"}}).model_dump()
    assert {name: table for name, table in shown.items() if name != "models"} == {
        name: table for name, table in defaults.items() if name != "models"
    }
    text = page.read_text("utf-8")
    missing = [key for key in ModelTable.model_fields if f"`{key}`" not in text]
    assert not missing


def test_the_reference_of_specs_names_every_key() -> None:
    text = (REFERENCE / "spec.md").read_text("utf-8")
    assert not [key for key in _keys(SpecDocument) if f"`{key}`" not in text]


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_of_commands_names_every_option(name: str) -> None:
    text = (REFERENCE / "commands.md").read_text("utf-8")
    section = text.partition(f"## specloop {name}\n")[2].partition("\n## ")[0]
    command = import_module(COMMANDS[name][0]).command
    options = [param.opts for param in command.params if isinstance(param, click.Option)]
    missing = [names for names in options if not any(f"`{each}" in section for each in names)]
    assert section
    assert not missing


def test_the_reference_names_every_exit_code() -> None:
    text = (REFERENCE / "exit-codes.md").read_text("utf-8")
    assert not [code for code in ExitCode if f"| {code.value} | {code.name} |" not in text]
