"""Valid files changed at random: never a traceback, never a key that nobody reads.

What keys a file has is asked of plain loaders of YAML and TOML, which know nothing of specloop.
"""

import tomllib
from datetime import date
from io import StringIO

import pytest
from jsonschema import Draft202012Validator
from mutate import case
from ruamel.yaml import YAML
from small_project import Make

from specloop.errors import InvalidInput
from specloop.spec.document import AcceptedItem, RequirementLists, SpecDocument, SpecLimits
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.problems import Problems
from specloop.spec.read import read_sources
from specloop.spec.read_settings import read_settings
from specloop.spec.read_spec import read_spec
from specloop.spec.schema import json_schema
from specloop.spec.settings import ModelTable, Price, ProjectTable, Settings

CHUNKS, OF_EACH = 10, 1000
TODAY = date(2026, 1, 31)


def unknown_keys(path, data):
    """Keys that a plain loader finds in a file, and that no model has."""
    if path == "project.toml":
        yield from _unknown(Settings, data)
        yield from _unknown(ProjectTable, data["project"])
        for table in ("limits", "style", "sandbox", "git", "integration"):
            yield from _unknown(Settings.model_fields[table].annotation, data.get(table, {}))
        for model in data.get("models", []):
            yield from _unknown(ModelTable, model)
            yield from _unknown(Price, model.get("price", {}))
        return
    yield from _unknown(SpecDocument, data)
    lists = data.get("requirements", {})
    for part in lists if isinstance(lists, list) else [lists]:
        yield from _unknown(RequirementLists, part)
    yield from _unknown(SpecLimits, data.get("limits", {}))
    for item in data.get("accepted", []):
        yield from _unknown(AcceptedItem, item)


def _unknown(model, data):
    known = {field.alias or name for name, field in model.model_fields.items()}
    return [key for key in data if key not in known]


def loaded(path, data):
    text = data.decode("utf-8-sig")
    if path == "project.toml":
        return tomllib.loads(text)
    return YAML(typ="safe", pure=True).load(StringIO(text))


def last_line(data):
    """The number of lines, as YAML counts them."""
    text = data.decode(errors="replace")
    for mark in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        text = text.replace(mark, "\n")
    return max(1, text.count("\n") + (not text.endswith("\n")))


VALIDATORS = {
    path: Draft202012Validator(json_schema(kind))
    for path, kind in (("project.toml", "project"), ("specs/slug.yaml", "spec"))
}


def as_json(value):
    """What a loader that knows no dates would have made of it."""
    match value:
        case dict():
            return {str(key): as_json(below) for key, below in value.items()}
        case list():
            return [as_json(below) for below in value]
        case date():
            return value.isoformat()
    return value


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_changed_file_is_understood_or_refused(make: Make, chunk: int) -> None:
    root = make({})
    known, _ = read_settings(root, Problems("project.toml"))
    kept = {path: (root / path).read_bytes() for path in VALIDATORS}
    accepted = 0
    for number in range(OF_EACH):
        path, data = case(chunk, number)
        (root / path).write_bytes(data)
        try:
            accepted += check(root, path, data, known, number)
        except Exception as error:
            error.add_note(f"repeat it with case({chunk}, {number}), which is\n{data!r}")
            raise
        (root / path).write_bytes(kept[path])
    assert OF_EACH / 20 < accepted < OF_EACH / 2


def check(root, path, data, known, number):
    """Read the file, and, if nothing is wrong with it, ask others what stands in it."""
    problems = Problems(path)
    read = read_settings(root, problems) if path == "project.toml" else None
    if read is None and path != "project.toml":
        read = read_spec(root, path, known, problems)
    if number % 20 == 0:
        check_whole(root)
    for finding in problems.found:
        assert 1 <= finding.line <= last_line(data), finding
        assert finding.text
        assert "\n" not in finding.text
    if problems.found:
        return False
    assert read is not None
    plain = loaded(path, data)
    assert not list(unknown_keys(path, plain))
    if number % 3 == 0:
        errors = VALIDATORS[path].iter_errors(as_json(plain))
        # Which codes `ignore` may have is judged by `check`, later than here.
        assert not [error for error in errors if "ignore" not in error.absolute_path]
    return True


def check_whole(root):
    try:
        sources = read_sources(root)
    except InvalidInput:
        return
    found = without_ignored(lint(sources, TODAY), sources.project)
    for finding in found:
        data = (root / finding.path).read_bytes()
        assert 1 <= finding.line <= last_line(data), finding
