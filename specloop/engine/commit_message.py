"""What the commit of a module says."""

from collections.abc import Mapping

from specloop.attempt.report import TestReport
from specloop.engine import trailers
from specloop.loop.event import CommitPrepared
from specloop.loop.history import History
from specloop.ports import CommitRequest
from specloop.spec.fingerprint import spec_digest
from specloop.spec.module import ModuleSpec

_SUBJECT = 72


def commit_request(
    spec: ModuleSpec,
    history: History,
    prepared: CommitPrepared,
    *,
    parts: Mapping[str, str],
    files: Mapping[str, bytes],
    writer: str,
) -> CommitRequest:
    """The commit of a module whose newest report is a pass.

    `parts` are those that it was built from, with their digests. `writer` is the model that wrote
    what stood before: it stays so where no model was asked.
    """
    report = history.report
    if report is None or not report.ok:
        raise AssertionError(f"module {spec.name!r} is to be committed without a pass")
    since = history.since_commit
    fix = history.reopened is not None and history.reopened.reason == "integration"
    subject = f"{spec.name}: {'fix integration: ' if fix else ''}{spec.title}"
    models = [attempt.model for attempt in since.attempts]
    lines = (
        ("Specloop-Module", spec.name),
        ("Specloop-Key", prepared.key),
        ("Specloop-Spec", spec_digest(spec)),
        ("Specloop-Parts", trailers.parts(parts)),
        ("Specloop-Model", models[-1] if models else writer),
        ("Specloop-Attempts", str(len(models))),
        ("Specloop-Tokens", trailers.tokens(since.usage)),
        ("Specloop-Cost", trailers.cost(since.cost_usd)),
        ("Specloop-Tests", trailers.tests(report)),
        ("Specloop-Sandbox", report.sandbox),
    )
    return CommitRequest(
        module=spec.name,
        key=prepared.key,
        subject=_cut(subject),
        body=_body(spec, report, why=history.reopened.text if history.reopened else ""),
        trailers=lines,
        files=files,
        parent=prepared.parent,
        at=int(prepared.at),
    )


def _body(spec: ModuleSpec, report: TestReport, why: str) -> str:
    """What was checked, for people."""
    lines = [why, ""] if why else []
    by_file: dict[str, int] = {}
    for node_id in report.passed:
        path = node_id.partition("::")[0]
        by_file[path] = by_file.get(path, 0) + 1
    lines.append("Checked before this commit:" if by_file else "Checked by importing it alone.")
    for path, number in by_file.items():
        what = "example rows" if path == spec.row_tests_file else "tests"
        lines.append(f"- {number} {what} in {path}")
    cited = sorted({id_ for row in (*spec.rows, *spec.held_out) for id_ in row.ids}, key=_id_order)
    if cited:
        lines.append(f"- requirements with example rows: {', '.join(cited)}")
    if report.one_opinion:
        rows = len(spec.rows) + len(spec.held_out)
        lines.append(f"- {len(report.one_opinion)} of {rows} example rows by pytest alone")
    if report.layers:
        lines.append(f"- layers of the sandbox that held: {', '.join(report.layers)}")
    return "\n".join(lines)


def _id_order(id_: str) -> tuple[int, int]:
    return "IOVEXL".index(id_[0]), int(id_[1:])


def _cut(subject: str) -> str:
    return subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1].rstrip() + "…"
