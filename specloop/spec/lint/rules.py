"""The rules by their codes, and what they find in a project."""

from collections.abc import Iterable, Iterator
from datetime import date

from specloop.errors import Finding
from specloop.spec.interface import import_path
from specloop.spec.lint import (
    awaits,
    bounds,
    categories,
    coverage,
    expected_errors,
    imports,
    prohibitions,
    row_pairs,
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
    "S123": Rule("error", imports.missing_dependency),
    "W101": Rule("warning", shape.no_exports),
    "W102": Rule("warning", shape.no_requirements),
    "W103": Rule("warning", coverage.unchecked_id),
    "W105": Rule("warning", coverage.all_held_out),
    "W118": Rule("warning", coverage.acceptance_expired),
    "W119": Rule("warning", coverage.acceptance_not_needed),
    "R106": Rule("error", scope.undefined_name),
    "R108": Rule("error", awaits.missing_await),
    "R109": Rule("error", row_pairs.contradicting_rows),
    "W121": Rule("warning", row_pairs.row_twice),
    "W122": Rule("warning", expected_errors.other_exception),
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
ELSEWHERE = frozenset({"R107", "S122", "W107", "W115", "W120"})


_MAY_BE_IGNORED = {*RULES, *ELSEWHERE}


def lint(sources: Sources, today: date) -> tuple[Finding, ...]:
    """The errors of reading, and all that the rules find in specs that have none.

    In the order of the files; whether a spec ignores it or not.
    """
    project = sources.project
    citations = read_citations(project)
    found = [*sources.errors]
    if not sources.errors:  # an id that is not known may be in a spec that could not be read
        found += coverage.unknown_citations(project, citations)
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
    ignored = {
        (module.path, ignored.code)
        for module in project.modules
        for ignored in module.ignored
        if ignored.code in _MAY_BE_IGNORED
    }
    used = {(f.path, f.code) for f in findings} & ignored
    kept = [f for f in findings if (f.path, f.code) not in ignored]
    unread = {f.path for f in findings if f.level == "error" and f.code not in _MAY_BE_IGNORED}
    about = _about_ignoring(project, used, frozenset(judged))
    return tuple(sorted({*kept, *(one for one in about if one.path not in unread)}))


def _about_ignoring(
    project: Project, used: set[tuple[str, str]], judged: frozenset[str]
) -> Iterator[Finding]:
    for module in project.modules:
        for ignored in module.ignored:
            code, place = ignored.code, (module.path, ignored.line)
            if code not in _MAY_BE_IGNORED:
                near = did_you_mean(code, _MAY_BE_IGNORED)
                text = f"{code!r} is no code that can be ignored{near}"
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
    project = sources.project
    pythonpath = project.settings.project.pythonpath
    import_paths = {import_path(spec.file, pythonpath): spec.name for spec in project.modules}
    for name, file in sources.files.items():
        if not file.problems.found:
            cited = tuple(of_module.get(name, ()))
            yield Subject(file, project, cited, today, import_paths)
