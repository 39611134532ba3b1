import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from packaging.requirements import InvalidRequirement, Requirement
from small_project import FILES, changed
from test_bad_projects import PROJECT_FAULTS, SPEC_FAULTS

from specloop.spec.document import SpecDocument
from specloop.spec.parse_requirements import parse_requirements
from specloop.spec.parse_row import RowError, parse_row
from specloop.spec.path_rules import unfit_module_file
from specloop.spec.problems import Problems
from specloop.spec.schema import json_schema
from specloop.spec.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
PROJECTS = sorted(EXAMPLES.glob("*/project.toml"))
SPECS = sorted(EXAMPLES.glob("*/specs/*.yaml"))

# Codes whose faults only `check` finds, and why no schema can.
NOT_EXPRESSED = {
    "P101": "a schema judges data, and what is not TOML has none",
    "P106": "whether a pattern matches a file",
    "S101": "what is not YAML has no data",
    "S102": "tags, directives and the like are gone when the data is there",
    "S103": "so are keys that stand twice",
    "S104": "and comments",
    "S105": "what a bare word becomes is decided by whatever loads the file",
    "S111": "two items with one id, one of which may be counted by place",
    "S112": "Python",
    "S118": "Python",
    "R102": "one part of the file against another",
    "R103": "Python",
    "R104": "Python",
    "R105": "Python",
    "S203": "what other specs there are, and the project's packages",
    "S204": "what other specs depend on",
}
# Codes of which a schema finds every fault but these: (code, a piece of the message) -> why.
EXCEPT = {
    ("P104", "temperature"): "nan is in no order with other numbers",
    ("P105", "no/python"): "what files there are",
    ("P105", "does not exist"): "what files there are",
    ("P108", "api_key_env"): "what a request's own keys are called",
    ("P109", "'answers' does not exist"): "what folders there are",
    ("P109", "not a folder"): "what folders there are",
    ("P109", "stands twice on the ladder"): "whether keys in two tables are the same",
    ("S108", "valid integer"): "0x20 is a number to what loads the file",
    ("S108", "top level"): "lists in two places, of which both may be empty",
    ("S108", "`examples: |`"): "how a text was written is gone when the data is there",
    ("S109", "'{what it becomes}'"): "braces are meant within quotes and backticks",
    ("S109", "write down the answer"): "words are meant within quotes and backticks",
    ("S110", "beside other items"): "what an id stands beside",
    ("S114", "'class' is not a name"): "it may be a folder of pythonpath",
    ("S114", "standard library's"): "which names those are depends on Python's version",
    ("S115", "does not exist"): "what files there are",
    ("S116", "nothing says when"): "which lines of a text are rows",
}
FAULTS = [*PROJECT_FAULTS, *SPEC_FAULTS]
EXPRESSED = sorted({fault[3] for fault in FAULTS} - set(NOT_EXPRESSED))


def check_jsonschema(*words):
    """What check-jsonschema says of local files; it asks no network."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--output-format", "json", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All three schemas, and a file for each fault."""
    made = tmp_path_factory.mktemp("schemas")
    for kind in ("spec", "project", None):
        (made / f"{kind or 'both'}.json").write_text(json.dumps(json_schema(kind)))
    for number, (old, new, *_) in enumerate(FAULTS):
        path = _path(number)
        (made / f"{number}{Path(path).suffix}").write_text(changed(path, old, new)[path])
    for path in ("project.toml", "specs/slug.yaml", "specs/text.yaml"):
        (made / Path(path).name).write_text(FILES[path])
    return made


def _path(number):
    return "project.toml" if number < len(PROJECT_FAULTS) else "specs/slug.yaml"


@pytest.fixture(scope="module", params=["default", "python"])
def refused(request, folder):
    """The faults that the schema of their kind refuses, in one dialect of patterns."""
    dialect = ("--regex-variant", request.param)
    found = set()
    for kind, suffix in (("project", "toml"), ("spec", "yaml")):
        files = sorted(folder.glob(f"[0-9]*.{suffix}"))
        said = check_jsonschema(*dialect, "--schemafile", folder / f"{kind}.json", *files)
        found |= {int(Path(error["filename"]).stem) for error in said["errors"]}
    return [
        (*FAULTS[number][3:], FAULTS[number][1], number in found) for number in range(len(FAULTS))
    ]


def test_schemas_are_schemas(folder):
    files = [folder / f"{kind}.json" for kind in ("spec", "project", "both")]
    assert check_jsonschema("--check-metaschema", *files)["status"] == "ok"


@pytest.mark.parametrize("dialect", ["default", "python"])
@pytest.mark.parametrize(
    ("kind", "files"),
    [("project", PROJECTS), ("spec", SPECS), ("both", [*PROJECTS, *SPECS])],
)
def test_shipped_examples_are_accepted(folder, kind, files, dialect):
    assert len(files) > 2
    own = [folder / name for name in ("project.toml", "slug.yaml", "text.yaml")]
    own = [p for p in own if kind == "both" or (p.suffix == ".toml") == (kind == "project")]
    words = ("--regex-variant", dialect, "--schemafile", folder / f"{kind}.json")
    said = check_jsonschema(*words, *files, *own)
    assert said == {"status": "ok", "errors": []}


def test_each_code_is_either_expressed_or_not():
    codes = {fault[3] for fault in FAULTS}
    assert set(NOT_EXPRESSED) <= codes
    assert {code for code, _ in EXCEPT} <= codes - set(NOT_EXPRESSED)


@pytest.mark.parametrize("code", EXPRESSED)
def test_faults_that_can_be_expressed_are_refused(refused, code):
    of_code = [(piece, new, found) for each, piece, new, found in refused if each == code]
    excepted = [piece for other, piece in EXCEPT if other == code]
    # An exception is for one fault: `temperature` names several, of which nan is the one.
    missed = [(piece, new) for piece, new, found in of_code if not found]
    assert sorted(excepted) == sorted(
        next((e for e in excepted if e in piece), f"{piece!r}: {new!r} is let pass")
        for piece, new in missed
    )
    assert len(missed) < len(of_code)


@pytest.mark.parametrize("code", NOT_EXPRESSED)
def test_faults_that_cannot_be_expressed_are_rightly_listed(refused, code):
    assert not all(found for each, _, _, found in refused if each == code)


def _described(schema, where):
    for key, below in schema.get("properties", {}).items():
        yield where, key, below
    for name, below in schema.get("$defs", {}).items():
        yield from _described(below, name)


@pytest.mark.parametrize(
    ("kind", "model", "page"),
    [("spec", SpecDocument, "spec.md"), ("project", Settings, "project-toml.md")],
)
def test_every_key_is_described_here_and_in_the_reference(kind, model, page):
    schema = json_schema(kind)
    assert set(schema["properties"]) == {
        field.alias or name for name, field in model.model_fields.items()
    }
    assert schema["additionalProperties"] is False
    text = (EXAMPLES.parent / "docs" / "reference" / page).read_text()
    for where, key, below in _described(schema, kind):
        assert "description" in below or "$ref" in below, (where, key)
        assert re.search(rf"\b{key}\b", text), (where, key)


def test_schema_is_the_same_each_time():
    assert json.dumps(json_schema()) == json.dumps(json_schema())


def takes(kind, *path):
    """Whether what stands at a path of keys may be a value, by a validator in this process."""
    schema = json_schema(kind)
    part = schema
    for step in path:
        part = part[step]
    return Draft202012Validator({"$defs": schema["$defs"], **part}).is_valid


few = settings(max_examples=500, deadline=None, derandomize=True, database=None)
packages = takes("project", "$defs", "ProjectTable", "properties", "packages")
module_file = takes("spec", "properties", "file")
validation = takes("spec", "properties", "validation")
examples = takes("spec", "properties", "examples")


def texts(characters, *words):
    return st.lists(st.sampled_from([*characters, *words]), min_size=1, max_size=6).map("".join)


@few
@given(texts("abA.-[],>=<~!@;*() \t\né", "===", "1.0", " ; python_version>'3'"))
def test_packages_that_are_requirements_are_accepted(text):
    try:
        Requirement(text)
    except InvalidRequirement:
        return
    assert packages([text])


@few
@given(
    texts("a/.-1~:\\é \n", "..", ".py", "tests", "test_", "_test", "conftest", "__init__", "class")
)
def test_files_that_can_hold_a_module_are_accepted(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp()
    if unfit_module_file(root, text, [".", "a-1/test_"]) is None:
        assert module_file(text)


@few
@given(st.lists(texts("VE10: \na\x1c\ufeff٣", "none"), min_size=1, max_size=3))
def test_requirements_without_a_fault_are_accepted(items):
    problems = Problems("a.yaml")
    parse_requirements("a", "validation", items, [1] * len(items), problems)
    if all(problem.code == "S111" for problem in problems.found):
        assert validation(items)
        pairs = [item.partition(": ") for item in items]
        assert validation([{key: value} if colon else key for key, colon, value in pairs])


@few
@given(texts(", :1#\t\xa0é٣", "V1", "e2", "f()", "=="))
def test_rows_that_can_be_read_are_accepted(row):
    try:
        parse_row(row, 1, 1)
    except RowError:
        return
    assert examples(row)
    assert examples([f"\n# {row}\n\xa0\n{row}\n"])
    key, colon, value = row.partition(": ")
    assert not colon or examples([{key: value}])
