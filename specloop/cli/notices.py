"""What `check` would say, in short, for commands that build on it."""

from datetime import date

from specloop.errors import InvalidInput
from specloop.report.describe import count
from specloop.spec.lint.rules import lint, without_ignored
from specloop.spec.read import Sources


def notices(sources: Sources) -> list[str]:
    """What is to be known before anything is built; InvalidInput where an error forbids it."""
    findings = without_ignored(lint(sources, date.today()), sources.project)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise InvalidInput.of(errors)
    of_project = [str(finding) for finding in findings if finding.path == "project.toml"]
    warnings = sum(finding.level == "warning" for finding in findings) - len(of_project)
    if not warnings:
        return of_project
    return [*of_project, f"{count(warnings, 'warning')} on specs and tests; see `specloop check`"]
