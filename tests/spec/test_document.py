from specloop.spec.document import SpecDocument


def test_schema_describes_specs_as_they_are_written() -> None:
    schema = SpecDocument.model_json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"task", "file"}
    kinds = [option["type"] for option in schema["properties"]["validation"]["anyOf"]]
    assert kinds == ["string", "array"]
    one, several = schema["properties"]["requirements"]["anyOf"]
    assert one == {"$ref": "#/$defs/RequirementLists"}
    assert several == {"type": "array", "items": one}


def test_items_are_texts() -> None:
    document = SpecDocument.model_validate(
        {
            "task": "t",
            "file": "f.py",
            "style": "one",
            "requirements": [{"input": [{"I2": "two"}]}, {"output": "three"}],
        }
    )
    assert document.style == ["one"]
    assert document.requirements.input == ["I2: two"]
    assert document.requirements.output == ["three"]
