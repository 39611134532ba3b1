"""The example `slug`, its answers served over HTTP by what takes itself for a model."""

import json
import shutil
import subprocess
from dataclasses import dataclass

import pytest
from chat_server import Request, Server, good
from command_line import EXAMPLES, Folder, environment

from specloop.spec.read import read_project

KEY = "sk-canary-0123456789abcdef"
REPLIES = [(EXAMPLES / "slug" / "replies" / "slug" / f"0{n}.md").read_text() for n in (1, 2)]
# A million tokens for a dollar; the server says: 1000 in, of which 400 cached, and 500 out.
MODEL = """\
[[models]]
name = "my-model"
api_base = "{base}"
api_key_env = "SLUG_KEY"
price = {{ input = 1.0, cached_input = 0.5, output = 2.0 }}

[limits]
usd = {usd}
"""
COST_OF_A_CALL = (600 * 1.0 + 400 * 0.5 + 500 * 2.0) / 1_000_000


@dataclass
class Story:
    """A run with too small a budget, and the one after it was raised."""

    folder: Folder
    refusal: subprocess.CompletedProcess
    requests_before: int
    end: subprocess.CompletedProcess
    requests: list[Request]

    @property
    def conversations(self):
        """The messages of each request."""
        return [request.body["messages"] for request in self.requests]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = Folder(tmp_path_factory.mktemp("served") / "slug")
    shutil.copytree(EXAMPLES / "slug", folder.root, ignore=shutil.ignore_patterns(".specloop"))
    shutil.rmtree(folder.root / "replies")
    server = Server()
    server.script = [good(reply) for reply in REPLIES]

    def with_budget(usd):
        model = MODEL.format(base=server.base, usd=usd)
        folder.write({"project.toml": f'[project]\nname = "slug"\n\n{model}'})

    try:
        with_budget(0.001)
        folder.start_repository()
        refusal = folder.specloop("run", code=3, SLUG_KEY=KEY)
        requests_before = len(server.requests)
        with_budget(1.0)
        end = folder.specloop("run", "-v", SLUG_KEY=KEY)
        return Story(folder, refusal, requests_before, end, list(server.requests))
    finally:
        server.close()


def test_budget_that_covers_no_call(story):
    assert "[limits] usd = 0.001 does not cover the next call: 0.0000 spent" in story.refusal.stderr
    assert "raise it and run again to resume" in story.refusal.stderr
    assert story.requests_before == 0


def test_two_requests_build_the_module(story):
    assert story.end.stdout.startswith("1 of 1 module passed")
    assert [request.path for request in story.requests] == ["/v1/chat/completions"] * 2
    assert {request.body["model"] for request in story.requests} == {"my-model"}
    assert {request.headers["authorization"] for request in story.requests} == {f"Bearer {KEY}"}
    assert len({request.headers["idempotency-key"] for request in story.requests}) == 2
    code = story.folder.git("show", "specloop/slug:shop/slug.py")
    assert f"```python\n{code}\n```\n" == REPLIES[1]


def test_first_request_holds_the_spec(story):
    system, user = story.conversations[0]
    assert (system["role"], user["role"]) == ("system", "user")
    spec = read_project(story.folder.root).module("slug")
    told = [spec.title, spec.file, *(export.source for export in spec.exports)]
    told += [requirement.text for requirement in spec.requirements]
    told += [row.source for row in spec.rows]
    assert [text for text in told if text not in user["content"]] == []


def test_second_request_is_the_first_with_reply_and_failures(story):
    first, second = story.conversations
    assert second[: len(first)] == first
    reply, fix = second[len(first) :]
    assert reply == {"role": "assistant", "content": REPLIES[0]}
    assert fix["role"] == "user"
    for row, value, found in [
        ('len(slugify("x" * 200))', "60", "59"),
        ('slugify("summer", 3)', '"sum"', "'su'"),
    ]:
        assert f"Call: {row}\nExpected: {value}\nGot: {found}\n" in fix["content"]
    assert "Crème" not in fix["content"]  # that row passes


def test_held_out_rows_are_sent_to_nobody(story):
    texts = [message["content"] for messages in story.conversations for message in messages]
    held_out = read_project(story.folder.root).module("slug").held_out
    assert len(held_out) == 4
    for row in held_out:
        assert not [text for text in texts if row.source in text or row.expression in text]
    assert "held" not in "".join(texts)


def test_usage_and_cost_are_those_of_the_replies(story):
    status = story.folder.status()
    usage = {
        "calls": 2,
        "input_tokens": 2000,
        "cached_tokens": 800,
        "output_tokens": 1000,
        "reasoning_tokens": 0,
    }
    (module,) = status["modules"]
    assert (module["usage"], status["usage"]) == (usage, usage)
    assert module["cost_usd"] == pytest.approx(2 * COST_OF_A_CALL)
    assert status["cost_usd"] == pytest.approx(2 * COST_OF_A_CALL)
    trailers = story.folder.git(
        "log", "-1", "--format=%(trailers:only,unfold)", "specloop/slug"
    ).splitlines()
    assert {
        "Specloop-Model: my-model",
        "Specloop-Attempts: 2",
        "Specloop-Tokens: 2000 in, 800 cached, 1000 out",
        f"Specloop-Cost: {2 * COST_OF_A_CALL:.4f} USD",
        "Specloop-Tests: 12 passed, 4 held out",
    } <= set(trailers)


def test_key_is_kept_nowhere(story):
    objects = subprocess.run(
        ["git", "cat-file", "--batch", "--batch-all-objects"],
        cwd=story.folder.root,
        env=environment(),
        capture_output=True,
        check=True,
    ).stdout
    files = [path for path in story.folder.root.rglob("*") if path.is_file()]
    kept = [objects, *(path.read_bytes() for path in files)]
    printed = "".join(
        (story.refusal.stdout, story.refusal.stderr, story.end.stdout, story.end.stderr)
    )
    assert b"def slugify" in objects
    assert any(json.dumps(REPLIES[0])[1:-1].encode() in data for data in kept)  # in the journal
    assert not [data for data in (*kept, printed.encode()) if KEY.encode() in data]
