"""What pydantic found wrong with a document, in words that a user can act on."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from specloop.spec.nearest import did_you_mean, nearest
from specloop.spec.problems import MAX_FOUND

Path = tuple[int | str, ...]


def explain(error: ValidationError, model: type[BaseModel]) -> list[tuple[Path, str, str]]:
    """For each error its path, its kind ("unknown", "missing" or "value") and a message.

    A key that is missing only because it was misspelt is one error, at the misspelt one.
    """
    found = error.errors(include_url=False)[:MAX_FOUND]
    unknown = [each for each in found if each["type"] == "extra_forbidden"]
    meant = {_meant(each["loc"], model) for each in unknown}
    others = [each for each in found if each["type"] not in ("extra_forbidden", "missing")]
    missing = [each for each in found if each["type"] == "missing" and each["loc"] not in meant]
    return [_explain(each, model) for each in (*unknown, *missing, *others)]


def _meant(path: Path, model: type[BaseModel]) -> Path:
    """The path with its last key spelt as the nearest one that is known."""
    return (*path[:-1], nearest(str(path[-1]), _keys(model, path)) or "")


def _explain(details: ErrorDetails, model: type[BaseModel]) -> tuple[Path, str, str]:
    path = details["loc"]
    where = f" in {_dotted(path[:-1])}" if len(path) > 1 else ""
    if details["type"] == "extra_forbidden":
        name = str(path[-1])
        return (
            path,
            "unknown",
            f"unknown key {name!r}{where}{did_you_mean(name, _keys(model, path))}",
        )
    if details["type"] == "missing":
        return path, "missing", f"the key {str(path[-1])!r} is missing{where}; add it"
    message = details["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be").replace("String should", "must")
    name = _dotted(path) or "the document"
    return path, "value", f"{name}: {message[:1].lower()}{message[1:]}{_given(details)}"


def _given(details: ErrorDetails) -> str:
    value = details["input"]
    if details["type"] == "value_error" or isinstance(value, dict | list):
        return ""
    return f", not {value!r:.60}"


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that are known where the last step of `path` stands."""
    for step in path[:-1]:
        if isinstance(step, int) or step not in model.model_fields:
            continue
        model = _table(model.model_fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _table(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401  annotations have no type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _table(arg))), None)
