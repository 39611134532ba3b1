"""API keys: read from the environment, and kept out of every text."""

import os
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from specloop.attempt.redaction import Redactor
from specloop.errors import ModelUnavailable
from specloop.spec.settings import ModelTable

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)S?$", re.IGNORECASE)
_SHORTEST_SECRET = 8
# "none", "ollama", "not-needed", "changeme": servers that want no key are given such words, and
# they may stand in any text. Torn out of prompts and answers, they would break both.
_WORD = re.compile(r"(?=.{0,19}$)([a-z_.-]+|[A-Z_.-]+|[A-Z][a-z_.-]+)")


def require_key(table: ModelTable) -> str | None:
    """The value of the variable that `api_key_env` names, None where it names none.

    ModelUnavailable when the variable is unset or empty.
    """
    if not table.api_key_env:
        return None
    value = os.environ.get(table.api_key_env, "").strip()
    if not value:
        raise ModelUnavailable(
            f"model {table.name!r}: the variable {table.api_key_env!r} named by api_key_env in "
            f"project.toml is not set; set it to your API key, or name another variable"
        )
    return value


def secrets_of(environ: Mapping[str, str], tables: Iterable[ModelTable] = ()) -> frozenset[str]:
    """The values that no text may hold: keys, tokens and passwords.

    They are those of the variables that the tables name, or whose names end like a secret's, and
    the passwords in addresses. Values of fewer than 8 characters, and single words of fewer than
    20 letters, are none: they may stand in any text by chance.
    """
    tables = tuple(tables)
    named = {table.api_key_env for table in tables}
    found = [value for name, value in environ.items() if name in named or _SECRET_NAME.search(name)]
    for table in tables:
        written = password(table) or ""
        found += [written, unquote(written)]
    return frozenset(filter(is_secret, (value.strip() for value in found)))


def is_secret(value: str) -> bool:
    """Whether a value is no mere placeholder."""
    return len(value) >= _SHORTEST_SECRET and not _WORD.fullmatch(value)


def redact(text: str, *known: str | None) -> str:
    """`text` without the `known` secrets and without those that the environment holds."""
    return Redactor.of({*secrets_of(os.environ), *filter(None, known)})(text)


def password(table: ModelTable) -> str | None:
    """The password in `api_base`, where there is one."""
    return urlsplit(table.api_base).password


def address(table: ModelTable) -> str:
    """`api_base` without a user name and password in it, or "" where it is not set."""
    parts = urlsplit(table.api_base)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
