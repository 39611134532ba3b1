"""Events as JSON, and back.

A long text stands in a file of its own, named by its SHA-256, and the JSON holds the name: the
database stays small and quick, whatever a test prints. JSON's escapes keep NUL and lone surrogates,
which replies do contain, as they are.
"""

import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from specloop.loop.event import Event

LONG = 16_384  # characters


def encode(event: Event, blobs: Path) -> str:
    """The event as JSON; its long texts are durable under `blobs` when this returns."""
    return json.dumps(_outsource(dataclasses.asdict(event), blobs))


def decode(body: str, blobs: Path) -> Event:
    """The event that `encode` wrote.

    ValueError when the text is not such an event, or one of its files is missing or damaged.
    """
    return _validator()(_fetch(json.loads(body), blobs))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@functools.cache
def _validator() -> Callable[[Any], Event]:
    # Importing pydantic takes longer than all else that `specloop --help` does.
    from pydantic import Field, TypeAdapter

    adapter: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
    return adapter.validate_python


# {"$blob": NAME} stands for a text: no dataclass has a field of that name.


def _outsource(value: Any, blobs: Path) -> Any:  # noqa: ANN401  # any JSON value
    match value:
        case str() if len(value) > LONG:
            return {"$blob": _write(value, blobs)}
        case dict():
            return {name: _outsource(part, blobs) for name, part in value.items()}
        case list() | tuple():
            return [_outsource(part, blobs) for part in value]
        case _:
            return value


def _fetch(value: Any, blobs: Path) -> Any:  # noqa: ANN401  # any JSON value
    match value:
        case {"$blob": str(name)}:
            return _read(name, blobs)
        case dict():
            return {name: _fetch(part, blobs) for name, part in value.items()}
        case list():
            return [_fetch(part, blobs) for part in value]
        case _:
            return value


def _write(text: str, blobs: Path) -> str:
    data = text.encode("utf-8", "surrogatepass")
    name = hashlib.sha256(data).hexdigest()
    target = _path(name, blobs)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    for folder in (target.parent, blobs, blobs.parent):  # any of them may be new
        sync_folder(folder)
    return name


def _read(name: str, blobs: Path) -> str:
    target = _path(name, blobs)
    try:
        data = target.read_bytes()
    except OSError as error:
        raise ValueError(f"its text {str(target)!r} cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != name:
        raise ValueError(f"its text {str(target)!r} is damaged")
    return data.decode("utf-8", "surrogatepass")


def _path(name: str, blobs: Path) -> Path:
    return blobs / name[:2] / name
