import json
import re
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest

from specloop.attempt.completion import Completion, Usage
from specloop.attempt.redaction import Redactor
from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict

KEY = 'sk-canary/0123+456 78>9="abc~é'
redact = Redactor.of([KEY])


def test_the_value_itself():
    assert redact(f"Bearer {KEY}.") == "Bearer [key]."
    assert redact(f"{KEY}{KEY}") == "[key][key]"
    assert redact("nothing of it: sk-canary") == "nothing of it: sk-canary"


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("padding", ["=", ""])
def test_base64_of_it_alone(encode, padding):
    text = encode(KEY.encode()).decode()
    assert redact(f"<{text if padding else text.rstrip('=')}>") == "<[key]>"


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "u", "me", "you", "user", "Basic user:"])
@pytest.mark.parametrize("after", ["", "?", ">>", "???"])
def test_base64_of_a_text_that_holds_it(encode, before, after):
    text = encode((before + KEY + after).encode()).decode()
    left = redact(text).replace("[key]", "")
    # At each border a character is left that the neighbour decides, too.
    assert len(left.rstrip("=")) <= (len(before) + len(after)) * 8 / 6 + 2


def small(text):
    """The text with small letters in its percent escapes."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def as_javascript(text):
    return quote(text, safe="!'()*")


@pytest.mark.parametrize(
    "encode", [quote, quote_plus, as_javascript, lambda text: quote(text, safe="")]
)
@pytest.mark.parametrize("letters", [str, small])
def test_in_an_address(encode, letters):
    text = letters(encode(KEY))
    assert redact(f"https://host/?key={text}&x=1") == "https://host/?key=[key]&x=1"


@pytest.mark.parametrize(
    "encode",
    [
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(text).replace("/", r"\/"),
        repr,
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
    ],
)
def test_other_forms(encode):
    assert redact(encode(KEY)).strip("\"'") == "[key]"


def test_the_longer_of_two_is_taken_whole():
    both = Redactor.of(["sk-1234567", "sk-1234567-and-more"])
    assert both("sk-1234567-and-more sk-1234567") == "[key] [key]"


def test_without_secrets_nothing_changes():
    for none in (Redactor(), Redactor.of([]), Redactor.of([""])):
        assert none("any text") == "any text"


def test_one_byte_has_no_form_that_is_empty():
    assert Redactor.of(["7"])("a 7 b") == "a [key] b"


def test_values_are_looked_through():
    failure = TestFailure(f"t.py::t[{KEY}]", "call", "E", "m", f"found {KEY}", (Frame(KEY, 3),))
    report = TestReport(Verdict.FAILED, (f"t.py::t[{KEY}]",), (), (failure,), seconds=1.5)
    cleaned = redact.clean(report)
    assert cleaned.collected == ("t.py::t[[key]]",)
    assert cleaned.failures[0].longrepr == "found [key]"
    assert cleaned.failures[0].frames == (Frame("[key]", 3),)
    assert cleaned.verdict is Verdict.FAILED
    assert KEY not in repr(cleaned)


def test_a_value_without_secrets_stays_the_same_object():
    completion = Completion("text", "model", usage=Usage(1, 2, 3, 4), faults=("HTTP 500",))
    assert redact.clean(completion) is completion
    assert Redactor().clean(completion) is completion
    assert redact.clean(None) is None
