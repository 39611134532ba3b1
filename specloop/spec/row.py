"""Example rows: one line of Python that says what must hold.

    IDS: [statement; …] check

A check is an expression that must be true, `EXPR raises Name ["text"]` or
`EXPR logs LEVEL "text"`.
"""

from dataclasses import dataclass
from typing import Literal

CheckKind = Literal["true", "raises", "logs"]


@dataclass(frozen=True, slots=True)
class Row:
    """An example row.

    `ids` are requirement ids without the module's name. `setup` holds the statements before the
    check, as source. `expression` is the source of what is evaluated; `name` is the exception or
    the log level, `text` what its message must contain (None: anything). `source` is the row as it
    stands after its ids, `line` where it stands in the spec, `number` its place in its list,
    from 1.
    """

    ids: tuple[str, ...]
    setup: tuple[str, ...]
    kind: CheckKind
    expression: str
    name: str
    text: str | None
    source: str
    line: int
    number: int
    held_out: bool = False
