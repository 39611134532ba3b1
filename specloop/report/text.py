"""Summaries as text for people."""

from difflib import unified_diff

from specloop.attempt.report import TestFailure
from specloop.engine.run import Outcome
from specloop.loop.attempts import Attempt
from specloop.loop.event import CallStarted, CompletionReceived, IntegrationFinished
from specloop.loop.history import History
from specloop.prompt.reply import Malformed
from specloop.report.columns import columns
from specloop.report.describe import cost, count, describe, tokens, verdict
from specloop.report.grounds import grounds
from specloop.report.printable import printable
from specloop.report.summary import ModuleSummary, Summary


def status_text(summary: Summary) -> str:
    """The state of every module, in columns."""
    head = ("module", "state", "attempts", "tests", "cost", "commit")
    rows = columns([head, *(_cells(module) for module in summary.modules)])
    reasons = [None, *(module.reason for module in summary.modules)]
    lines = [f"{summary.project}: {summary.state}", ""]
    for row, reason in zip(rows, reasons, strict=True):
        lines.append(f"{row}  ({reason})" if reason else row)
    integration = summary.integration
    lines.append("")
    if integration.state in ("passed", "failed"):
        counted = f"{integration.tests.passed} passed, {integration.tests.failed} failed"
        lines.append(f"integration tests: {integration.state} ({counted})")
        lines += [f"  {failure}" for failure in integration.failures]
    elif integration.state != "none":
        lines.append(f"integration tests: {integration.state}")
    lines.append(f"last run: {tokens(summary.usage)} tokens, {cost(summary.cost_usd)}")
    if summary.reason:
        stopped = "" if summary.state == "running" else "it stopped: "
        lines.append(f"{stopped}{summary.reason}")
    return printable("\n".join(lines))


def ending_text(summary: Summary, outcome: Outcome, branch: str) -> str:
    """How a run ended, what is where, and the commands to read and to take it."""
    if outcome.idle and outcome.passed:
        done = f"{count(len(summary.modules), 'module')} up to date"
        return printable(f"Nothing to do: {done} on {branch}.")
    passed = [module for module in summary.modules if module.state == "passed"]
    head = f"{len(passed)} of {count(len(summary.modules), 'module')} passed"
    if summary.integration.state != "none":
        head += f", integration tests {summary.integration.state}"
    lines = [
        f"{head}; {tokens(summary.usage)} tokens, {cost(summary.cost_usd)}.",
        *(f"  {_where(module)}" for module in summary.modules if module.state != "passed"),
        *(f"  {failure}" for failure in summary.integration.failures),
    ]
    if not outcome.passed:
        failed = [module.name for module in summary.modules if module.state == "failed"]
        lines.append(f"Not done: {outcome.reason}.")
        lines.append(f"  look at it:  specloop show {(failed or ['integration'])[0]}")
    if outcome.idle:
        lines.append(
            "  nothing was tried again: change the spec, the tests or [limits], or use --fresh"
        )
    if passed:
        lines += [
            f"The commits are on the branch {branch}; your files are as they were.",
            f"  read it:  git log --reverse --patch HEAD..{branch}",
            "  take it:  specloop accept",
        ]
    return printable("\n".join(lines))


def _where(module: ModuleSummary) -> str:
    said = f"{module.name}: {module.state}"
    return f"{said}: {module.reason}" if module.reason else said


def _cells(module: ModuleSummary) -> tuple[str, ...]:
    return (
        module.name,
        module.state,
        str(module.attempts or "-"),
        module.tests.in_words,
        cost(module.cost_usd) if module.attempts else "-",
        module.commit[:10] if module.commit else "-",
    )


def integration_text(finished: IntegrationFinished) -> str:
    """The newest result of the integration tests, with all that failed."""
    parts = [f"on {finished.commit[:10]}: {verdict(finished.report)}"]
    parts += [f"  {line}" for line in grounds(finished.report)]
    parts += [_failure(failure) for failure in finished.report.failures]
    return printable("\n".join(parts))


def attempts_text(history: History, *, number: int | None = None) -> str:
    """The attempts at a module as a story; with `number`, one of them whole: prompt, reply, all."""
    parts = []
    before = ""
    for (started, received), attempt in zip(history.calls, history.attempts, strict=True):
        code = attempt.code.code if attempt.code else ""
        if number is None or started.number == number:
            parts.append(_attempt_head(started, received, attempt))
        if number == started.number:
            parts += _attempt_whole(started, received, attempt)
        elif number is None and code:
            parts += unified_diff(
                before.splitlines(),
                code.splitlines(),
                "before",
                f"attempt {started.number}",
                lineterm="",
            )
        before = code or before
    if history.failed is not None:
        parts.append(f"failed: {history.failed}")
    elif not parts and history.last is not None:
        parts.append(f"no model was asked; {describe(history.last) or 'it was just begun'}")
        parts += [f"  {line}" for line in (grounds(history.report) if history.report else ())]
    return printable("\n".join(parts))


def _attempt_head(started: CallStarted, received: CompletionReceived, attempt: Attempt) -> str:
    completion = received.completion
    lines = [
        f"attempt {started.number}: {started.model}, asked for {started.purpose}, "
        f"{tokens(completion.usage)} tokens, {cost(completion.cost_usd)}",
        f"  {_became(attempt)}",
        *(f"  {line}" for line in (grounds(attempt.report) if attempt.report else ())),
        *(f"  before that: {fault}" for fault in completion.faults),
        *([f"  note: {completion.warning}"] if completion.warning else []),
    ]
    return "\n".join(lines)


def _attempt_whole(
    started: CallStarted, received: CompletionReceived, attempt: Attempt
) -> list[str]:
    parts = [f"\n--- {turn.role} ---\n{turn.content.rstrip()}" for turn in started.messages]
    parts.append(f"\n--- reply ---\n{received.completion.text.rstrip()}")
    report = attempt.report
    if report is not None:
        if attempt.formatted:
            parts.append(f"\n--- laid out, as it was tested ---\n{attempt.formatted.rstrip()}")
        parts += [f"refused: {text}" for text in report.forged]
        parts += [f"not run: {node}" for node in report.not_run]
        parts += [_failure(failure) for failure in report.failures]
        parts += [f"line {f.line}: {f.code} {f.text}" for f in report.static]
    return parts


def _became(attempt: Attempt) -> str:
    if isinstance(attempt.result, Malformed):
        return f"no code: {attempt.result.problem}"
    return verdict(attempt.report) if attempt.report else "not tested yet"


def _failure(failure: TestFailure) -> str:
    told = failure.longrepr.rstrip() or failure.message
    output = f"\n{failure.captured.rstrip()}" if failure.captured else ""
    return f"\n--- {failure.node_id} ---\n{told}{output}"
