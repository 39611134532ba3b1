"""Code whose layout was changed before it was tested: that is what is committed and told of."""

from dataclasses import replace

from happened import (
    CONTEXT,
    PASS,
    RIGHT,
    SPEC,
    attempt,
    call,
    committed,
    fail,
    fenced,
    history,
    prepared,
    ran,
    reopened,
    started,
    wrong,
)

from specloop.attempt.candidate import Candidate
from specloop.attempt.report import Frame, StaticFinding, TestReport, Verdict
from specloop.loop.action import AskModel, CommitModule, FailModule, RunTests
from specloop.loop.next_action import next_action

RED = ran(fail(), "red")
LOOSE = "def double(n: int) -> int: # x\n  return (n\n    * 1)\n"
NEAT = "def double(n: int) -> int:  # x\n    return n * 1\n"
SQUEEZED = RIGHT.replace("2 * n", "2*n")


def decide(*events, context=CONTEXT):
    return next_action(SPEC, history(*events), context)


def failing(line, formatted):
    """An answer, and the failure of its code as it was laid out, in one of its lines."""
    (failure,) = fail().failures
    told = replace(failure, message="no", longrepr="E   no", frames=(Frame(SPEC.file, line),))
    return attempt(1, LOOSE, TestReport(Verdict.FAILED, failures=(told,)), formatted=formatted)


def test_what_was_tested_is_committed_also_after_a_crash():
    told = (started(), RED, *attempt(1, SQUEEZED, PASS, formatted=RIGHT))
    assert decide(*told) == CommitModule(Candidate(SPEC.file, RIGHT))
    assert decide(*told, prepared()) == CommitModule(Candidate(SPEC.file, RIGHT))
    assert history(*told, prepared()).standing == {"", Candidate(SPEC.file, RIGHT).digest}
    assert history(*told, prepared(), committed()).standing == {Candidate(SPEC.file, RIGHT).digest}


def test_an_answer_is_tested_as_it_was_written_until_the_runner_lays_it_out():
    told = (started(), RED, *call(1, fenced(SQUEEZED), "first"))
    assert decide(*told) == RunTests(Candidate(SPEC.file, SQUEEZED), "candidate")


def test_a_fix_does_not_repeat_the_code_and_has_the_lines_of_what_was_tested():
    told = (started(), RED, *failing(2, NEAT))
    ask = decide(*told)
    assert len(ask.new) == 1
    assert NEAT.strip() not in ask.new[0].content
    assert LOOSE.strip() not in ask.new[0].content
    assert ">    2     return n * 1\n" in ask.new[0].content
    assert fenced(LOOSE) in ask.conversation[-2].content  # the model's own answer stays as it was


def test_another_model_is_shown_the_code_as_it_was_tested():
    ask = decide(started(), RED, *failing(2, NEAT), *call(2, fenced(LOOSE)))
    assert (ask.model, ask.purpose) == ("large", "fix")
    assert NEAT.strip() in ask.new[1].content
    assert LOOSE.strip() not in ask.new[1].content


def test_findings_without_a_run_are_told_with_the_lines_that_the_model_wrote():
    refused = TestReport(Verdict.FAILED, static=(StaticFinding(3, "X", "no"),))
    told = (started(), RED, *attempt(1, LOOSE, refused), *attempt(2, LOOSE, refused))
    ask = decide(*told)
    assert ask.model == "large"
    assert LOOSE.strip() in ask.new[1].content
    assert "line 3: no" in ask.new[1].content


def test_a_module_that_is_given_up_keeps_what_was_tested():
    told = (started(), RED, *attempt(1, LOOSE, formatted=NEAT), *call(2, fenced(LOOSE)))
    action = decide(*told, *call(3, fenced(LOOSE), model="large", opening=True))
    ladder_end = decide(
        *told,
        *call(3, fenced(LOOSE), model="large", opening=True),
        *call(4, fenced(LOOSE), model="large"),
    )
    assert isinstance(action, AskModel)
    assert isinstance(ladder_end, FailModule)
    assert ladder_end.candidate == Candidate(SPEC.file, NEAT)


def test_code_is_found_again_by_the_digest_of_what_was_tested():
    made = attempt(1, LOOSE, formatted=NEAT)[:-1]
    run = ran(fail(), code=Candidate(SPEC.file, NEAT).digest, suite="s", formatted=NEAT)
    told = history(started(), RED, *made, run)
    assert told.tested_code == Candidate(SPEC.file, NEAT)
    assert told.candidate == told.tested_code


def test_an_answer_that_turns_out_as_what_stands_is_no_new_code():
    events = (started(), RED, *attempt(1, RIGHT, PASS), committed())
    commented = RIGHT.replace(":\n", ":  # twice\n", 1)
    squeezed = commented.replace("  # twice", " #twice")
    evidence = fail("with the others")
    told = (*events, reopened(commented, report=evidence), *call(2, fenced(squeezed)))
    assert isinstance(decide(*told), RunTests)
    ask = decide(*told, ran(PASS, formatted=commented))
    assert (ask.model, ask.purpose) == ("large", "fix")
    assert "with the others" in ask.new[1].content
    assert history(*told, ran(PASS, formatted=commented)).report == evidence


def test_runs_of_an_older_journal_have_no_layout_of_their_own():
    told = history(started(), RED, *attempt(1, wrong(1)))
    assert told.attempts[0].code == told.attempts[0].result == told.candidate


def test_what_was_committed_is_not_repeated_after_the_answer_that_it_was_made_of():
    made = attempt(1, SQUEEZED, PASS, formatted=RIGHT)
    ask = decide(started(), RED, *made, committed(), reopened(RIGHT, report=fail()))
    assert len(ask.new) == 1
    assert RIGHT.strip() not in ask.new[0].content
    assert ask.conversation[-2].content == fenced(SQUEEZED)
