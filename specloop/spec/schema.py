"""The JSON Schemas of a spec and of project.toml, for editors.

The models say which keys there are, and of which types. What is added here is what the readers
look for beyond that, as far as a pattern can tell it without refusing what they accept. Patterns
are written so that ECMAScript and Python understand them alike.
"""

import keyword
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from specloop.spec.document import SpecDocument
from specloop.spec.lint.rules import ELSEWHERE, RULES
from specloop.spec.read_settings import BAD_BRANCH, LOCAL, RULE, SECRET, VARIABLE
from specloop.spec.read_spec import NAME
from specloop.spec.requirement import CATEGORIES
from specloop.spec.settings import Settings

Kind = Literal["spec", "project"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Blanks and marks that the readers take off, or not, in ways that no two dialects share.
_BLANK = r"[ \t\r\n]*"
_VISIBLE = r"[^\s\x00-\x20\x85]"
_OUTSIDE = (r"^[/~]", r"^[A-Za-z]:", r"\\", r"(?:^|/)\.\.(?:/|$)", r"[\x00-\x1f\x7f]")
_BELOW = "a path from the project's root, with /, which it may not leave"
_MODULE_FILE = "a path such as shop/slug.py: not below tests, no test, and a name in Python"
_BRANCH = "a name for a branch, such as specloop/work"
_NOT_NORMAL = (r"//", r"/$", r"(?:^|/)\./", r"/\.$")
_PY_END = r"\.py(?:/\.?)*$"
_NO_MODULE_FILE = (
    r"^(?:\./+)*(?:\.git|\.specloop|tests)/",
    r"^(?:\./+)*__init__\.py$",
    rf"(?:^|/)(?:conftest|test_[^/]*|[^/]*_test){_PY_END}",
    rf"(?:^|/)(?:{'|'.join(keyword.kwlist)}){_PY_END}",
    rf"(?:^|/)(?:[0-9][^/]*|[^/]*[\x00-\x2e\x3a-\x40\x5b-\x5e\x60\x7b-\x7f][^/]*){_PY_END}",
)
# A path, before `::` and the names of pytest.
_NO_TARGET = (
    r"^[/~]",
    r"^[A-Za-z]:(?!:)",
    r"^(?:(?!::)[^\\])*\\",
    r"^(?:(?:(?!::)[^\n])*/)?\.\.(?:/|::|$)",
)
_IDS = r"[A-Za-z][^\s:,]+(?:\s*,\s*[A-Za-z][^\s:,]+)*\s*:"
_NO_ROW = rf'(?:^|\n)[ \t\r]*(?!{_IDS})[!"$-~]'
_PACKAGE = (
    r"^[ \t]*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?[ \t]*(?:\[[^\]]*\][ \t]*)?"
    r"(?:$|[@;(]|===|(?:[~=!<>]=|[<>])[ \t]*[^ \t<>=!~])"
)


def json_schema(kind: Kind | None = None) -> JsonSchemaValue:
    """The schema of one kind of file, or one that takes either."""
    if kind == "spec":
        return _whole("spec", "A module spec of specloop", _spec())
    if kind == "project":
        return _whole("project", "project.toml of specloop", _project())
    parts = {"spec": _spec(), "project": _project()}
    shared = {name: below for part in parts.values() for name, below in part.pop("$defs").items()}
    either = [{"$ref": f"#/$defs/{name}"} for name in parts]
    both = {"anyOf": either, "$defs": {**parts, **shared}}
    return _whole("", "A module spec or the project.toml of specloop", both)


def _whole(name: str, title: str, schema: JsonSchemaValue) -> JsonSchemaValue:
    urn = ":".join(filter(None, ("urn:specloop:schema", name)))
    return {**schema, "$schema": _DIALECT, "$id": urn, "title": title}


class _Terse(GenerateJsonSchema):
    """No titles that only repeat a key, and of a default no more than what it sets."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401  pydantic's own
        return False

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401
        return {} if isinstance(dft, BaseModel) else super().encode_default(dft)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        return {key: made[key] for key in made if key != "default" or made[key] is not None}


class _WithoutNull(_Terse):
    """TOML has no null: what is not set is left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _text(wanted: str, *never: str, always: str = "") -> JsonSchemaValue:
    """A text in which nothing may match, and something has to; VS Code says what is `wanted`."""
    none = rf"(?![\s\S]*(?:{'|'.join(never)}))" if never else ""
    return {
        "pattern": rf"^{none}[\s\S]*(?:{always})" if always else f"^{none}",
        "patternErrorMessage": wanted,
    }


def _spec() -> JsonSchemaValue:
    schema = SpecDocument.model_json_schema(schema_generator=_Terse)
    keys, parts = schema["properties"], schema["$defs"]
    for category, letter in CATEGORIES.items():
        parts["RequirementLists"]["properties"][category].update(_requirements(letter))
        keys[category] = {"$ref": f"#/$defs/RequirementLists/properties/{category}"}
    named = "letters, digits, _ and -, not `integration`"
    keys["name"] |= _text(named, "^integration$", always=f"^(?:{NAME.pattern})?$")
    keys["file"] |= _text(_MODULE_FILE, *_OUTSIDE, *_NO_MODULE_FILE, always=_PY_END)
    keys["task"] |= _text("say in words what the module is for", always=r"[\S\ufeff]")
    row = "each row begins with its ids, as `V1: `"
    of_pair = _text(row, always=rf"^[^!-~]*(?:#|{_IDS[:-1]}(?::|$))")
    for key in ("examples", "held_out"):
        keys[key].update(_texts(_text(row, _NO_ROW), {"propertyNames": of_pair}))
    keys["tests"].update(_texts(_text(_BELOW, *_NO_TARGET, r"^tests/spec/")))
    keys["write_tests"] |= {"const": False}
    keys["checked_by"] = {
        "const": "integration",
        "description": keys["checked_by"]["description"],
    }
    code = rf"^[^!-~]*(?:{'|'.join(sorted({*RULES, *ELSEWHERE}))})[^!-~]*(?::|$)"
    one = "a code of a warning or of advice that `check` can print, then `: ` and the reason"
    any_code = _text(one, always=rf"{code}|^[^!-~]*[Nn][Oo][Nn][Ee][^!-~]*$")
    keys["ignore"].update(_texts(any_code, {"propertyNames": _text(one, always=code)}))
    ids = f"^[{''.join(CATEGORIES.values())}][1-9][0-9]*$"
    parts["AcceptedItem"]["properties"]["id"] |= _text("the id of a requirement", always=ids)
    return schema | _something_to_pass()


def _texts(text: JsonSchemaValue, pair: JsonSchemaValue | None = None) -> JsonSchemaValue:
    """A text or a list, whose items are texts or pairs, with what holds for each of them."""
    one = {"type": "string", "minLength": 1, **text}
    two = {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "minProperties": 1,
        "maxProperties": 1,
        **(pair or {}),
    }
    return {"anyOf": [one, {"type": "array", "items": {"anyOf": [one, two]}}]}


def _requirements(letter: str) -> JsonSchemaValue:
    """Items whose ids are those of another list or begin with 0 are refused, and a stray `none`."""
    others = "".join(other for other in CATEGORIES.values() if other != letter)
    wrong = f"(?:[{others}][0-9]+|{letter}0[0-9]*)"
    wanted = f"ids of this list are {letter}1, {letter}2, …"
    empty = {"type": "string", **_text(wanted, always=r"^[\s\x00-\x20\x85]*$")}
    texts = _texts(
        _text(
            wanted,
            rf"^{_BLANK}{wrong}{_BLANK}:[ \t\r\n]+{_VISIBLE}",
        ),
        {"patternProperties": {rf"^{_BLANK}{wrong}{_BLANK}$": empty}},
    )
    stray = _text("`none` stands alone", rf"^{_BLANK}[Nn][Oo][Nn][Ee]{_BLANK}$")
    return {**texts, "if": {"type": "array", "minItems": 2}, "then": {"items": stray}}


def _something_to_pass() -> JsonSchemaValue:
    """Example rows, tests, or openly neither of them."""
    own = ("examples", "held_out", "tests")
    none = {"type": "array", "maxItems": 0}
    return {
        "anyOf": [
            {"required": ["examples"], "properties": {"examples": {"minItems": 1}}},
            {"required": ["tests"], "properties": {"tests": {"minItems": 1}}},
            {"required": ["checked_by"]},
        ],
        "dependentSchemas": {"checked_by": {"properties": dict.fromkeys(own, none)}},
    }


def _project() -> JsonSchemaValue:
    schema = Settings.model_json_schema(schema_generator=_WithoutNull)
    tables = {name: part["properties"] for name, part in schema["$defs"].items()}
    project, model = tables["ProjectTable"], tables["ModelTable"]
    for key in ("specs", "pythonpath"):
        project[key] |= {"minItems": 1}
        project[key]["items"] |= {"minLength": 1, **_text(_BELOW, *_OUTSIDE, *_NOT_NORMAL)}
    for key in ("packages", "test_packages"):
        project[key]["items"] |= _text("a requirement, such as httpx>=0.27", always=_PACKAGE)
    model["name"] |= _text(
        "a LiteLLM name, a server's name for it, command/PROGRAM ARG…, replay/DIR, local/smollm2 "
        "or local/FILE.gguf",
        rf"^local/(?!(?:{LOCAL.pattern})$)",
        r"^command/\s*$",
        r"^replay/(?:$|[/~]|[A-Za-z]:|.*\\|(?:.*/)?\.\.(?:/|$))",
    )
    model["api_key_env"] |= _text(
        "the NAME of a variable, never a key itself",
        f"^(?:{SECRET.pattern})$",
        always=f"^(?:{VARIABLE.pattern})?$",
    )
    tables["StyleTable"]["ruff"]["items"] |= _text(
        "a rule of ruff, such as F", always=f"^{RULE.pattern}$"
    )
    tables["IntegrationTable"]["tests"]["items"] |= {"minLength": 1, **_text(_BELOW, *_NO_TARGET)}
    tables["GitTable"]["branch"] |= _text(_BRANCH, BAD_BRANCH.pattern)
    return schema | _name_or_branch()


def _name_or_branch() -> JsonSchemaValue:
    """A name that cannot end a branch's name needs a branch of another name."""
    branch = {"required": ["branch"], "properties": {"branch": {"minLength": 1}}}
    name = {"properties": {"name": _text(_BRANCH, BAD_BRANCH.pattern)}}
    return {
        "anyOf": [
            {"properties": {"project": name}},
            {"required": ["git"], "properties": {"git": branch}},
        ]
    }
