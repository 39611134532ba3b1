"""Rules on which requirements are checked, and by what."""

import re
from collections.abc import Iterator

from specloop.errors import Finding
from specloop.spec.lint.citations import Citation
from specloop.spec.lint.subject import Subject
from specloop.spec.nearest import did_you_mean
from specloop.spec.project import Project

_NOTHING = re.compile(
    r"(?:keine?|nichts|aucune?|ning[uú]n[oa]?|nil|null|empty|n\.?/?a\.?|[-–—]+"
    r"|nothing(?: is (?:logged|refused|raised|returned))?|no (?:logging|errors|edge cases))\.?",
    re.IGNORECASE,
)


def checked_ids(subject: Subject) -> set[str]:
    """The ids that a row or a test cites."""
    spec = subject.spec
    rows = {id_ for row in (*spec.rows, *spec.held_out) for id_ in row.ids}
    return rows | {citation.id for citation in subject.citations}


def unchecked_id(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement that no row and no test cites."""
    known = checked_ids(subject) | {accepted.id for accepted in subject.spec.accepted}
    for requirement in subject.spec.requirements:
        if requirement.id not in known:
            text = f"nothing checks {requirement.full_id}; add a row `{requirement.id}: …`, or"
            if _NOTHING.fullmatch(requirement.text):
                yield requirement.line, f"{text} write `none` if nothing is meant"
                continue
            mark = f'@pytest.mark.spec("{requirement.full_id}")'
            yield requirement.line, f"{text} mark a test {mark}"


def all_held_out(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement whose only rows are those that no model may see."""
    spec = subject.spec
    held_out = {id_ for row in spec.held_out for id_ in row.ids}
    shown = {id_ for row in spec.rows for id_ in row.ids}
    for requirement in spec.requirements:
        if requirement.id in held_out - shown and not spec.tests:
            text = f"every row of {requirement.id} is held out: a model that fails one is told"
            yield requirement.line, f"{text} nothing; move a row to `examples`"


def acceptance_expired(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement that was to be checked by now."""
    checked = checked_ids(subject)
    for accepted in subject.spec.accepted:
        if accepted.id not in checked and not accepted.holds(subject.today):
            text = f"{accepted.id} was accepted without a check until {accepted.until}; add a row"
            yield accepted.line, f"{text} or a test, or set another date"


def acceptance_not_needed(subject: Subject) -> Iterator[tuple[int, str]]:
    """A requirement that is accepted without a check, and checked."""
    checked = checked_ids(subject)
    for accepted in subject.spec.accepted:
        if accepted.id in checked:
            text = f"{accepted.id} is checked by now; remove it from `accepted`"
            yield accepted.line, text


def unknown_citations(project: Project, citations: tuple[Citation, ...]) -> Iterator[Finding]:
    """Tests that cite a requirement which the spec does not have."""
    modules = {module.name: module for module in project.modules}
    for citation in citations:
        module = modules.get(citation.module)
        known = [] if module is None else [r.full_id for r in module.requirements]
        full = f"{citation.module}/{citation.id}"
        if full in known:
            continue
        text = f"{full!r} is cited, and no spec defines the module {citation.module!r}"
        text += did_you_mean(citation.module, modules)
        if module is not None:
            text = f"{full!r} is cited, and {module.path} has no such requirement"
            text += did_you_mean(full, known)
        yield Finding(citation.path, citation.line, "warning", "W104", text)
