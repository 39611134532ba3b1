"""Projects, forms, faults and limits at random: whatever is mixed, the outcome is the one foretold.

Each seed runs as a user would run it: again after each stop, with a higher limit where one was
reached.
"""

import pytest
from answer_forms import FORMS
from fault_server import FAULTS
from mixture import mixture
from small_world import KEY, ServedWorld

from specloop.engine.run import Outcome
from specloop.errors import BudgetExhausted, ModelUnavailable
from specloop.loop.event import CallFailed, RunPaused
from specloop.loop.stop import SAME_CODE
from specloop.spec.read import read_project

SEEDS = 25  # of each class below: pytest-xdist hands a class to one process


def failed_calls(entries):
    """How many calls got no answer: two were lost, or five refused, or one was for good."""
    failed = tries = lost = 0
    for entry in entries:
        tries += 1
        lost += entry.ending == "lost"
        if entry.ending == "final" or lost == 2 or tries == 5:
            failed += 1
            tries = lost = 0
        elif entry.ending == "answered":
            tries = lost = 0
    return failed


def hold_the_books_together(world: ServedWorld) -> None:
    """The run knows of all that the server has sent and charges for, and keeps to its limits."""
    limits, ledger = world.project.settings.limits, world.ledger
    tokens = sum(sum(entry.tokens) for entry in world.server.books)
    assert world.bill <= world.at_most + 1e-9
    assert tokens <= world.most_tokens
    if limits.usd:
        assert world.bill <= limits.usd
    if limits.tokens:
        assert tokens <= limits.tokens
    assert not ledger.open_calls
    assert KEY not in repr(world.events)
    for spec in world.project.modules:
        entries = world.server.asked(spec.name)
        answers = [entry for entry in entries if entry.ending == "answered"]
        received = [event.completion.text for event in world.received(spec.name)]
        assert len(received) == len(answers)
        pairs = zip(received, (entry.step.texts for entry in answers), strict=True)
        # Thoughts that came before an answer may have been left out.
        assert not [pair for pair in pairs if not any(t.endswith(pair[0]) for t in pair[1])]
        failed = [e for e in world.events if isinstance(e, CallFailed) and e.module == spec.name]
        assert len(failed) == failed_calls(entries)
        keys = [entry.request.headers["idempotency-key"] for entry in answers]
        assert len(set(keys)) == len(keys)


def raise_the_limit(world: ServedWorld, text: str) -> None:
    """Give the run ten times what it had."""
    key = text.removeprefix("[limits] ").partition(" ")[0]
    path = world.project.root / "project.toml"
    lines = path.read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith(f"{key} = "))
    lines[place] = f"{key} = {eval(lines[place].partition('= ')[2]) * 10}"
    path.write_text("\n".join(lines))
    world.project = read_project(world.project.root)


def typed_again(world: ServedWorld) -> Outcome:
    """Type the command until it ends by itself."""
    for _ in range(40):
        try:
            return world.run()
        except (BudgetExhausted, ModelUnavailable) as error:
            stop = error
        hold_the_books_together(world)
        if world.events:
            paused = world.events[-1]
            assert isinstance(paused, RunPaused)
            assert (paused.exit_code, paused.reason) == (stop.exit_code, str(stop))
        if isinstance(stop, BudgetExhausted):
            raise_the_limit(world, str(stop))
    raise AssertionError("the run never came to its end")


class Mixtures:
    def test_ends_as_foretold(self, server, served, seed):
        mixed = mixture(seed)
        world = served(
            mixed.needs,
            limits=mixed.limits,
            ladder=mixed.ladder,
            timeout=mixed.timeout,
        )
        server.streams = mixed.streams
        server.steps = {name: list(steps) for name, steps in mixed.steps.items()}
        outcome = typed_again(world)
        hold_the_books_together(world)
        assert not server.surplus
        assert outcome.states == mixed.states()
        for name, state in outcome.states.items():
            if state == "passed":
                assert world.tree[f"app/{name}.py"].decode() == mixed.steps[name][-1].gives
            elif state == "failed":
                assert "attempts" in world.failure(name) or world.failure(name) == SAME_CODE


def seeds_from(first):
    return pytest.mark.parametrize("seed", range(first, first + SEEDS))


def test_every_form_and_every_fault_is_in_some_mixture():
    mixtures = [mixture(seed) for seed in range(8 * SEEDS)]
    steps = [step for mixed in mixtures for steps in mixed.steps.values() for step in steps]
    assert {step.form for step in steps} == {*FORMS, "the rest"} - {"nothing but thoughts"}
    # What is too long depends on the prompt, and not on chance.
    assert {step.fault for step in steps} == set(FAULTS) - {"400, too long"}


@seeds_from(0)
class TestFirst(Mixtures):
    pass


@seeds_from(25)
class TestSecond(Mixtures):
    pass


@seeds_from(50)
class TestThird(Mixtures):
    pass


@pytest.mark.long
@seeds_from(75)
class TestFourth(Mixtures):
    pass


@pytest.mark.long
@seeds_from(100)
class TestFifth(Mixtures):
    pass


@pytest.mark.long
@seeds_from(125)
class TestSixth(Mixtures):
    pass


@pytest.mark.long
@seeds_from(150)
class TestSeventh(Mixtures):
    pass


@pytest.mark.long
@seeds_from(175)
class TestEighth(Mixtures):
    pass
