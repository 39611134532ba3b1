"""Digests that say what a module was built from, and whether it is up to date."""

import hashlib
import json
from collections.abc import Mapping

from specloop.spec.module import ModuleSpec


def digest(value: object) -> str:
    """The SHA-256 of plain data, as "sha256:…"."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def bytes_digest(data: bytes) -> str:
    """The SHA-256 of some bytes, as "sha256:…"."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def files_digest(files: Mapping[str, bytes]) -> str:
    """A digest of files by path."""
    return digest({path: bytes_digest(data) for path, data in files.items()})


def spec_parts(spec: ModuleSpec) -> dict[str, str]:
    """Digests of the three parts of what a spec says: "interface", "body" and "examples".

    Comments, the order of keys and line numbers do not count.
    """
    interface = [spec.file, [export.source for export in spec.exports]]
    body = [
        spec.task,
        [[r.id, r.category, r.text] for r in spec.requirements],
        sorted((*spec.dependencies, *spec.packages)),
        spec.style,
        spec.constraints,
    ]
    rows = [[[row.ids, row.source] for row in rows] for rows in (spec.rows, spec.held_out)]
    examples = [spec.setup, rows, spec.tests]
    return {"interface": digest(interface), "body": digest(body), "examples": digest(examples)}


def spec_digest(spec: ModuleSpec) -> str:
    """A digest of what the spec says."""
    return digest(spec_parts(spec))


def input_parts(
    spec: ModuleSpec, tests: Mapping[str, bytes], interfaces: Mapping[str, str]
) -> dict[str, str]:
    """Digests of all that a module is built from, by the part.

    `tests` are the user's test files by path; `interfaces` those of the modules it depends on, by
    name, without docstrings, so that a word of prose makes nothing stale: each of them is the part
    "uses NAME".
    """
    uses = {f"uses {name}": digest(text) for name, text in interfaces.items()}
    return {**spec_parts(spec), "tests": files_digest(tests), **uses}


def module_key(inputs: str, code: bytes) -> str:
    """The key of a built module: equal keys mean that there is nothing to do."""
    return digest([inputs, bytes_digest(code)])
