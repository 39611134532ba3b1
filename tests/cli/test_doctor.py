"""`specloop doctor`, with servers of its own on loopback."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from command_line import DOUBLE, environment

from specloop.cli.doctor import command
from specloop.cli.doctor_asked import THINKING
from specloop.cli.doctor_providers import HOSTED, known, provider_of
from specloop.errors import InvalidInput
from specloop.journal.lock import ProjectLock
from specloop.models.litellm_route import find_route, load_litellm
from specloop.models.profile import families
from specloop.models.switches import body_of
from specloop.spec.settings import ModelTable

KEY = "sk-canary-0123456789abcdef"


class _Handler(BaseHTTPRequestHandler):
    server: "Listing"

    def log_message(self, *_):
        """Print nothing."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)


class Listing(ThreadingHTTPServer):
    """Answers every request alike, with a list of models unless told otherwise."""

    def __init__(self, *names, **entry):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.status, self.headers = 200, {}
        self.body = json.dumps({"data": [{"id": name, **entry} for name in names]}).encode()
        self.asked = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self.shutdown()
        self.server_close()
        self._thread.join()


@pytest.fixture
def serve():
    """Start servers that list models."""
    started = []

    def start(*names, **entry):
        started.append(Listing(*names, **entry))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def listener():
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened.getsockname()[1]


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """Neither keys nor proxies of whoever runs the tests."""
    known = environment()
    for name in set(os.environ) - set(known):
        monkeypatch.delenv(name)
    for name in set(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def project(tmp_path, folder):
    """Write project.toml with these [[models]] tables, each a dict."""

    def write(*tables, more=""):
        lines = ['[project]\nname = "sums"\n', more]
        for table in tables:
            lines.append("[[models]]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
        folder.write({"project.toml": "\n".join(lines)})
        return folder.root

    return write


def doctor(*words):
    """The exit code and what is printed."""
    done = CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)
    if done.exception:
        raise done.exception
    return int(done.return_value), done.output


def examined(root):
    """What is found of the project's one model: its checks by name, and all that is told."""
    _, text = doctor(root, "--json")
    (model,) = json.loads(text)["models"]
    return {check["what"]: check for check in model["checks"]}, model


def test_a_project_without_faults(folder):
    folder.start_repository()
    code, text = doctor(folder.root)
    assert code == 0
    assert text.endswith("\nnothing is wrong\n")
    lines = dict(re.findall(r"^ *(\w+) +(.+)$", text, re.MULTILINE))
    assert lines["git"].startswith("ok    git version")
    assert lines["tests"].startswith("ok    run with specloop's own interpreter")
    assert lines["sandbox"].startswith(("ok    strong: tests cannot ", "-     basic: "))
    assert "layers: limits" in text
    assert lines["project"] == "ok    sums: 1 module"
    assert lines["repository"] == "ok    runs commit to the branch 'specloop/sums'"
    assert lines["run"] == "ok    none is going on"
    assert lines["answers"] == "ok    can be had"


def test_the_machine_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, text = doctor()
    assert code == 0
    assert "there is no project.toml here\n" in text
    assert " -> make one with `specloop init DIR`, or name one: `specloop doctor DIR`\n" in text
    assert "git version" in text


def test_a_folder_that_is_no_project(tmp_path):
    code, text = doctor(tmp_path / "nowhere")
    assert code == 1
    assert "project    wrong there is no project.toml" in text
    assert "->" not in text  # the message itself says what to do
    assert "git version" in text


def test_a_broken_spec_hides_nothing_else(folder):
    folder.write({"specs/double.yaml": DOUBLE.replace("task:", "tsk:")})
    code, text = doctor(folder.root)
    assert code == 1
    assert "specs/double.yaml:1: error S" in text
    assert " -> mend what `specloop check` says\n" in text
    assert "can be had" in text


@pytest.mark.parametrize("toml", ["[project", "[project]\nname = 1\n"])
def test_what_is_no_project_toml(folder, toml):
    folder.write({"project.toml": toml})
    code, text = doctor(folder.root)
    assert code == 1
    assert "project    wrong project.toml:" in text
    assert " -> mend what `specloop check` says\n" in text


@pytest.mark.parametrize(
    "fault",
    [{"api_key_env": KEY}, {"extra": {"user": KEY}}, {"api_base": KEY}, {"name": KEY}],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_key_in_project_toml_is_not_told(folder, fault, options):
    tables = [{"name": "openai/x", **fault}, {"name": "replay/replies"}]
    models = "\n".join(f"[[models]]\n{toml(table)}" for table in tables)
    folder.write({"project.toml": f'[project]\nname = "sums"\n{models}\n'})
    code, text = doctor(folder.root, *options)
    assert code == 1
    assert "error P108" in text
    assert "; models with errors are looked at after that" in text
    assert KEY not in text
    assert "can be had" in text  # the other model's answers


def toml(table):
    """The lines of a table whose values are texts, or tables of texts."""
    return "\n".join(
        f"{key} = {{ {toml(value)} }}" if isinstance(value, dict) else f'{key} = "{value}"'
        for key, value in table.items()
    )


def test_a_merge_that_is_under_way(folder):
    folder.start_repository()
    folder.write({".git/MERGE_HEAD": folder.git("rev-parse", "HEAD")})
    code, text = doctor(folder.root)
    assert code == 1
    assert "repository wrong a merge is under way" in text


def test_an_interpreter_that_cannot_run_tests(project):
    root = project({"name": "replay/replies"})
    text = (root / "project.toml").read_text()
    table = '[project]\npython = "no/python"\n'
    (root / "project.toml").write_text(text.replace("[project]\n", table))
    code, text = doctor(root)
    assert code == 1
    assert "tests cannot run with" in text


def test_packages_are_not_installed(project):
    root = project({"name": "replay/replies"})
    text = (root / "project.toml").read_text()
    table = '[project]\npackages = ["no-such-package-9"]\n'
    (root / "project.toml").write_text(text.replace("[project]\n", table))
    code, text = doctor(root)
    assert code == 0
    assert "1 package not installed yet" in text
    assert not (root / ".specloop" / "venv").exists()


def test_a_run_that_is_going_on(folder):
    with ProjectLock(folder.root / ".specloop" / "lock"):
        code, text = doctor(folder.root)
    assert code == 0
    assert f"process {os.getpid()} on host" in text


def test_no_model(project):
    code, text = doctor(project())
    assert code == 1
    assert "add a [[models]] table" in text


def test_a_server_that_has_the_model(project, serve):
    server = serve("Qwen/Qwen3-32B", "other")
    checks, model = examined(
        project({"name": "Qwen/Qwen3-32B", "api_base": f"{server.address}/v1"})
    )
    assert checks["server"]["text"] == "answers, and serves 'Qwen/Qwen3-32B'"
    assert server.asked == [("/v1/models", "Bearer none")]
    assert checks["thinking"]["text"].startswith("off, said as ")
    assert checks["price"]["state"] == "-"
    assert (model["family"], model["provider"], model["thinking"]) == ("Qwen", "openai", False)
    assert model["fields"]["chat_template_kwargs"] == {"enable_thinking": False}


def test_a_server_that_has_others(project, serve):
    server = serve(*"abcdefg")
    checks, _ = examined(project({"name": "hosted_vllm/mine", "api_base": server.address}))
    assert checks["server"]["state"] == "wrong"
    assert (
        "does not serve 'mine'; it serves 'a', 'b', 'c', 'd', 'e', and 2 more"
        in (checks["server"]["text"])
    )


def test_ollama_has_a_name_for_the_newest(project, serve):
    server = serve("qwen2.5-coder:latest")
    root = project({"name": "ollama_chat/qwen2.5-coder", "api_base": server.address})
    assert examined(root)[0]["server"]["state"] == "ok"
    assert server.asked[0][0] == "/v1/models"


def test_llama_cpp_gives_its_model_any_name(project, serve):
    server = serve("weights.gguf", owned_by="llamacpp")
    checks, _ = examined(project({"name": "my-model", "api_base": server.address}))
    assert checks["server"]["state"] == "ok"
    assert checks["server"]["text"] == "answers to any name, with 'weights.gguf'"


@pytest.mark.parametrize(
    ("status", "body", "state", "words"),
    [
        (404, b"", "-", "lists no models (HTTP 404)"),
        (200, b"<html>", "-", "lists no models"),
        (200, b'{"data": [1]}', "-", "lists no models"),
        (200, b'{"error": "Unexpected endpoint or method."}', "-", "lists no models"),
        (401, b"", "wrong", "refuses the key"),
        (503, b"", "wrong", "fails with HTTP 503"),
    ],
)
def test_servers_that_tell_nothing(project, serve, monkeypatch, status, body, state, words):
    monkeypatch.setenv("MY_KEY", KEY)
    server = serve()
    server.status, server.body = status, body
    table = {"name": "x", "api_base": server.address, "api_key_env": "MY_KEY"}
    found = examined(project(table))[0]["server"]
    assert found["state"] == state
    assert words in found["text"]
    assert (found["remedy"] == "api_base of such servers ends with /v1") == (state == "-")


@pytest.mark.parametrize(
    ("name", "path", "remedy"),
    [
        ("x", "", "api_base of such servers ends with /v1"),
        ("lm_studio/x", "/", "api_base of such servers ends with /v1"),
        ("x", "/v1/chat/completions", "api_base of such servers ends with /v1"),
        ("x", "/v1", ""),
        ("hosted_vllm/x", "/v1/", ""),
        ("zai/x", "/api/paas/v4", ""),
        ("ollama_chat/x", "", ""),
        ("ollama_chat/x", "/v1", "api_base of Ollama ends with its port, without /v1"),
    ],
)
def test_an_address_that_may_be_wrong(project, serve, name, path, remedy):
    server = serve()
    server.status = 404
    root = project({"name": name, "api_base": f"{server.address}{path}"})
    found = examined(root)[0]["server"]
    assert (found["state"], found["remedy"]) == ("-" if remedy else "ok", remedy)
    code, text = doctor(root)
    assert code == 0
    assert (f" -> {remedy}\n" in text) == bool(remedy)


@pytest.mark.parametrize(
    "entry",
    [
        {"max_model_len": 16384},
        {"context_length": 16384},
        {"max_context_length": 16384},
        {"meta": {"n_ctx": 16384, "n_ctx_train": 131072}},
        {"owned_by": "llamacpp", "meta": {"n_ctx": 16384}},
    ],
)
def test_a_window_smaller_than_ours(project, serve, entry):
    server = serve("weights.gguf" if "owned_by" in entry else "x", **entry)
    table = {"name": "x", "api_base": f"{server.address}/v1"}
    found = examined(project({**table, "context_tokens": 16385}))[0]["window"]
    assert found["state"] == "wrong"
    assert found["text"] == "16385 tokens, 8192 of them for the answer; the server's has 16384"
    assert found["remedy"].startswith("set context_tokens = 16384 in project.toml")
    assert examined(project({**table, "context_tokens": 16384}))[0]["window"]["state"] == "-"


@pytest.mark.parametrize(
    "entry", [{}, {"max_model_len": None}, {"max_model_len": "16"}, {"meta": 16}, {"meta": {}}]
)
def test_a_window_that_the_server_does_not_tell(project, serve, entry):
    checks, _ = examined(project({"name": "x", "api_base": serve("x", **entry).address}))
    assert checks["window"]["state"] == "-"
    assert checks["server"]["state"] == "ok"


def test_the_key_goes_to_its_server_alone_and_is_never_told(project, serve, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    elsewhere, server = serve("x"), serve("x")
    server.status, server.headers = 302, {"Location": f"{elsewhere.address}/models"}
    root = project({"name": "x", "api_base": server.address, "api_key_env": "MY_KEY"})
    told = doctor(root)[1] + doctor(root, "--json")[1]
    assert server.asked == [("/models", f"Bearer {KEY}")] * 2
    assert elsewhere.asked == []
    assert KEY not in told
    assert "'MY_KEY' is set" in told


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_key_in_a_command_is_not_told(project, monkeypatch, options):
    monkeypatch.setenv("MY_KEY", KEY)
    code, told = doctor(project({"name": f"command/no-such-program {KEY}"}), *options)
    assert code == 1
    assert KEY not in told
    assert told.count("command/no-such-program [key]") == 2  # the model's name, and what is wrong


def test_a_server_that_does_not_run(project):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    root = project({"name": "x", "api_base": f"http://127.0.0.1:{port}/v1"})
    code, text = doctor(root)
    assert code == 1
    assert f"no answer from http://127.0.0.1:{port}/v1/models: Connection refused" in text
    assert "-> start the server, or mend api_base" in text


def test_what_is_no_address(project):
    checks, _ = examined(project({"name": "x", "api_base": "localhost:8000"}))
    assert checks["server"]["state"] == "wrong"


def test_a_password_in_the_address_is_not_told(project, listener):
    root = project({"name": "x", "api_base": f"http://me:{KEY}@127.0.0.1:{listener}"})
    code, text = doctor(root)
    assert code == 0
    assert "127.0.0.1 takes connections" in text
    assert KEY not in text


def test_a_hosted_model(project, listener, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{listener}")
    root = project({"name": "deepseek/deepseek-flash", "thinking": True})
    checks, _ = examined(root)
    assert checks["key"]["state"] == "wrong"
    assert "'DEEPSEEK_API_KEY' is not set" in checks["key"]["text"]
    assert checks["server"]["text"] == "api.deepseek.com takes connections by proxy"
    assert checks["price"]["text"].startswith("input 0.3, cached 0.006, output 1.2 USD")
    assert " at Mon-Fri" in checks["price"]["text"]
    assert "ignores temperature" in checks["family"]["text"]
    monkeypatch.setenv("DEEPSEEK_API_KEY", KEY)
    assert examined(root)[0]["key"]["state"] == "ok"


def test_a_price_of_ones_own(project, serve):
    price = "price = { input = 1.0, output = 2.5 }"
    root = project({"name": "x", "api_base": serve("x").address})
    with (root / "project.toml").open("a") as file:
        file.write(f"\n{price}\n")
    text = examined(root)[0]["price"]["text"]
    assert text == "input 1, cached 1, output 2.5 USD per million tokens (project.toml)"


def test_thinking_that_cannot_be_said(project, serve):
    server = serve("qwen3")
    table = {"name": "novita/qwen3", "api_base": server.address}
    assert examined(project(table))[0]["thinking"]["state"] == "-"
    found = examined(project({**table, "thinking": True}))[0]["thinking"]
    assert found["state"] == "wrong"
    assert "`extra`" in found["remedy"]


@pytest.mark.parametrize(
    ("name", "extra", "said"),
    [
        (
            "qwen3",
            "{ chat_template_kwargs = { reasoning = 'low' } }",
            {"chat_template_kwargs": {"reasoning": "low"}},
        ),
        (
            "gpt-oss",
            "{ reasoning_effort = 'high' }",
            {"chat_template_kwargs": {"reasoning_effort": "low"}, "reasoning_effort": "high"},
        ),
        ("x", "{ think = 2030-01-01 }", {"think": "2030-01-01"}),
        ("ollama_chat/qwen3", "{ think = true }", {"think": True}),
    ],
)
def test_extra_comes_before_what_the_family_says_of_thinking(project, serve, name, extra, said):
    root = project({"name": name, "api_base": serve("qwen3", "gpt-oss", "x").address})
    with (root / "project.toml").open("a") as file:
        file.write(f"\nextra = {extra}\n")
    checks, model = examined(root)
    assert checks["thinking"]["text"] == f"as `extra` has it: {json.dumps(said)}"
    assert checks["thinking"]["state"] == "-"
    assert {key: model["fields"][key] for key in THINKING if key in model["fields"]} == said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("qwen3", "temperature 0.1, top_p 0.8, top_k 5"),
        ("ollama_chat/qwen3", "temperature 0.7, top_p 0.8, top_k 5"),
        ("x", "temperature 0.1, top_k 5"),
    ],
)
def test_extra_comes_before_what_the_family_says_of_sampling(project, serve, name, told):
    root = project({"name": name, "api_base": serve("qwen3", "x").address})
    with (root / "project.toml").open("a") as file:
        file.write("\nextra = { temperature = 0.1, top_k = 5, user = 'somebody' }\n")
    checks, model = examined(root)
    assert checks["sampling"]["text"] == told
    assert "user" not in model["fields"]
    assert ("num_ctx" in model["fields"]) == name.startswith("ollama")


def test_every_way_of_thinking_is_told():
    profiles = [each for family in families() for each in (family.profile, family.thoughtful)]
    said = {key for profile in profiles for name in known() for key in body_of(profile, name)}
    assert said - {"top_p", "top_k"} == {*THINKING}


def test_extra_is_told_by_its_names(project, serve):
    root = project({"name": "x", "api_base": serve("x").address})
    with (root / "project.toml").open("a") as file:
        file.write('\nextra = { top_p = 0.5, user = "hush-hush-hush" }\n')
    text, facts = doctor(root)[1], doctor(root, "--json")[1]
    assert "sends top_p, user, before what the family says" in text
    assert "hush" not in text + facts


def test_names_that_mean_nothing(project):
    checks, _ = examined(project({"name": "my-model"}))
    assert checks["server"]["state"] == "wrong"
    assert "no provider is known" in checks["server"]["text"]
    assert checks["server"]["remedy"].endswith("for an OpenAI-compatible server")


def test_a_provider_misspelt_is_told_as_a_run_tells_it(project):
    table = {"name": "deepsek/deepseek-flash"}
    checks, _ = examined(project(table))
    meant = "; did you mean 'deepseek'?"
    assert checks["server"]["remedy"].endswith(meant)
    with pytest.raises(InvalidInput) as refused:
        find_route(load_litellm(), ModelTable(**table))
    assert str(refused.value).endswith(meant)


@pytest.mark.parametrize(
    ("more", "told"), [("", "set `tokens` there"), ("[limits]\ntokens = 9\n", "`tokens` does")]
)
def test_what_holds_an_unpriced_model_back(project, more, told):
    text = examined(project({"name": "replay/replies"}, more=more))[0]["price"]["text"]
    assert text == f"unpriced, so that `usd` in [limits] does not hold it back; {told}"


def test_a_program_that_is_missing(project):
    checks, _ = examined(project({"name": "command/no-such-program-9"}))
    assert checks["answers"]["state"] == "wrong"
    assert "there is no" in checks["answers"]["text"]


def test_answers_that_are_missing(project):
    code, text = doctor(project({"name": "replay/nowhere"}))
    assert code == 1
    assert "error P109 'replay/' needs a folder of answers" in text


def test_weights_that_are_missing(project):
    checks, model = examined(project({"name": "local/nowhere.gguf"}))
    assert checks["weights"]["state"] == "wrong"
    assert model["provider"] == "openai"


def test_weights_that_the_first_run_fetches(project, tmp_path, monkeypatch):
    pytest.importorskip("xllamacpp")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = project({"name": "local/smollm2"})
    checks, _ = examined(root)
    assert checks["weights"]["state"] == "-"
    assert checks["weights"]["text"].startswith("not fetched yet: the first run fetches ")
    assert doctor(root)[0] == 0


def test_providers_are_those_of_litellm():
    litellm = load_litellm()
    for name in ("gpt-4o", "deepseek/deepseek-flash", "claude-sonnet-4-5", "lm_studio/x"):
        table = ModelTable(name=name)
        assert provider_of(table) == find_route(litellm, table).provider
    for provider, hosted in HOSTED.items():
        wanted = set(litellm.validate_environment(f"{provider}/some-model")["missing_keys"])
        assert not wanted or wanted & set(hosted.keys), provider


QUICK = """
import sys
from specloop.cli.main import main
try:
    main(["doctor", sys.argv[1]])
except SystemExit as ended:
    print(ended.code, "litellm" in sys.modules)
"""


def test_litellm_is_not_imported(project, serve):
    server = serve("x")
    root = project({"name": "x", "api_base": server.address}, {"name": "replay/replies"})
    done = subprocess.run(
        [sys.executable, "-c", QUICK, str(root)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.endswith("\n0 False\n"), done.stderr
