"""Secrets cut out of texts by their value, in every form in which software is likely to print them.

Forms that somebody makes up to hide a value (reversed, split, encrypted, …) are not found.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

MARK = "[key]"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Redactor:
    """Puts "[key]" in the place of every form of some secrets; made by `of`, and callable."""

    forms: tuple[str, ...] = ()

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "Redactor":
        """A redactor of these values."""
        found = {form for secret in secrets for form in _forms(secret) if form}
        # The longest first: a form may be the beginning of another one.
        return cls(tuple(sorted(found, key=lambda form: (-len(form), form))))

    def __call__(self, text: str) -> str:
        """The text without the secrets."""
        # Of all texts alike: one regular expression for all forms is slow on some (ten times).
        for form in self.forms:
            text = text.replace(form, MARK)
        return text

    def clean(self, value: T) -> T:
        """The value with every text in it redacted; the same object where that changes nothing.

        Texts, tuples and dataclasses are looked through; anything else stays as it is.
        """
        return self._cleaned(value) if self.forms else value

    def _cleaned(self, value: Any) -> Any:  # noqa: ANN401  # whatever stands in a field
        if type(value) is str:  # not an enumeration, which is a str too
            return self(value)
        if isinstance(value, tuple):
            parts = tuple(self._cleaned(part) for part in value)
            return value if parts == value else parts
        if is_dataclass(value) and not isinstance(value, type):
            old = {field.name: getattr(value, field.name) for field in fields(value)}
            new = {name: self._cleaned(part) for name, part in old.items()}
            return value if new == old else replace(value, **new)
        return value


def _forms(secret: str) -> set[str]:
    """The value itself, and what common encodings make of it wherever it stands in their input."""
    # A variable may hold bytes that are not UTF-8.
    data = secret.encode("utf-8", "surrogateescape")
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    escaped |= {text.replace("/", "\\/") for text in escaped}
    found = {secret, repr(secret)[1:-1], data.hex(), data.hex().upper(), *escaped}
    return found | _in_addresses(data) | _in_base64(data)


def _in_addresses(data: bytes) -> set[str]:
    """Percent-encoded, with the characters left alone that one or the other encoder leaves."""
    found = {quote(data, safe) for safe in ("", "/", "!'()*", "/!'()*:@$&,;=+")}
    found.add(quote_plus(data))
    return found | {_small_hex(text) for text in found}


def _small_hex(text: str) -> str:
    head, *escapes = text.split("%")
    return "".join((head, *(f"%{part[:2].lower()}{part[2:]}" for part in escapes)))


def _in_base64(data: bytes) -> set[str]:
    """The characters of Base64 that the bytes alone decide, for each place they may start at."""
    found = set()
    for encode in (b64encode, urlsafe_b64encode):
        for before in range(3):
            text = encode(bytes(before) + data).decode()
            # Of those at the borders, some bits are a neighbour's.
            start, end = -(-before * 8 // 6), (before + len(data)) * 8 // 6
            found.add(text[start:end])
        text = encode(data).decode()  # encoded alone
        found |= {text, text.rstrip("=")}
    return found
