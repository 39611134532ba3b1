"""Why what is committed is no longer what would be built."""

from collections.abc import Iterable

from specloop.engine import trailers
from specloop.engine.inputs import Inputs
from specloop.ports import CommitRecord
from specloop.spec.module import ModuleSpec

_SAID = {
    "interface": "its file or exports",
    "body": "the words of its spec",
    "examples": "its examples",
    "tests": "its tests",
    "code": "its code",
    "inputs": "its spec, its tests or what it uses",
}


def changed_since(spec: ModuleSpec, inputs: Inputs, made: CommitRecord) -> tuple[str, ...]:
    """The parts that have changed since the module was committed: those of its inputs, or "code".

    Nothing where the module is up to date; "inputs" where its commit does not tell.
    """
    if made.key == inputs.key(spec):
        return ()
    parts = trailers.changed_parts(made.trailers.get("Specloop-Parts", ""), inputs.parts(spec))
    return ("inputs",) if parts is None else parts or ("code",)


def in_words(parts: Iterable[str]) -> str:
    """The parts as people call them."""
    names = (_SAID.get(p) or f"the interface of {p.removeprefix('uses ')!r}" for p in parts)
    return ", ".join(names)
