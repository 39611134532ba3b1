import random
from pathlib import Path

import pytest
from small_project import FILES, SLUG, TEXT, Make

from specloop.errors import InvalidInput
from specloop.spec.module import ModuleSpec
from specloop.spec.read import read_project

ARTICLE = """\
task: Say hello
file: hello.py
requirements:
  - input: a name
  - output: [a greeting, nothing else]
  - validation:
    - the name is not blank
    - V7: it has no digits
  - error_handling:
    - "blank: raise ValueError"
dependencies:
  - none
style:
  - Follow PEP 8
  - Use type hints
constraints:
  - Focus on implementation, not explanation
examples:
  - V1: hello("Ada") == "Hello, Ada"
  - "E1: hello('') raises ValueError"
"""


def _module(make: Make, text: str, name: str = "text") -> ModuleSpec:
    root = make({f"specs/{name}.yaml": text})
    return read_project(root).module(name)


def test_small_project(make: Make) -> None:
    root = make({})
    project = read_project(root)
    assert project.root == root
    assert project.settings.models[0].temperature == 0.0
    assert project.settings.limits.usd == 5.0
    assert [module.name for module in project.modules] == ["text", "slug"]
    slug = project.module("slug")
    assert slug.title == "Turn a title into a slug"
    assert [export.source for export in slug.exports] == ["def slugify(title: str) -> str: ..."]
    assert [(r.id, r.category, r.text, r.line) for r in slug.requirements] == [
        ("V1", "validation", "no hyphen at either end", 7),
        ("V2", "validation", "at most 60 characters", 8),
        ("E1", "error_handling", "nothing is left of the title", 10),
    ]
    assert [(row.ids, row.line, row.number) for row in slug.rows] == [
        (("V1", "V2"), 17, 1),
        (("E1",), 20, 2),
    ]
    assert slug.setup == 'TITLE = "a"\n'
    assert (slug.dependencies, slug.packages, slug.style) == (("text",), (), ("Follow PEP 8",))
    assert project.module("text").tests == ("tests/test_text.py",)


def test_project_file_and_folder_are_the_same(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make({})
    assert read_project(root / "project.toml") == read_project(root)
    monkeypatch.chdir(root)
    assert read_project(Path("project.toml")) == read_project(Path()) == read_project(root)


def test_article_template(make: Make) -> None:
    module = _module(make, ARTICLE)
    assert [(r.id, r.text, r.line) for r in module.requirements] == [
        ("I1", "a name", 4),
        ("O1", "a greeting", 5),
        ("O2", "nothing else", 5),
        ("V1", "the name is not blank", 7),
        ("V7", "it has no digits", 8),
        ("E1", "blank: raise ValueError", 10),
    ]
    assert module.dependencies == ()
    assert module.style == ("Follow PEP 8", "Use type hints")
    assert [(row.source, row.line) for row in module.rows] == [
        ('hello("Ada") == "Hello, Ada"', 19),
        ("hello('') raises ValueError", 20),
    ]


@pytest.mark.parametrize("nothing", ["none", "\n- X1: none", "\n- 'X1:  None'", "\n- X1: None "])
def test_a_list_may_hold_nothing_but_none(make: Make, nothing: str) -> None:
    module = _module(make, f"{TEXT}edge_cases: {nothing}\n")
    assert [r.full_id for r in module.requirements] == ["text/O1"]


@pytest.mark.parametrize("indent", ["", "  "])
def test_lists_may_stand_at_the_top_level(make: Make, indent: str) -> None:
    above = "requirements:\n" if indent else ""
    lists = "".join(
        f"{indent}{line}\n" for line in ("edge_cases:", "- X2: blanks", "logging: none")
    )
    module = _module(make, f"{TEXT}{above}{lists}")
    assert [r.full_id for r in module.requirements] == ["text/O1", "text/X2"]


@pytest.mark.parametrize(
    "item",
    [
        "raise ValueError(f'no {name}')  ",
        '"GET /users/{user_id} answers 404"',
        '"`{placeholder}` is replaced"',
        "'the message is \"no {name}\"'",
        '"{} and {0} are kept"',
        '"${HOME} is expanded"',
        '"C# and #1 are kept"',
        "a set such as {1, 2}",
        "'{\"a\": 1} is read'",
    ],
)
def test_braces_and_hashes_that_are_meant(make: Make, item: str) -> None:
    if "f'no" in item:
        item = item.replace("{name}", "`{name}`")
    module = _module(make, f"{TEXT}validation:\n- {item}\n")
    assert module.requirements[-1].id == "V1"


def test_braces_in_python_are_python(make: Make) -> None:
    text = SLUG.replace(
        '"def slugify(title: str) -> str"', "\"def slugify(t: str = '{x}') -> str\""
    )
    text = text.replace('TITLE = "a"', 'NAME = "a"; TITLE = f"{NAME}"')
    text = text.replace('== "a"', '== {NAME: "a"}[f"{NAME}"]')
    assert _module(make, text, "slug").rows[0].expression.endswith('[f"{NAME}"]')


def test_comments_after_what_is_no_text(make: Make) -> None:
    text = TEXT.replace("file: shop/text.py", "file: shop/text.py  # where")
    text += "limits: { module_lines: 60 } # own\nheld_out: |  # hidden\n  O1: clean('') == ''\n"
    module = _module(make, text)
    assert (module.file, module.limits) == ("shop/text.py", {"module_lines": 60})
    assert [(row.line, row.held_out) for row in module.held_out] == [(8, True)]


def test_packages_are_told_from_modules(make: Make) -> None:
    text = SLUG.replace("[text]", '["sqlalchemy", text, HTTPX, text]')
    module = _module(make, text, "slug")
    assert module.dependencies == ("text",)
    assert module.packages == ("sqlalchemy", "HTTPX")


def test_paths_are_kept_in_their_normal_form(make: Make) -> None:
    text = TEXT.replace("shop/text.py", "./shop//text.py")
    text = text.replace("tests/test_text.py", '"./tests/test_text.py::test_it"')
    module = _module(make, text)
    assert (module.file, module.tests) == ("shop/text.py", ("tests/test_text.py::test_it",))


def test_checked_by_integration(make: Make) -> None:
    module = _module(make, TEXT.replace("tests: [tests/test_text.py]", "checked_by: integration"))
    assert not module.has_tests


def test_source_layout(make: Make) -> None:
    toml = FILES["project.toml"].replace('name = "shop"', 'name = "shop"\npythonpath = ["src"]')
    specs = {f"specs/{name}.yaml": FILES[f"specs/{name}.yaml"] for name in ("slug", "text")}
    moved = {path: text.replace("shop/", "src/shop/") for path, text in specs.items()}
    project = read_project(make({"project.toml": toml, **moved}))
    assert project.module("slug").file == "src/shop/slug.py"


def test_carriage_returns_and_byte_order_mark(make: Make) -> None:
    windows = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in FILES.items()}
    specs = {name: text for name, text in windows.items() if not name.endswith(".py")}
    project = read_project(make(dict(specs)))
    plain = read_project(make({}))
    assert project.modules == plain.modules


def test_hidden_folders_are_no_specs(make: Make) -> None:
    toml = FILES["project.toml"].replace('["specs/*.yaml"]', '["**/*.yaml"]')
    root = make({"project.toml": toml, ".specloop/copy/specs/slug.yaml": SLUG})
    assert len(read_project(root).modules) == 2


def test_damaged_files_never_end_in_a_traceback(make: Make) -> None:
    chance = random.Random(20)
    splinters = [b'"', b"'", b"{", b"}", b"[", b": ", b" #", b"\n", b"\t", b"\x00", b"\xff", b"&a "]
    splinters += [
        b"*a",
        b"!",
        b"|",
        b"\\",
        b"---\n",
        b"=",
        b"(",
        b";",
        b" raises ",
        b"- ",
        b"9" * 40,
    ]
    for _ in range(150):
        name = chance.choice(["project.toml", "specs/slug.yaml"])
        data = bytearray(FILES[name].encode())
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice([0, 1, 20])] = chance.choice(splinters)
        assert all(line >= 1 for line in _refused_lines(make({name: bytes(data)})))
        make({})


def _refused_lines(root: Path) -> list[int]:
    try:
        read_project(root)
    except InvalidInput as error:
        return [finding.line for finding in error.findings]
    return []
