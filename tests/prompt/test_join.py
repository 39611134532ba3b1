"""An answer that was cut off anywhere and one that goes on from it are read as one."""

from dataclasses import replace
from pathlib import Path

import pytest
from answer_forms import FENCES_INSIDE, fence
from slug_spec import CODE, SPEC

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Completion
from specloop.prompt.join import joined
from specloop.prompt.reply import Malformed, read_reply
from specloop.spec import nearest
from specloop.spec.parse_export import parse_exports

NEAREST = Path(nearest.__file__).read_text()
MODULES = {
    "a module of the project": (
        replace(SPEC, exports=parse_exports("def did_you_mean() -> str", 1)),
        NEAREST,
    ),
    "fences in docstrings": (
        SPEC,
        f"{CODE}{FENCES_INSIDE}\n\nLIMITS: dict[str, int] = {{\n    'a': 1,\n    'b': 2,\n}}\n",
    ),
}


def from_line(code, at, back):
    """The code from `back` lines before a place on, lines that are blank not counted."""
    lines = code[:at].split("\n")
    starts = [n for n, line in enumerate(lines) if line.strip()][-back:]
    return code[len("".join(f"{line}\n" for line in lines[: starts[0]])) if starts else 0 :]


HABITS = {
    "goes on": lambda code, at: code[at:],
    "in a new fence": lambda code, at: f"```python\n{code[at:]}",
    "after prose": lambda code, at: f"Going on:\n\n```\n{code[at:]}",
    "repeats a line": lambda code, at: from_line(code, at, 1),
    "repeats three lines in a new fence": lambda c, at: f"```python\n{from_line(c, at, 3)}",
    "begins anew": lambda code, at: f"Here is the file:\n\n```python\n{code}",
}
CHATTER = f"\n\nUse it so:\n\n{fence('print(1)' + chr(10))}\nDone."


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("habit", HABITS)
def test_the_code_is_whole_wherever_it_was_cut_off(habit, module, step):
    spec, code = MODULES[module]
    for at in range(0, len(code) + 1, step):
        first = f"Here it is:\n\n```python\n{code[:at]}"
        text = joined(first, f"{HABITS[habit](code, at)}```{CHATTER if at % 2 else ''}")
        result = read_reply(Completion(text, "m"), spec)
        assert result == Candidate(spec.file, code), f"cut off after {code[:at]!r}"


def unfinished(text, spec=SPEC):
    result = read_reply(Completion(text, "m", "length"), spec)
    assert isinstance(result, Malformed)
    assert result.kind == "cut"
    return result.unfinished


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(at, marks=[] if at % 180 == 20 else [pytest.mark.long])
        for at in range(20, len(NEAREST) - 20, 60)
    ],
)
@pytest.mark.parametrize("habit", HABITS)
def test_an_answer_may_be_cut_off_twice(habit, at):
    spec, code = MODULES["a module of the project"]
    middle = (at + len(code)) // 2
    text = joined(f"```python\n{code[:at]}", HABITS[habit](code[:middle], at))
    assert unfinished(text, spec) == code[:middle].strip("\n")
    result = read_reply(Completion(joined(text, f"{code[middle:]}```"), "m"), spec)
    assert result == Candidate(spec.file, code)


def test_thoughts_of_either_answer_are_no_part_of_it():
    first = f"<think>a slug</think>\n```python\n{CODE[:60]}"
    rest = f"<think>\n```python\nwhere was I\n```\n</think>{CODE[60:]}```"
    result = read_reply(Completion(joined(first, rest), "m"), SPEC)
    assert result == Candidate(SPEC.file, CODE)


def test_a_line_that_was_not_ended_is_ended():
    place = CODE.index("\n    return")
    text = joined(f"```python\n{CODE[:place]}", fence(CODE[place + 1 :]))
    assert read_reply(Completion(text, "m"), SPEC) == Candidate(SPEC.file, CODE)


def test_a_line_may_be_written_otherwise():
    place = CODE.index(".strip")
    line = CODE.rindex("\n", 0, place) + 1
    text = joined(f"```python\n{CODE[:place]}.lower(", f"{CODE[line:]}```")
    assert read_reply(Completion(text, "m"), SPEC) == Candidate(SPEC.file, CODE)


def test_a_file_begun_otherwise_replaces_the_first():
    first = "```python\nimport re\n\n\ndef slugify(title: str, max_length: int = 60) -> str:\n    r"
    text = joined(first, fence(CODE))
    assert read_reply(Completion(text, "m"), SPEC) == Candidate(SPEC.file, CODE)


def test_answers_that_do_not_belong_together_are_malformed():
    for rest in ("", "I'm sorry, but I can't.", "def (", fence("def (\n")):
        result = read_reply(Completion(joined(f"```python\n{CODE[:-20]}", rest), "m"), SPEC)
        assert isinstance(result, Malformed), rest


def test_what_was_no_block_is_not_searched_for_a_seam():
    assert joined("I think", " so") == "I think so"
    long = "```python\n" + "x = 1\n" * 50_000
    assert joined(long, long) == long + long
