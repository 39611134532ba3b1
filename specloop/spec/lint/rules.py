"""The rules by their codes, and what they find in a project."""

from collections.abc import Iterable, Iterator
from datetime import date

from specloop.errors import Finding
from specloop.spec.lint import (
    bounds,
    categories,
    coverage,
    prohibitions,
    scope,
    shape,
    size,
    wording,
)
from specloop.spec.lint.citations import Citation, read_citations
from specloop.spec.lint.subject import Rule, Subject
from specloop.spec.nearest import did_you_mean
from specloop.spec.project import Project
from specloop.spec.read import Sources

RULES: dict[str, Rule] = {
    "W101": Rule("warning", shape.no_exports),
    "W102": Rule("warning", shape.no_requirements),
    "W103": Rule("warning", coverage.unchecked_id),
    "W105": Rule("warning", coverage.all_held_out),
    "W118": Rule("warning", coverage.acceptance_expired),
    "W119": Rule("warning", coverage.acceptance_not_needed),
    "R106": Rule("error", scope.undefined_name),
    "W108": Rule("warning", scope.unused_dependency),
    "W111": Rule("warning", bounds.one_sided_bound),
    "W112": Rule("warning", prohibitions.only_absence),
    "W114": Rule("warning", size.too_big),
    "S119": Rule("error", wording.vague_title),
    "W109": Rule("warning", wording.vague_text),
    "W110": Rule("warning", wording.no_outcome),
    "W113": Rule("warning", wording.two_demands),
    "A101": Rule("advice", categories.no_input),
    "A102": Rule("advice", categories.no_output),
    "A103": Rule("advice", categories.no_error_handling),
    "A104": Rule("advice", categories.no_edge_cases),
    "A105": Rule("advice", categories.no_logging),
    "A106": Rule("advice", categories.no_dependencies),
    "A107": Rule("advice", categories.untyped_export),
}
# What tests on the stub and prompts tell: the engine looks for it.
ELSEWHERE = frozenset({"R107", "W107", "W115"})


def lint(sources: Sources, today: date) -> tuple[Finding, ...]:
    """All that the rules find, whether a spec ignores it or not, in the order of the files."""
    project = sources.project
    citations = read_citations(project)
    found = [*coverage.unknown_citations(project, citations), *_not_enforced(project)]
    for subject in _subjects(sources, citations, today):
        for code, rule in RULES.items():
            path = subject.spec.path
            found += (Finding(path, n, rule.level, code, text) for n, text in rule.check(subject))
    return tuple(sorted(set(found)))


def without_ignored(
    findings: Iterable[Finding], project: Project, judged: Iterable[str] = RULES
) -> tuple[Finding, ...]:
    """The findings that their specs do not answer for, and what is wrong with the answers.

    `judged` are the codes that were looked for: to ignore one of them may turn out needless.
    """
    findings = tuple(findings)
    ignored = {(m.path, ignored.code) for m in project.modules for ignored in m.ignored}
    used = {(f.path, f.code) for f in findings} & ignored
    kept = [f for f in findings if (f.path, f.code) not in ignored]
    return tuple(sorted({*kept, *_about_ignoring(project, used, frozenset(judged))}))


def _about_ignoring(
    project: Project, used: set[tuple[str, str]], judged: frozenset[str]
) -> Iterator[Finding]:
    known = {*RULES, *ELSEWHERE}
    for module in project.modules:
        for ignored in module.ignored:
            code, place = ignored.code, (module.path, ignored.line)
            if code not in known:
                text = f"{code!r} is no code that can be ignored{did_you_mean(code, known)}"
                yield Finding(*place, "error", "S120", text)
            elif code in judged and (module.path, code) not in used:
                text = f"nothing here has the code {code}; remove it from `ignore`"
                yield Finding(*place, "warning", "W117", text)
            elif not ignored.reason:
                text = f"{code} is ignored without a reason; write `- {code}: …`"
                yield Finding(*place, "warning", "W116", text)


def _subjects(sources: Sources, citations: Iterable[Citation], today: date) -> Iterator[Subject]:
    of_module: dict[str, list[Citation]] = {}
    for citation in citations:
        of_module.setdefault(citation.module, []).append(citation)
    for name, file in sources.files.items():
        yield Subject(file, sources.project, tuple(of_module.get(name, ())), today)


def _not_enforced(project: Project) -> Iterator[Finding]:
    """Doors of the sandbox that were shut in writing, and that this version leaves open."""
    lines = (project.root / "project.toml").read_text("utf-8").splitlines()
    table = project.settings.sandbox
    for key in sorted(table.model_fields_set & {"network", "subprocess"}):
        if not getattr(table, key):
            text = f"{key} = false is not enforced in this version; run code that you do not trust"
            line = next(
                (n for n, said in enumerate(lines, 1) if said.split("=")[0].strip() == key), 1
            )
            text += " in a container or a virtual machine"
            yield Finding("project.toml", line, "warning", "W106", text)
