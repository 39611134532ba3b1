"""Nothing that a model, a test, a spec or the name of a file says can steer the terminal."""

import re

import pytest
from command_line import DOUBLE, Folder

# A title, a link, the clipboard, a device control, the same in single bytes, ways back over what
# is written, and signs that turn or hide text.
EVIL = (
    "\x1b]0;pwned\x07\x1b]8;;http://evil\x1b\\\x1b]52;c;cHduZWQ=\x07\x1bP1$r\x1b\\\x9b2J\x9d0;x\x9c"
    "\x1b[1A\x1b[2K\b\b\r\x00\x7f\u202e\u2066\u200b\ufeff"
)
UNSEEN = "\u202epwned\u200b"  # what names of folders and branches can hold
STEERS = re.compile(
    r"[^\n\t\x20-\x7e\xa0-\uffff]|[\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
SHOWN = r"\x1b]0;pwned\x07\x1b]8;;http://evil\x1b\\x1b]52;c;"

PROJECT = f"""\
[project]
name = "sums"

[[models]]
name = "replay/replies"

[git]
branch = "specloop/su{UNSEEN}ms"
"""

TESTS = f"""\
import logging

import pytest

from sums.double import double


@pytest.mark.parametrize("what", [{EVIL!r}])
def test_evil(what):
    print(what)
    logging.error(what)
    assert double(-1) == -2, what
"""


def code(expression):
    return f"{EVIL}\n```python\ndef double(x: int) -> int:\n    return {expression}\n```\n"


ANSWERS = [
    f"No code: {EVIL}",
    f"```python\n{EVIL}\n```",
    code(f"abs(x) * 2 if x > -3 else int({EVIL!r})"),
    code("x * 2"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project in which everything that can be is full of such signs."""
    made = Folder(tmp_path_factory.mktemp("steering") / f"su{UNSEEN}ms")
    spec = DOUBLE.replace("Double a number", f"Double a number {UNSEEN}")
    spec = spec.replace("O1: twice the number", f'O1: "twice the \\e]0;pwned\\a number {UNSEEN}"')
    made.write(
        {
            "project.toml": PROJECT,
            "specs/double.yaml": f"{spec}tests: [tests/test_evil.py]\n",
            "tests/test_evil.py": TESTS,
            **{f"replies/double/0{n}.md": text for n, text in enumerate(ANSWERS, 1)},
        }
    )
    made.start_repository()
    return made


def look(folder, *words, code=0):
    """What the command prints on both streams, which must be unable to steer anything."""
    done = folder.specloop(*words, code=code)
    for stream in (done.stdout, done.stderr):
        assert STEERS.findall(stream) == [], words
    return done.stdout + done.stderr


def test_before_anything_is_built(folder):
    for words in (["check"], ["trace"], ["plan"], ["plan", "--json"]):
        assert "double" in look(folder, *words)
    assert r"the \x1b]0;pwned\x07 number \u202epwned\u200b" in look(
        folder, "plan", "--prompt", "double"
    )


def test_while_it_is_built_and_after(folder):
    assert r"su\u202epwned\u200bms" in look(folder, "run", "-v")
    look(folder, "status")
    for words in (["show", "double"], ["show", "double", "--json"], ["trace"], ["run"]):
        assert "pwned" in look(folder, *words)
    assert SHOWN in look(folder, "show", "double", "--attempt", "1")
    assert SHOWN in look(folder, "show", "double", "--attempt", "3").partition("test_evil")[2]
    look(folder, "accept")
    assert r"su\u202epwned\u200bms" in look(folder, "accept")  # once more


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (["run", f"no{EVIL.replace(chr(0), '')}where"], 2),
        (["run", f"--no{UNSEEN}\x1b[2J"], 2),
        (["run", "--module", f"{UNSEEN}\x1b[2J"], 2),
        (["init", f"made{UNSEEN}\x1b[2J"], 0),
    ],
)
def test_words_of_the_command_line(folder, words, exit_code):
    assert "\\x1b" in look(folder, *words, code=exit_code)
