import threading
from dataclasses import replace

import pytest
from chat_server import DONE, KEEP_ALIVE, Answer, delta, failing, good, streamed

from specloop.errors import ModelUnavailable
from specloop.models import asking
from specloop.testing import unheard


def test_a_person_is_told_what_a_call_waits_for(server, model, prompt, monkeypatch):
    monkeypatch.setattr(asking, "TICK", 0.01)
    said = []

    def say(text):
        said.append(text)
        if text.startswith(("waits for the first word", "receives, 5 characters so far")):
            server.go.set()
            server.go = threading.Event()

    server.script = [
        failing(429, "slow", Retry_After="7"),
        streamed(KEEP_ALIVE, "wait", delta(content="X = 1"), "wait", delta("stop"), DONE),
    ]
    assert model().complete(prompt, say).text == "X = 1"
    assert {"HTTP 429; asks again in 7 s", "HTTP 429; asks again in 8 s"} & set(said)
    assert [text for text in said if text.startswith("waits for the first word, ")]
    assert said[-1] == "receives, 5 characters so far"


def test_a_quick_answer_says_nothing(server, model, prompt):
    said = []
    model().complete(prompt, said.append)
    assert said == []


def test_the_key_is_not_told(server, model, prompt):
    said = []
    server.script = [failing(500, "sk-canary-0123456789"), Answer(trick="reset"), good()]
    model().complete(prompt, said.append)
    assert len(said) == 2
    assert "canary" not in "".join(said)


def test_a_drip_does_not_keep_a_request_alive_for_ever(server, model, prompt):
    server.script = [Answer(trick="drip"), good()]
    done = model(timeout_seconds=1).complete(prompt, unheard)
    assert done.faults == ("no whole reply within 3 s",)
    assert done.usage.calls == 2


def test_a_call_ends_when_its_time_is_over(server, model, prompt):
    server.script = [Answer(trick="drip")]
    asked = model()
    asked.check()
    with pytest.raises(ModelUnavailable, match="within 1 s, the time that was left; run") as e:
        asked.complete(replace(prompt, seconds=1.0), unheard)
    assert e.value.may_be_charged
    assert len(server.requests) == 1


def test_no_wait_is_begun_that_takes_longer_than_the_call_may(server, model, prompt, pauses):
    server.script = [failing(429, Retry_After="70")]
    with pytest.raises(ModelUnavailable, match="HTTP 429") as caught:
        model().complete(replace(prompt, seconds=60.0), unheard)
    assert not caught.value.may_be_charged
    assert pauses == []
    with pytest.raises(ModelUnavailable, match="out of time before it was asked"):
        model().complete(replace(prompt, seconds=0.0), unheard)
    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1:9", "nowhere.invalid"])
def test_an_address_that_cannot_be_reached_is_named(model, prompt, host):
    with pytest.raises(
        ModelUnavailable, match=rf"no connection to {host}.*is the server running"
    ) as e:
        model(api_base=f"http://me:secret@{host}/v1").complete(prompt, unheard)
    assert not e.value.may_be_charged
    assert "secret" not in str(e.value)
