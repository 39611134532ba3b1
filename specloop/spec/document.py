"""A spec file as it is written: its keys and their types.

Where a list is meant, one text will do; an item may be a text or one `key: value`, which is read
as the text "key: value". The JSON Schema of a spec comes from here.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

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


_TEXT: JsonSchemaValue = {"type": "string", "minLength": 1}
_PAIR: JsonSchemaValue = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "minProperties": 1,
    "maxProperties": 1,
}
_ITEM: JsonSchemaValue = {"anyOf": [_TEXT, _PAIR]}
_TEXTS: JsonSchemaValue = {"anyOf": [_TEXT, {"type": "array", "items": _ITEM}]}
Item = Annotated[
    str, Field(min_length=1), BeforeValidator(_joined), WithJsonSchema(_ITEM, "validation")
]
Texts = Annotated[list[Item], BeforeValidator(_listed), WithJsonSchema(_TEXTS, "validation")]
Limit = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RequirementLists(_Part):
    """The lists of requirements, under `requirements` or at the top level."""

    input: Texts = Field(default=[], description="What comes in: ids I1, I2, …")
    output: Texts = Field(default=[], description="What goes out: ids O1, O2, …")
    validation: Texts = Field(default=[], description="What must hold: ids V1, V2, …")
    error_handling: Texts = Field(
        default=[],
        description="What goes wrong, and then: ids E1, E2, …",
    )
    edge_cases: Texts = Field(
        default=[],
        description="Unusual input, and what it gives: ids X1, X2, …",
    )
    logging: Texts = Field(default=[], description="What is logged, or `none`: ids L1, L2, …")


class SpecLimits(_Part):
    """The limits that a spec may set for its own module; 0 is no limit."""

    attempts: Limit | None = Field(default=None, description="Answers that may be asked for")
    module_lines: Limit | None = Field(default=None, description="Lines of the generated file")
    function_lines: Limit | None = Field(default=None, description="Lines of one function in it")
    test_seconds: Limit | None = Field(default=None, description="Time for one run of the suite")
    memory_mb: Limit | None = Field(default=None, description="Megabytes of each test process")


def _iso_date(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("write a date such as 2027-06-30")
    return date.fromisoformat(value)


Day = Annotated[
    date,
    BeforeValidator(_iso_date),
    WithJsonSchema({"type": "string", "format": "date"}, "validation"),
]


class AcceptedItem(_Part):
    """A requirement that no row and no test checks, openly."""

    id: str = Field(description="The requirement's id, such as V1")
    reason: Annotated[str, Field(min_length=1)] = Field(description="Why nothing can check it")
    until: Day | None = Field(
        default=None, description="The last day on which that is accepted, such as 2027-06-30"
    )


class _OrListed:
    """In the schema, a list of the same is allowed, too."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        one = handler(core)
        return {"anyOf": [one, {"type": "array", "items": one}]}


class SpecDocument(RequirementLists):
    """A module spec as written."""

    task: Annotated[str, Field(min_length=1)] = Field(
        description="What the module is for; its first line is the title, the rest is free"
    )
    file: Annotated[str, Field(min_length=1)] = Field(
        description="The only file that the model writes, such as shop/slug.py"
    )
    name: str = Field(default="", description="The module's name; by default that of this file")
    exports: Texts = Field(
        default=[],
        description="The public interface: signatures, classes, `NAME: type`; bodies left out",
    )
    requirements: Annotated[RequirementLists, BeforeValidator(_merged), _OrListed()] = Field(
        default=RequirementLists(), description="The six lists of requirements"
    )
    dependencies: Texts = Field(
        default=[],
        description="Other modules, and packages out of project.toml; not the standard library",
    )
    style: Texts = Field(default=[], description="Sentences on style, for the prompt")
    constraints: Texts = Field(default=[], description="Further sentences for the prompt")
    limits: SpecLimits = Field(default=SpecLimits(), description="Limits of this module")
    setup: str = Field(default="", description="Python that runs before every example row")
    examples: Texts = Field(
        default=[], description='Example rows, one a line: `V1: slugify("a b") == "a-b"`'
    )
    held_out: Texts = Field(
        default=[], description="Example rows that are checked and never shown to a model"
    )
    tests: Texts = Field(
        default=[],
        description="Your own pytest files for this module, or node ids",
    )
    write_tests: bool = Field(default=False, description="Not available in this version")
    checked_by: Literal["integration"] | None = Field(
        default=None,
        description="`integration`: nothing but the integration tests checks this module",
    )
    ignore: Texts = Field(
        default=[], description="Findings of `check` that this spec answers for: `CODE: reason`"
    )
    accepted: list[AcceptedItem] = Field(
        default=[], description="Requirements that no row and no test can check, and why"
    )
    from_: Texts = Field(
        default=[],
        alias="from",
        description="Where a draft came from; decides nothing",
    )
