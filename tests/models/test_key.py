import pytest

from specloop.errors import ModelUnavailable
from specloop.models.key import address, is_secret, password, redact, require_key, secrets_of
from specloop.spec.settings import ModelTable

KEY = "sk-canary-0123456789abcdef"


@pytest.mark.parametrize(
    "value",
    [
        "none",
        "EMPTY",
        "ollama",
        "lm-studio",
        "not-needed",
        "Placeholder",
        "changeme",
        "a1b2c3d",
        "",
    ],
)
def test_words_that_stand_in_any_text_are_no_secrets(value):
    assert not is_secret(value)


@pytest.mark.parametrize(
    "value", [KEY, "hunter2-hunter2", "12345678", "aBcdEfghiJ", "correct horse", "abcdefghij" * 2]
)
def test_what_nobody_writes_by_chance_is_a_secret(value):
    assert is_secret(value)


def test_variables_are_known_by_the_project_or_by_their_name():
    environ = {
        "LLM_ACCOUNT": f" {KEY}\n",  # as `require_key` reads it
        "DEEPSEEK_API_KEY": "sk-deepseek-1",
        "db_password": "hunter2-db",
        "AWS_SESSION_TOKEN": "session-1234",
        "SHOP_SECRETS": "shop-1234",
        "OLLAMA_API_KEY": "ollama",
        "PATH": "/usr/bin:/bin",
        "KEYBOARD": "pc105-us",
    }
    by_name = {"sk-deepseek-1", "hunter2-db", "session-1234", "shop-1234"}
    assert secrets_of(environ) == by_name
    tables = [ModelTable(name="m", api_key_env="LLM_ACCOUNT"), ModelTable(name="n")]
    assert secrets_of(environ, tables) == by_name | {KEY}


def test_the_password_in_an_address_is_one_as_it_is_written_and_as_it_is_meant():
    table = ModelTable(name="m", api_base="http://me:hunter2%2F99@host:1/v1")
    assert secrets_of({}, [table]) == {"hunter2%2F99", "hunter2/99"}
    assert password(table) == "hunter2%2F99"
    assert address(table) == "http://host:1/v1"


def test_texts_are_redacted_by_what_is_known_and_by_the_environment(monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", KEY)
    assert redact(f"{KEY} and short", "short", None, "") == "[key] and [key]"


def test_a_key_is_required_where_one_is_named(monkeypatch):
    monkeypatch.setenv("SERVED", f"{KEY}\n")
    monkeypatch.setenv("UNSET", " ")
    assert require_key(ModelTable(name="m")) is None
    assert require_key(ModelTable(name="m", api_key_env="SERVED")) == KEY
    with pytest.raises(ModelUnavailable, match="'UNSET' named by api_key_env"):
        require_key(ModelTable(name="m", api_key_env="UNSET"))
