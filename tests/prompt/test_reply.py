"""Reading replies: every form in which models wrap code, and every form that cannot be used."""

from dataclasses import replace

import pytest
from slug_spec import CODE, SPEC

from specloop.attempt.candidate import Candidate
from specloop.attempt.completion import Completion
from specloop.prompt import answer, blocks
from specloop.prompt.reply import Malformed, read_reply
from specloop.spec.parse_export import parse_exports
from specloop.spec.python_text import parse

FENCED = f"```python\n{CODE}```"
EXAMPLE = '```python\nprint(slugify("A b"))\n```'
DECOY = "```python\ndef slugify(title: str) -> str:\n    return 'a first idea'\n```"


def read(text, *, spec=SPEC, finish_reason="stop"):
    return read_reply(Completion(text, "m", finish_reason), spec)


def indented(text, by="   "):
    return "".join(f"{by}{line}" if line.strip() else line for line in text.splitlines(True))


DOCSTRING = '''def slugify(title: str, max_length: int = 60) -> str:
    """Return a slug.

    ```python
    slugify("A b")
    ```

    or, without a language:

    ```
    slugify("A b")
    ```
    """
    return title
'''
SOUND_LAZY = (
    "The remaining digits must be the same as those that came first.",
    "Strip, then cut: the rest is dropped",
    "Existing hyphens stay unchanged",
    "Other letters: the same",
    "the rest of the title is as before",
)

USABLE = {
    "a fence": (FENCED, CODE),
    "prose around it": (f"Here you are:\n\n{FENCED}\n\nIt cuts first, then strips.", CODE),
    "py": (FENCED.replace("python", "py"), CODE),
    "Python3": (FENCED.replace("python", "Python3"), CODE),
    "no language": (FENCED.replace("python", ""), CODE),
    "a space before the language": (FENCED.replace("```python", "``` python"), CODE),
    "tildes": (FENCED.replace("```", "~~~"), CODE),
    "four backticks": (FENCED.replace("```", "````"), CODE),
    "no fence at all": (CODE, CODE),
    "blank lines around": (f"\n\n{FENCED}\n\n", CODE),
    "blank lines within": (f"```python\n\n\n{CODE}\n\n```", CODE),
    "CRLF": (FENCED.replace("\n", "\r\n"), CODE),
    "an example first": (f"Use it so:\n{EXAMPLE}\n\n{FENCED}", CODE),
    "an example last": (f"{FENCED}\n\nUse it so:\n{EXAMPLE}", CODE),
    "a draft, then the code": (f"{DECOY}\n\nBetter:\n\n{FENCED}", CODE),
    "thoughts": (f"<think>\nMaybe\n{DECOY}\n</think>\n\n{FENCED}", CODE),
    "thoughts without their opening": (f"Maybe\n{DECOY}\n</think>\n{FENCED}", CODE),
    "in a list": (f"1. The module:\n\n{indented(FENCED)}\n\n2. Done.", CODE),
    "a fence in a docstring": (f"```python\n{DOCSTRING}```\nDone.", DOCSTRING),
    "only the closing fence": (f"{CODE}```", CODE),
    "its file in the fence": (f"{EXAMPLE}\n```python shop/slug.py\n{CODE}```\n{DECOY}", CODE),
    "its file after a colon": (f"```python:shop/slug.py\n{CODE}```\n{DECOY}", CODE),
    "its file in a comment": (
        f"{DECOY}\n```python\n# shop/slug.py\n{CODE}```\n{DECOY}",
        f"# shop/slug.py\n{CODE}",
    ),
    "its file above": (f"**`shop/slug.py`**\n\n{FENCED}\n\n{DECOY}", CODE),
    "its file seen from a folder below": (f"```python slug.py\n{CODE}```", CODE),
    "its file seen from above": (f"```python user-service/shop/slug.py\n{CODE}```", CODE),
    "a comment on another file": (
        f"```python\n# Adapted from old_slug.py, which was slow\n{CODE}```",
        f"# Adapted from old_slug.py, which was slow\n{CODE}",
    ),
    "several files": (
        f"### tests/test_slug.py\n```python\n{CODE}# longer\n```\n"
        f"### shop/slug.py\n{FENCED}\n"
        f"```python\n# shop/__init__.py\n{CODE}# longer still\n```",
        CODE,
    ),
    "a tutorial": (
        "# How to write slugs\n\nInstall:\n```bash\npip install shop && ls -l | wc\n```\n"
        f'Configure:\n```json\n{{"a": [1, 2, 3]}}\n```\n## Code\n{FENCED}\n## Use\n{EXAMPLE}\n'
        "```text\n$ run it\n```\nEnjoy!",
        CODE,
    ),
    "cut off after the code": (f"{FENCED}\n\nAs you can see, the", CODE),
    "cut off in an example": (f"{FENCED}\n\nUse it:\n```python\nprint(slugify(", CODE),
    **{said: (f"```python\n# {said}\n{CODE}```", f"# {said}\n{CODE}") for said in SOUND_LAZY},
}


@pytest.mark.parametrize(("text", "code"), USABLE.values(), ids=USABLE.keys())
def test_code_is_found(text, code):
    reason = "length" if text.endswith(("see, the", "slugify(")) else "stop"
    assert read(text, finish_reason=reason) == Candidate(SPEC.file, code)


UNUSABLE = {
    "empty": ("", "stop", "empty"),
    "blanks": (" \n\t\n", "stop", "empty"),
    "nothing but thoughts": (f"<think>{DECOY}</think>\n", "stop", "empty"),
    "thoughts without an end": (f"<think>Maybe\n{DECOY}\nor", "stop", "empty"),
    "thoughts that were cut off": (f"<think>Maybe\n{DECOY}\nor", "length", "cut off"),
    "cut off in the code": (FENCED[:-20], "length", "cut off"),
    "cut off, and nobody says so": (FENCED[:-20], "stop", "cut off"),
    "never closed": (FENCED[:-3], "stop", "cut off"),
    "cut off after an example": (f"{EXAMPLE}\n{FENCED[:-20]}", "length", "cut off"),
    "cut off without a fence": (CODE[:-10], "length", "cut off"),
    "a refusal": ("I'm sorry, but I can't help with that.", "stop", "no fenced block"),
    "one word": ("Sure", "stop", "no fenced block"),
    "chatter": ("Great question! Let me think about slugs.", "stop", "no fenced block"),
    "an empty block": ("```python\n```", "stop", "empty"),
    "not Python": ("```python\ndef slugify(title:\n```", "stop", "not valid Python"),
    "typographic quotes": (FENCED.replace('"', "”"), "stop", "typographic quote '”'"),
    "NUL": (f"```python\nx = '\0'\n{CODE}```", "stop", "not valid Python"),
    "a lone surrogate": (f"```python\nx = '\ud800'\n{CODE}```", "stop", "not valid Python"),
    "another file": (f"```python\n# shop/urls.py\n{CODE}```", "stop", "shop/urls.py"),
    "another file of the folder": (f"```python urls.py\n{CODE}```", "stop", "urls.py"),
    "only the tests": (f"tests/test_slug.py:\n{FENCED}", "stop", "tests/test_slug.py"),
    "its file is broken": (
        f"```python shop/slug.py\ndef (\n```\n```python tests/test_slug.py\n{CODE}```",
        "stop",
        "not valid Python",
    ),
    "the rest of it": (
        f"```python\n{CODE}\n# ... rest of the code stays the same\n```",
        "stop",
        "leaves parts",
    ),
    "existing code": (f"```python\n# ... existing code ...\n{CODE}```", "stop", "leaves parts"),
    "unchanged": (f"```python\n{CODE}# (rest unchanged)\n```", "stop", "leaves parts"),
    **{
        said: (f"{CODE}\n# {said}\n", "stop", "leaves parts")
        for said in (
            "The other functions remain the same.",
            "the rest of the module is as before",
            "The rest stays the same",
            "existing helper classes unchanged",
        )
    },
}


@pytest.mark.parametrize(("text", "finish_reason", "why"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_why_there_is_no_code(text, finish_reason, why):
    result = read(text, finish_reason=finish_reason)
    assert isinstance(result, Malformed)
    assert why in result.problem


def test_without_exports_the_longest_block_is_the_module():
    spec = replace(SPEC, exports=())
    assert read(f"{EXAMPLE}\n{FENCED}\n{EXAMPLE}", spec=spec) == Candidate(SPEC.file, CODE)
    cut = read(f"{FENCED}\n```python\ndef more(", spec=spec, finish_reason="length")
    assert isinstance(cut, Malformed)


def test_code_that_lacks_an_export_is_still_read():
    # the static checks say what is missing, which helps more than "no code"
    assert read("```python\nother = 1\n```") == Candidate(SPEC.file, "other = 1\n")


def test_a_candidate_ends_with_one_line_end():
    assert read("```python\ndef slugify(): ...\n```").code == "def slugify(): ...\n"


@pytest.mark.parametrize(
    "text",
    [
        "```python\ndef f(:\n" + "```\n" * 4000,
        "```python\nx = (\n```\n" * 500,
        "```python\nx = '''\n" + "a\n```\n" * 2000,
        "```python\nx = 1\n" * 2000,
        "(" * 20_000,
    ],
)
def test_degenerate_answers_are_read_in_no_time(text, monkeypatch):
    # models that lost the thread repeat a fence until their limit; each fence was a parse of all
    parsed = []

    def counted(code):
        parsed.append(len(code))
        return parse(code)

    monkeypatch.setattr(answer, "parse", counted)
    assert isinstance(read(text), Malformed)
    assert sum(parsed) < 400 * len(text)


LONG = 60_000
PATHOLOGICAL = {
    "a comment of dots": f"```python\n{CODE}# {'.' * LONG}\n```",
    "blank lines": f"```python\n{CODE}{chr(10) * LONG}\n```",
    "a line of stars above": f"{'*' * LONG}\n{FENCED}",
    "a language without end": f"```{'a' * LONG}\n{CODE}```",
    "blanks after a fence": f"```{' ' * LONG}`\n{FENCED}",
}


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_a_reply_that_goes_on_and_on_is_read_all_the_same(text):
    """Each would take minutes if the time grew with the square of the length."""
    found = read(text)
    assert isinstance(found, Candidate)
    assert found.code.startswith(CODE)


def test_blocks_without_end_are_given_up_and_the_first_counts():
    assert read(FENCED + "\n```python\nx = (\n```" * 5_000) == Candidate(SPEC.file, CODE)


def test_a_reply_that_is_far_too_long_is_malformed():
    text = f"{FENCED}\n"
    assert isinstance(read(text.ljust(400_000)), Candidate)
    assert read(text.ljust(400_001)) == Malformed("it is far too long")


def test_a_reply_is_read_once_whoever_asks_for_it():
    assert read(FENCED) is read(FENCED)
    assert read(FENCED) != read(FENCED, spec=replace(SPEC, file="other.py"))


def test_what_was_cut_off_is_told_with_what_there_is_of_it():
    cut = read(f"Here:\n\n{FENCED[:-20]}", finish_reason="length")
    problem = "it was cut off before the block of code ended; write less"
    assert cut == Malformed(problem, "cut", CODE[:-17])
    assert read(FENCED[:-20]) == cut  # some servers give no reason
    assert read(DOCSTRING_CUT, finish_reason="length").unfinished == DOCSTRING_CUT[10:]
    assert read("", finish_reason="stop").kind == "empty"
    assert read("I'm sorry").kind == "other"


DOCSTRING_CUT = f"```python\n{DOCSTRING}"[:-12]
NOT_WORTH_GOING_ON = {
    "no code yet": ("First of all,", "before any block of code"),
    "thoughts": ("<think>First of all,", "before any code"),
    "an example, and no code yet": (f"{EXAMPLE}\n\nNow the", "before the block of code"),
    "another file": (f"tests/test_slug.py\n{FENCED[:-20]}", "write shop/slug.py alone"),
    "too long": (f"```python\n{CODE}" + "".join(f"A{n} = {n}\n" for n in range(400)), "lines"),
    "one line again and again": (f"```python\n{CODE}" + "x = 1\n" * 20, "repeated itself"),
    "three lines again": (f"```python\n{CODE}" + "a = 1\n\nb = 2\nc = 3\n" * 9, "repeated itself"),
    "a line without end": (f"```python\n{CODE}A = [{'1, ' * 1_000}", "repeated itself"),
}


@pytest.mark.parametrize(
    ("text", "why"), NOT_WORTH_GOING_ON.values(), ids=NOT_WORTH_GOING_ON.keys()
)
def test_an_answer_not_worth_going_on_from_is_asked_for_anew(text, why):
    cut = read(text, finish_reason="length")
    assert (cut.kind, cut.unfinished) == ("cut", "")
    assert why in cut.problem


@pytest.mark.parametrize(
    "broken",
    [
        f"```python\n{CODE}def (\n```\nand:\n```python\nOTHER = 1\n```",
        '```python\nOTHER = 1\n```\n```python\nslug = slugify("A")\nprint(slug)\n```\n'
        f"```\n{CODE}def (\n```",
    ],
)
def test_a_block_beside_the_broken_module_is_not_taken_for_it(broken):
    assert "not valid Python" in read(broken).problem


def test_what_defines_some_of_the_exports_is_a_candidate():
    spec = replace(SPEC, exports=parse_exports("def slugify(t: str) -> str\nLIMIT: int", 1))
    tests = "def test_slug():\n    assert slugify('a') == LIMIT\n" * 9
    text = f"```python\n{tests}```\n{FENCED}\n```python\nLONGER = {'1' * 900}\n```"
    assert read(text, spec=spec) == Candidate(SPEC.file, CODE)


def test_what_is_defined_in_branches_is_defined():
    code = "try:\n    import fast\nexcept ImportError:\n    def slugify(t): ...\nslugify('a')\n"
    assert read(f"```python\n{code}```").code == code


def test_a_tag_of_thoughts_in_the_code_ends_no_thoughts():
    code = f'{CODE}\n\nEND = "</think>"  # what models write\n'
    for text in (f"```python\n{code}```", f"<think>so</think>\n```python\n{code}```"):
        assert read(text).code == code


def test_code_is_taken_byte_by_byte():
    code = f"{CODE}\n \nA = '''\n  \n\xa0\u200b“quoted”\t\n'''  \n"
    assert read(f"```python\n{code}```").code == code
    assert (
        read(indented(f"```python\n{CODE}\nA = 1\n   \nB = 2\n```")).code.endswith("\n   \nB = 2\n")
        is False
    )


HOSTILE = {
    "fences": "```python\nx = (\n",
    "closing fences": "```\n",
    "fences of all lengths": "".join("`" * n + "\n" for n in range(400, 3, -1)),
    "tags": "<answer>\nx = (\n",
    "heredocs": "cat <<EOF\n",
    "heredocs that end": "cat <<EOF\nx\nEOF\n",
    "ends of thoughts": "</think>\n",
    "begun thoughts": "<think></think>",
    "brackets": "(",
    "JSON": '{"a": ',
    "a diff": "--- a\n",
    "comments": "# ... \n",
    "hashes": "#",
    "names": "a.",
    "quotes": "'''\n",
    "margins": "\xa0\u200b \n",
    "code": "x = 1\n",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_reply_is_parsed_no_more_than_so_much(piece, monkeypatch):
    parsed, looked_at = [], []

    def counted(code):
        parsed.append(len(code))
        return parse(code)

    def looked(line, of=blocks.opening_of):
        looked_at.append(line)
        return of(line)

    monkeypatch.setattr(answer, "parse", counted)
    monkeypatch.setattr(blocks, "opening_of", looked)
    for opening in ("", "```python\n", "def slugify(t): ...\n"):
        text = opening + piece * (90_000 // len(piece))
        read(text)
        assert sum(parsed) <= 300_000
        assert len(looked_at) <= 50 * (text.count("\n") + 1)
        parsed.clear()
        looked_at.clear()
