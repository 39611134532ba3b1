"""Every form of answer is read for what it is, whatever the code in it."""

from dataclasses import replace
from pathlib import Path

import pytest
from answer_forms import FORMS
from slug_spec import CODE, SPEC

from specloop.attempt.candidate import Candidate
from specloop.prompt import choose
from specloop.prompt.reply import Malformed, read_reply
from specloop.spec.parse_export import parse_exports

OF_TWO = parse_exports("def nearest(word: str) -> str\nLIMIT: int", 1)
TWO = '''"""Words that are like others."""

from difflib import get_close_matches

LIMIT: int = 3


async def nearest(word: str) -> str:
    """Return the nearest word."""
    if word:
        words = get_close_matches(word, ["{word!r}", 'it\\'s'], LIMIT)
        return words[0]

    return f"""
<b>
    {word}
</b>
"""
'''
SPECS = {
    "one export": (SPEC, CODE),
    "two exports": (replace(SPEC, file="src/nearest.py", exports=OF_TWO), TWO),
    "its own": (
        replace(SPEC, file="choose.py", exports=parse_exports("class Wanted", 1)),
        Path(choose.__file__).read_text(),
    ),
}


@pytest.mark.parametrize("which", SPECS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_form_is_read(form, which):
    spec, code = SPECS[which]
    result = read_reply(form.completion(code, spec.file), spec)
    if form.expect == "code":
        assert result == Candidate(spec.file, form.wanted(code))
    else:
        assert isinstance(result, Malformed)
        assert form.says.format(file=spec.file) in result.problem


WITHOUT_EXPORTS = [form for form in FORMS.values() if form.name != "cut off after the code"]


@pytest.mark.parametrize("form", WITHOUT_EXPORTS, ids=lambda form: form.name)
def test_the_form_is_read_where_no_export_is_declared(form):
    result = read_reply(form.completion(CODE, SPEC.file), replace(SPEC, exports=()))
    expected = Candidate(SPEC.file, form.wanted(CODE)) if form.expect == "code" else None
    assert result == expected or (expected is None and isinstance(result, Malformed))


def test_a_server_puts_the_text_in_one_field():
    assert FORMS["null"].message(CODE, SPEC.file) == {"role": "assistant", "content": None}
    thoughts = FORMS["all in the reasoning content"].message(CODE, SPEC.file)
    assert thoughts["content"] is None
    assert CODE in thoughts["reasoning_content"]
