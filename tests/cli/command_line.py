"""`specloop` and git as people start them, in folders made for the purpose."""

import json
import os
import select
import subprocess
import sys
from pathlib import Path

SPECLOOP = str(Path(sys.executable).with_name("specloop"))
EXAMPLES = Path(__file__).parents[2] / "examples"
LONGEST = 300  # seconds; nothing here takes nearly that long unless it hangs

_IDENTITY = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
_LEFT_OUT = ("GIT_", "PYTEST_", "NO_COLOR", "FORCE_COLOR")

PROJECT = """\
[project]
name = "sums"

[[models]]
name = "replay/replies"
"""

DOUBLE = """\
task: Double a number
file: sums/double.py
exports:
  - "def double(x: int) -> int"
requirements:
  output:
    - O1: twice the number
examples: |
  O1: double(2) == 4
  O1: double(-3) == -6
held_out: |
  O1: double(-40) == -80
"""

# The same with all that advice asks for.
WHOLE = f"""\
{DOUBLE}\
input: none
error_handling: none
edge_cases: none
logging: none
dependencies: []
"""


def answer(expression):
    """A reply with the module `double`."""
    return f"```python\ndef double(x: int) -> int:\n    return {expression}\n```\n"


RIGHT, WRONG = answer("x * 2"), answer("abs(x) * 2")

# A program that is a model: it says that it was asked, and answers when it is let through.
GATED_MODEL = """\
echo asked > {arrived}
read word < {passed}
cat {root}/replies/double/01.md
"""


def environment(**variables):
    """The variables of a person with a name, without keys and with no settings of their own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_LEFT_OUT) and not name.endswith("_API_KEY")
    }
    return {**kept, **_IDENTITY, **variables}


def specloop(*words, cwd=None, code=0, **variables):
    """Run `specloop WORDS…` to its end, which must have the exit code `code`."""
    done = subprocess.run(
        [SPECLOOP, *map(str, words)],
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


class Folder:
    """A folder with a project, and a person who works in it."""

    def __init__(self, root):
        self.root = root
        self._started = []

    def write(self, files):
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)

    def git(self, *words):
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def start_repository(self):
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Start"]):
            self.git(*words)

    def specloop(self, *words, code=0, **variables):
        """Type `specloop WORDS…` in the folder."""
        return specloop(*words, cwd=self.root, code=code, **variables)

    def start(self, *words, **variables):
        """Type it, and do something else meanwhile."""
        process = subprocess.Popen(
            [SPECLOOP, *words],
            cwd=self.root,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def leave(self):
        """End what was started and is still going on."""
        for process in self._started:
            process.kill()
            process.communicate()

    def status(self):
        return json.loads(self.specloop("status", "--json").stdout)

    def state_of(self, module):
        return next(m for m in self.status()["modules"] if m["name"] == module)

    def events(self, module="double"):
        return json.loads(self.specloop("show", module, "--json").stdout)

    def subjects(self, branch="specloop/sums"):
        return self.git("log", "--reverse", "--format=%s", f"main..{branch}").splitlines()

    def belongings(self):
        """What is a person's: HEAD, index, branches but the run's, and the work tree."""
        refs = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        own = [ref for ref in refs if "/specloop/" not in ref]
        git_dir = self.root / ".git"
        parts = {name: (git_dir / name).read_bytes() for name in ("HEAD", "index")}
        return own, parts, everything(self.root, ".git", ".specloop")


def everything(root, *but):
    """All that is below a folder, byte by byte, without what bears one of the names at its top."""
    found = {}
    for path in root.rglob("*"):
        name = path.relative_to(root)
        if name.parts[0] in but:
            continue
        if path.is_symlink():
            found[name] = path.readlink()
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


class Gate:
    """Where a program waits until the test lets it through.

    The program writes a line to `arrived` and reads one from `passed`. Both FIFOs are kept open
    here, so that it is let through, too, when the test ends early.
    """

    def __init__(self, folder):
        self.arrived, self.passed = folder / "arrived", folder / "passed"
        for path in (self.arrived, self.passed):
            os.mkfifo(path)
        self._open = [os.open(path, os.O_RDWR) for path in (self.arrived, self.passed)]

    def wait(self):
        """Wait until somebody has arrived."""
        ready, _, _ = select.select([self._open[0]], [], [], LONGEST)
        assert ready, "nobody came to the gate"
        os.read(self._open[0], 4096)

    def let_through(self):
        """Let one through."""
        os.write(self._open[1], b"go\n")

    def remove(self):
        """Let everybody through, and those who come later find no gate."""
        for path in (self.arrived, self.passed):
            path.unlink(missing_ok=True)
        while self._open:
            os.close(self._open.pop())
