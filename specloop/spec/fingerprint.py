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


def spec_digest(spec: ModuleSpec) -> str:
    """A digest of what the spec says; comments, order of keys and line numbers do not count."""
    return digest(
        {
            "task": spec.task,
            "file": spec.file,
            "exports": [export.source for export in spec.exports],
            "requirements": [[r.id, r.category, r.text] for r in spec.requirements],
            "dependencies": sorted((*spec.dependencies, *spec.packages)),
            "style": spec.style,
            "constraints": spec.constraints,
            "setup": spec.setup,
            "rows": [[row.ids, row.source] for row in spec.rows],
            "held_out": [[row.ids, row.source] for row in spec.held_out],
            "tests": spec.tests,
        }
    )


def inputs_digest(
    spec: ModuleSpec, tests: Mapping[str, bytes], interfaces: Mapping[str, str]
) -> str:
    """A digest of all that a module is built from.

    `tests` are the user's test files by path; `interfaces` those of the modules it depends on, by
    name, without docstrings, so that a word of prose makes nothing stale.
    """
    return digest(
        {
            "spec": spec_digest(spec),
            "tests": files_digest(tests),
            "interfaces": dict(interfaces),
        }
    )


def module_key(inputs: str, code: bytes) -> str:
    """The key of a built module: equal keys mean that there is nothing to do."""
    return digest([inputs, bytes_digest(code)])
