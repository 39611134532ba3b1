"""Code that a model wrote, before anything is known about it."""

import ast
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from specloop.spec.python_text import parse


@dataclass(frozen=True, slots=True)
class Candidate:
    """The whole text of a module's one file; `file` is relative to the project's root."""

    file: str
    code: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the code, 64 hex digits."""
        return _sha256(self.code)

    @property
    def shape(self) -> str:
        """The digest of the syntax tree: the same for code that differs in layout or comments."""
        return _shape(self.code)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)  # every decision about a module looks at all its candidates again
def _shape(code: str) -> str:
    try:
        return _sha256(ast.dump(parse(code)))
    except (SyntaxError, RecursionError):
        return _sha256(code)
