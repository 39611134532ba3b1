"""What follows from the events of a module."""

from happened import (
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
from specloop.attempt.completion import Usage
from specloop.attempt.report import TestReport, Verdict
from specloop.prompt.reply import Malformed

STORY = (
    started(),
    ran(TestReport(Verdict.FAILED, ("a", "b")), "red"),
    *attempt(1, WRONG),
    *call(2, "nothing"),
    *attempt(3, WRONG),
    *attempt(4, wrong(4), model="large", opening=True),
    *attempt(5, RIGHT, PASS, model="large"),
    prepared(),
    committed(),
    reopened(report=fail()),
    *attempt(6, WRONG),
)


def test_a_conversation_only_grows_until_it_is_opened_again():
    before = ()
    for n in range(len(STORY) + 1):
        now = history(*STORY[:n]).conversation
        opened = n > 0 and getattr(STORY[n - 1], "number", 0) == 4
        assert now[: len(before)] == before or opened
        before = now
    roles = [turn.role for turn in before]
    assert roles == ["system", "user", *["assistant", "user"] * 2, "assistant"]


def test_a_call_without_a_reply_is_no_part_of_the_conversation():
    events = (started(), *attempt(1, WRONG))
    assert history(*events, asked(2)).conversation == history(*events).conversation
    again = history(*events, asked(2), asked(2), received(2, "reply"))
    assert [turn.content for turn in again.conversation[-2:]] == ["turn 2", "reply"]


def test_attempts_pair_each_answer_with_its_report():
    made = history(*STORY).attempts
    assert [a.number for a in made] == [1, 2, 3, 4, 5, 6]
    assert isinstance(made[1].result, Malformed)
    assert made[1].report is None
    assert made[4].report == PASS
    assert [a.model for a in made] == ["small"] * 3 + ["large"] * 2 + ["small"]


def test_the_candidate_is_the_newest_that_could_be_read():
    assert history(started()).candidate is None
    events = (started(), *attempt(1, WRONG), *call(2, "nothing"))
    assert history(*events).candidate == Candidate(SPEC.file, WRONG)
    again = (*events, committed(), reopened(RIGHT))
    assert history(*again).candidate == Candidate(SPEC.file, RIGHT)


def test_the_report_is_never_that_of_the_red_check():
    red = ran(fail(), "red")
    assert history(started(), red).report is None
    assert history(started(), red, *attempt(1, WRONG, fail("later"))).report == fail("later")
    assert history(started(), reopened(report=fail("evidence"))).report == fail("evidence")


def test_the_red_check_says_what_must_pass():
    assert history(*STORY).expected == ("a", "b")
    assert history(started()).expected == ()


def test_a_failure_that_is_lifted_is_as_if_it_had_not_been():
    events = (started(), *attempt(1, WRONG))
    lifted = history(*events, failed(), retried())
    assert lifted.last == events[-1]
    assert not lifted.finished
    assert lifted.failed is None
    assert history(*events, failed("why")).failed == "why"
    again = history(*events, failed(), retried(), failed("again"), retried())
    assert again.last == events[-1]


def test_what_the_next_commit_stands_for():
    whole = history(*STORY)
    assert whole.usage == Usage(6, 600, 120, 300)
    assert whole.since_commit.usage == Usage(1, 100, 20, 50)
    assert [a.number for a in whole.since_commit.attempts] == [6]
    assert whole.commit == committed()
    assert whole.prepared == prepared()


def test_a_cost_is_known_only_if_all_of_it_is():
    priced = (asked(1), received(1, "a", usd=0.25), asked(2), received(2, "b", usd=0.5))
    assert history(*priced).cost_usd == 0.75
    assert history(*priced, asked(3), received(3, fenced(RIGHT))).cost_usd is None
    assert history(started()).cost_usd == 0.0


def test_finished_is_what_leaves_nothing_to_do():
    assert history(*STORY[:-4]).finished
    assert not history(*STORY).finished
    assert history(started(), failed()).finished
    assert history(started("sha256:x")).inputs == "sha256:x"
    assert history().inputs == ""


def test_what_may_stand_in_the_file_follows_the_commits():
    def digest(code):
        return Candidate(SPEC.file, code).digest

    begun = (started(standing="mine"), *attempt(1, WRONG))
    assert history(*begun).standing == {"mine"}
    again = (*begun, *attempt(2, RIGHT, PASS), prepared())
    assert history(*again).standing == {"mine", digest(RIGHT)}
    assert history(*again, committed()).standing == {digest(RIGHT)}
    fixing = (*again, committed(), reopened(report=fail()), *attempt(3, WRONG))
    assert history(*fixing).standing == {digest(RIGHT)}
    # a module that was given up is tested again: its last code stands nowhere yet
    assert history(*begun, failed(), reopened(WRONG, "retest")).standing == {"mine"}


def test_a_pass_is_known_by_its_suite():
    events = (
        started(),
        ran(PASS, "red", suite="stub"),
        ran(fail(), suite="one"),
        ran(PASS, suite="two"),
    )
    assert history(*events).passed == {"two"}
    assert [history(*events[:n]).tested for n in (1, 2, 3, 4)] == ["", "stub", "one", "two"]


def test_tests_that_a_mark_sets_aside_are_not_expected():
    red = TestReport(Verdict.FAILED, ("a", "b", "c"), set_aside=("b",))
    assert history(started(), ran(red, "red")).expected == ("a", "c")
