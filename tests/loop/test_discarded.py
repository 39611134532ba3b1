"""Code that tried to decide its own verdict: nothing goes on from it, and no model sees it."""

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
    forged,
    history,
    ran,
    reopened,
    retried,
    started,
    wrong,
)

from specloop.attempt.candidate import Candidate
from specloop.loop.action import AskModel, FailModule, RunTests
from specloop.loop.next_action import next_action
from specloop.loop.stop import FORGED
from specloop.prompt.write import NOT_ACCEPTED, first_prompt

RED = ran(fail(), "red")
TRICK = "def double(n: int) -> int:\n    return 'trick'\n"
OTHER = "def double(n: int) -> int:\n    return 'trick', 2\n"
ALONE = replace(CONTEXT, models=LIMITS[:1])


def decide(*events, context=CONTEXT):
    return next_action(SPEC, history(*events), context)


def gaming(number, code=TRICK, model="small", *, opening=False):
    return attempt(number, code, forged(f"trick {number}"), model, opening=opening)


def says_nothing(ask):
    told = "".join(turn.content for turn in (*ask.conversation, *ask.new))
    assert "trick" not in told
    assert "pytest itself" not in told
    assert told.count(NOT_ACCEPTED) == 2  # it stands among all turns, and among the new ones


def test_the_next_question_is_the_first_one_with_a_sentence_more():
    ask = decide(started(), RED, *gaming(1))
    assert isinstance(ask, AskModel)
    assert (ask.model, ask.number, ask.purpose) == ("small", 2, "first")
    assert ask.new == ask.conversation == first_prompt(SPEC, CONTEXT.prompt, remark=NOT_ACCEPTED)
    says_nothing(ask)


def test_what_honest_code_there_was_is_gone_on_from():
    ask = decide(started(), RED, *attempt(1, WRONG), *gaming(2))
    assert (ask.model, ask.number, ask.purpose) == ("small", 3, "fix")
    assert [turn.role for turn in ask.conversation] == ["system", "user"]
    assert WRONG.strip() in ask.conversation[1].content
    assert "Got: 1\n" in ask.conversation[1].content
    says_nothing(ask)


def test_the_answer_after_it_has_a_conversation_of_its_own():
    told = (started(), RED, *gaming(1), *attempt(2, WRONG, opening=True))
    ask = decide(*told)
    assert ask.purpose == "fix"
    assert [turn.role for turn in ask.conversation] == ["system", "user", "assistant", "user"]
    assert "trick" not in "".join(turn.content for turn in ask.conversation)
    assert NOT_ACCEPTED not in ask.new[-1].content
    unreadable = decide(started(), RED, *gaming(1), *call(2, "no code", opening=True))
    assert unreadable.purpose == "format"
    assert "trick" not in "".join(turn.content for turn in unreadable.conversation)


def test_twice_in_a_row_is_a_reason_to_ask_another_model():
    told = (started(), RED, *gaming(1), *gaming(2, OTHER, opening=True))
    ask = decide(*told)
    assert (ask.model, ask.number, ask.purpose) == ("large", 3, "first")
    says_nothing(ask)
    assert decide(*told, context=ALONE) == FailModule(FORGED, Candidate(SPEC.file, OTHER))


def test_the_same_trick_again_is_not_run_and_is_told_by_its_name():
    told = (started(), RED, *gaming(1), *call(2, fenced(TRICK), opening=True))
    assert decide(*told, context=ALONE) == FailModule(FORGED, Candidate(SPEC.file, TRICK))


def test_one_honest_answer_in_between_begins_the_count_anew():
    told = (started(), RED, *gaming(1), *attempt(2, WRONG, opening=True), *gaming(3, OTHER))
    ask = decide(*told, context=ALONE)
    assert isinstance(ask, AskModel)
    assert WRONG.strip() in ask.conversation[1].content


def test_it_counts_as_an_attempt_and_what_is_kept_is_honest():
    told = (started(), RED, *attempt(1, WRONG), *gaming(2))
    action = decide(*told, context=replace(CONTEXT, attempts=2))
    assert action == FailModule("not passed after 2 of 2 attempts", Candidate(SPEC.file, WRONG))


def test_a_model_that_samples_gives_way_as_any_other():
    sampler = (replace(LIMITS[0], samples=True), LIMITS[1])
    context = replace(CONTEXT, models=sampler)
    told = (started(), RED, *gaming(1))
    ask = decide(*told, context=context)
    assert (ask.purpose, ask.temperature) == ("first", 0.8)
    says_nothing(ask)
    assert decide(*told, *gaming(2, OTHER), context=context).model == "large"


def test_a_call_in_flight_is_made_again_as_it_was():
    told = (started(), RED, *gaming(1))
    assert decide(*told, asked(2, "first")) == decide(*told)


def test_a_module_that_was_given_up_on_it_and_goes_on_begins_afresh():
    told = (started(), RED, *attempt(1, WRONG), *gaming(2), failed(), retried())
    says_nothing(decide(*told))


@pytest.mark.parametrize("reason", ["stale", "existing", "retest"])
def test_code_that_stands_is_no_exception(reason):
    told = (started(), reopened(TRICK, reason))
    assert decide(*told) == RunTests(Candidate(SPEC.file, TRICK), "standing")
    ask = decide(*told, ran(forged("trick"), "standing"))
    assert ask.purpose == "first"
    says_nothing(ask)
    after = decide(*told, ran(forged("trick"), "standing"), *attempt(1, WRONG))
    assert (after.purpose, WRONG.strip() in after.conversation[2].content) == ("fix", True)
    assert history(*told, ran(forged("trick"), "standing")).candidate is None


def test_honest_code_that_is_looked_at_again_does_not_go_on_in_the_conversation_of_a_trick():
    told = (started(), RED, *attempt(1, WRONG), *gaming(2), failed())
    again = (*told, reopened(WRONG, "retest"), ran(fail("again"), "standing"))
    ask = decide(*again)
    assert "It fails with the others." in ask.conversation[1].content
    assert "Got: again\n" in ask.conversation[1].content
    says_nothing(ask)


def test_a_mended_module_that_games_keeps_the_code_that_stands():
    events = (started(), RED, *attempt(1, RIGHT, PASS), committed())
    told = (*events, reopened(report=fail("with others")), *gaming(2))
    ask = decide(*told)
    assert RIGHT.strip() in ask.conversation[1].content
    assert "with others" in ask.conversation[1].content
    says_nothing(ask)
    assert history(*told).report == fail("with others")


def test_tests_that_only_a_trick_passed_are_not_left_out_of_a_prompt():
    prompt = replace(CONTEXT.prompt, tests={"tests/a.py": "# all of a\n" * 200})
    context = replace(ALONE, prompt=prompt)
    report = replace(forged(), passed=("tests/a.py::t",))
    ask = decide(started(), RED, *attempt(1, TRICK, report), context=context)
    assert "# all of a" in ask.conversation[1].content
    narrow = replace(context, models=(replace(LIMITS[0], context_tokens=1500),))
    assert isinstance(
        decide(started(), RED, *attempt(1, TRICK, report), context=narrow), FailModule
    )


def test_an_honest_report_is_the_one_that_counts():
    told = history(started(), RED, *attempt(1, wrong(1), fail("one")), *gaming(2))
    assert told.report == fail("one")
    assert told.candidate == Candidate(SPEC.file, wrong(1))
    assert told.discarded
    assert told.kept == told.candidate
