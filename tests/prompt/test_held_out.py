"""No prompt of any kind tells of a held-out row more than the class of its exception."""

from dataclasses import replace

import pytest
from slug_spec import CANDIDATE, CONTEXT, HELD_OUT, SECRET, SPEC, failure, frame, report

from specloop.attempt.completion import Completion
from specloop.attempt.report import (
    OneOpinion,
    StaticFinding,
    TestFailure,
    TestReport,
    Verdict,
)
from specloop.prompt.reply import read_reply
from specloop.prompt.write import first_prompt, fix_from_scratch, fix_prompt, format_prompt
from specloop.spec.row_tests import render_row_tests, row_node_id, row_test_name

HIDDEN = [row_node_id(SPEC, row) for row in HELD_OUT]
PRINTED = f"""\
=================================== FAILURES ===================================
____________________________ {row_test_name(HELD_OUT[0])} _____________________________
>       assert slugify("-{SECRET}-") == "{SECRET}"
E       AssertionError: assert '-{SECRET}-' == '{SECRET}'
"""


def hidden_failures():
    return [
        TestFailure(
            *(node_id, "call", "KeyError", f"'{SECRET}'", f"E   KeyError: '{SECRET}'"),
            frames=(frame(7),),
            captured=f"slugify({SECRET!r})",
            requirements=("slug/V1",),
        )
        for node_id in HIDDEN
    ]


REPORTS = {
    "hidden alone": report(*hidden_failures()),
    "hidden among others": report(
        failure("test_V1_1", "m"), *hidden_failures(), failure("test_E1_3", "m")
    ),
    "with static findings": report(*hidden_failures(), static=(StaticFinding(1, "X", "x"),)),
    "ended in one": report(
        *hidden_failures(),
        verdict=Verdict.TIMEOUT,
        note=f"the suite did not end within 60 s, while {HIDDEN[0]} was running",
    ),
    "limited in one": report(
        verdict=Verdict.RESOURCE, note=f"it was killed, while {HIDDEN[1]} was running"
    ),
    "all of pytest's output in one failure": report(
        failure(SPEC.file, "the code ended the test process", longrepr="", captured=PRINTED)
    ),
    "all of pytest's output as the message": report(
        failure(SPEC.file, f"pytest failed: {PRINTED}", longrepr="")
    ),
    "all of pytest's output as its text": report(
        failure(SPEC.file, "pytest failed", longrepr="".join(f"E  {x}\n" for x in [PRINTED]))
    ),
    "printed before the process ended": report(
        failure(SPEC.file, "the code ended the test process", longrepr="", captured=SECRET)
    ),
    "kept by the code, and said in another test": report(
        failure("tests/test_shop.py::test_shop", f"assert ['{SECRET}'] == []")
    ),
    "printed at the end": report(verdict=Verdict.RESOURCE, note=f"pytest ended: {SECRET}"),
    "named in a class of exceptions": report(
        *(replace(one, exception=SECRET) for one in hidden_failures())
    ),
    "not run": replace(report(failure("test_V1_1", "m")), not_run=tuple(HIDDEN)),
    "judged by pytest alone": replace(
        report(failure("test_V1_1", "m")),
        one_opinion=tuple(OneOpinion(node, SECRET) for node in HIDDEN),
        warnings=tuple(f"{node}: {SECRET}" for node in HIDDEN),
        layers=(SECRET,),
    ),
    "more failures than are told": report(
        *(failure(f"tests/test_shop.py::test_{n}", "m") for n in range(20)), *hidden_failures()
    ),
}


def prompts(report):
    yield fix_prompt(SPEC, CANDIDATE, report)
    yield from fix_from_scratch(SPEC, CONTEXT, CANDIDATE, report, because="It has changed.")


def say_nothing(messages):
    for message in messages:
        assert SECRET not in message.content
        assert "test_held_out" not in message.content
        for node_id in HIDDEN:
            assert node_id not in message.content


def test_the_rows_are_really_tested():
    text = render_row_tests(SPEC, ["."])
    assert text.count(SECRET) == 4
    assert all(
        node_id.endswith(name)
        for node_id, name in zip(HIDDEN, map(row_test_name, HELD_OUT), strict=True)
    )


@pytest.mark.parametrize("brief", [False, True])
def test_the_first_prompt_says_nothing(brief):
    say_nothing(first_prompt(SPEC, CONTEXT, brief=brief))


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())
def test_no_fix_says_anything(report):
    say_nothing(prompts(report))


@pytest.mark.parametrize("text", ["", "no", "```python\nx = (\n```", "```python\nx = ("])
def test_no_request_for_another_form_says_anything(text):
    malformed = read_reply(Completion(text, "m"), SPEC)
    say_nothing([format_prompt(SPEC, malformed)])


def test_how_many_failed_and_with_what_is_said():
    text = fix_prompt(SPEC, CANDIDATE, REPORTS["hidden alone"]).content
    assert "Checks that you cannot see failed, too: 2 (KeyError)" in text
    assert "Failing:" not in text


def test_hidden_tests_are_not_counted_among_the_others():
    found = report(failure("test_V1_1", "m"), *hidden_failures())
    collected = (*found.collected, "tests/spec/test_slug.py::test_O1_5")
    text = fix_prompt(SPEC, CANDIDATE, replace(found, collected=collected)).content
    assert "Failing: 1 of 2 tests" in text


def test_a_users_test_of_a_like_name_is_no_secret():
    told = failure("tests/test_shop.py::test_held_out_books", "no books")
    text = fix_prompt(SPEC, CANDIDATE, TestReport(Verdict.FAILED, failures=(told,))).content
    assert "tests/test_shop.py::test_held_out_books" in text


def test_a_class_that_the_code_may_have_made_up_is_not_named():
    def told(name):
        found = report(replace(hidden_failures()[0], exception=name))
        return fix_prompt(SPEC, CANDIDATE, found).content

    assert "2 (KeyError)" in fix_prompt(SPEC, CANDIDATE, REPORTS["hidden alone"]).content
    assert "(another exception)" in told("madeup")
    assert "(SIGSEGV)" in told("SIGSEGV")
    own = replace(CANDIDATE, code=f"class SlugError(Exception): ...\n{CANDIDATE.code}")
    found = report(replace(hidden_failures()[0], exception="SlugError"))
    assert "(SlugError)" in fix_prompt(SPEC, own, found).content


@pytest.mark.parametrize("where", ["code", "tests", "spec"])
def test_a_text_that_a_model_has_seen_anyway_is_no_secret(where):
    told = report(failure("tests/test_shop.py::test_shop", f"assert '{SECRET}' == 'a'"))
    seen = f"# {SECRET}\n"
    candidate = replace(CANDIDATE, code=CANDIDATE.code + seen) if where == "code" else CANDIDATE
    spec = replace(SPEC, setup=seen) if where == "spec" else SPEC
    tests = [seen] if where == "tests" else []
    text = fix_prompt(spec, candidate, told, tests=tests).content
    assert f"Got: AssertionError: assert '{SECRET}' == 'a'" in text
