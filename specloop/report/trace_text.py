"""Traces as text for people."""

from collections.abc import Iterator

from specloop.report.columns import columns
from specloop.report.printable import printable
from specloop.report.trace import ModuleTrace, RequirementTrace, Trace
from specloop.strength.strength import Strength, Survivor

_HEAD = ("", "rows", "held out", "tests", "survivors", "requirement")
_TEXT = 72  # characters of a requirement


def trace_text(traced: Trace) -> str:
    """Every requirement with what checks it, the survivors below their modules."""
    lines = [traced.project]
    for module in traced.modules:
        lines += ["", _module_head(module), *_table(module)]
        if module.strength is not None:
            lines += _survivors(module.strength)
    if traced.unknown:
        lines += ["", "cited, and in no spec:"]
        lines += [f"  {one.module}/{one.id}  {one.path}:{one.line}" for one in traced.unknown]
    return printable("\n".join((*lines, "", _summary(traced))))


def _module_head(module: ModuleTrace) -> str:
    where = module.commit[:10] if module.commit else "not built yet"
    if module.commit and module.stale:
        where += " (stale)"
    strength = "not measured" if module.strength is None else strength_text(module.strength)
    return f"{module.module}  {where}  strength: {strength}"


def strength_text(strength: Strength) -> str:
    """The part of the mutants that was killed: "97 %, 58 of 60 mutants killed"."""
    killed, survived = len(strength.killed), len(strength.survived)
    if strength.score is None:
        return "no mutants"
    # Rounded down: 100 % is said of nothing that let a mutant live.
    text = f"{int(100 * strength.score)} %, {killed} of {killed + survived} mutants killed"
    unjudged = strength.mutants - killed - survived
    return f"{text}, {unjudged} not judged" if unjudged else text


def _table(module: ModuleTrace) -> Iterator[str]:
    rows = [_HEAD, *(_cells(one) for one in module.requirements)]
    if module.strength is None:
        rows = [(*row[:4], row[5]) for row in rows]
    if module.requirements:
        yield from (f"  {row}" for row in columns(rows))


def _cells(one: RequirementTrace) -> tuple[str, ...]:
    numbers = (len(one.rows), len(one.held_out), len(one.tests), one.survivors)
    said = one.text if len(one.text) <= _TEXT else f"{one.text[: _TEXT - 1].rstrip()}…"
    remark = {"checked": "", "unchecked": "NOT CHECKED: "}.get(one.state, f"{one.state}: ")
    id_ = one.id.rpartition("/")[2]
    return (id_, *(str(number or "-") for number in numbers), f"{remark}{' '.join(said.split())}")


def _survivors(strength: Strength) -> Iterator[str]:
    for one in strength.survived:
        yield ""
        yield from _survivor(one)


def _survivor(one: Survivor) -> Iterator[str]:
    near = f", nearest to {one.requirement}" if one.requirement else ""
    yield f"  survived: line {one.line}, {one.operator}{near}"
    yield from (f"    {line}" for line in one.diff.splitlines())
    if one.row:
        yield f"  a row that would kill it:  {one.row}"
    elif one.note:
        yield f"  {one.note}"


def _summary(traced: Trace) -> str:
    states = [one.state for module in traced.modules for one in module.requirements]
    told = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    if traced.unknown:
        told.append(f"{len(traced.unknown)} unknown")
    return f"{len(states)} requirements: {', '.join(told)}" if states else "no requirements"
