"""Code that a model wrote, before anything is known about it."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """The whole text of a module's one file; `file` is relative to the project's root."""

    file: str
    code: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the code, 64 hex digits."""
        return hashlib.sha256(self.code.encode()).hexdigest()
