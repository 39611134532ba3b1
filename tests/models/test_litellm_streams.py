import gzip
import json
from itertools import repeat

import pytest
from chat_server import (
    DONE,
    EVENTS,
    KEEP_ALIVE,
    USAGE,
    Answer,
    delta,
    event,
    failing,
    good,
    plain,
    streamed,
    usage_event,
)

from specloop.errors import ModelUnavailable
from specloop.spec.settings import Price
from specloop.testing import unheard

PRICE = Price(input=2.0, output=10.0)
TEXT = [delta(role="assistant", content=""), delta(content="X = "), delta(content="1  # ½")]
WHOLE = [*TEXT, delta("stop"), usage_event(), DONE]


@pytest.mark.parametrize("name", ["deepseek/deepseek-flash", "served"])
def test_the_pieces_of_an_answer_are_put_together(server, model, prompt, name):
    thoughts = [delta(reasoning_content="hm, "), delta(reasoning_content="so")]
    server.script = [streamed(KEEP_ALIVE, b"\n", *thoughts, *WHOLE)]
    done = model(name, price=PRICE).complete(prompt, unheard)
    assert (done.text, done.finish_reason) == ("X = 1  # ½", "stop")
    assert (done.usage.input_tokens, done.usage.output_tokens) == (1000, 500)
    assert server.requests[0].body["stream"] is True
    assert server.requests[0].body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: [bytes([byte]) for byte in raw],
        lambda raw: [raw],
        lambda raw: [raw.replace(b"\n", b"\r\n")],
        lambda raw: [raw.replace(b"data: ", b"id: 7\ndata:")],
    ],
)
def test_where_the_bytes_are_cut_does_not_matter(server, model, prompt, change):
    server.script = [streamed(*change(b"".join(WHOLE)))]
    assert model().complete(prompt, unheard).text == "X = 1  # ½"


@pytest.mark.parametrize("headers", [EVENTS, {}, {**EVENTS, "Connection": "close"}])
def test_the_kind_of_content_that_a_server_claims_does_not_matter(server, model, prompt, headers):
    server.script = [Answer(headers=headers, pieces=WHOLE)]
    assert model().complete(prompt, unheard).text == "X = 1  # ½"


@pytest.mark.parametrize(
    "answer",
    [
        streamed(*TEXT, "cut"),
        streamed(*TEXT, "reset"),
        streamed(*TEXT),
        streamed(*TEXT, delta("stop")[:-9], "cut"),
        Answer(headers={**EVENTS, "Connection": "close"}, pieces=TEXT),
    ],
)
def test_half_an_answer_is_none_and_is_counted(server, model, prompt, answer):
    server.script = [answer, streamed(*WHOLE)]
    done = model(max_output_tokens=100, price=PRICE).complete(prompt, unheard)
    assert done.text == "X = 1  # ½"
    assert ["connection lost" in fault for fault in done.faults] == [True]
    assert (done.usage.calls, done.usage.output_tokens) == (2, 600)
    server.script = [answer]
    with pytest.raises(ModelUnavailable, match=r"connection lost.*tried 2 times") as caught:
        model().complete(prompt, unheard)
    assert caught.value.may_be_charged


@pytest.mark.parametrize(
    "end",
    [
        [delta("stop")],
        [delta("stop"), "cut"],
        [delta("stop"), "reset"],
        [delta("stop"), "hang"],
        [DONE],
        [DONE, "hang"],
    ],
)
def test_an_answer_is_whole_once_it_has_finished(server, model, prompt, end):
    server.script = [streamed(*TEXT, *end)]
    done = model(timeout_seconds=1).complete(prompt, unheard)
    assert (done.text, done.finish_reason, done.faults) == ("X = 1  # ½", "stop", ())
    assert done.usage.output_tokens > 0  # estimated


def test_a_server_that_does_not_stream_is_asked_once(server, model, prompt):
    server.script = [plain("X = 1")]
    assert model().complete(prompt, unheard).text == "X = 1"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("refusals", "left"),
    [
        ([failing(400, "unknown field stream_options")], {"stream"}),
        ([failing(422, "this model cannot be streamed")], set()),
        ([failing(400, "stream_options"), failing(400, "streaming is off")], set()),
    ],
)
def test_what_a_server_refuses_is_not_asked_again(server, model, prompt, refusals, left):
    server.script = [*refusals, good("X = 1")]
    asked = model()
    assert asked.complete(prompt, unheard).faults == ()
    assert asked.complete(prompt, unheard).text == "X = 1"
    assert len(server.requests) == len(refusals) + 2
    for request in server.requests[-2:]:
        assert request.body.keys() & {"stream", "stream_options"} == left


def test_a_refusal_that_goes_on_without_streams_says_nothing_about_them(server, model, prompt):
    server.script = [failing(400, "no stream of tokens fits"), failing(400, "no"), good("X = 1")]
    asked = model()
    with pytest.raises(ModelUnavailable, match="HTTP 400: no; check the model's settings"):
        asked.complete(prompt, unheard)
    asked.complete(prompt, unheard)
    assert [request.body.get("stream") for request in server.requests] == [True, None, True]


def test_extra_can_say_that_a_model_is_not_to_stream(server, model, prompt):
    assert model(extra={"stream": False}).complete(prompt, unheard).text
    assert "stream" not in server.requests[0].body


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"message": "slow", "code": 429}, "broke off: 429: slow"),
        ({"message": "slow", "type": "rate_limit_error"}, "broke off: 429: slow"),
        ("overloaded", "broke off: overloaded"),
    ],
)
@pytest.mark.parametrize("begun", [True, False])
def test_an_error_within_a_stream_is_tried_again(server, model, prompt, error, words, begun):
    text = TEXT if begun else []
    for told in (event({"error": error}), json.dumps({"error": error}).encode() + b"\n"):
        server.script = [streamed(KEEP_ALIVE, *text, told, *WHOLE), good("X = 1")]
        server.script[0].pieces = [event({"choices": []}), *server.script[0].pieces]
        done = model().complete(prompt, unheard)
        assert [words in fault for fault in done.faults] == [True]
        assert done.usage.calls == (2 if begun else 1)


def test_an_event_named_error_is_one(server, model, prompt):
    server.script = [streamed(event({"message": "full", "code": 503}, "error")), good("X = 1")]
    assert model().complete(prompt, unheard).faults == ("the reply broke off: 503: full",)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"message": "pay", "code": "insufficient_quota"}, "top up the account"),
        ({"message": "x", "code": "context_length_exceeded"}, "set context_tokens"),
        ({"message": "bad key", "code": "401"}, "check the value of SERVED_KEY"),
        ({"message": "no", "type": "not_found_error"}, "check the model's name"),
    ],
)
@pytest.mark.parametrize("answer", [lambda e: streamed(event(e)), lambda e: Answer(body=e)])
def test_an_error_that_will_not_pass_is_final(server, model, prompt, error, words, answer):
    server.script = [answer({"error": error})]
    with pytest.raises(ModelUnavailable, match=words) as caught:
        model().complete(prompt, unheard)
    assert len(server.requests) == 1
    assert not caught.value.may_be_charged


@pytest.mark.parametrize("reason", ["insufficient_system_resource", "error"])
@pytest.mark.parametrize("kind", [good, plain])
def test_a_provider_that_gives_up_has_not_answered(server, model, prompt, reason, kind):
    server.script = [kind("X =", reason), good("X = 1")]
    done = model().complete(prompt, unheard)
    assert done.text == "X = 1"
    assert [reason in fault for fault in done.faults] == [True]
    assert done.usage.calls == 2


def test_a_filter_is_a_reason_to_finish(server, model, prompt):
    server.script = [good("X", "content_filter")]
    assert model().complete(prompt, unheard).finish_reason == "content_filter"


def test_nonsense_within_a_stream_is_unreadable(server, model, prompt):
    for nonsense in (b"data: {nonsense\n\n", event({"choices": 7}), event({"choices": ["x"]})):
        server.script = [streamed(*TEXT, nonsense, *WHOLE), good("X = 1")]
        assert ["unreadable" in f for f in model().complete(prompt, unheard).faults] == [True]


@pytest.mark.parametrize("piece", [KEEP_ALIVE * 10_000, delta(content="x" * 100_000)])
def test_a_reply_without_end_is_given_up(server, model, prompt, piece):
    server.script = [Answer(headers=EVENTS, pieces=repeat(piece))]
    with pytest.raises(ModelUnavailable, match="more than 10 MB came, and no end; ") as caught:
        model().complete(prompt, unheard)
    assert caught.value.may_be_charged
    assert len(server.requests) == 1


def test_a_plain_reply_is_read_up_to_ten_megabytes(server, model, prompt):
    server.script = [plain("x" * 9_000_000), plain("x" * 11_000_000)]
    assert len(model().complete(prompt, unheard).text) == 9_000_000
    with pytest.raises(ModelUnavailable, match="too long a reply"):
        model().complete(prompt, unheard)


def test_usage_may_come_with_any_event(server, model, prompt):
    in_choice = event({"choices": [{"delta": {}, "finish_reason": "stop", "usage": USAGE}]})
    for end in ([delta("stop", usage=USAGE)], [in_choice], [delta("stop"), usage_event()]):
        early = delta(content="X", usage={**USAGE, "completion_tokens": 1})
        server.script = [streamed(early, *end, DONE)]
        assert model().complete(prompt, unheard).usage.output_tokens == 500


@pytest.mark.parametrize(("total", "output"), [(1500, 500), (1700, 700)])
def test_thoughts_are_part_of_the_output(server, model, prompt, total, output):
    details = {"completion_tokens_details": {"reasoning_tokens": 200}}
    server.script = [good(usage={**USAGE, "total_tokens": total, **details})]
    usage = model().complete(prompt, unheard).usage
    assert (usage.output_tokens, usage.reasoning_tokens) == (output, 200)


def test_parts_of_a_content_are_joined(server, model, prompt):
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "X = 1"}]
    server.script = [streamed(delta(content=parts), delta("stop"), DONE)]
    assert model().complete(prompt, unheard).text == "X = 1"


def _ollama(done: bool = False, **fields) -> bytes:
    message = {"role": "assistant", "content": fields.pop("content", ""), **fields.pop("more", {})}
    return json.dumps({"model": "q", "message": message, "done": done, **fields}).encode() + b"\n"


def test_ollamas_lines(server, model, prompt):
    lines = [_ollama(more={"thinking": "hm"}), _ollama(content="X ="), _ollama(content=" 1")]
    end = _ollama(done=True, done_reason="length", prompt_eval_count=26, eval_count=29)
    asked = model("ollama_chat/llama3")
    server.script = [Answer(pieces=[*lines, end])]
    done = asked.complete(prompt, unheard)
    assert (done.text, done.finish_reason) == ("X = 1", "length")
    assert (done.usage.input_tokens, done.usage.output_tokens) == (26, 29)
    assert server.requests[0].body["stream"] is True
    server.script = [Answer(pieces=lines), Answer(pieces=[*lines, _ollama(done=True)])]
    done = asked.complete(prompt, unheard)
    assert ["connection lost" in fault for fault in done.faults] == [True]
    server.script = [Answer(body={"error": "needs more memory"})]
    with pytest.raises(ModelUnavailable, match=r"needs more memory \(tried 5 times\)"):
        asked.complete(prompt, unheard)


def test_a_count_that_ollama_did_not_make_is_estimated(server, model, prompt):
    server.script = [Answer(pieces=[_ollama(content="X = 1"), _ollama(done=True)])]
    asked = model("ollama_chat/llama3")
    assert asked.complete(prompt, unheard).usage.input_tokens == asked.count(prompt.messages)


def test_anthropics_events(server, model, prompt):
    start = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "c"}
    usage = {"input_tokens": 25, "output_tokens": 1, "cache_read_input_tokens": 5}
    events = [
        {"type": "message_start", "message": {**start, "stop_reason": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "X ="}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " 1"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {}},
    ]
    events[-1]["usage"] = {"output_tokens": 15}
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    server.script = [
        streamed(*(event(each) for each in [*events[:4], overloaded])),
        streamed(*(event(each) for each in events[:5])),
        streamed(*(event(each) for each in events)),
    ]
    asked = model("anthropic/claude-sonnet-4-5")
    with pytest.raises(ModelUnavailable, match=r"stopped before its end \(tried 2 times\)"):
        asked.complete(prompt, unheard)
    done = asked.complete(prompt, unheard)
    assert (done.text, done.finish_reason) == ("X = 1", "stop")
    assert (done.usage.input_tokens, done.usage.cached_tokens) == (30, 5)
    assert done.usage.output_tokens == 15
    assert server.requests[0].body["stream"] is True


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd"])
def test_what_a_few_bytes_may_blow_up_is_not_unpacked(server, model, prompt, packing):
    bomb = gzip.compress(gzip.compress(bytes(20_000_000)))
    server.script = [Answer(headers={**EVENTS, "Content-Encoding": packing}, pieces=[bomb])]
    with pytest.raises(ModelUnavailable, match=rf"it is packed \({packing}\)"):
        model().complete(prompt, unheard)


def test_what_is_packed_unasked_is_read(server, model, prompt):
    raw = gzip.compress(b"".join(WHOLE))
    server.script = [Answer(headers={**EVENTS, "Content-Encoding": "gzip"}, pieces=[raw])]
    assert model().complete(prompt, unheard).text == "X = 1  # ½"


def test_a_server_that_never_says_that_it_is_done_has_answered(server, model, prompt, monkeypatch):
    monkeypatch.setattr("specloop.models.transport._AFTERWARDS", 0.2)

    def pieces():
        yield from (*TEXT, delta("stop"), usage_event())
        while not server.ending.wait(0.05):
            yield KEEP_ALIVE

    server.script = [Answer(headers=EVENTS, pieces=pieces())]
    done = model(timeout_seconds=20).complete(prompt, unheard)
    assert (done.text, done.faults, done.usage.output_tokens) == ("X = 1  # ½", (), 500)
