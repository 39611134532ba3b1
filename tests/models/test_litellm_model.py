import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from chat_server import failing, good

from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.failure import failure_of
from specloop.models.litellm_model import LiteLLMModel
from specloop.spec.settings import ModelTable, Price
from specloop.testing import unheard

CANARY = "sk-canary-0123456789"
PRICE = Price(input=2.0, cached_input=0.5, output=10.0)


def test_a_good_answer_with_its_usage_and_price(server, model, prompt):
    done = model(price=PRICE).complete(prompt, unheard)
    assert done.text == "```python\nX = 1\n```"
    assert done.model == "deepseek/deepseek-flash"
    assert done.finish_reason == "stop"
    assert (done.usage.calls, done.usage.input_tokens) == (1, 1000)
    assert (done.usage.cached_tokens, done.usage.output_tokens) == (400, 500)
    assert done.cost_usd == pytest.approx((600 * 2.0 + 400 * 0.5 + 500 * 10.0) / 1e6)
    assert done.faults == ()
    assert len(server.requests) == 1


def test_what_is_sent(server, model, prompt):
    extra = {"thinking": {"type": "disabled"}}
    model(extra=extra, max_output_tokens=77, temperature=0.2).complete(prompt, unheard)
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["idempotency-key"] == "call-slug-1"
    assert request.body == {
        "model": "deepseek-flash",
        "messages": [
            {"role": "system", "content": "You write Python."},
            {"role": "user", "content": "Write X = 1."},
        ],
        "max_tokens": 77,
        "temperature": 0.2,
        "thinking": {"type": "disabled"},
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_the_temperature_of_the_prompt_comes_first_and_none_is_not_sent(server, model, prompt):
    model(temperature=0.2).complete(replace(prompt, temperature=0.9), unheard)
    model().complete(prompt, unheard)
    assert server.requests[0].body["temperature"] == 0.9
    assert "temperature" not in server.requests[1].body


def test_a_name_without_provider_is_what_the_server_calls_its_model(server, model, prompt):
    done = model("Qwen/Qwen2.5-Coder:7b", api_key_env="").complete(prompt, unheard)
    (request,) = server.requests
    assert request.body["model"] == "Qwen/Qwen2.5-Coder:7b"
    assert request.headers["authorization"] == "Bearer none"
    assert done.cost_usd is None


def test_the_price_of_a_namesake_is_not_that_of_the_users_server(server, model, prompt):
    asked = model("gpt-4o")
    assert asked.complete(prompt, unheard).cost_usd is None
    assert asked.worst_case(prompt)[1] is None
    assert server.requests[0].body["model"] == "gpt-4o"


def test_a_server_of_the_users_never_gets_the_key_of_the_provider(
    server, model, prompt, monkeypatch
):
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-of-the-provider")
    model(api_key_env="").complete(prompt, unheard)
    assert "sk-of-the-provider" not in str(server.requests[0].headers)


def test_settings_go_where_a_provider_looks_for_them(server, model, prompt):
    for name in ("anthropic/claude-sonnet-4-5", "ollama_chat/qwen2.5"):
        with pytest.raises(ModelUnavailable):  # the server speaks another protocol
            model(name, extra={"zed": 1}, context_tokens=16384).complete(prompt, unheard)
    bodies = {request.path: request.body for request in server.requests}
    assert bodies["/v1/v1/messages"]["zed"] == 1
    assert bodies["/v1/api/chat"]["options"]["num_ctx"] == 16384


def test_litellms_table_prices_what_project_toml_does_not(server, model, prompt):
    done = model().complete(prompt, unheard)
    assert done.cost_usd is not None
    tokens, usd = model().worst_case(prompt)
    assert usd is not None
    assert usd > done.cost_usd > 0
    assert tokens > 2 * 8192


def test_usage_that_is_not_reported_is_estimated_and_priced(server, model, prompt):
    server.script = [good(usage=None, finish_reason=None)]
    done = model(price=PRICE).complete(prompt, unheard)
    assert done.finish_reason == "stop"
    assert done.usage.input_tokens > 0
    assert done.usage.output_tokens > 0
    assert done.cost_usd is not None
    assert done.cost_usd > 0
    assert model().complete(prompt, unheard).cost_usd is not None


def test_cached_tokens_in_the_words_of_deepseek(server, model, prompt):
    server.script = [
        good(
            usage={
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 15,
                "prompt_cache_hit_tokens": 6,
                "prompt_cache_miss_tokens": 4,
            }
        )
    ]
    assert model().complete(prompt, unheard).usage.cached_tokens == 6


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_an_answer_that_landed_in_the_thoughts_is_found(server, model, prompt, field):
    server.script = [good(content=None, **{field: "X = 1"})]
    assert model().complete(prompt, unheard).text == "X = 1"


def test_thoughts_beside_an_answer_or_cut_off_are_no_answer(server, model, prompt):
    server.script = [
        good(content="X = 1", reasoning_content="hm"),
        good(content=None, reasoning_content="hm, so", finish_reason="length"),
    ]
    assert model().complete(prompt, unheard).text == "X = 1"
    cut = model().complete(prompt, unheard)
    assert (cut.text, cut.finish_reason) == ("", "length")


def test_an_empty_answer_is_an_answer(server, model, prompt):
    server.script = [good(content=None)]
    assert model().complete(prompt, unheard).text == ""
    assert len(server.requests) == 1


def test_calls_from_several_threads(server, model, prompt):
    asked = model()
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(asked.complete(prompt, unheard)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [completion.usage.calls for completion in done] == [1] * 8
    assert len(server.requests) == 8


def test_a_missing_key_is_found_before_anything_is_sent(server, model, prompt, monkeypatch):
    monkeypatch.delenv("SERVED_KEY")
    for ask in (LiteLLMModel.check, lambda m: m.complete(prompt, unheard)):
        with pytest.raises(ModelUnavailable, match=r"variable 'SERVED_KEY' .* is not set; set it"):
            ask(model())
    assert server.requests == []


def test_a_key_that_the_provider_wants_and_nobody_named(monkeypatch):
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    asked = LiteLLMModel(ModelTable(name="deepseek/deepseek-flash"))
    with pytest.raises(ModelUnavailable, match="DEEPSEEK_API_KEY is not set"):
        asked.check()
    monkeypatch.setenv("DEEPSEEK_API_KEY", CANARY)
    asked.check()


@pytest.mark.parametrize(
    ("name", "words"),
    [("deepsek/deepseek-flash", "did you mean 'deepseek'"), ("my-model", "set api_base")],
)
def test_an_unknown_model_is_found_before_anything_is_sent(name, words, prompt, capsys):
    asked = LiteLLMModel(ModelTable(name=name))
    for ask in (LiteLLMModel.check, lambda m: m.complete(prompt, unheard)):
        with pytest.raises(InvalidInput, match=words):
            ask(asked)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("base", ["127.0.0.1:1/v1", "ftp://x/v1", "http://[::x/v1", "http://x:y"])
def test_an_address_that_is_none_is_found_before_anything_is_sent(model, base):
    with pytest.raises(InvalidInput, match="'served' is no address of a server; write it in full"):
        model("served", api_base=base).check()


def test_no_proxy_is_asked_for_what_runs_here(server):
    program = f"""
from specloop.attempt.message import Message
from specloop.models.litellm_model import LiteLLMModel
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable
model = LiteLLMModel(ModelTable(name="served", api_base={server.base!r}))
prompt = Prompt(module="m", number=1, messages=(Message("user", "x"),), key="k")
print(model.complete(prompt, print).text)
"""
    environment = {**os.environ, "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    asked = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert "X = 1" in asked.stdout, asked.stderr


def test_a_model_that_takes_no_temperature_is_asked_without(server, model, prompt):
    model("openai/gpt-5-mini", temperature=0.0).complete(prompt, unheard)
    assert "temperature" not in server.requests[0].body


def test_nothing_is_printed(server, model, prompt, capfd):
    server.script = [failing(500), good(finish_reason="eos_token")]
    model().complete(prompt, unheard)
    assert capfd.readouterr() == ("", "")


def test_half_a_character_is_replaced_where_it_comes_in(server, model, prompt):
    server.script = [good("X = 1  # \ud83d", finish_reason="stop\ud83d")]
    completion = model().complete(prompt, unheard)
    assert completion.text == "X = 1  # ?"
    completion.finish_reason.encode()
    assert str(failure_of(OSError("half \ud83d"), False).without(str)) == "unreadable reply: half ?"
