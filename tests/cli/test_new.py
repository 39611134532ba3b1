"""`specloop new`: specs from shipped templates and from those of a user's own."""

import json
import re
from pathlib import Path

import pytest
from command_line import Folder, everything

from specloop.cli.main import main
from specloop.drafts.shelf import find_templates

CHECKOUT = Path(__file__).parents[2]
PROJECT = '[project]\nname = "shop"\n'
FASTAPI = 'packages = ["fastapi"]\ntest_packages = ["httpx"]\n'
ENTRY = r"^specs/thing\.yaml:(\d+): [^\n]*; e\.g\.\n(.*?)(?=\n\nspecs/|\Z)"
IN_PYTHON = ("signature", "class", "exports", "setup", "rows", "examples", "held_out")
SHIPPED = {name: file.read() for name, file in find_templates(Path("no/such/folder")).items()}
OWN = """\
# template: a price list
# {article}: what is sold; e.g. tea
task: The price of {article}
file: shop/{name}.py
style: {style}
"""


@pytest.fixture
def shop(tmp_path):
    """A project without a spec."""
    made = Folder(tmp_path / "shop")
    made.write({"project.toml": PROJECT})
    return made


@pytest.fixture
def typed(shop, capsys, monkeypatch):
    """Type `specloop WORDS…` in the project, in this process; what is printed, and the errors."""

    def type_words(*words, code=0):
        monkeypatch.chdir(shop.root)
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        printed = capsys.readouterr()
        assert ended.value.code == code, printed.err
        return printed

    return type_words


def examples_of(template):
    """`--set` of every placeholder to its example."""
    return [
        word
        for placeholder in SHIPPED[template].placeholders
        for word in ("--set", f"{placeholder.name}={placeholder.example}")
    ]


def test_filled_with_their_examples_the_templates_leave_nothing_to_say(shop, typed):
    # A service stands on a repository, and FastAPI is not installed for the sake of a test.
    names = {"repository": "stock", "service": "orders"}
    for template in sorted(set(SHIPPED) - {"endpoint"}):
        name = names.get(template, template)
        made = typed("new", name, "--template", template, *examples_of(template))
        assert made.out == f"wrote specs/{name}.yaml from {template!r}\nnext: specloop check\n"
    checked = shop.specloop("check", "--strict")
    assert re.fullmatch(r"shop: 6 modules, \d+ example rows, no findings\n", checked.stdout)
    assert checked.stderr == ""


def test_the_filled_endpoint_leaves_nothing_to_say(shop):
    shop.write({"project.toml": PROJECT + FASTAPI})
    shop.specloop("new", "shipping", "--template", "endpoint", *examples_of("endpoint"))
    checked = shop.specloop("check", "--strict")
    assert re.fullmatch(r"shop: 1 module, \d+ example rows, no findings\n", checked.stdout)


@pytest.mark.parametrize("template", sorted(SHIPPED))
def test_every_placeholder_left_in_is_told_and_refused(shop, typed, template):
    shop.write({"project.toml": PROJECT + FASTAPI})
    made = json.loads(typed("new", "thing", "--template", template, "--json").out)
    assert made["path"] == "specs/thing.yaml"
    assert [left["name"] for left in made["unset"]] == [
        placeholder.name for placeholder in SHIPPED[template].placeholders
    ]
    lines = {left["name"]: left["lines"] for left in made["unset"]}
    found = json.loads(typed("check", "--json", code=2).out)
    assert {finding["code"] for finding in found} <= {"S109", "S203"}
    refused = [finding["line"] for finding in found if finding["code"] == "S109"]
    assert refused == [at for name in lines if name not in IN_PYTHON for at in lines[name]]

    words = [word for word in examples_of(template) if word.partition("=")[0] not in IN_PYTHON]
    prose = [f"--set={word}" for word in words if word != "--set"]
    typed("new", "other", "--template", template, *prose)
    (shop.root / "specs" / "thing.yaml").unlink()
    found = json.loads(typed("check", "--json", code=2).out)
    refused = {finding["line"] for finding in found if finding["code"] in ("S112", "R101")}
    text = (shop.root / "specs" / "other.yaml").read_text().splitlines()
    refused |= {line + 1 for line in refused if text[line - 1] == "  - |"}
    left = [name for name in lines if name in IN_PYTHON and name != "setup"]
    assert {text.index(line) + 1 for line in text if line.strip(' -"')[1:-1] in left} <= refused


@pytest.mark.parametrize("template", ["repository", "service"])
def test_a_setup_that_is_left_is_refused(shop, typed, template):
    typed("new", "stock", "--template", "repository", *examples_of("repository"))
    words = [f"--set={word}" for word in examples_of(template) if "=" in word]
    kept = [word for word in words if not word.startswith(("--set=setup=", "--set=file="))]
    typed("new", "thing", "--template", template, "--set=file=shop/thing.py", *kept)
    found = json.loads(typed("check", "--json", code=2).out)
    assert "`setup` uses 'setup', which is neither defined there nor exported" in str(found)


@pytest.mark.parametrize("template", sorted(set(SHIPPED) - {"endpoint", "service"}))
def test_what_is_shown_can_be_typed_in_place_of_what_is_there(shop, typed, template):
    shown = typed("new", "thing", "--template", template).out.split("\n\n")[1:-1]
    path = shop.root / "specs" / "thing.yaml"
    lines = path.read_text().split("\n")
    entries = re.findall(ENTRY, "\n\n".join(shown), re.M | re.S)
    assert len(entries) == len(SHIPPED[template].placeholders)
    for place, example in reversed(entries):
        begin = int(place) - example.split("\n")[0].endswith("|")
        lines[begin - 1 : int(place)] = example.split("\n")
    path.write_text("\n".join(lines))
    assert "no findings" in shop.specloop("check", "--strict").stdout


def test_lines_in_place_of_placeholders_make_a_spec(shop, typed):
    typed("new", "slug")
    path = shop.root / "specs" / "slug.yaml"
    text = path.read_text()
    for placeholder in SHIPPED["function"].placeholders:
        lines = placeholder.example.replace("\n", "\n  ")
        text = text.replace(f"{{{placeholder.name}}}", lines)
    path.write_text(text)
    assert "no findings" in shop.specloop("check", "--strict").stdout


def test_what_is_left_is_listed_with_hints_examples_and_lines(shop, typed):
    told = typed("new", "slug", "--set", "title=Turn a title: into a slug", "--set", "file=a/b.py")
    lines = told.out.splitlines()
    hint = "the function with the types of all it takes and returns; e.g."
    assert lines[:5] == [
        "wrote specs/slug.yaml from 'function'",
        "",
        f"specs/slug.yaml:4: {{signature}} {hint}",
        '  - "def slugify(title: str, max_length: int = 60) -> str"',
        "",
    ]
    at = lines.index(next(line for line in lines if "{rows}" in line))
    assert lines[at + 1] == "examples: |"
    assert lines[at + 2].startswith("  I1, O1: slugify(")
    assert lines[-1] == "fill in what stands above, then: specloop check"
    text = (shop.root / "specs" / "slug.yaml").read_text()
    assert text.startswith('task: "Turn a title: into a slug"\nfile: a/b.py\nexports:\n  - "{sig')


def test_a_template_of_the_users_own_comes_first(shop, typed):
    shop.write({"templates/function.yaml": OWN, "templates/bare.yaml": "task: {a}\n"})
    listed = json.loads(typed("new", "--list", "--json").out)
    assert set(listed) == {*SHIPPED, "bare"}
    assert listed["function"] == "a price list"
    assert listed["bare"] == "templates/bare.yaml"
    assert "\nfunction        a price list\n" in typed("new", "--list").out
    made = json.loads(typed("new", "tea-time", "--json", "--set", "article=a\nb").out)
    assert made == {
        "path": "specs/tea-time.yaml",
        "template": "function",
        "matched": True,
        "unset": [{"name": "style", "hint": "", "example": "", "lines": [5]}],
    }
    text = "task: |-\n  The price of a\n  b\nfile: shop/tea-time.py\nstyle: {style}\n"
    assert (shop.root / "specs" / "tea-time.yaml").read_text() == text


def test_list_needs_no_project(shop, typed):
    (shop.root / "project.toml").unlink()
    assert json.loads(typed("new", "--list", "--json").out) == {
        name: template.about for name, template in sorted(SHIPPED.items())
    }


@pytest.mark.parametrize(
    ("specs", "path", "matched"),
    [
        ('["specs/*.yaml"]', "specs/slug.yaml", True),
        ('["**/*.yaml"]', "slug.yaml", True),
        ('["*.yaml", "specs/*.yaml"]', "slug.yaml", True),
        ('["a/b/**/*.yaml"]', "a/b/slug.yaml", True),
        ('["a/*/spec.yaml"]', "a/slug.yaml", False),
        ('["a/*.yml", "a/s*.yaml"]', "a/slug.yaml", True),
        ('["a/[st]/*.yaml"]', "a/slug.yaml", False),
        ('["one.yaml"]', "slug.yaml", False),
    ],
)
def test_where_the_first_pattern_points(shop, typed, specs, path, matched):
    shop.write({"project.toml": f"{PROJECT}specs = {specs}\n"})
    made = typed("new", "slug", "--json")
    facts = json.loads(made.out)
    assert (facts["path"], facts["matched"]) == (path, matched)
    assert (shop.root / path).is_file()
    told = f"warning: '{path}' matches none of `specs` in project.toml; name it there\n"
    assert made.err == ("" if matched else told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "missing argument 'NAME'; for the templates: --list"),
        (["slug", "--template", "functon"], "no template 'functon'; did you mean 'function'?"),
        (["slug", "--template", "prise"], "no template 'prise'; did you mean 'price'?"),
        (["slug", "--template", "zzz"], "no template 'zzz'; `specloop new --list` lists them"),
        (["slug", "--set", "titel=x"], "no placeholder 'titel'; did you mean 'title'?"),
        (["slug", "--set", "title"], "--set 'title' lacks a value; write --set title=VALUE"),
        (["slug", "--set", "=x"], "no placeholder ''; known: "),
        (["slug", "--set", "name=x"], "the name is the argument NAME"),
        (["slug", "--set", "title=a", "--set", "title=b"], "'title' is set twice"),
        (["slug", "--set", "title=\udcff"], "the value of 'title' is not UTF-8"),
        (["integration"], "'integration' cannot name a module"),
        (["a.b"], "'a.b' cannot name a module"),
        (["../a"], "'../a' cannot name a module"),
        (["1a"], "'1a' cannot name a module"),
        (["a\n"], "cannot name a module"),
        ([""], "'' cannot name a module"),
        (["there"], "'specs/there.yaml' is there already"),
        (["link"], "'specs/link.yaml' is there already"),
        (["slug", "--template", "latin"], "templates/latin.yaml:2: error S100 the file is not UTF"),
        (["slug", "--template", "folder"], "templates/folder.yaml:1: error S100 this is not a fi"),
        (["slug", "--template", "away"], "'templates/away.yaml' is a link that leaves the proj"),
        (["slug", "--template", "nowhere"], "'templates/nowhere.yaml' does not exist"),
        (["slug", "--template", "broken"], "templates/broken.yaml:2: error S101 not YAML"),
    ],
)
def test_refused(shop, typed, tmp_path, words, told):
    (tmp_path / "away.yaml").write_text(OWN)
    broken = "# {a}: x\ntask: a: {a}\n"
    shop.write(
        {"templates/price.yaml": OWN, "templates/broken.yaml": broken, "specs/there.yaml": ""}
    )
    templates = shop.root / "templates"
    (templates / "latin.yaml").write_bytes(b"task: a\nfile: \xe9\n")
    (templates / "folder.yaml").mkdir()
    (templates / "away.yaml").symlink_to(tmp_path / "away.yaml")
    (templates / "nowhere.yaml").symlink_to("none")
    (shop.root / "specs" / "link.yaml").symlink_to("none")
    before = everything(shop.root)
    assert told in typed("new", *words, code=2).err
    assert everything(shop.root) == before
    listed = json.loads(typed("new", "--list", "--json").out)
    assert "error S100 the file is not UTF-8" in listed["latin"]


def test_refused_without_a_project(shop, typed):
    (shop.root / "project.toml").unlink()
    told = typed("new", "slug", code=2).err
    assert "there is no project.toml" in told
    assert "or make one with `specloop init DIR`" in told
    assert everything(shop.root) == {}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("specs = []\n", "no specs are named in project.toml"),
        ('specs = ["../*.yaml"]\n', "project.toml:3: error P105"),
        ('specs = ["away/*.yaml"]\n', "'away' is a link that leaves the project's root"),
        ('specs = ["away/deep/*.yaml"]\n', "'away' is a link that leaves the project's root"),
        ("spec = 1\n", "project.toml:3: error P102"),
    ],
)
def test_refused_where_specs_cannot_be(shop, typed, tmp_path, more, told):
    (tmp_path / "out").mkdir()
    (shop.root / "away").symlink_to(tmp_path / "out")
    shop.write({"project.toml": PROJECT + more})
    assert told in typed("new", "slug", code=2).err
    assert everything(tmp_path / "out") == {}


@pytest.mark.parametrize("name", ["slug", "_a", "A-b_1", "a.b", "1a", "-", "é", "integration"])
def test_names_are_those_that_check_takes(shop, typed, name):
    spec = 'task: a\nfile: a.py\nexamples: "O1: 1"\n'
    shop.write({"specs/x.yaml": f'{spec}name: "{name}"\n'})
    unfit = "S113" in typed("check", code=2).out
    typed("new", "--", name, code=2 if unfit else 0)


def test_the_template_of_the_documentation(shop, typed):
    page = (CHECKOUT / "docs" / "how-to" / "templates.md").read_text()
    (text,) = re.findall(r'^```text title="templates/price.yaml"\n(.*?)^```$', page, re.M | re.S)
    shop.write({"templates/price.yaml": text})
    left = json.loads(typed("new", "tea", "--template", "price", "--json").out)["unset"]
    values = [word for each in left for word in ("--set", f"{each['name']}={each['example']}")]
    assert [each["name"] for each in left] == ["article", "rule", "rows"]
    typed("new", "price", "--template", "price", *values)
    (shop.root / "specs" / "tea.yaml").unlink()
    assert "shop: 1 module, 2 example rows" in shop.specloop("check").stdout
    assert all(f"| `{name}` |" in page for name in SHIPPED)
