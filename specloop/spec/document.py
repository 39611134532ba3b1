"""A spec file as it is written: its keys and their types.

Where a list is meant, one text will do; an item may be a text or one `key: value`, which is read
as the text "key: value". The JSON Schema of a spec comes from here.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from specloop.spec.requirement import CATEGORIES


def _joined(item: object) -> object:
    if not isinstance(item, dict):
        return item
    if len(item) != 1:
        raise ValueError("an item is one text or one `key: value`; make it several items")
    ((key, value),) = item.items()
    if not isinstance(value, str):
        raise ValueError("the value of a `key: value` item must be a text; put the item in quotes")
    return f"{key}: {value}"


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _merged(value: object) -> object:
    """One mapping out of a list of mappings, as the article's template writes requirements."""
    if not isinstance(value, list):
        return value
    merged: dict[Any, Any] = {}
    for part in value:
        if not isinstance(part, dict):
            raise ValueError(f"each item must be one of {', '.join(CATEGORIES)}, with its list")
        for key in part:
            if key in merged:
                raise ValueError(f"the list {key!r} stands there twice; make it one list")
        merged.update(part)
    return merged


_ITEM_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "minProperties": 1,
            "maxProperties": 1,
        },
    ]
}
Item = Annotated[
    str, Field(min_length=1), BeforeValidator(_joined), WithJsonSchema(_ITEM_SCHEMA, "validation")
]
Texts = Annotated[
    list[Item],
    BeforeValidator(_listed),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": _ITEM_SCHEMA}]}, "validation"
    ),
]
Limit = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RequirementLists(_Part):
    """The lists of requirements, under `requirements` or at the top level."""

    input: Texts = []
    output: Texts = []
    validation: Texts = []
    error_handling: Texts = []
    edge_cases: Texts = []
    logging: Texts = []


class SpecLimits(_Part):
    """The limits that a spec may set for its own module."""

    attempts: Limit | None = None
    module_lines: Limit | None = None
    function_lines: Limit | None = None
    test_seconds: Limit | None = None
    memory_mb: Limit | None = None


def _iso_date(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write a date such as 2027-06-30")
    return date.fromisoformat(value)


class AcceptedItem(_Part):
    """A requirement that no row and no test checks, openly."""

    id: str
    reason: Annotated[str, Field(min_length=1)]
    until: (
        Annotated[
            date,
            BeforeValidator(_iso_date),
            WithJsonSchema({"type": "string", "format": "date"}, "validation"),
        ]
        | None
    ) = None


_REQUIREMENTS_SCHEMA = {
    "anyOf": [
        RequirementLists.model_json_schema(),
        {"type": "array", "items": RequirementLists.model_json_schema()},
    ]
}


class SpecDocument(RequirementLists):
    """A module spec as written."""

    task: Annotated[str, Field(min_length=1)]
    file: Annotated[str, Field(min_length=1)]
    name: str = ""
    exports: Texts = []
    requirements: Annotated[
        RequirementLists,
        BeforeValidator(_merged),
        WithJsonSchema(_REQUIREMENTS_SCHEMA, "validation"),
    ] = RequirementLists()
    dependencies: Texts = []
    style: Texts = []
    constraints: Texts = []
    limits: SpecLimits = SpecLimits()
    setup: str = ""
    examples: Texts = []
    held_out: Texts = []
    tests: Texts = []
    write_tests: bool = False
    checked_by: Literal["integration"] | None = None
    ignore: Texts = []
    accepted: list[AcceptedItem] = []
    from_: Texts = Field([], alias="from")
