"""Models on this machine, for real: the weights of local/smollm2 are fetched where they lack."""

import contextlib
import importlib.util
import os
import re
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from queue import SimpleQueue

import pytest

from specloop.attempt.message import Message
from specloop.errors import ModelUnavailable
from specloop.models.gguf import read_gguf
from specloop.models.local import whereabouts
from specloop.models.local_server import LocalServer
from specloop.models.registry import open_model
from specloop.models.retry import BILLED_TRIES
from specloop.models.weights import fetch_smollm2
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable
from specloop.testing import unheard

SMOLLM2 = ModelTable(name="local/smollm2", max_output_tokens=12)
LONG = ModelTable(name="local/smollm2", max_output_tokens=4000)


def prompt(seed=1, text="Write a Python function gcd(a, b)."):
    return Prompt("gcd", 1, (Message("user", text),), "key", temperature=0.8, seed=seed)


@pytest.fixture(scope="module")
def weights():
    return fetch_smollm2(unheard, threading.Event())


@pytest.fixture
def local(weights, tmp_path):
    """Opens local models, and closes them."""
    opened = []

    def open_one(table=SMOLLM2):
        opened.append(open_model(table, tmp_path))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture(scope="module")
def answering(weights):
    """A model that is asked by several tests."""
    model = open_model(SMOLLM2, Path())
    yield model
    model.close()


class Call(threading.Thread):
    """A call in a thread of its own."""

    def __init__(self, model, seed=1):
        super().__init__()
        self.model, self.seed = model, seed
        self.said = SimpleQueue()
        self.text = self.problem = ""
        self.start()

    def hear(self, word):
        """Wait until something was said that has the word in it."""
        while word not in self.said.get(timeout=60):
            pass

    def run(self):
        try:
            self.text = self.model.complete(prompt(self.seed), self.said.put).text
        except ModelUnavailable as error:
            self.problem = str(error)


def test_it_answers_without_a_price(answering):
    done = answering.complete(prompt(), unheard)
    assert done.text
    assert done.model == "local/smollm2"
    assert (done.finish_reason, done.usage.output_tokens, done.cost_usd) == ("length", 12, None)
    tokens = answering.count(prompt().messages) + 12
    assert answering.worst_case(prompt()) == (BILLED_TRIES * tokens, None)


def test_a_seed_gives_what_it_gave_whatever_was_asked_between(answering):
    first = answering.complete(prompt(1), unheard).text
    others = {answering.complete(prompt(seed), unheard).text for seed in (2, 3)}
    assert others != {first}
    assert answering.complete(prompt(1), unheard).text == first


def test_calls_at_once_share_one_server_and_answer_as_if_alone(local, answering):
    model = local()
    calls = [Call(model, seed) for seed in (1, 2, 3)]
    for call in calls:
        call.join()
    loadings = [call.said.get_nowait() for call in calls if not call.said.empty()]
    assert loadings == ["loading SmolLM2-135M-Instruct.Q4_1.gguf"]
    assert [call.text for call in calls] == [
        answering.complete(prompt(seed), unheard).text for seed in (1, 2, 3)
    ]


def test_a_prompt_beyond_the_window_is_refused_with_advice(answering):
    with pytest.raises(ModelUnavailable, match="context_tokens") as caught:
        answering.complete(prompt(text="word " * 9000), unheard)
    assert caught.value.too_long
    assert "127.0.0.1" not in str(caught.value)  # the address is a secret


def test_no_time_left_is_no_answer(answering):
    late = Prompt("gcd", 1, prompt().messages, "key", seconds=0.0)
    with pytest.raises(ModelUnavailable):
        answering.complete(late, unheard)


def test_a_server_that_dies_is_told_of_and_replaced(local):
    model = local(LONG)
    call = Call(model)
    call.hear("characters")
    os.kill(model._server._process.pid, signal.SIGKILL)
    call.join(60)
    assert "its server came to an end: killed; was there too little memory?" in call.problem
    again = Call(model)
    again.hear("loading")
    again.hear("characters")


def test_close_ends_the_call_under_way_and_the_one_that_waits(local):
    model = local(LONG)
    first = Call(model)
    first.hear("loading")
    second = Call(model)
    first.hear("characters")
    model.close()
    for call in (first, second):
        call.join(30)
        assert "the run is ending" in call.problem


def test_close_ends_a_server_that_is_still_loading(local):
    model = local()
    call = Call(model)
    call.hear("loading")
    model.close()
    call.join(30)
    assert "the run is ending" in call.problem


def test_others_on_this_machine_cannot_use_it(weights):
    server = LocalServer(weights, 256)
    try:
        address = server.address()
        assert b"smollm2" in urllib.request.urlopen(f"{address}/models").read().lower()
        bare = "/".join(address.split("/")[:3])
        for path in ("/health", "/v1/models", "/props", "/slots", "/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(bare + path)
    finally:
        server.end()


ASKING = """
import os
from pathlib import Path
from specloop.models.registry import open_model
from specloop.ports import Prompt
from specloop.attempt.message import Message
from specloop.spec.settings import ModelTable
from specloop.testing import unheard
model = open_model(ModelTable(name="local/smollm2", max_output_tokens=1), Path())
print(model.complete(Prompt("x", 1, (Message("user", "Hi"),), "key"), unheard).finish_reason)
model.close()
"""


def test_no_proxy_is_told_what_it_is_asked(weights):
    # Nobody listens at the discard port.
    proxies = {"http_proxy": "http://127.0.0.1:9", "no_proxy": "example.org"}
    asked = subprocess.run(
        [sys.executable, "-c", ASKING],
        env={**os.environ, **proxies},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout.split() == ["length"], asked.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what others were given")
def test_the_server_is_given_no_keys(weights, monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    server = LocalServer(weights, 256)
    try:
        assert server.address()
        given = Path(f"/proc/{server._process.pid}/environ").read_bytes()
        assert b"OMP_WAIT_POLICY=passive" in given
        assert b"canary" not in given
    finally:
        server.end()


PARENT = """
import sys
from pathlib import Path
from specloop.models.local_server import LocalServer
server = LocalServer(Path(sys.argv[1]), 256)
print(server._process.pid, flush=True)
print(server.address(), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def killed(weights):
    """A parent, and the number of its server; the parent is killed, then the server must end."""
    command = [sys.executable, "-c", PARENT, str(weights)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        number = int(parent.stdout.readline())
        server = os.pidfd_open(number)
        try:
            yield parent, number
            parent.kill()
            ended, _, _ = select.select([server], [], [], 30)
            assert ended
        finally:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(server, signal.SIGKILL)
            os.close(server)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets others wait for a process")
def test_the_server_ends_where_the_run_is_killed(weights, tmp_path):
    with killed(weights) as (parent, _):
        assert parent.stdout.readline().startswith(b"http://127.0.0.1:")
    # Loading a file that nobody writes never ends, and the library holds the interpreter.
    os.mkfifo(tmp_path / "endless")
    with killed(tmp_path / "endless"):
        pass  # before the server has come to read its order
    with killed(tmp_path / "endless") as (_, number):
        pipe = Path(f"/proc/{number}/fdinfo/0")
        while not int(re.search(r"flags:\s*(\d+)", pipe.read_text())[1], 8) & os.O_ASYNC:
            time.sleep(0.01)


def test_what_is_missing_is_told_before_the_run(local, tmp_path, monkeypatch):
    with pytest.raises(
        ModelUnavailable, match=r"No such file or directory; write local/FILE\.gguf"
    ):
        local(ModelTable(name="local/none.gguf")).check()
    (tmp_path / "text.gguf").write_text("no weights")
    with pytest.raises(ModelUnavailable, match="it does not begin as a GGUF file does"):
        local(ModelTable(name="local/text.gguf")).check()
    local().check()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'specloop\[local\]'"):
        local().check()


def test_a_damaged_file_is_told_in_the_words_of_the_server(local, weights, tmp_path):
    with weights.open("rb") as whole:
        (tmp_path / "half.gguf").write_bytes(whole.read(10_000_000))
    model = local(ModelTable(name="local/half.gguf"))
    model.check()
    with pytest.raises(ModelUnavailable, match=r"exit code 1.*\n(.*\n)*.*corrupted or incomplete"):
        model.complete(prompt(), unheard)


def test_too_little_memory_is_told_before_it_is_taken(local, monkeypatch):
    monkeypatch.setattr("specloop.models.local.free_bytes", lambda: 300_000_000)
    with pytest.raises(ModelUnavailable, match="takes 387 MB of memory with a window of 8192"):
        local().complete(prompt(), unheard)
    small = local(ModelTable(name="local/smollm2", context_tokens=1024, max_output_tokens=1))
    assert small.complete(prompt(), unheard).usage.output_tokens == 1


def test_the_head_of_a_file_tells_its_sizes(weights, tmp_path):
    found = read_gguf(weights)
    assert (found.size, found.context_tokens) == (98_362_432, 8192)
    assert found.token_bytes == 30 * 3 * (64 + 64) * 2  # layers, heads, key and value, bytes
    for size in (4, 20, 100, 1000):
        (tmp_path / "cut.gguf").write_bytes(weights.read_bytes()[:size])
        assert read_gguf(tmp_path / "cut.gguf").size == size
    deep = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"a" + struct.pack("<IIQ", 9, 9, 2**60)
    (tmp_path / "deep.gguf").write_bytes(deep)
    assert read_gguf(tmp_path / "deep.gguf").context_tokens == 0


def test_whereabouts(weights, tmp_path, monkeypatch):
    assert whereabouts(SMOLLM2, tmp_path) == (True, f"{weights}, 98 MB, checked")
    (tmp_path / "my.gguf").symlink_to(weights)
    mine = ModelTable(name="local/my.gguf")
    assert whereabouts(mine, tmp_path) == (
        True,
        f"{tmp_path / 'my.gguf'}, 98 MB, window 8192 tokens",
    )
    ok, text = whereabouts(ModelTable(name="local/none.gguf"), tmp_path)
    assert (ok, "none.gguf" in text) == (False, True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ok, text = whereabouts(SMOLLM2, tmp_path)
    assert (ok, text) == (
        False,
        f"not fetched yet: the first run fetches 98 MB to {tmp_path}/specloop/{weights.name}",
    )
