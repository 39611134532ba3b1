import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from specloop.errors import InvalidInput, ModelUnavailable
from specloop.models.command import CommandModel
from specloop.models.registry import open_model
from specloop.spec.settings import ModelTable, Price
from specloop.testing import unheard


@pytest.fixture
def command(tmp_path):
    """Opens a model whose program is Python source, stored as a file of the project."""
    root = tmp_path / "project"
    (root / "tools").mkdir(parents=True)

    def open_one(source: str, **settings: object) -> CommandModel:
        (root / "tools/ask.py").write_text(source)
        return open_model(
            ModelTable(name=f"command/{sys.executable} tools/ask.py", **settings), root
        )

    return open_one


def test_the_prompt_goes_in_and_the_reply_comes_out(command, prompt):
    done = command("import sys; print('got', repr(sys.stdin.read()))").complete(prompt, unheard)
    assert done.text == (
        "got '## System\\n\\nYou write Python.\\n\\n## User\\n\\nWrite X = 1.\\n\\n'\n"
    )
    assert done.finish_reason == "stop"
    assert done.usage.calls == 1
    assert done.usage.input_tokens > 0
    assert done.cost_usd is None


def test_a_shell_script_of_the_project_is_a_program(tmp_path, prompt):
    script = tmp_path / "agent.sh"
    script.write_text('#!/bin/sh\necho "$1,$2"\n')
    script.chmod(0o755)
    model = open_model(ModelTable(name="command/agent.sh 'two words' $HOME"), tmp_path)
    assert model.complete(prompt, unheard).text == "two words,$HOME\n"


def test_it_runs_in_an_empty_folder_that_is_gone_afterwards(command, prompt):
    source = "import os; print(os.getcwd(), os.listdir()); open('made', 'w').close()"
    folder, content = command(source).complete(prompt, unheard).text.split()
    assert content == "[]"
    assert not Path(folder).exists()


def test_a_failing_program_is_quoted_from_its_end(command, prompt, monkeypatch):
    monkeypatch.setenv("AGENT_TOKEN", "tok-0123456789")
    source = "import sys; sys.exit('x' * 5000 + 'no credit for tok-0123456789')"
    with pytest.raises(ModelUnavailable, match=r"exit code 1.*\n.*no credit for \[key\]") as caught:
        command(source).complete(prompt, unheard)
    assert len(str(caught.value)) < 2500


def test_a_missing_program_is_found_before_the_run(tmp_path, prompt):
    model = open_model(ModelTable(name="command/no-such-program-here"), tmp_path)
    with pytest.raises(ModelUnavailable, match="no program 'no-such-program-here'; install it"):
        model.check()
    with pytest.raises(ModelUnavailable, match="no program"):
        model.complete(prompt, unheard)


@pytest.mark.parametrize(("name", "words"), [("command/", "no program"), ("command/a 'b", "quot")])
def test_a_name_that_is_no_command_line_is_refused(tmp_path, name, words):
    with pytest.raises(InvalidInput, match=words):
        open_model(ModelTable(name=name), tmp_path)


def test_the_time_out_ends_the_whole_group(command, prompt, tmp_path):
    # The grandchild holds the writing end: reading returns once nobody is left to write.
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    source = f"import os, time\nos.fork()\nf = open({str(fifo)!r}, 'w')\ntime.sleep(60)"
    opened = threading.Event()
    ended = threading.Event()

    def read():
        with fifo.open() as reader:
            opened.set()
            reader.read()
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    with pytest.raises(ModelUnavailable, match="within timeout_seconds = 1; raise it"):
        command(source, timeout_seconds=1).complete(prompt, unheard)
    assert opened.is_set()
    assert ended.wait(10)


def test_a_program_has_no_more_time_than_is_left(command, prompt):
    with pytest.raises(ModelUnavailable, match="within 1 s, the time that was left") as caught:
        command("import time; time.sleep(60)").complete(replace(prompt, seconds=0.6), unheard)
    assert caught.value.may_be_charged


def test_a_child_left_behind_neither_holds_the_reply_back_nor_survives(command, prompt, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    source = (
        "import os, sys, time\n"
        "r, w = os.pipe()\n"
        "if os.fork():\n    os.read(r, 1); print('answer')\n"
        f"else:\n    f = open({str(fifo)!r}, 'w'); os.write(w, b'x'); time.sleep(60)\n"
    )
    ended = threading.Event()

    def read():
        with fifo.open() as reader:
            reader.read()
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    assert command(source, timeout_seconds=30).complete(prompt, unheard).text == "answer\n"
    assert ended.wait(10)


def test_an_endless_reply_is_cut(command, prompt):
    done = command("import sys\nwhile True: sys.stdout.write('y' * 100_000)").complete(
        prompt, unheard
    )
    assert len(done.text) == 10_000_000
    assert done.finish_reason == "length"


def test_close_ends_a_program_that_runs(command, prompt, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    model = command(f"import time; open({str(fifo)!r}, 'w').close(); time.sleep(60)")
    problems = []

    def ask():
        try:
            model.complete(prompt, unheard)
        except ModelUnavailable as error:
            problems.append(str(error))

    asking = threading.Thread(target=ask)
    asking.start()
    fifo.read_text()  # returns once the program has come so far
    model.close()
    asking.join(10)
    assert ["the run is ending" in problem for problem in problems] == [True]


def test_close_itself_ends_the_whole_group_and_nothing_is_started_afterwards(
    command, prompt, tmp_path, monkeypatch
):
    # The thread that asks looks only after a minute: it is not the one that ends the program.
    monkeypatch.setattr("specloop.models.command._LOOK_SECONDS", 60)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    model = command(
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"os.fork()\nf = open({str(fifo)!r}, 'w'); f.write('x'); f.flush()\ntime.sleep(60)"
    )
    refusals = []

    def ask():
        with pytest.raises(ModelUnavailable) as caught:
            model.complete(prompt, unheard)
        refusals.append(str(caught.value))

    asking = threading.Thread(target=ask)
    asking.start()
    with fifo.open() as reader:
        assert reader.read(2) == "xx"
        model.close()
        assert reader.read() == ""  # nobody is left to write
    asking.join(10)
    ask()
    assert len(refusals) == 2
    assert all("the run is ending" in refusal for refusal in refusals)


def test_a_price_in_the_table_is_used(command, prompt):
    model = command("print('x')", price=Price(input=1.0, output=1.0), max_output_tokens=100)
    done = model.complete(prompt, unheard)
    assert done.cost_usd == pytest.approx(
        (done.usage.input_tokens + done.usage.output_tokens) / 1e6
    )
    tokens, usd = model.worst_case(prompt)
    assert tokens == done.usage.input_tokens + 100
    assert usd == pytest.approx(tokens / 1e6)
