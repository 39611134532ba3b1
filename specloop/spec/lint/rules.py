"""The rules of advice, by their codes."""

from collections.abc import Callable, Iterator, Sequence

from specloop.errors import Finding
from specloop.spec.lint.citations import Citation, read_citations
from specloop.spec.nearest import did_you_mean
from specloop.spec.project import Project

Advice = tuple[str, int, str]  # path, line, text
Rule = Callable[[Project, Sequence[Citation]], Iterator[Advice]]


def lint(project: Project) -> tuple[Finding, ...]:
    """What could be better in a project that can be built, in the order of files and lines."""
    citations = read_citations(project)
    return tuple(
        sorted(
            {
                Finding(path, line, "warning", code, text)
                for code, rule in RULES.items()
                for path, line, text in rule(project, citations)
            }
        )
    )


def no_exports(project: Project, _: Sequence[Citation]) -> Iterator[Advice]:
    """A module whose interface nobody is told."""
    for module in project.modules:
        if not module.exports:
            text = "no exports; with signatures the model knows what names and types are called"
            yield module.path, 1, f"{text} by tests and dependants"


def no_requirements(project: Project, _: Sequence[Citation]) -> Iterator[Advice]:
    """A module of which nothing is required in words."""
    for module in project.modules:
        if not module.requirements:
            text = "no requirements; a list such as `validation` tells the model what rows and"
            yield module.path, 1, f"{text} tests can only hint at"


def unchecked_id(project: Project, citations: Sequence[Citation]) -> Iterator[Advice]:
    """A requirement that no row and no test cites."""
    cited: dict[str, set[str]] = {}
    for citation in citations:
        cited.setdefault(citation.module, set()).add(citation.id)
    for module in project.modules:
        checked = {id_ for row in (*module.rows, *module.held_out) for id_ in row.ids}
        checked |= cited.get(module.name, set())
        for requirement in module.requirements:
            if requirement.id not in checked:
                text = f"nothing checks {requirement.full_id}; add a row `{requirement.id}: …`, or"
                mark = f'@pytest.mark.spec("{requirement.full_id}")'
                yield module.path, requirement.line, f"{text} mark a test {mark}"


def unknown_id(project: Project, citations: Sequence[Citation]) -> Iterator[Advice]:
    """A test that cites a requirement which the spec does not have."""
    modules = {module.name: module for module in project.modules}
    for citation in citations:
        module = modules.get(citation.module)
        known = [] if module is None else [r.full_id for r in module.requirements]
        full = f"{citation.module}/{citation.id}"
        if module is not None and full not in known:
            text = f"{full!r} is cited, and {module.path} has no such requirement"
            yield citation.path, citation.line, text + did_you_mean(full, known)


def all_held_out(project: Project, _: Sequence[Citation]) -> Iterator[Advice]:
    """A requirement whose only rows are those that no model may see."""
    for module in project.modules:
        held_out = {id_ for row in module.held_out for id_ in row.ids}
        shown = {id_ for row in module.rows for id_ in row.ids}
        for requirement in module.requirements:
            if requirement.id in held_out - shown and not module.tests:
                text = f"every row of {requirement.id} is held out: a model that fails one is told"
                yield module.path, requirement.line, f"{text} nothing; move a row to `examples`"


def not_enforced(project: Project, _: Sequence[Citation]) -> Iterator[Advice]:
    """A door of the sandbox that was shut in writing, and that this version leaves open."""
    lines = (project.root / "project.toml").read_text("utf-8").splitlines()
    table = project.settings.sandbox
    for key in sorted(table.model_fields_set & {"network", "subprocess"}):
        if not getattr(table, key):
            text = f"{key} = false is not enforced in this version; run code that you do not trust"
            line = next(
                (n for n, said in enumerate(lines, 1) if said.split("=")[0].strip() == key), 1
            )
            yield "project.toml", line, f"{text} in a container or a virtual machine"


RULES: dict[str, Rule] = {
    "W101": no_exports,
    "W102": no_requirements,
    "W103": unchecked_id,
    "W104": unknown_id,
    "W105": all_held_out,
    "W106": not_enforced,
}
