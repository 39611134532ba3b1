import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from chat_server import Answer, failing, good

from specloop.errors import ModelUnavailable
from specloop.models.litellm_model import LiteLLMModel
from specloop.spec.settings import ModelTable, Price
from specloop.testing import unheard

CANARY = "sk-canary-0123456789"
PRICE = Price(input=2.0, cached_input=0.5, output=10.0)


def test_retry_after_is_honoured_in_seconds_and_as_a_date(server, model, prompt, pauses):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    server.script = [
        failing(429, "slow", Retry_After="7"),
        failing(503, Retry_After=date),
        good(),
    ]
    done = model().complete(prompt, unheard)
    assert done.text
    assert done.faults == ("HTTP 429: slow", "HTTP 503: no")
    assert 7 <= pauses[0] <= 8
    assert 100 < pauses[1] <= 601
    assert len(server.requests) == 3
    assert done.usage.calls == 1


def test_a_date_beyond_all_calendars_is_no_wait(server, model, prompt):
    server.script = [failing(429, Retry_After="Mon, 01 Jan 99999999999 00:00:00 GMT"), good()]
    done = model().complete(prompt, unheard)
    assert (done.faults, done.usage.calls) == (("HTTP 429: no",), 1)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("name", ["served-model", "anthropic/claude-sonnet-4-5"])
def test_nobody_else_gets_key_and_prompt(server, other_server, model, prompt, status, name):
    elsewhere = f"{other_server.base}/chat/completions"
    server.script = [Answer(status, "", {"Location": elsewhere})]
    with pytest.raises(ModelUnavailable, match=f"points to {elsewhere}; set api_base") as caught:
        model(name).complete(prompt, unheard)
    assert not caught.value.may_be_charged
    assert len(server.requests) == 1
    assert other_server.requests == []


def test_the_same_server_may_be_asked_at_another_path(server, model, prompt):
    server.script = [Answer(307, "", {"Location": "/v2/chat/completions"}), good()]
    assert model().complete(prompt, unheard).faults == ()
    assert [request.path for request in server.requests] == [
        "/v1/chat/completions",
        "/v2/chat/completions",
    ]
    server.script = [Answer(307, "", {"Location": "/v1/chat/completions"})]
    with pytest.raises(ModelUnavailable, match="HTTP 307: the server points to /v1"):
        model().complete(prompt, unheard)
    assert len(server.requests) == 2 + 6


def test_a_wait_longer_than_the_call_may_take_is_not_begun(server, model, prompt, pauses):
    server.script = [failing(429, Retry_After="3600")]
    with pytest.raises(ModelUnavailable, match=r"HTTP 429.*lower models_in_flight"):
        model(timeout_seconds=600).complete(prompt, unheard)
    assert pauses == []
    assert len(server.requests) == 1


def test_errors_of_the_server_are_tried_five_times(server, model, prompt, pauses):
    server.script = [failing(500, "boom")]
    with pytest.raises(ModelUnavailable, match=r"HTTP 500.*boom.*tried 5 times.*run again") as e:
        model().complete(prompt, unheard)
    assert server.base in str(e.value)
    assert "'deepseek/deepseek-flash'" in str(e.value)
    assert len(server.requests) == 5
    assert pauses == sorted(pauses)
    assert len(pauses) == 4


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(server, model, prompt, status):
    server.script = [Answer(status, "<html>", {"Content-Type": "text/html"}), good()]
    done = model().complete(prompt, unheard)
    assert [fault[:8] for fault in done.faults] == [f"HTTP {status}"]
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (failing(400, "bad"), "check the model's settings"),
        (failing(400, "maximum context length is 4096 tokens"), "set context_tokens"),
        (failing(401, "bad key"), "check the value of SERVED_KEY"),
        (failing(402, "Insufficient Balance"), "top up the account"),
        (failing(403), "may not use this model"),
        (failing(404, "no such model"), "check the model's name and api_base"),
        (failing(413, "large"), "set context_tokens"),
        (failing(422, "bad"), "check the model's settings"),
        (failing(429, "insufficient_quota"), "top up the account"),
    ],
)
def test_what_will_not_pass_is_asked_once(server, model, prompt, answer, words, pauses):
    server.script = [answer]
    for name in ("deepseek/deepseek-flash", "served-model"):
        with pytest.raises(ModelUnavailable, match=words) as caught:
            model(name).complete(prompt, unheard)
        assert f"HTTP {answer.status}" in str(caught.value)
        assert caught.value.too_long == (words == "set context_tokens")
    assert len(server.requests) == 2
    assert pauses == []


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_the_key_is_in_no_text(server, model, prompt, status):
    # Where the text is cut, half of the key would be left.
    echoed = "y" * 259 + f" Bearer {CANARY}"
    server.script = [failing(status, echoed), failing(400, echoed)]
    with pytest.raises(ModelUnavailable) as caught:
        model().complete(prompt, unheard)
    assert "canary" not in str(caught.value)
    assert "Bearer [key]" in str(caught.value)
    assert caught.value.__suppress_context__
    server.script = [failing(500, f"no {CANARY}"), good()]
    assert "[key]" in model().complete(prompt, unheard).faults[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(body="oops"), "unreadable"),
        (Answer(body="<html>", headers={"Content-Type": "text/html"}), "unreadable"),
        (Answer(body=[1]), "unreadable"),
        (Answer(body={"id": "x"}), "unreadable"),
        (Answer(body={"id": "x", "choices": [], "model": "m"}), "unreadable"),
        (Answer(trick="half"), "connection lost"),
        (Answer(trick="reset"), "connection lost"),
    ],
)
@pytest.mark.parametrize("name", ["deepseek/deepseek-flash", "served-model"])
def test_a_lost_reply_is_asked_for_once_more_and_counted(
    server, model, prompt, answer, words, name
):
    server.script = [answer, good()]
    asked = model(name, price=PRICE, max_output_tokens=100)
    done = asked.complete(prompt, unheard)
    assert [words in fault for fault in done.faults] == [True]
    assert len(server.requests) == 2
    assert done.usage.calls == 2
    usd = asked.worst_case(prompt)[1]
    assert done.usage.output_tokens == 500 + 100
    assert done.cost_usd == pytest.approx(0.0064 + usd / 2)
    server.requests.clear()
    server.script = [answer]
    with pytest.raises(ModelUnavailable, match=f"{words}.*tried 2 times"):
        asked.complete(prompt, unheard)
    assert len(server.requests) == 2


def test_a_silent_server_is_given_up(server, model, prompt):
    server.script = [Answer(trick="hang")]
    with pytest.raises(ModelUnavailable, match=r"silent for 1 s \(tried 2 times\); raise timeout"):
        model(timeout_seconds=1).complete(prompt, unheard)
    assert len(server.requests) == 2


def test_a_refused_connection_asks_for_the_server(model, prompt, pauses):
    with pytest.raises(
        ModelUnavailable, match=r"at http://127.0.0.1:9/v1: no connection.*is the server running\?"
    ) as caught:
        model(api_base="http://me:secret@127.0.0.1:9/v1").complete(prompt, unheard)
    assert "secret" not in str(caught.value)
    assert "Connection refused" in str(caught.value)
    assert len(pauses) == 4


def test_close_ends_a_call_that_waits_for_its_reply(server, model, prompt):
    server.script = [Answer(trick="hang")]
    asked = model()
    problems = []

    def ask():
        try:
            asked.complete(prompt, unheard)
        except ModelUnavailable as error:
            problems.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    assert server.arrived.wait(20)
    asked.close()
    asking.join(20)
    assert ["the run is ending" in problem for problem in problems] == [True]


def test_close_ends_a_wait_between_tries(server, prompt, monkeypatch):
    monkeypatch.setenv("SERVED_KEY", CANARY)
    server.script = [failing(429, Retry_After="300")]
    table = ModelTable(name="served", api_base=server.base, api_key_env="SERVED_KEY")
    asked = LiteLLMModel(table)  # with its own pauses
    problems = []

    def ask():
        try:
            asked.complete(prompt, unheard)
        except ModelUnavailable as error:
            problems.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    assert server.arrived.wait(20)
    asked.close()
    asking.join(20)
    assert ["the run is ending" in problem for problem in problems] == [True]
