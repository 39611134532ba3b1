"""What goes to a model and what comes from it, with a model of any kind behind the guard."""

from base64 import b64encode
from dataclasses import replace

import pytest

from specloop.attempt.completion import Completion
from specloop.attempt.message import Message
from specloop.attempt.redaction import Redactor
from specloop.errors import ModelUnavailable
from specloop.models.guarded import GuardedModel
from specloop.models.recording import RecordingModel
from specloop.testing import ScriptedModel, unheard

KEY = "sk-canary-0123456789abcdef"
CODED = b64encode(f"user:{KEY}".encode()).decode()


def guarded(*replies):
    scripted = ScriptedModel({"slug": replies})
    return scripted, GuardedModel(scripted, Redactor.of([KEY]))


def test_a_prompt_holds_no_key(prompt):
    scripted, model = guarded("hello")
    messages = (Message("user", f"The key is {KEY}."), Message("assistant", CODED))
    model.complete(replace(prompt, messages=messages), unheard)
    (asked,) = scripted.prompts
    assert asked.messages[0] == Message("user", "The key is [key].")
    assert KEY[4:-4] not in repr(asked)
    assert CODED[6:-6] not in repr(asked)
    assert replace(asked, messages=messages) == replace(prompt, messages=messages)


def test_a_reply_holds_no_key(prompt):
    _, model = guarded(f'API_KEY = "{KEY}"')
    assert model.complete(prompt, unheard).text == 'API_KEY = "[key]"'


class Talking(ScriptedModel):
    """A model that tells the key wherever it can."""

    def complete(self, prompt, say):
        say(f"asks with {KEY}")
        return Completion("text", "m", faults=(f"HTTP 500: {KEY}",), warning=f"echoed {KEY}")


def test_nor_do_faults_warnings_and_what_is_said_meanwhile(prompt):
    heard = []
    completion = GuardedModel(Talking({}), Redactor.of([KEY])).complete(prompt, heard.append)
    assert heard == ["asks with [key]"]
    assert completion.faults == ("HTTP 500: [key]",)
    assert completion.warning == "echoed [key]"


@pytest.mark.parametrize("charged", [False, True])
def test_nor_do_errors(prompt, charged):
    _, model = guarded(ModelUnavailable(f"bad key {KEY}", may_be_charged=charged))
    with pytest.raises(ModelUnavailable) as caught:
        model.complete(prompt, unheard)
    assert str(caught.value) == "bad key [key]"
    assert caught.value.may_be_charged is charged
    assert caught.value.__suppress_context__


def test_a_recorded_answer_is_the_guarded_one(prompt, tmp_path):
    _, model = guarded(f"It is {KEY}.")
    RecordingModel(model, tmp_path).complete(prompt, unheard)
    assert (tmp_path / "slug" / "01.md").read_text() == "It is [key]."


def test_sizes_and_prices_are_those_of_the_model(prompt):
    scripted, model = guarded("hello")
    assert model.name == scripted.name
    assert model.count(prompt.messages) == scripted.count(prompt.messages)
    assert model.worst_case(prompt) == scripted.worst_case(prompt)
    assert model.cheap_hours() is None
