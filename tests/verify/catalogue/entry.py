"""What an entry of the catalogue is, and the small task that most of them are given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

ROWS = """
V1: double(2) == 4
V2: double(-3) == -6
E1: double("2") raises TypeError "number"
"""
HELD_OUT = "V1: double(21) == 42"
TESTS = {
    "tests/test_double.py": """
import pytest
from double import double

def test_doubles():
    assert double(8) == 16

def test_refuses():
    with pytest.raises(TypeError, match="number"):
        double(None)
"""
}
# The first file imports the module, which may then do something to what is collected later.
LATER = {
    "tests/test_a.py": "import double\n\ndef test_there():\n    assert double.double\n",
    "tests/test_b.py": """
def test_doubles():
    from double import double
    assert double(8) == 16
""",
}
WRONG = '''

def double(x: int) -> int:
    """Twice x."""
    return 0
'''


@dataclass(frozen=True, slots=True)
class Entry:
    """One module, and what it is judged by.

    `rows`, `held_out` and `setup` are text of a spec; `tests` are the user's test files by path,
    `files` what else the user has. Code that does not define `double`, where that is the task, gets
    one that is wrong. `runs` is how often it is tried: a trick may need a second time.

    Careless modules say how they must end: `verdict` has those that are right, apart by "|", and
    `says` is a pattern for what is told of it. Where `confined` they must never run but where they
    cannot do harm.
    """

    name: str
    code: str
    rows: str = ROWS
    held_out: str = HELD_OUT
    setup: str = ""
    tests: Mapping[str, str] = field(default_factory=lambda: TESTS)
    targets: tuple[str, ...] = ()  # given to pytest in the place of all test files
    exports: tuple[str, ...] = ("def double(x: int) -> int",)
    file: str = "double.py"
    files: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = (".",)
    network: bool = False
    subprocess: bool = False
    runs: int = 1
    verdict: str = ""
    says: str = ""
    seconds: int = 10
    confined: bool = False

    @property
    def text(self) -> str:
        """The whole module."""
        code = dedent(self.code).strip() + "\n"
        task = any("def double" in export for export in self.exports)
        return code + WRONG if task and "def double" not in code else code


def later(name: str, code: str, **fields: object) -> Entry:
    """A module that is after test files which have not been collected yet: there are no rows."""
    fields.setdefault("tests", LATER)
    return Entry(name, code, rows="", held_out="", **fields)  # type: ignore[arg-type]


def careless(
    name: str, code: str, verdict: str, says: str = "", *, confined: bool = True, **fields: object
) -> Entry:
    """A module whose function `work` is to return 1, and how it must end."""
    fields = {"tests": {}, "rows": "V1: work() == 1", "held_out": "", **fields}
    exports = ("def work() -> int",)
    return Entry(
        name,
        code,
        verdict=verdict,
        says=says,
        confined=confined,
        exports=exports,
        file="careless.py",
        **fields,  # type: ignore[arg-type]
    )
