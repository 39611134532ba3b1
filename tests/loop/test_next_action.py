"""The table of the loop, a test for each of its rows, and the conversations that it leads to."""

from dataclasses import replace

import pytest
from happened import (
    CONTEXT,
    LIMITS,
    PASS,
    RIGHT,
    SPEC,
    WRONG,
    asked,
    attempt,
    call,
    committed,
    fail,
    failed,
    fenced,
    history,
    prepared,
    ran,
    received,
    reopened,
    retried,
    started,
    wrong,
)

from specloop.attempt.candidate import Candidate
from specloop.attempt.message import Message
from specloop.attempt.report import StaticFinding, TestReport, Verdict
from specloop.loop.action import AskModel, CommitModule, FailModule, RunTests
from specloop.loop.event import CallFailed
from specloop.loop.ladder import ModelLimits
from specloop.loop.next_action import next_action
from specloop.prompt.context import Needed
from specloop.prompt.write import first_prompt

RED = ran(fail(), "red")
GOOD = Candidate(SPEC.file, RIGHT)
BAD = Candidate(SPEC.file, WRONG)


def decide(*events, spec=SPEC, context=CONTEXT):
    return next_action(spec, history(*events, spec=spec), context)


@pytest.mark.parametrize(
    ("events", "action"),
    [
        ((), RunTests(None, "red")),
        ((started(),), RunTests(None, "red")),
        ((started(), RED, *call(1, fenced(RIGHT), "first")), RunTests(GOOD, "candidate")),
        ((started(), RED, *attempt(1, RIGHT, PASS)), CommitModule(GOOD)),
        ((started(), RED, *attempt(1, RIGHT, PASS), prepared()), CommitModule(GOOD)),
        ((started(), RED, *attempt(1, RIGHT, PASS), prepared(), committed()), None),
        ((started(), RED, *attempt(1, WRONG), failed()), None),
        ((started(), reopened(RIGHT, "stale")), RunTests(GOOD, "standing")),
        ((started(), reopened(RIGHT, "existing")), RunTests(GOOD, "standing")),
        ((started(), reopened(RIGHT, "stale"), ran(PASS, "standing")), CommitModule(GOOD)),
    ],
)
def test_what_follows_without_asking_a_model(events, action):
    assert decide(*events) == action


@pytest.mark.parametrize(
    ("events", "number", "purpose"),
    [
        ((started(), RED), 1, "first"),
        ((started(), RED, *attempt(1, WRONG)), 2, "fix"),
        ((started(), RED, *call(1, "Sure!", "first")), 2, "format"),
        ((started(), RED, *attempt(1, WRONG), *call(2, "")), 3, "format"),
        ((started(), reopened(WRONG, "stale"), ran(fail(), "standing")), 1, "fix"),
        (
            (started(), RED, *attempt(1, RIGHT, PASS), committed(), reopened(report=fail())),
            2,
            "fix",
        ),
        ((started(), RED, *attempt(1, WRONG), failed(), retried()), 2, "fix"),
    ],
)
def test_when_a_model_is_asked(events, number, purpose):
    action = decide(*events)
    assert isinstance(action, AskModel)
    assert (action.model, action.number, action.purpose) == ("small", number, purpose)
    assert action.conversation[-len(action.new) :] == action.new


def test_tests_that_pass_without_code_prove_nothing():
    action = decide(started(), ran(PASS, "red"))
    assert isinstance(action, FailModule)
    assert "without any code" in action.reason
    assert action.candidate is None


@pytest.mark.parametrize("verdict", [Verdict.TIMEOUT, Verdict.RESOURCE])
def test_a_red_check_that_was_ended_is_no_pass(verdict):
    assert isinstance(decide(started(), ran(TestReport(verdict), "red")), AskModel)


def test_a_module_without_tests_is_asked_for_at_once():
    spec = replace(SPEC, rows=())
    action = decide(started(), spec=spec)
    assert isinstance(action, AskModel)
    assert action.purpose == "first"


def test_a_stop_rule_gives_the_module_up_with_its_last_code():
    action = decide(
        *(started(), RED, *attempt(1, WRONG), *attempt(2, wrong(2))),
        context=replace(CONTEXT, attempts=2),
    )
    assert action == FailModule("not passed after 2 of 2 attempts", Candidate(SPEC.file, wrong(2)))


def test_an_unreadable_answer_leaves_the_good_file_as_it_is():
    events = (started(), RED, *attempt(1, WRONG), *call(2, "I cannot help with that."))
    assert history(*events).candidate == BAD
    ask = decide(*events)
    assert [turn.role for turn in ask.new] == ["user"]
    assert SPEC.file in ask.new[0].content
    assert "no fenced block" in ask.new[0].content


def test_answers_that_are_unreadable_have_a_counter_of_their_own():
    unreadable = (*call(1, "", "first"), *call(2, "no", "format"), *call(3, "no", "format"))
    context = replace(CONTEXT, models=LIMITS[:1])
    action = decide(started(), RED, *unreadable, context=context)
    assert isinstance(action, FailModule)
    assert "3 answers in a row held no usable code" in action.reason


def test_a_call_in_flight_is_made_again_as_it_was():
    before = (started(), RED, *attempt(1, WRONG))
    ask = decide(*before)
    assert decide(*before, asked(2)) == ask
    assert decide(started(), RED, asked(1, "first")) == decide(started(), RED)


def test_a_fix_goes_on_in_the_same_conversation():
    events = (started(), RED, *attempt(1, WRONG))
    ask = decide(*events)
    assert ask.conversation[:-1] == history(*events).conversation
    assert len(ask.new) == 1
    assert WRONG.strip() not in ask.new[0].content  # it is the answer just before
    assert sum(WRONG.strip() in turn.content for turn in ask.conversation) == 1


def test_a_fix_shows_code_that_is_not_the_last_answer():
    ask = decide(started(), RED, *attempt(1, WRONG), reopened(report=fail(), code=RIGHT))
    assert len(ask.new) == 1
    assert RIGHT.strip() in ask.new[-1].content


def test_the_code_stays_when_the_answer_that_held_it_has_to_go():
    narrow = replace(CONTEXT, models=(ModelLimits("small", 1_000, 100),))
    chatter = call(1, "I will explain. " * 200 + "\n" + fenced(WRONG), "first")
    ask = decide(started(), RED, *chatter, ran(fail()), context=narrow)
    assert [turn.role for turn in ask.conversation] == ["system", "user"]
    assert WRONG.strip() in ask.conversation[-1].content


def test_an_answer_that_was_cut_off_is_gone_on_from():
    half, rest = fenced(RIGHT)[:40], fenced(RIGHT)[40:]
    cut = (started(), RED, asked(1, "first"), received(1, half, finish_reason="length"))
    ask = decide(*cut)
    assert ask.purpose == "continue"
    assert ask.conversation[-2:-1] == (Message("assistant", half),)
    whole = (*cut, asked(2, "continue"), received(2, rest))
    assert decide(*whole) == RunTests(Candidate(SPEC.file, RIGHT), "candidate")
    assert history(*whole).conversation[-1] == Message("assistant", rest)


def test_an_answer_without_room_to_go_on_from_it_is_asked_for_shorter():
    narrow = replace(CONTEXT, models=(ModelLimits("small", 400, 100),))
    half = "```python\n" + WRONG.replace("return n", "return [" + "1, " * 400)
    cut = (started(), RED, asked(1, "first"), received(1, half, finish_reason="length"))
    assert decide(*cut).purpose == "continue"
    ask = decide(*cut, context=narrow)
    assert ask.purpose == "format"
    assert "cut off" in ask.conversation[-1].content
    assert half not in "".join(turn.content for turn in ask.conversation)


def test_the_same_code_in_another_layout_is_not_tested_again():
    again = WRONG.replace("return n", "return (n)")
    events = (started(), RED, *attempt(1, WRONG), *attempt(2, wrong(2)), *call(3, fenced(again)))
    assert history(*events).report == fail("assert 1 == 4")
    ask = decide(*events)
    assert (ask.purpose, ask.number) == ("fix", 4)
    changed = (*events[:-2], reopened(report=fail("else")), *call(3, fenced(again)))
    assert isinstance(decide(*changed), RunTests)


@pytest.mark.parametrize("place", ["# MIT\n{}", "{}# MIT\n"])
def test_code_with_another_comment_is_tested_since_a_test_may_read_the_file(place):
    events = (started(), RED, *attempt(1, WRONG + "# MIT\n# MIT\n"))
    again = place.format(WRONG + "# MIT\n" if place.startswith("#") else WRONG)
    assert isinstance(decide(*events, *call(2, fenced(again))), RunTests)
    events = (started(), RED, *attempt(1, again), *attempt(2, wrong(2)), *call(3, fenced(again)))
    assert isinstance(decide(*events), AskModel)


def test_code_that_was_refused_for_its_size_is_looked_at_again_once_its_layout_differs():
    long = TestReport(Verdict.FAILED, static=(StaticFinding(0, "lines", "too long"),))
    again = WRONG.replace("return n", "return (n)")
    events = (started(), RED, *attempt(1, WRONG, long), *call(2, fenced(again)))
    assert isinstance(decide(*events), RunTests)


def test_a_model_that_samples_never_sees_its_own_code():
    sampler = replace(CONTEXT, models=(replace(LIMITS[0], samples=True),))
    ask = decide(started(), RED, *attempt(1, WRONG), context=sampler)
    assert (ask.purpose, ask.temperature) == ("first", 0.8)
    assert ask.conversation == first_prompt(SPEC, sampler.prompt, brief=True)
    again = decide(started(), RED, *attempt(1, WRONG), *attempt(2, wrong(2)), context=sampler)
    assert again.conversation == ask.conversation


def test_the_next_model_of_the_ladder_begins_afresh():
    same = (*attempt(1, WRONG), *attempt(2, WRONG))
    ask = decide(started(), RED, *same)
    assert (ask.model, ask.number, ask.purpose) == ("large", 3, "fix")
    assert [turn.role for turn in ask.new] == ["system", "user"]
    assert ask.conversation == ask.new
    assert SPEC.task in ask.new[1].content
    assert WRONG.strip() in ask.new[1].content


def test_the_next_model_after_unreadable_answers_gets_the_plain_first_prompt():
    unreadable = (*call(1, "", "first"), *call(2, "no", "format"), *call(3, "no", "format"))
    ask = decide(started(), RED, *unreadable)
    assert (ask.model, ask.purpose) == ("large", "first")
    assert ask.new == decide(started(), RED).new


def test_a_conversation_after_a_climb_begins_at_the_climb():
    same = (*attempt(1, WRONG), *attempt(2, WRONG))
    climbed = attempt(3, wrong(3), model="large", opening=True)
    ask = decide(started(), RED, *same, *climbed)
    assert ask.model == "large"
    assert [turn.role for turn in ask.conversation] == ["system", "user", "assistant", "user"]
    assert ask.conversation[2] == Message("assistant", fenced(wrong(3)))


def test_a_reopened_module_says_why_in_its_first_fix_alone():
    events = (started(), RED, *attempt(1, RIGHT, PASS), committed(), reopened(report=fail()))
    first = decide(*events)
    assert "It fails with the others." in first.new[-1].content
    second = decide(*events, *attempt(2, WRONG))
    assert "It fails with the others." not in second.new[-1].content


def test_a_reopened_module_has_all_its_attempts_again():
    made = (*attempt(1, WRONG), *attempt(2, RIGHT, PASS))
    context = replace(CONTEXT, attempts=2)
    events = (started(), RED, *made, committed(), reopened(report=fail()))
    assert isinstance(decide(*events, context=context), AskModel)
    more = (*attempt(3, wrong(3)), *attempt(4, wrong(4)))
    assert isinstance(decide(*events, *more, context=context), FailModule)


def test_a_standing_file_opens_the_conversation_with_spec_code_and_failure():
    ask = decide(started(), reopened(WRONG, "existing"), ran(fail(), "standing"))
    assert [turn.role for turn in ask.new] == ["system", "user"]
    for part in (SPEC.task, WRONG.strip(), "double(2)", "It fails with the others."):
        assert part in ask.new[1].content


def test_a_prompt_that_does_not_fit_is_never_sent():
    tiny = (ModelLimits("small", 300, 200),)
    action = decide(started(), RED, context=replace(CONTEXT, models=tiny))
    assert isinstance(action, FailModule)
    assert "300 tokens of 'small'" in action.reason


def test_the_answers_of_a_long_story_are_cut_to_the_context_but_not_the_last_request():
    events = [started(), RED]
    for number in range(1, 7):
        events += attempt(number, f"{wrong(number)}# {'x' * 2000}\n")
    whole = decide(*events)
    narrow = replace(CONTEXT, models=(ModelLimits("small", 4_500, 500), *LIMITS[1:]))
    cut = decide(*events, context=narrow)
    assert cut.new == whole.new
    assert len(cut.conversation) < len(whole.conversation)
    assert cut.conversation[-1].content.endswith(whole.new[-1].content)


def test_an_answer_is_judged_by_what_it_holds_not_by_its_call():
    events = (started(), RED, asked(1, "first"), received(1, fenced(RIGHT), "renamed-by-server"))
    assert decide(*events) == RunTests(GOOD, "candidate")


def refused(number):
    return CallFailed(2.5, "double", number, "HTTP 400: context length", False, too_long=True)


def test_a_prompt_that_was_refused_for_its_length_is_shortened():
    story = [part for n in range(1, 5) for part in attempt(n, wrong(n))]
    alone = replace(CONTEXT, models=LIMITS[:1])
    whole = decide(started(), RED, *story)
    sizes = [len(whole.conversation)]
    for times in range(1, 9):
        events = [part for _ in range(times) for part in (asked(5), refused(5))]
        ask = decide(started(), RED, *story, *events, context=alone)
        if isinstance(ask, FailModule):
            break
        assert (ask.number, ask.new) == (5, whole.new)
        sizes.append(len(ask.conversation))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0]
    assert "'small' refuses its prompt for its length" in ask.reason
    climbed = decide(started(), RED, *story, *events)
    assert (climbed.model, climbed.number, climbed.purpose) == ("large", 5, "fix")
    assert climbed.conversation == climbed.new


def test_what_was_shortened_for_one_call_is_whole_again_for_the_next():
    story = [part for n in range(1, 4) for part in attempt(n, wrong(n))]
    after = (*story, asked(4), refused(4), *attempt(4, wrong(4)))
    ask = decide(started(), RED, *after)
    assert len(ask.conversation) == len(decide(started(), RED, *story).conversation) + 2


def test_another_model_is_asked_with_the_whole_prompt():
    story = [part for n in range(1, 4) for part in attempt(n, wrong(n))]
    refusals = [part for _ in range(9) for part in (asked(4, model="gone"), refused(4))]
    ask = decide(started(), RED, *story, *refusals)
    assert ask.conversation == decide(started(), RED, *story).conversation


def test_tests_that_pass_are_cut_before_docstrings_and_neither_is_without_need():
    prompt = replace(
        CONTEXT.prompt,
        tests={"tests/a.py": "# all of a\n" * 60, "tests/b.py": "# all of b\n" * 60},
        interfaces={"base": Needed("app.base", "def base() -> int:\n" + "    doc\n" * 60, "BARE")},
    )
    report = TestReport(
        Verdict.FAILED,
        passed=("tests/a.py::t",),
        failures=(replace(fail().failures[0], node_id="tests/b.py::t"),),
    )
    first = first_prompt(SPEC, prompt)
    opening = replace(asked(1, "first"), messages=first)
    story = (started(), RED, opening, received(1, fenced(WRONG)), ran(report))
    kept = []
    for tokens in range(2_000, 500, -50):
        narrow = replace(CONTEXT, prompt=prompt, models=(ModelLimits("small", tokens + 10, 10),))
        ask = decide(*story, context=narrow)
        if isinstance(ask, FailModule):
            break
        said = "".join(turn.content for turn in ask.conversation)
        assert ("all of b" in said, WRONG.strip() in said) == (True, True)
        kept.append(("all of a" in said, "doc\n" in said))
    assert list(dict.fromkeys(kept)) == [(True, True), (False, True), (False, False)]
