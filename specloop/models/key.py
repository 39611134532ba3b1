"""API keys: read from the environment, and kept out of every text."""

import os
import re
from urllib.parse import urlsplit

from specloop.errors import ModelUnavailable
from specloop.spec.settings import ModelTable

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)S?$", re.IGNORECASE)
_SHORTEST_SECRET = 8  # a shorter value, such as "none", may stand in any text by chance


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


def redact(text: str, *known: str | None) -> str:
    """`text` without the `known` secrets and without those that the environment holds."""
    secrets = {
        value
        for name, value in os.environ.items()
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET
    }
    secrets.update(filter(None, known))
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[key]")
    return text


def password(table: ModelTable) -> str | None:
    """The password in `api_base`, where there is one."""
    return urlsplit(table.api_base).password


def address(table: ModelTable) -> str:
    """`api_base` without a user name and password in it, or "" where it is not set."""
    parts = urlsplit(table.api_base)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
