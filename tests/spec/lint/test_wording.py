"""Errors without an outcome, items that make two demands, and the near misses of both."""

from pathlib import Path

import pytest
from price_spec import (
    CODES,
    ERROR,
    OUTPUT,
    PRICE,
    SPEC,
    places,
    quoted,
    with_error,
    with_output,
    wording,
)
from subjects import TODAY

from specloop.spec.lint.rules import RULES, lint, without_ignored
from specloop.spec.read import read_sources


def test_nothing_to_say(tmp_path: Path) -> None:
    assert places(tmp_path, PRICE) == []


NO_OUTCOME = [
    "a negative price",
    "the price is empty",
    "invalid input",
    "the input must be validated",
    "the currency is unknown",
    "the price is below 0",
    "more than 60 characters",
    "a date in the past",
    "the file does not exist",
    "the connection is lost",
    "division by zero",
    "catch exceptions of the database",
    "try and except are used",
    "use try/except",
    "network problems",
    "insufficient balance",
    "file not found",
    "database unavailable",
    "illegal transition",
    "connection refused or timed out",
    "price is None",
    "the key is missing or None",
    "the file is missing",
    "if the file is missing",
    "the file cannot be opened",
    "the text is no day",
    "a line has another form",
    "invalid or missing input",
    "an unknown currency is given",
    "a key that is unknown",
    "parsing fails",
    "no such price",
    "an invalid number of items",
    "errors are handled",
    "invalid data is taken care of",
    "errors are dealt with properly",
    "handle all errors",
    "the price is negative, handle it",
    "the price is negative, the error is handled",
]


@pytest.mark.parametrize("text", NO_OUTCOME)
def test_error_without_an_outcome(tmp_path: Path, text: str) -> None:
    ((*found, told),) = wording(tmp_path, with_error(text))
    assert found == [SPEC, ERROR, "W110"]
    assert "`raise ValueError(…)`" in told
    assert "`return None`" in told


NO_CLASS = [
    "an error is raised",
    "raises an error",
    "a negative price raises an exception",
    "the price is negative, an error is raised",
    "raise an error if the price is negative",
    "a negative price is an error",
    "returns an error",
    "returns an error if the price is negative",
    "the caller gets an exception",
]


@pytest.mark.parametrize("text", NO_CLASS)
def test_error_without_a_class(tmp_path: Path, text: str) -> None:
    ((*found, told),) = wording(tmp_path, with_error(text))
    assert found == [SPEC, ERROR, "W110"]
    assert told == "E1 does not say which error; name its class, as in `raise ValueError(…)`"


OUTCOME = [
    "anything else is refused with pydantic's ValidationError",
    "DatabaseUnavailable goes through to the caller",
    "the email is taken, answer 400 with error and field email",
    "the price is negative, shown returns an empty text",
    "the database cannot be reached, log it",
    "no such price, 404",
    "HTTP 409 for a second price",
    "unknown keys are ignored",
    "empty lines are skipped",
    "a negative price: ValueError",
    "a negative price → ValueError",
    "NotFound for an unknown price",
    "Price for an unknown currency",
    "a missing file counts as empty",
    "there is no price, None",
    "a price that is missing becomes 0",
    "longer texts are cut",
    "a lost connection is retried once",
    "the transaction is rolled back",
    "an error leaves the table as it is",
    "fall back to euros",
    "the price is negative, 'n/a'",
    "the program exits with 2",
    "the old price stays",
    "the value is clamped",
    "the message names the field",
    "negative prices are allowed",
    "leerer Preis, das ist nicht erlaubt",
    "a plug-in fails, the others are called all the same",
    "a plug-in fails, its error reaches the caller",
    "an unknown currency is copied as it is",
    "a missing file is the same as an empty one",
    "a key is given twice, the first one wins",
    "the caller waits",
    "wait and try again",
    "blocks until a place is free",
    "a wrong password locks the account",
    "nothing is saved",
    "the import is undone",
    "the last ones are lost",
    "an unknown command ends with code 2",
    "-1 where nothing is found",
    "-1 when the currency is unknown",
    "stop if the file is missing",
    "`quota_exceeded` is set",
    "unknown keys wait",
    "an unknown key waits",
    "errors of the callback go to the caller",
    "an empty text is no error",
    "the result is empty",
    "return empty",
    "gives empty",
    "the status is None",
    "the call is tried again when the server returns an error",
    "more than 60 characters wrap",
    "collect all errors",
    "handle errors by raising them again",
    "a plug-in fails, its error is handled by the caller",
    "when an error is raised, the price stays",
    "an error that shown raises is raised as it is",
    "no error is raised",
    "the price raises an error that names the shop",
    "a negative price is an error of Price",
    'an error is raised: "no price"',
]


@pytest.mark.parametrize("text", OUTCOME)
def test_error_with_an_outcome(tmp_path: Path, text: str) -> None:
    assert places(tmp_path, with_error(text)) == []


def test_only_errors_need_an_outcome(tmp_path: Path) -> None:
    assert places(tmp_path, with_output("a negative price")) == []


def test_short_text_in_a_spec_of_another_language(tmp_path: Path) -> None:
    german = PRICE.replace("the price in euros", "der Preis wird mit Komma in Euro ausgegeben")
    german = german.replace("a negative price, raise ValueError", "negativer Preis")
    assert places(tmp_path, german) == []


TWO = [
    "the exit code is 1; the others are still counted",
    "leading and trailing white space is removed and inner white space is kept",
    "the name is stripped and the age must be positive",
    "the title must not be empty and must be at most 60 characters long",
    "title is any text; max_length is at least 1",
    "name is what a person typed; hour is a full hour from 0 to 23",
    'empty lines are skipped, and an empty log is "0h 0m"',
    "id is an integer and created_at is a datetime",
    "the list must be sorted; it must not be shared",
    "the price is in cents; also the currency is shown",
    "names are stripped and ages must be positive",
    "each price is positive and every name is unique",
    "the code must be upper case and should have a check digit",
    "a title must have a letter and its length must be at most 60",
    "letters and digits are kept, and a blank becomes a hyphen",
    "the price is rounded, and the tax is shown, too",
    "a price must stand in the list once and names must be short",
    "the name must be stripped. The age must be positive",
    "the name must be stripped, the age must be positive",
    "the title must not be empty, must be at most 60 characters long",
]


@pytest.mark.parametrize("text", TWO)
def test_two_requirements_in_one(tmp_path: Path, text: str) -> None:
    ((*found, told),) = wording(tmp_path, with_output(text))
    assert found == [SPEC, OUTPUT, "W113"]
    assert told.startswith("O1 makes two demands")


def test_the_second_requirement_is_shown(tmp_path: Path) -> None:
    text = "the name is stripped and the age must be positive"
    ((*_, told),) = wording(tmp_path, with_output(text))
    assert "'the age must be positive'" in told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('the tag "a b" is kept and an empty log is "0h 0m"', 'an empty log is "0h 0m"'),
        ("the tag 'a b' is kept and the log is `c  d` or “e” there", "the log is `c d` or …"),
    ],
)
def test_the_second_requirement_is_shown_as_it_stands(
    tmp_path: Path, text: str, shown: str
) -> None:
    ((*_, told),) = wording(tmp_path, with_output(text))
    assert repr(shown) in told


ONE = [
    "the first price is kept; the others are dropped",
    "bad prices are skipped; the others are kept",
    "a title is cut; the rest is dropped",
    "letters and digits",
    "the price is stored and returned",
    "the price is stored and gets an id",
    "the price is shown and is never empty",
    "the cart is empty and stays empty",
    "the name and the price are required",
    "the sum of price and tax is returned",
    "both the name and the price must be given",
    "the price must be at least 1 and at most 5",
    "the price may hold digits, a point and a sign",
    "a price that is new and that is paid",
    "True when a is 1 and b is 2 and c is 3",
    "where a is empty and b is not, b is used",
    "the title is empty and the fallback is empty, raise ValueError",
    "the year is a leap year and February has 29 days, 366 days are counted",
    "the file is read and its lines are counted",
    "the name is trimmed and it is never empty",
    "a and b are swapped and then they are added",
    "the value is 1, and 2 is refused",
    "the first line is the title and the others are the text",
    "the result is at most n characters long; a longer one is cut there",
    "a name is 3 to 20 letters; its case is kept",
    "an address is kept in lower case; it is unique",
    "the app answers POST /api; its description names the path",
    "SQLite forgets time zones; created_at has its time zone when it is read back",
    "emails come in lower case; names are compared as they are",
    "one hash is made; one of more bytes never verifies",
    "the price is rounded; then it is shown",
    "grades: A is 90 or more; B is 80 or more",
    "a line is one entry; empty lines are skipped",
    "no two users have the same email and the same name",
    'the text is "good and the rest is bad"',
    "stores a user with the email and name of the request, and returns it",
    "search and replace",
    "the price holds cents, and nothing else",
    "der Preis ist rund und die Zahl muss positiv sein",
    "the mean is 0 and the variance is 1",
    "the first flag is True and the second value is None",
    "logs the price and returns it",
    "once a name is given and the age is known the price must be shown",
    "prices are in cents. The currency is the euro",
    "if the name must be given, the age must be positive, the mail must be valid",
    "a user, who must be known, must confirm",
    "the price must be empty, or must be a number",
]


@pytest.mark.parametrize("text", ONE)
def test_one_requirement(tmp_path: Path, text: str) -> None:
    assert places(tmp_path, with_output(text)) == []


def test_what_comes_in_is_no_demand(tmp_path: Path) -> None:
    item = "I1: cents is a number; efficient is a choice and must be given"
    text = PRICE.replace("I1: cents is any whole number", quoted(item))
    assert places(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("errors are handled gracefully", "W110"),
        ("the price is shown gracefully, nothing is raised", "W109"),
    ],
)
def test_where_no_outcome_is_told_vague_words_are_not(tmp_path: Path, text: str, code: str) -> None:
    assert places(tmp_path, with_error(text)) == [(SPEC, ERROR, code)]


def test_what_a_spec_answers_for(tmp_path: Path) -> None:
    text = with_output("sorting is fast") + "ignore:\n  - 'W109: measured by hand'\n"
    assert places(tmp_path, text) == [(SPEC, OUTPUT, "W109")]
    sources = read_sources(tmp_path)
    assert without_ignored(lint(sources, TODAY), sources.project) == ()


def test_levels() -> None:
    levels = {code: RULES[code].level for code in CODES}
    assert levels == dict.fromkeys(("W109", "W110", "W113"), "warning") | {"S119": "error"}
