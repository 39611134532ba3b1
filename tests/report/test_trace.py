"""Traces: what is said of each requirement, as a value and as text."""

from dataclasses import replace
from datetime import date

import pytest
from traced_module import MODULE, PROJECT, TODAY, strength

from specloop.ports import CommitRecord
from specloop.report.trace import trace
from specloop.report.trace_text import strength_text, trace_text
from specloop.spec.lint.citations import Citation
from specloop.spec.module import Accepted
from specloop.strength.strength import Strength

TEST = Citation("tests/t.py", 3, "double", "O2", "tests/t.py::test_a")
RECORDS = {"double": CommitRecord("double", "c" * 40, "key", "double: Double a number")}


def traced(*citations, stale=(), strengths=None, accepted=()):
    project = replace(PROJECT, modules=(replace(MODULE, accepted=accepted),))
    return trace(project, citations, RECORDS, stale, strengths or {}, TODAY)


def states(found):
    return {one.id: one.state for one in found.modules[0].requirements}


def test_rows_held_out_rows_and_tests_check_a_requirement():
    found = traced(TEST, TEST)
    assert states(found) == {
        "double/O1": "checked",
        "double/O2": "checked",
        "double/E1": "checked",
        "double/X1": "unchecked",
    }
    o1, o2, e1, _ = found.modules[0].requirements
    assert (o1.rows, o1.held_out, o1.tests) == ((11, 12), (), ())
    assert o2.tests == ("tests/t.py::test_a",)
    assert (e1.rows, e1.held_out) == ((), (14,))
    assert not found.ok


@pytest.mark.parametrize(
    ("until", "state"),
    [(None, "accepted"), (TODAY, "accepted"), (date(2027, 1, 30), "expired")],
)
def test_what_cannot_be_tested_is_accepted_openly_until_its_day(until, state):
    found = traced(TEST, accepted=(Accepted("X1", "no clock here", until, 20),))
    assert states(found)["double/X1"] == state
    assert found.ok is (state == "accepted")
    assert f"{state}: " in trace_text(found)


def test_an_id_that_no_spec_has_is_told_with_its_place():
    accepted = (Accepted("X1", "no clock here", None, 20),)
    found = traced(TEST, replace(TEST, id="O9"), accepted=accepted)
    assert not found.ok
    assert "double/O9  tests/t.py:3" in trace_text(found)


def test_the_text_has_a_line_for_each_requirement():
    text = trace_text(traced(TEST, stale={"double"}))
    assert "double  cccccccccc (stale)  strength: not measured" in text
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line.startswith("  ")}
    assert lines["O1"] == ["O1", "2", "-", "-", "twice", "the", "number"]
    assert lines["X1"][:6] == ["X1", "-", "-", "-", "NOT", "CHECKED:"]
    assert text.endswith("4 requirements: 3 checked, 1 unchecked")


def test_a_survivor_is_shown_with_its_change_and_the_row_that_would_kill_it():
    found = traced(TEST, strengths={"double": strength()})
    text = trace_text(found)
    assert "strength: 75 %, 3 of 4 mutants killed" in text
    assert "survived: line 2, arithmetic, nearest to double/O1" in text
    assert "    -    return 2 * n" in text
    assert "a row that would kill it:  O1: double(3) == 6" in text
    assert [one.survivors for one in found.modules[0].requirements] == [1, 0, 0, 0]
    data = found.as_json()
    assert data["modules"][0]["strength"]["score"] == 0.75
    assert data["modules"][0]["requirements"][0]["rows"] == (11, 12)


def test_no_strength_is_rounded_up():
    whole = strength()
    many = replace(whole, mutants=1000, killed=whole.killed[:1] * 999)
    assert strength_text(many).startswith("99 %, 999 of 1000")
    assert strength_text(replace(whole, mutants=6)).endswith("killed, 2 not judged")
    assert strength_text(Strength("double", "", "", 0)) == "no mutants"
