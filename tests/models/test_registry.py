import json
import subprocess
import sys

from chat_server import Answer, good

from specloop.models.command import CommandModel
from specloop.models.litellm_model import LiteLLMModel
from specloop.models.registry import open_model
from specloop.models.replay import ReplayModel
from specloop.spec.settings import ModelTable


def run(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", source, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_prefix_chooses_the_adapter(tmp_path):
    adapters = {
        "replay/answers": ReplayModel,
        "command/cat -u": CommandModel,
        "deepseek/deepseek-flash": LiteLLMModel,
        "replay": LiteLLMModel,
        "gpt-4o": LiteLLMModel,
    }
    for name, adapter in adapters.items():
        model = open_model(ModelTable(name=name), tmp_path)
        assert type(model) is adapter
        assert model.name == name


NO_KEY = """
import json, sys
from pathlib import Path
from specloop.attempt.message import Message
from specloop.errors import ModelUnavailable
from specloop.models.registry import open_model
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable, Price
from specloop.testing import unheard
root = Path(sys.argv[1])
prompt = Prompt("slug", 1, (Message("user", "hi"),), "key")
texts = []
for name in ("replay/answers", "command/cat"):
    model = open_model(ModelTable(name=name), root)
    model.check()
    model.worst_case(prompt)
    texts.append(model.complete(prompt, unheard).text)
    model.close()
price = Price(input=1.0, output=1.0)
hosted = open_model(ModelTable(name="deepseek/x", api_key_env="NO_SUCH_KEY", price=price), root)
hosted.worst_case(prompt)
try:
    hosted.complete(prompt, unheard)
except ModelUnavailable:
    texts.append("no key")
print(json.dumps([texts, "litellm" in sys.modules]))
"""


def test_litellm_is_not_imported_where_it_is_not_needed(tmp_path):
    (tmp_path / "answers/slug").mkdir(parents=True)
    (tmp_path / "answers/slug/01.md").write_text("recorded")
    done = run(NO_KEY, str(tmp_path))
    assert done.stderr == ""
    assert json.loads(done.stdout) == [["recorded", "## User\n\nhi\n\n", "no key"], False]


HANGING = """
import sys, threading
from pathlib import Path
from specloop.attempt.message import Message
from specloop.errors import ModelUnavailable
from specloop.models.registry import open_model
from specloop.ports import Prompt
from specloop.spec.settings import ModelTable
from specloop.testing import unheard
model = open_model(ModelTable(name="served", api_base=sys.argv[1], timeout_seconds=50), Path())
prompt = Prompt("slug", 1, (Message("user", "hi"),), "key")
def ask():
    try:
        model.complete(prompt, unheard)
    except ModelUnavailable as error:
        print(error)
first = model.complete(prompt, unheard).text
asking = threading.Thread(target=ask)
asking.start()
sys.stdin.readline()
model.close()
asking.join()
print(first)
"""


def test_a_call_left_behind_does_not_keep_the_process(server):
    server.script = [good(content="first"), Answer(trick="hang")]
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING, server.base],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(server.requests) < 2 and process.poll() is None:
        server.arrived.wait(30)
        server.arrived.clear()
    # Far less than the time-out: only the server's end could bring the reply.
    out, err = process.communicate("\n", timeout=40)
    assert process.returncode == 0
    assert "the run is ending" in out
    assert out.endswith("\nfirst\n")
    assert err == ""
