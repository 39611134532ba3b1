"""A key is sent to the model's server and stands nowhere else, although the server echoes it."""

import os
import shutil
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from chat_server import Answer, Server, failing, good
from command_line import DOUBLE, Folder, environment

from specloop.attempt.redaction import Redactor
from specloop.journal.sqlite import SqliteJournal

KEY = "sk-canary/0123+456789=abcdef"
PASSWORD = "hunter2-canary-77"  # in files of the person's own, and not to be passed on
VARIABLES = {"LLM_ACCOUNT": KEY, "SHOP_PASSWORD": PASSWORD, "DEEPSEEK_API_KEY": f"deepseek-{KEY}"}
find = Redactor.of([KEY, PASSWORD])

PROJECT = """\
[project]
name = "sums"

[[models]]
name = "my-model"
api_base = "{base}"
api_key_env = "LLM_ACCOUNT"
price = {{ input = 1.0, output = 2.0 }}
"""

LOOK = """\
import os
from pathlib import Path

from sums.double import double


def test_no_process_shows_a_key():
    seen, pid = [str(dict(os.environ))], os.getpid()
    while pid > 1:
        try:
            seen.append(Path(f"/proc/{{pid}}/environ").read_text(errors="replace"))
        except OSError as error:
            seen.append(str(error))
        try:
            pid = int(Path(f"/proc/{{pid}}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
    assert not [text for text in seen if "-" + "canary" in text], seen


def test_what_it_says():
    assert double(5) == 10, "the password is {password}"
"""

CODE = '''\
```python
"""Doubles, with {said}."""


def double(x: int) -> int:
    """Twice x."""
    return {expression}
```
'''


class Echo(Server):
    """Puts the key that a request came with into its answer, wherever the script says "@…@"."""

    def next_answer(self, request):
        key = request.headers["authorization"].removeprefix("Bearer ")
        coded = {
            "@KEY@": key,
            "@BASE64@": b64encode(f"u:{key}".encode()).decode(),
            "@URLSAFE@": urlsafe_b64encode(key.encode()).decode().rstrip("="),
            "@QUOTED@": quote_plus(key),
        }

        def echo(value):
            match value:
                case dict():
                    return {name: echo(part) for name, part in value.items()}
                case list():
                    return [echo(part) for part in value]
                case str():
                    for name, text in coded.items():
                        value = value.replace(name, text)
            return value

        answer: Answer = super().next_answer(request)
        return replace(answer, body=echo(answer.body), headers=echo(answer.headers))


def cut_in_two():
    """A text that `chat_server` streams with the key cut by its first piece."""
    before = "Let me think. "
    first = len(before) + len(KEY) // 2
    return f"{before}@KEY@{'.' * (3 * (first - 1) - len(before) - len(KEY))}"


SCRIPT = [
    failing(503, "no room for @KEY@ or @BASE64@", retry_after="0", x_echo="@KEY@"),
    good(cut_in_two()),
    good(CODE.format(said="@KEY@, @BASE64@, @URLSAFE@ and @QUOTED@", expression="abs(x) * 2")),
    good(CODE.format(said="@QUOTED@ or @KEY@", expression="x * 2")),
]


@pytest.fixture(scope="module")
def server():
    running = Echo()
    yield running
    running.close()


def unprivileged():
    """Words that start a command without root's rights to look into other processes."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    return [setpriv, "--bounding-set=-sys_ptrace,-perfmon,-sys_admin"] if setpriv else []


class Typing(Folder):
    """Keeps all that commands print, and types them as a person who is not root."""

    def __init__(self, root):
        super().__init__(root)
        self.printed = []

    def specloop(self, *words, code=0, **variables):
        done = super().specloop(*words, code=code, **VARIABLES, **variables)
        self.printed += [done.stdout, done.stderr]
        return done


def make(root, base):
    folder = Typing(root)
    spec = DOUBLE.replace("twice the number", f"twice the number, as {PASSWORD} says")
    folder.write(
        {
            "project.toml": PROJECT.format(base=base),
            "specs/double.yaml": f"{spec}tests: [tests/test_look.py]\n",
            "tests/test_look.py": LOOK.format(password=PASSWORD),
        }
    )
    folder.start_repository()
    return folder


@pytest.fixture(scope="module")
def built(server, tmp_path_factory):
    """A project that was built with the answers of the script, and looked at with every command."""
    server.script = list(SCRIPT)
    folder = make(tmp_path_factory.mktemp("secrets") / "sums", server.base)
    # In a process of its own that it is the child of, so that nobody else's variables are seen.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("command_line.SPECLOOP", str(starter(folder.root.parent)))
        folder.specloop("run", "-v", "--record", "recorded")
    for words in [
        *(["show", "double"], ["show", "double", "--json"], ["show", "double", "--attempt", "2"]),
        *(["plan", "--prompt", "double"], ["check"], ["trace"]),
    ]:
        folder.specloop(*words)
    return folder


def starter(folder):
    """A program that becomes `specloop`, without root's privileges."""
    path = folder / "specloop"
    words = [*unprivileged(), str(Path(sys.executable).with_name("specloop"))]
    path.write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
    path.chmod(0o755)
    return path


def leaks(texts):
    """Those of the texts in which a form of the key or the password stands."""
    return [text for text in texts if find(text) != text]


def test_the_server_had_the_key_and_echoed_it(built, server):
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    assert len(server.requests) == len(SCRIPT)


def test_no_prompt_holds_it_nor_another_secret(built, server):
    assert leaks(str(request.body) for request in server.requests) == []
    asked = str(server.requests[-1].body)
    assert "twice the number, as [key] says" in asked
    assert "the password is [key]" in asked  # in the failure of a test


def test_no_command_prints_it(built):
    assert leaks(built.printed) == []
    printed = "".join(built.printed)
    for told in ("HTTP 503: no room for [key] or ", "Let me think. [key]", "as [key] says"):
        assert told in printed


def test_no_event_holds_it(built):
    with SqliteJournal.open(built.root / ".specloop" / "journal.db", read_only=True) as journal:
        events = journal.events()
    assert leaks(map(repr, events)) == []
    assert "Let me think. [key]" in repr(events)
    kept = [path for path in (built.root / ".specloop").rglob("*") if path.is_file()]
    assert leaks(path.read_bytes().decode("latin-1") for path in kept) == []


def test_no_recorded_answer_holds_it(built):
    answers = [path.read_text() for path in sorted((built.root / "recorded").rglob("*.md"))]
    assert len(answers) == 3
    assert leaks(answers) == []
    assert answers[0].startswith("Let me think. [key].")


def test_no_commit_holds_it(built):
    code = built.git("show", "specloop/sums:sums/double.py")
    assert code.startswith('"""Doubles, with [key] or [key]."""')
    objects = subprocess.run(
        ["git", "cat-file", "--batch", "--batch-all-objects", "--unordered"],
        cwd=built.root,
        capture_output=True,
        check=True,
    ).stdout.decode("latin-1")
    assert "def double" in objects
    assert Redactor.of([KEY])(objects) == objects
    assert leaks([built.git("log", "--all", "--format=%B")]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
@pytest.mark.skipif(os.geteuid() == 0 and not unprivileged(), reason="root may look anywhere")
def test_no_process_that_tests_can_look_into_shows_it(built):
    passed = [e["report"]["passed"] for e in built.events() if e["kind"] == "tests_finished"][-1]
    assert "tests/test_look.py::test_no_process_shows_a_key" in passed


def test_an_error_that_ends_the_run_does_not_tell_it(server, tmp_path):
    server.script = [failing(401, "bad key @KEY@, @BASE64@, @QUOTED@", www_authenticate="@KEY@")]
    folder = make(tmp_path / "sums", server.base)
    told = folder.specloop("run", code=4).stderr
    assert "HTTP 401" in told
    assert "bad key [key], " in told
    assert leaks([*folder.printed, str(folder.events())]) == []


FAULTY = """\
import os
from specloop.cli import main, schema

def fail(kind):
    raise ValueError(os.environ["SHOP_PASSWORD"] + "\x1b[2J")

schema.command.callback = fail
main.main(["schema"])
"""


def test_nor_does_an_error_that_nobody_foresaw():
    done = subprocess.run(
        [sys.executable, "-c", FAULTY],
        env=environment(**VARIABLES),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("ValueError: [key]\\x1b[2J\n")
