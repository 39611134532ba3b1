"""Accounts as text for people."""

from collections.abc import Iterator

from specloop.report.accounts import Account, Accounts, ModuleAccount
from specloop.report.columns import columns
from specloop.report.describe import cost, count, duration
from specloop.report.grounds import unconfirmed

_SUMS = ("calls", "unreadable", "repeated", "in", "cached", "out", "thoughts", "cost")


def accounts_text(found: Accounts) -> str:
    """Modules, models and sums in columns, and what else there is to say."""
    lines = [f"{found.project}: {found.state}; worked on for {duration(found.seconds)}", ""]
    lines += columns(
        [
            ("module", "state", "written by", "attempts", "tests", *_SUMS),
            *(_module(module) for module in found.modules),
        ]
    )
    if found.models:
        rows = [("model", *_SUMS), *((name, *_sums(account)) for name, account in found.models)]
        lines += ["", *columns([*rows, ("total", *_sums(found.total))])]
    return "\n".join([*lines, "", *_told(found)])


def _module(module: ModuleAccount) -> tuple[str, ...]:
    doubt = "" if module.committed or module.writer is None else " (not passed)"
    return (
        module.name,
        module.state or "no spec",
        f"{module.writer or '-'}{doubt}",
        str(module.attempts or "-"),
        module.tests.in_words,
        *_sums(module.account),
    )


def _sums(account: Account) -> tuple[str, ...]:
    usage = account.usage
    numbers = (
        account.calls,
        account.unreadable,
        account.faults,
        usage.input_tokens,
        usage.cached_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
    )
    priced = cost(account.cost_usd) if account.answers else "-"
    return *(str(number or "-") for number in numbers), priced


def _told(found: Accounts) -> Iterator[str]:
    total = found.total
    not_yet = f", not yet: {found.not_yet}" if found.not_yet else ""
    yield (
        f"solved with the first answer: {found.solved('first answer')}, by the loop: "
        f"{found.solved('loop')}, not solved: {found.not_solved}{not_yet}"
    )
    for what, share in (
        ("cached, as providers said", total.cached_share),
        ("sent before, word for word from the start", found.prefix_share),
    ):
        if share is not None:
            yield f"of the input after a module's first call, {int(100 * share)} % was {what}"
    if total.failed:
        yield f"calls that got no answer, and were not charged for: {total.failed}"
    if total.lost:
        most = f"at most {total.lost_tokens} tokens, {cost(total.lost_usd)}"
        yield f"{count(total.lost, 'call')} lost, which may have been charged for: {most}"
    single = [one for one in found.modules if one.one_opinion]
    if single:
        yield "passed by pytest alone, without a second opinion:"
    for module in single:
        yield f"  {module.name}: {unconfirmed(module.one_opinion, module.rows)}"
    for one in found.warnings:
        yield f"warning: {one.module}, call {one.number} ({one.model}): {one.text}"
