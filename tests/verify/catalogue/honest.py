"""How honest entries are written down."""

from collections.abc import Mapping

from catalogue.entry import Entry


def honest(
    name: str,
    code: str,
    exports: str | tuple[str, ...],
    rows: str = "",
    held_out: str = "",
    tests: str | Mapping[str, str] = "",
    **fields: object,
) -> Entry:
    """A module that does what its rows and tests say; for a single test file it is `it`."""
    file = str(fields.setdefault("file", "honest.py"))
    module = file.removesuffix(".py").replace("/", ".").removeprefix("src.")
    if isinstance(tests, str):
        text = f"import {module} as it\n{tests}\n"
        tests = {"tests/test_it.py": text} if tests else {}
    exports = (exports,) if isinstance(exports, str) else exports
    return Entry(name, code, rows, held_out, tests=tests, exports=exports, **fields)  # type: ignore[arg-type]
