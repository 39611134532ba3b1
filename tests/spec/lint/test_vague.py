"""Titles, items and constraints that are too vague to be checked, and what only looks it."""

from pathlib import Path

import pytest
from price_spec import (
    CONSTRAINT,
    OUTPUT,
    PRICE,
    SPEC,
    places,
    with_constraint,
    with_output,
    with_title,
    wording,
)

VAGUE_TITLES = [
    "Refactor this code to be better",
    "Improve the code",
    "Make it faster",
    "Fix everything",
    "Clean up the module properly",
    "Make this code production-ready.",
    "Optimize performance",
    "Improve code quality and readability",
    "Make everything work as it should",
    "Please rewrite it in a cleaner way",
    "Make the code a bit faster",
    "Write good code",
    "Handle errors",
    "Fix all bugs!",
    "Make the tests pass",
    "Update the existing service",
    "Refactor the app",
    "Refactor",
    "Clean up the API",
    "Better error handling",
    "Improved performance",
    "Helper functions",
    "Utilities",
    "Some general utilities",
    "Create the application",
    "Create the app",
    "Process the data",
    "Data processing",
    "Handle all inputs",
]


@pytest.mark.parametrize("title", VAGUE_TITLES)
def test_vague_title(tmp_path: Path, title: str) -> None:
    ((*found, text),) = wording(tmp_path, with_title(title))
    assert found == [SPEC, 1, "S119"]
    assert repr(title) in text
    assert "Turn a title into a URL slug" in text


CLEAR_TITLES = [
    "Better of two offers",
    "Fast Fourier transform",
    "Clean a text",
    "Clean up temporary files",
    "Improve contrast of an image by 20 %",
    "Make it 20 % faster",
    "Make base",
    "Say hello",
    "Fix the encoding of a text",
    "Update a file",
    "Handle webhooks",
    "Exceptions of the module",
    "Errors of the application",
    "Area code",
    "Check the code of a voucher",
    "Refactor `slugify`",
    "Refactor slugify",
    "Create the file",
    "Build the project",
    "Put the application together",
    "String utilities",
    "Process the orders",
    "Clean the data",
    "Read the data",
    "Update the data",
    "API of the shop",
    "Clear everything",
    "Review of an order",
    "Simple moving average",
    "Best price",
    "Optimal change",
    "Error handling of the shop",
    "Correct a typing error",
    "Work log",
    "Safe file names",
    "Clear formatting",
    'Write "it"',
    "Verbessere den Code",
]


@pytest.mark.parametrize("title", CLEAR_TITLES)
def test_title_that_names_something(tmp_path: Path, title: str) -> None:
    assert places(tmp_path, with_title(title)) == []


def test_only_the_first_line_of_a_task_is_its_title(tmp_path: Path) -> None:
    task = "|\n  Show a price\n  Improve the code"
    assert places(tmp_path, PRICE.replace("Show a price in a shop", task)) == []


# (a text, a piece of what to write instead)
VAGUE = [
    ("sorting is fast", "below 50 ms for 1000 rows"),
    ("prices are found quickly", "how long"),
    ("a performant search", "how long"),
    ("the answer comes as soon as possible", "how much is enough"),
    ("the price is formatted properly", "the value, the form or the rule"),
    ("shown works correctly", "the value, the form or the rule"),
    ("the correct result is returned", "the value, the form or the rule"),
    ("a missing price is shown gracefully", "raised, returned or logged"),
    ("an appropriate text", "which one"),
    ("a suitable currency is chosen", "which one"),
    ("the number of decimals is reasonable", "which one, or how much"),
    ("a helpful message", "what it contains"),
    ("the price looks nice", "measured or seen"),
    ("the price is good", "measured or seen"),
    ("the text gives better results in searches", "measured or seen"),
    ("parsing is robust", "which faults it survives"),
    ("the format is flexible", "what may vary"),
    ("the module must be scalable", "how many rows"),
    ("a user-friendly text", "what the user types and sees"),
    ("prices are stored securely", "by what means"),
    ("the price is rounded as needed", "say when"),
    ("if necessary, the price is rounded", "say when"),
    ("if possible the price is cached", "say when"),
    ("the price is usually in euros", "how and when"),
    ("supports various formats", "name them all"),
    ("some characters are replaced", "name them all"),
    ("log everything important", "which one"),
    ("the result is valid", "measured or seen"),
    ("long titles work without being slow", "how long it may take"),
    ("an efficient lookup is used", "how long it may take"),
    ("supports several currencies", "name them all"),
    ("some kinds of blanks are removed", "name them all"),
    ("handles all edge cases", "name each one"),
    ("euros, dollars etc.", "the whole list"),
    ("euros, dollars and so on", "the whole list"),
    ("commas, dots or similar", "the whole list"),
    ("1 euro, 2 euros etc.", "the whole list"),
    ("at most 12 characters; the form is appropriate", "which one"),
    ("prices must be secure", "against what"),
    ("the format is well documented", "what it contains"),
    ("queries are optimized", "how long"),
    ("minimal overhead", "how long"),
    ("low memory usage", "how long"),
    ("high quality output", "measured or seen"),
    ("should be readable", "what it contains"),
    ("the output must be readable", "what it contains"),
    ("a sane limit", "which one"),
    ("tried again a few times", "how many"),
    ("works for most inputs", "say which"),
    ("most cases are rounded", "say which"),
    ("invalid input is handled", "name each one"),
    ("clear and concise", "what it contains"),
    # a number that measures nothing here
    ("status 200 with a list of prices that are found quickly", "how long"),
    ("error 404 comes with an appropriate text", "which one"),
    ("HTTP 200 quickly", "how long"),
    ("one price in version 2 is properly cut", "the value, the form or the rule"),
    ("the most performant way", "how long"),
]


@pytest.mark.parametrize(("text", "instead"), VAGUE)
def test_vague_requirement(tmp_path: Path, text: str, instead: str) -> None:
    ((*found, told),) = wording(tmp_path, with_output(text))
    assert found == [SPEC, OUTPUT, "W109"]
    assert instead in told


@pytest.mark.parametrize(
    "text",
    [
        "Write clean code",
        "Keep it simple",
        "Follow best practices",
        "The code must be easy to read",
    ],
)
def test_vague_constraint(tmp_path: Path, text: str) -> None:
    assert places(tmp_path, with_constraint(text)) == [(SPEC, CONSTRAINT, "W109")]


def test_each_vague_word_is_told(tmp_path: Path) -> None:
    found = wording(tmp_path, with_output("it looks nice, properly cut, properly shown, etc."))
    assert [(line, code, text.split()[0]) for _, line, code, text in found] == [
        (OUTPUT, "W109", "'etc'"),
        (OUTPUT, "W109", "'nice'"),
        (OUTPUT, "W109", "'properly'"),
    ]


SPECIFIC = [
    # a number, a quoted text, a name or an explanation makes it so
    "fast, at most 50 ms for 1000 rows",
    "fast: below 50ms",
    "a fast answer, within 2 seconds",
    "sorting 1000 prices is fast",
    "properly rounded to 2",
    "rounded to 2 properly",
    "properly shown as in RFC 3339",
    "quickly enough for ten prices",
    "properly encoded in UTF-8",
    'the price is "properly" cut',
    "`etc.` is cut off",
    "a suitable form, such as “1.00 EUR”",
    "the appropriate Price",
    "the appropriate moving_average",
    "properly: two decimals",
    "a suitable currency (that of the shop)",
    "a suitable currency, which is the cheapest",
    "the appropriate rate is that of the buyer's country",
    "the correct result is the sum of both",
    "a suitable candidate has the skill that the job needs",
    "the most efficient route by distance",
    "the efficient frontier is drawn",
    "various artists is kept as it is",
    "Properly nested brackets give True",
    "a nice guy finishes last",
    "if some values are missing, the price is 0",
    "the most important fields first, by weight",
    "a missing price is handled gracefully, raise LookupError",
    "efficient leaves out the cents",  # a parameter of the module
    # words with another meaning
    "the better of two offers is the cheaper one",
    "an offer is better when it costs less",
    "the price is stored for good",
    "goods are sold",
    "correct answers count one point",
    "some prices are negative",
    "several processes write to one table",
    "the settings are in /etc/shop",
    "it fails fast",
    "the robust mean of all prices",
    "a proper divisor of the price",
    "the fast Fourier transform of the prices",
    "the coefficient of the price",
    "a graceful shutdown ends open sales",
    "change is given in as few coins as possible",
    "seats suitable for wheelchairs",
    "where required fields are missing, the price is none",
    "handle errors by raising them again",
    "the tree is clean",
    "a clean text has no blanks",
    "a simple quote",
    "similar prices are joined",
    "usually closed days are left out",
    "scalable vector graphics",
    "the user with most inputs",
    "the file must be readable",
    "a secure cookie",
    "cookies are secure where the address is",
    "an optimized query",
    "unknown keys are handled by the caller",
    "the price is higher or so it seems",
    # other languages
    "der Text ist flexible und robust",
    "fast alle Zeichen werden ersetzt",
    "le texte est flexible",
    "texto flexible según la moneda",
    "гибкий и robust",
]


@pytest.mark.parametrize("text", SPECIFIC)
def test_requirement_that_only_looks_vague(tmp_path: Path, text: str) -> None:
    assert places(tmp_path, with_output(text)) == []


@pytest.mark.parametrize("text", ["Follow PEP 8", "Use type hints", "Passwords are never logged"])
def test_constraint_that_can_be_checked(tmp_path: Path, text: str) -> None:
    assert places(tmp_path, with_constraint(text)) == []


def test_style_and_the_text_of_a_task_are_matters_of_taste(tmp_path: Path) -> None:
    text = PRICE.replace("constraints:", "style:\n  - Write clean code\nconstraints:")
    text = text.replace("task: Show a price", "task: |\n  Show a price\n  Fast and robust")
    assert places(tmp_path, text) == []


def test_words_on_either_side_of_a_line_break(tmp_path: Path) -> None:
    item = "|\n        The price is shown. It is rounded as\n        needed."
    text = PRICE.replace("O1: the price in euros", f"O1: {item}")
    assert places(tmp_path, text) == [(SPEC, OUTPUT, "W109")]
