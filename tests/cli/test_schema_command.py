import json

from command_line import specloop


def test_schema_is_printed():
    spec = specloop("schema", "spec")
    assert json.loads(spec.stdout)["required"] == ["task", "file"]
    assert spec.stderr == ""
    project = json.loads(specloop("schema", "project").stdout)
    assert project["required"] == ["project"]
    assert project["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_schema_of_both_takes_either():
    both = json.loads(specloop("schema").stdout)
    assert both["anyOf"] == [{"$ref": "#/$defs/spec"}, {"$ref": "#/$defs/project"}]
    assert both["$id"] == "urn:specloop:schema"


def test_other_kinds_are_refused():
    assert "'spec', 'project'" in specloop("schema", "journal", code=2).stderr
